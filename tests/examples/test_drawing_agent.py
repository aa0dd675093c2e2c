"""The example application, run for real: what its users did is what its log files show."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examples.drawing_agent.code_monet.http.context import trace_id_of
from examples.drawing_agent.running import ApplicationError, running
from examples.drawing_agent.visit import Visit, visit
from intentlog.contract import load

CONTRACT = load(Path(__file__).parents[2] / "contracts" / "drawing-agent.toml")
FAILURES = 12
HEALTH_CHECKS = 1  # made by `running`

Line = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A run of the application that is over."""

    done: Visit
    directory: Path

    def text(self, file: str) -> str:
        """Return what a file holds."""
        return (self.directory / file).read_text()

    def lines(self, **having: object) -> list[Line]:
        """Return the lines of app.log that have these values."""
        lines = map(json.loads, self.text("app.log").splitlines())
        return [line for line in lines if having.items() <= _hashable(line).items()]


def _hashable(line: Line) -> Line:
    return {key: value for key, value in line.items() if key != CONTRACT.record.data}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the application once and visit it."""
    directory = tmp_path_factory.mktemp("drawing_agent")
    with running(directory) as base_url:
        done = visit(base_url, failures=FAILURES)
    return Run(done, directory)


def test_each_line_has_the_fields_of_the_contract_in_its_order(run: Run) -> None:
    """A line is JSON: required fields always, optional ones where known, no others."""
    record = CONTRACT.record
    for line in run.lines():
        assert list(line) == [name for name in record.all_fields if name in line]
        assert set(record.fields) <= set(line)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])


def test_every_category_and_level_is_there(run: Run) -> None:
    """The example shows all that a contract can tell apart."""
    assert set(CONTRACT.categories) == {line["category"] for line in run.lines()}
    assert {"DEBUG", "INFO", "WARNING", "ERROR"} == {line["level"] for line in run.lines()}


def test_only_the_drawing_category_is_written_at_debug(run: Run) -> None:
    """Each category has the level that the contract gives it."""
    assert {"drawing"} == {line["category"] for line in run.lines(level="DEBUG")}


def test_error_log_holds_the_errors_of_app_log(run: Run) -> None:
    """The file of errors has these lines, byte by byte, and no others."""
    lines = run.text("app.log").splitlines()
    errors = [line for line in lines if json.loads(line)["level"] in {"ERROR", "CRITICAL"}]
    assert errors == run.text("error.log").splitlines()


def test_stdout_carries_the_lines_of_app_log(run: Run) -> None:
    """Where standard output is collected instead of files, nothing is missing."""
    assert run.text("app.log") == run.text("stdout.log")


def test_each_failure_is_one_line_with_its_stack_trace(run: Run) -> None:
    """One failed tool, and as many failures as were asked for: enough for the alarm."""
    errors = run.lines(level="ERROR")
    assert 1 + FAILURES == run.done.errors == len(errors)
    assert len(errors) > (CONTRACT.alarms["high-error-rate"].more_than or 0)
    assert Counter(line["category"] for line in errors) == {"agent": 9, "http": 4}
    for line in errors:
        assert line["extra"]["exception"]["stack_trace"].startswith("Traceback (most recent call")


def test_each_request_is_one_line(run: Run) -> None:
    """The line says what was asked, what was answered and how long it took."""
    lines = run.lines(category="http")
    assert run.done.requests + HEALTH_CHECKS == len(lines)
    for line in lines:
        assert {"method", "path", "status", "duration_ms"} <= set(line["extra"])
    missing = [line["extra"]["path"] for line in lines if line["extra"]["status"] == 404]
    assert missing == ["/gallery"]


def test_refused_sign_ins_are_warnings_with_a_masked_address(run: Run) -> None:
    """What the metric of refused sign-ins counts, and what its query shows."""
    refused = run.lines(category="auth", level="WARNING")
    assert run.done.refusals == 2 == len(refused)
    assert [line["extra"]["email"] for line in refused] == ["c***@example.com"] * 2
    assert [line["extra"]["reason"] for line in refused] == ["no such link", "used before"]


def test_no_secret_is_in_any_file(run: Run) -> None:
    """The application logs links, tokens, sessions and addresses; none of them comes out."""
    logged = [item for line in run.lines() for item in line.get("extra", {}).items()]
    redacted = {key for key, value in logged if value == "[redacted]"}
    assert {"magic_link", "session_id", "token"} == redacted
    assert len(run.done.secrets) == 12
    for file in run.directory.iterdir():
        text = file.read_text()
        assert [secret for secret in run.done.secrets if secret in text] == []
        assert "%40" not in text  # nor an address as it stands in a link


def test_lines_carry_user_and_trace_of_their_request(run: Run) -> None:
    """From the request down to the canvas, every line knows whom it is about."""
    assert run.done.user_ids == [42, 7, 108]
    assert {42, 7, 108, None} == {line.get("user_id") for line in run.lines()}
    assert {"auth", "websocket", "agent", "drawing", "workspace", "http"} <= {
        line["category"] for line in run.lines(user_id=42)
    }
    traces = [line["trace_id"] for line in run.lines() if "trace_id" in line]
    assert all(re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", trace) for trace in traces)
    # One trace a request, but for the health check, which does not come by the load balancer.
    assert run.done.requests + run.done.connections == len(set(traces))


def test_tools_can_be_counted_by_their_message(run: Run) -> None:
    """The query on tool usage reads the tool's name out of the message."""
    messages = [line["message"] for line in run.lines(category="agent")]
    tools = Counter(text.removeprefix("Tool use: ") for text in messages if "Tool use" in text)
    assert {"choose_colour": run.done.prompts, "draw_path": 7} == tools


def test_the_run_ends_with_its_shutdown(run: Run) -> None:
    """SIGTERM loses nothing: the last lines say that the application stopped."""
    system = [line["message"] for line in run.lines(category="system")]
    assert "Configured" in system
    assert "Started" in system
    assert system.index("Started") < system.index("Stopped")
    assert system[-1].startswith("Finished server process")


def test_the_server_lines_have_no_data_of_their_own(run: Run) -> None:
    """What uvicorn adds for its own console formatter does not come out."""
    assert "color_message" not in run.text("app.log")


def test_an_application_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    """A contract that does not exist ends the wait at once, with the file that has the reason."""
    with (
        pytest.raises(ApplicationError, match=r"did not start; see .*stdout\.log"),
        running(tmp_path, tmp_path / "missing.toml"),
    ):
        pytest.fail("it is running")
    assert "missing.toml" in (tmp_path / "stdout.log").read_text()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Root=1-67891233-abcdef012345678912345678", "1-67891233-abcdef012345678912345678"),
        (
            "Self=1-1;Root=1-67891233-abcdef012345678912345678;Sampled=1",
            "1-67891233-abcdef012345678912345678",
        ),
        ("Root=1-67891233-abcdef0123456789", None),
        ("", None),
    ],
)
def test_trace_comes_from_the_load_balancers_header(header: str, expected: str | None) -> None:
    """Whatever else the header has, and however it is broken."""
    assert expected == trace_id_of(header)
