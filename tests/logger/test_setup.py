"""``init_logging`` and ``shutdown``: what goes where, and what is left behind."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import Contract, ContractError, parse

Lines = Callable[[str], list[dict[str, object]]]
ROOT = Path(__file__).parents[2]


def messages(records: list[dict[str, object]], field: str = "message") -> list[object]:
    """Return the messages of records."""
    return [record[field] for record in records]


def test_streams_take_what_matches(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """Every line is in the app's file; errors and worse are in the other one too."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logger = logging.getLogger("code_monet.main")
    for level in ("info", "warning", "error", "critical"):
        getattr(logger, level)(level)

    assert messages(lines("app.log")) == ["info", "warning", "error", "critical"]
    assert messages(lines("error.log")) == ["error", "critical"]
    assert lines("error.log")[0] == lines("app.log")[2]


def test_audit_stream_takes_its_event_alone(bot: Contract, tmp_path: Path, lines: Lines) -> None:
    """Execution attempts are in the trail and among all lines; others are not in the trail."""
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("execution_engine")
    logger.info("execution_attempt", context={"strategy": "s"})
    logger.info("execution_done")

    assert messages(lines("chimera.log"), "event") == ["execution_attempt", "execution_done"]
    assert messages(lines("executions.log"), "event") == ["execution_attempt"]


def test_categories_have_their_levels(agent: Contract, tmp_path: Path, lines: Lines) -> None:
    """What a category's level leaves out is not written; the rest has the system's level."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    for name in ("code_monet.drawing", "code_monet.drawing.x", "code_monet.auth", "other"):
        logging.getLogger(name).debug(name)

    assert messages(lines("app.log")) == ["code_monet.drawing", "code_monet.drawing.x"]


@pytest.mark.parametrize("level", ["WARNING", "warning"])
def test_log_level_is_for_all(agent: Contract, tmp_path: Path, lines: Lines, level: str) -> None:
    """A level of the caller's replaces that of every category, in any case of letters."""
    intentlog.init_logging(agent, log_dir=tmp_path, log_level=level, console="off")
    for name in ("code_monet.drawing", "code_monet.auth", "other"):
        logging.getLogger(name).info("no")
        logging.getLogger(name).warning(name)

    assert messages(lines("app.log")) == ["code_monet.drawing", "code_monet.auth", "other"]


def test_unknown_log_level_is_refused(agent: Contract, tmp_path: Path) -> None:
    """A level that there is not is told, and what was set up before stays."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    handlers = list(logging.getLogger().handlers)
    said = r'^intentlog: log_level: no level "LOUD"; there are: DEBUG, INFO, WARNING, ERROR, CRIT'

    with pytest.raises(ContractError, match=said):
        intentlog.init_logging(agent, log_level="LOUD")

    assert logging.getLogger().handlers == handlers


def test_second_set_up_replaces_the_first(
    agent: Contract, bot: Contract, tmp_path: Path, lines: Lines
) -> None:
    """Setting up again writes no line twice and leaves nothing of the first contract."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logging.getLogger("code_monet.main").info("first")
    intentlog.init_logging(bot, log_dir=tmp_path, console="off")
    logging.getLogger("code_monet.drawing").debug("not for chimera")
    logging.getLogger("code_monet.main").info("second")

    assert messages(lines("app.log")) == ["first"]
    assert messages(lines("chimera.log"), "event") == ["second"]


