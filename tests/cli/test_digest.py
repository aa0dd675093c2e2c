"""The command ``intentlog digest preview``, run as a user runs it."""

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from typer.testing import CliRunner

from alarm_digest.message import Message
from intentlog.cli.digest_html import page
from intentlog.cli.digest_message import rendered
from intentlog.cli.intentlog import app, main
from intentlog.contract.notifications import DestinationKind
from tests.lambdas.destinations.messages import MESSAGES, NOT_SHORTENED

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "tests" / "lambdas" / "events"
KINDS = get_args(DestinationKind)


def preview(*arguments: str | Path, stdin: str | None = None) -> tuple[int, str]:
    """Run the command: exit code, and all that is printed."""
    command = ["digest", "preview", *map(str, arguments)]
    result = CliRunner().invoke(app, command, prog_name="intentlog", input=stdin)
    return result.exit_code, result.output


def titles(document: Any) -> list[str]:
    """Return the names of the alarms that a webhook gets of an event."""
    code, out = preview("-", "--to", "webhook", stdin=json.dumps(document))
    assert code == 0
    return [alarm["name"] for alarm in json.loads(out)["alarms"]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_preview(kind: str) -> None:
    """What is printed is what is posted: JSON; for e-mail its subject and text."""
    code, out = preview(EVENTS / "metric.json", "--to", kind)

    assert code == 0
    assert kind == "email" or json.loads(out)
    assert "drawing-agent-high-error-rate" in out
    assert "a preview asks nobody" in out


def test_a_preview_says_what_would_be_said() -> None:
    """All of it, in words; nothing of it comes from a clock."""
    code, out = preview(
        EVENTS / "metric.json",
        "--to",
        "email",
        "--contract",
        ROOT / "contracts" / "drawing-agent.toml",
        "--example-lines",
    )

    assert code == 0
    assert out.splitlines()[:9] == [
        "Subject: drawing-agent: 1 alarm rings",
        "",
        "drawing-agent: 1 alarm rings",
        "",
        "drawing-agent-high-error-rate rings",
        "-----------------------------------",
        "The application fails for its users",
        "▁▁▁▁▁▃▆█",
        "Since: 2026-11-22 10:00:12 UTC",
    ]
    assert "(These lines are made up: this is a preview.)" in out
    assert "\nLines: https://us-east-1.console.aws.amazon.com/cloudwatch/home" in out


@pytest.mark.parametrize("event", sorted(EVENTS.glob("*.json")), ids=lambda event: event.stem)
def test_every_recorded_event_has_a_preview(event: Path) -> None:
    """Of alarms of every kind, and of what is none."""
    code, out = preview(event, "--to", "slack")

    assert code == 0
    assert json.loads(out)["blocks"]


def test_however_a_notification_is_wrapped() -> None:
    """As SNS has it, in a batch of SQS, as SNS gives it to a function, bare, or several."""
    envelope = json.loads((EVENTS / "metric.json").read_text())
    bare = json.loads(envelope["Message"])
    name = [bare["AlarmName"]]

    assert titles(envelope) == name
    assert titles(bare) == name
    assert titles({"Records": [{"messageId": "1", "body": json.dumps(envelope)}]}) == name
    assert titles({"Records": [{"EventSource": "aws:sns", "Sns": envelope}]}) == name
    assert titles([envelope, bare | {"AlarmName": "b", "AlarmArn": "b"}]) == [*name, "b"]
    assert titles({"Records": [{"body": "not JSON"}]}) == ["Unrecognised notifications"]


def test_nobody_would_be_told() -> None:
    """That a new alarm has its first data is no news: exit code 1."""
    bare = json.loads(json.loads((EVENTS / "metric.json").read_text())["Message"])
    first = bare | {"NewStateValue": "OK", "OldStateValue": "INSUFFICIENT_DATA"}

    assert preview("-", "--to", "slack", stdin=json.dumps(first)) == (
        1,
        "nobody would be told: an alarm is OK that did not ring\n",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "event.json: is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "event.json: is not JSON: "),
        ("7", "event.json: a notification is a JSON object, this is 7"),
        ('["a"]', 'event.json: a notification is a JSON object, this is "a"'),
        ('{"digest": "daily"}', "event.json: what the clock begins is made of what AWS answers"),
        ("[]", "event.json: there is no notification in it"),
        ('{"Records": 7}', "event.json: Records: a list of records is wanted"),
        ('{"Records": [{}]}', "event.json: Records[0]: has neither `body`, as SQS gives it, nor"),
    ],
)
def test_mistakes_in_an_event(
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A user's mistake is a sentence, never a traceback."""
    (tmp_path / "event.json").write_text(text)
    assert mistake(["event.json", "--to", "slack"], tmp_path, monkeypatch, capsys).startswith(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.json", "--to", "slack"], "none.json: cannot be read: No such file or directory\n"),
        (
            [str(EVENTS / "metric.json"), "--to", "slack", "--html", "no/where.html"],
            "no/where.html: cannot be written: there is no directory no\n",
        ),
        (
            [str(EVENTS / "metric.json"), "--to", "slack", "--contract", "none.toml"],
            "none.toml: cannot be read: No such file or directory\n",
        ),
    ],
)
def test_mistakes_in_options(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They name the file and what is wrong with it."""
    assert mistake(arguments, tmp_path, monkeypatch, capsys) == said


def mistake(
    arguments: list[str],
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """Run the command with a mistake, and return what it says; the exit code is 2."""
    monkeypatch.chdir(directory)
    monkeypatch.setattr("sys.argv", ["intentlog", "digest", "preview", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_kind_that_there_is_not() -> None:
    """All that there are, are named."""
    code, out = preview(EVENTS / "metric.json", "--to", "pigeon")

    assert code == 2
    assert all(f"'{kind}'" in out for kind in KINDS)


class _Tags(HTMLParser):
    """Collects the tags and the addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in {"href", "src"}]