def test_shutdown_leaves_logging_as_it_was(agent: Contract, tmp_path: Path) -> None:
    """Handlers and levels are those of before; shutting down twice is nothing."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("code_monet.drawing").level)

    intentlog.init_logging(agent, log_dir=tmp_path, console="off", log_level="ERROR")
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    intentlog.shutdown()
    intentlog.shutdown()

    after = (list(root.handlers), root.level, logging.getLogger("code_monet.drawing").level)
    assert after == before


def test_contract_may_be_a_path(tmp_path: Path, lines: Lines) -> None:
    """A path is read; the files go where the caller says."""
    intentlog.init_logging(
        ROOT / "contracts" / "drawing-agent.toml", log_dir=str(tmp_path), console="off"
    )
    logging.getLogger("x").info("m")

    assert messages(lines("app.log")) == ["m"]


def test_contract_may_be_in_the_environment(
    tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an argument, ``INTENTLOG_CONTRACT`` names it, for the formatter too."""
    monkeypatch.setenv("INTENTLOG_CONTRACT", str(ROOT / "contracts" / "chimera.toml"))

    intentlog.init_logging(log_dir=tmp_path, console="off")
    logging.getLogger("x").info("m")

    assert messages(lines("chimera.log"), "event") == ["m"]
    assert '"event":"m"' in intentlog.StructuredFormatter().format(
        logging.makeLogRecord({"msg": "m"})
    )


def test_no_contract_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any contract, the message says how to give one."""
    monkeypatch.delenv("INTENTLOG_CONTRACT", raising=False)

    with pytest.raises(
        ContractError, match=r"^intentlog: no contract: pass one, or set INTENTLOG_CONTRACT$"
    ):
        intentlog.init_logging()


def test_contract_of_python_is_checked(agent: Contract) -> None:
    """Nothing is logged by a contract that is invalid."""
    with pytest.raises(ContractError, match=r"namespaces that begin with"):
        intentlog.init_logging(agent.with_prefix("AWS/"))


def test_directory_is_the_contracts_by_default(
    tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch, bot: Contract
) -> None:
    """Without a directory, files go to that of the contract, which is made."""
    monkeypatch.chdir(tmp_path)
    intentlog.init_logging(bot, console="off")
    logging.getLogger("x").info("m")

    assert messages(lines("logs/chimera.log"), "event") == ["m"]


def test_console_has_the_lines(
    agent: Contract, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], lines: Lines
) -> None:
    """Where nobody watches, standard output has the very lines of the file."""
    intentlog.init_logging(agent, log_dir=tmp_path)
    logging.getLogger("x").info("é")

    out = capfdbinary.readouterr().out
    assert out == (tmp_path / "app.log").read_bytes()
    assert json.loads(out) == lines("app.log")[0]


def test_console_is_utf8_whatever_it_says(tmp_path: Path) -> None:
    """A console of another encoding loses no line."""
    contract = str(ROOT / "contracts" / "chimera.toml")
    code = (
        "import intentlog, logging\n"
        f"intentlog.init_logging({contract!r}, log_dir={str(tmp_path)!r})\n"
        "logging.getLogger('x').info('\\u00e9')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )

    assert done.stderr == b""
    assert json.loads(done.stdout.decode())["event"] == "é"


def test_pretty_console_is_for_people(
    agent: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Time, level, message and data; the stack trace below; no colours where none are shown."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="pretty")
    logging.getLogger("code_monet.auth").warning(
        "refused", extra={"user_id": 42, "why": "late"}, exc_info=ValueError("x")
    )

    first, *rest = capsys.readouterr().out.splitlines()
    assert first[12:] == (
        " WARNING  code_monet.auth          refused                          user_id=42 why=late"
    )
    assert rest[-1] == "    ValueError: x"


def test_pretty_console_needs_no_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shortest record is shown, too."""
    contract = parse(
        'service = "shop"\nnamespace = "Shop"\nstreams.app.file = "app.log"\n'
        'record.fields = ["timestamp", "level", "message"]\n'
    )
    intentlog.init_logging(contract, log_dir=tmp_path, console="pretty")
    logging.getLogger("x").info("m")

    assert capsys.readouterr().out[12:] == " INFO     m\n"


@pytest.mark.parametrize("console", ["auto", "json", "pretty"])
def test_missing_console_disturbs_no_file(
    agent: Contract, tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch, console: str
) -> None:
    """Without a standard output, lines still reach the files."""
    monkeypatch.setattr(sys, "stdout", None)
    intentlog.init_logging(agent, log_dir=tmp_path, console=console)  # type: ignore[arg-type]
    logging.getLogger("x").info("m")
    monkeypatch.undo()

    assert messages(lines("app.log")) == ["m"]