_SHOWN = {"html", "meta", "title", "style", "body", "div", "i", "span", "small", "h1", "b", "br"}
_SHOWN |= {"pre", "code", "a", "font", "dl", "dt", "dd"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shows_a_message(kind: str, tmp_path: Path) -> None:
    """As it looks there; it says where it was written."""
    out = tmp_path / "out.html"

    assert preview(EVENTS / "metric.json", "--to", kind, "--html", out) == (0, f"wrote {out}\n")
    text = re.sub("<[^>]+>", "", out.read_text())
    assert "drawing-agent-high-error-rate" in text
    assert "The application fails for its users" in text


@NOT_SHORTENED
@given(MESSAGES)
def test_nothing_in_a_page_acts(message: Message) -> None:
    """Whatever stands in a message, no page has another tag, a script, or a link but to https."""
    for kind in KINDS:
        shown = _Tags(page(kind, rendered(message, kind)))
        assert shown.tags <= _SHOWN
        assert all(link.startswith("https://") for link in shown.links)


@pytest.mark.slow
def test_an_installed_wheel_has_a_preview(tmp_path: Path) -> None:
    """The function's package is in the wheel, beside the constructs; the checkout is not needed."""
    wheels, installed = tmp_path / "wheels", tmp_path / "installed"
    build: list[str | Path] = ["-m", "pip", "wheel", "--quiet", "--no-deps"]
    build += ["--wheel-dir", wheels, ROOT]
    subprocess.run([sys.executable, *build], check=True)
    (wheel,) = wheels.glob("*.whl")
    shutil.unpack_archive(wheel, installed, "zip")
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); "
        "from intentlog.cli.intentlog import main; main()"
    )
    options: list[str | Path] = ["digest", "preview", EVENTS / "metric.json", "--to", "discord"]
    result = subprocess.run(
        [sys.executable, "-I", "-c", code, installed, *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(result.stdout)["embeds"]
