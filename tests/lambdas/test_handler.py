"""The function from outside: batches of SQS and the clock, over real HTTP on loopback."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alarm_digest import handler as module
from alarm_digest.evidence import NoEvidence
from alarm_digest.message import Message
from alarm_digest.state import Claim, State, posted
from alarm_digest.store import StoreError
from sandbox.server import Sandbox
from sandbox.webhook import WebhookReceiver
from tests.lambdas.changes import BEGIN
from tests.lambdas.function import Context, Function, alarm

LAMBDAS = Path(__file__).parents[2] / "lambdas"
SOURCE = json.dumps({"groups": ["/drawing-agent/app"], "category": "category"})


@pytest.fixture
def oncall() -> Iterator[WebhookReceiver]:
    """A webhook on loopback."""
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def chat() -> Iterator[WebhookReceiver]:
    """Another one."""
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
def function(
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    table: str,
    oncall: WebhookReceiver,
    chat: WebhookReceiver,
) -> Function:
    """The function, with both webhooks as its destinations."""
    # One that refuses would be tried again after random waits; that is tested where it is made.
    monkeypatch.setattr("alarm_digest.post._TRIES", 1)
    return Function(monkeypatch, sandbox, table, {"oncall": oncall.url, "chat": chat.url})


def told(webhook: WebhookReceiver) -> list[list[tuple[str, str]]]:
    """What each message said: alarms and how they stood."""
    return [[(a["name"], a["status"]) for a in payload["alarms"]] for payload in webhook.received]


def test_a_batch_becomes_one_message_at_each_destination(
    function: Function, oncall: WebhookReceiver, chat: WebhookReceiver
) -> None:
    """Three alarms, one of them over already: one post each, the ringing ones first."""
    failed = function.deliver(
        alarm("slow", after=2), alarm("slow", "OK", after=9), alarm("high-error-rate")
    )

    assert failed == []
    assert oncall.received == chat.received
    (payload,) = oncall.received
    assert payload["title"] == "drawing-agent: 1 alarm rings, 1 resolved"
    assert [(a["name"], a["states"]) for a in payload["alarms"]] == [
        ("high-error-rate", ["ALARM"]),
        ("slow", ["ALARM", "OK"]),
    ]


def test_what_comes_twice_is_told_once(function: Function, oncall: WebhookReceiver) -> None:
    """In the same batch, in the next one, and after the window."""
    function.deliver(alarm("a"), alarm("a"))
    function.deliver(alarm("a"))
    function.now += 600
    function.deliver(alarm("a"))
    function.sweep()

    assert told(oncall) == [[("a", "ringing")]]


def test_what_comes_within_the_window_is_told_at_its_end(
    function: Function, oncall: WebhookReceiver
) -> None:
    """By the sweep, once."""
    function.deliver(alarm("a"))
    function.now += 60
    assert function.deliver(alarm("b", after=60), alarm("a", "OK", after=50)) == []
    assert function.sweep() == {"posted": []}

    function.now += 240
    assert function.sweep() == {"posted": ["chat", "oncall"]}
    assert function.sweep() == {"posted": []}
    assert told(oncall) == [[("a", "ringing")], [("b", "ringing"), ("a", "resolved")]]


def test_an_alarm_that_goes_on_reminds(function: Function, oncall: WebhookReceiver) -> None:
    """Once an hour, as a reminder."""
    function.deliver(alarm("a"))
    for _ in range(7):
        function.now += 1000
        function.sweep()

    assert told(oncall) == [[("a", "ringing")]] * 2
    assert [payload["reminder"] for payload in oncall.received] == [False, True]


def test_one_that_flaps_is_named_as_such(function: Function, oncall: WebhookReceiver) -> None:
    """Three rings in an hour; its next turns are not told."""
    for turn in range(12):
        function.now = BEGIN + 301 * turn
        function.deliver(alarm("a", ("ALARM", "OK")[turn % 2], after=301 * turn))

    assert told(oncall) == [
        [("a", "ringing")],
        [("a", "resolved")],
        [("a", "ringing")],
        [("a", "resolved")],
        [("a", "flapping")],
    ]
    assert oncall.received[-1]["title"] == "drawing-agent: 1 alarm is flapping"


@pytest.mark.parametrize("status", [302, 400, 429, 500])
def test_one_that_refuses_holds_up_none_and_is_tried_again_alone(
    function: Function, oncall: WebhookReceiver, chat: WebhookReceiver, status: int
) -> None:
    """The records come back; what the other destination has taken is not posted there again."""
    chat.status = status
    records = [alarm("a"), alarm("b")]
    assert function.deliver(*records) == ["id-0", "id-1"]
    assert (len(oncall.received), chat.refused) == (1, 1)

    chat.status = 200
    assert function.deliver(*records) == []
    assert (len(oncall.received), len(chat.received)) == (1, 1)
    assert told(chat) == told(oncall)


def test_one_that_never_answers_holds_up_none(
    monkeypatch: pytest.MonkeyPatch,
    sandbox: Sandbox,
    table: str,
    oncall: WebhookReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The others are posted to and done with; the run ends in its time, and says who was late."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls = {"silent": f"http://127.0.0.1:{silent.getsockname()[1]}/", "oncall": oncall.url}
        function = Function(monkeypatch, sandbox, table, urls)
        event = {"Records": [{"messageId": "1", "body": alarm("a")}]}
        failures = {"batchItemFailures": [{"itemIdentifier": "1"}]}

        assert function.invoke(event, Context(seconds=5)) == failures
        assert function.invoke(event, Context(seconds=5)) == failures

    assert told(oncall) == [[("a", "ringing")]]
    late = {vars(r)["reason"] for r in caplog.records if r.getMessage() == "digest not posted"}
    assert late
    assert late <= {"the webhook did not answer in time", "it did not answer in time"}


def test_only_what_is_untold_comes_back(
    function: Function, oncall: WebhookReceiver, chat: WebhookReceiver
) -> None:
    """A record whose alarm was told everywhere is done, whatever else is in the batch."""
    function.deliver(alarm("a"))
    function.now += 300
    chat.status = 500

    assert function.deliver(alarm("a"), alarm("b", after=300)) == ["id-1"]
    assert told(oncall) == [[("a", "ringing")], [("b", "ringing")]]


def test_what_waits_is_told_by_the_sweep_when_the_destination_is_back(
    function: Function, chat: WebhookReceiver
) -> None:
    """Whether or not its record is still in the queue."""
    chat.status = 500
    function.deliver(alarm("a"))
    chat.status = 200

    function.now += 60
    assert function.sweep() == {"posted": ["chat"]}
    assert function.deliver(alarm("a")) == []
    assert told(chat) == [[("a", "ringing")]]


def test_a_sweep_says_once_that_a_destination_refuses_for_long(
    function: Function, chat: WebhookReceiver
) -> None:
    """It fails, so that Lambda counts it and keeps the event; the next one does not."""
    chat.status = 500
    function.deliver(alarm("a"))
    function.now += 901

    with pytest.raises(module.UndeliveredError, match="for long to: chat"):
        function.sweep()
    function.now += 60
    function.sweep()


def test_what_is_no_alarm_is_told_as_what_it_is(
    function: Function, oncall: WebhookReceiver
) -> None:
    """With alarms in the same batch, in a section of its own; nothing comes back."""
    body = "<!channel> hello"
    assert function.deliver("x" * 262_144, body, "", '{"AlarmName": 7}', alarm("a")) == []

    (payload,) = oncall.received
    assert payload["title"] == "drawing-agent: 1 alarm rings, 4 to look at"
    alarms = payload["alarms"]
    assert [(a["name"], a["status"]) for a in alarms] == [
        ("a", "ringing"),
        ("Unrecognised notifications", "unknown"),
    ]
    assert alarms[1]["facts"] == {
        "not JSON": "3x",
        "an alarm notification that lacks something": "1x",
    }
    assert set(alarms[1]["samples"]) == {"x" * 500, body, "(empty)", '{"AlarmName": 7}'}


def test_without_its_table_nothing_is_acknowledged(
    function: Function,
    oncall: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is not sure to be remembered stays in the queue; a sweep fails."""
    monkeypatch.setenv("STATE_TABLE", "no-such-table")

    assert function.deliver(alarm("a"), "garbage") == ["id-0", "id-1"]
    with pytest.raises(StoreError):
        function.sweep()
    assert oncall.received == []
    (record,) = (r for r in caplog.records if r.getMessage() == "digest not posted")
    assert vars(record)["reason"] == "DynamoDB refused GetItem: ResourceNotFoundException"
    assert vars(record)["ringing"] == ["a"]


def test_a_run_that_dies_after_posting_costs_one_duplicate(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next runs wait for its lease to end, post once more, and that is all."""

    class KilledError(BaseException):
        pass

    def die(state: State, claim: Claim, now: float, thread: str | None) -> State:
        if claim.destination == "oncall":
            raise KilledError
        return posted(state, claim, now, thread)

    with monkeypatch.context() as dying:
        dying.setattr("alarm_digest.delivery.posted", die)
        with pytest.raises(KilledError):
            function.deliver(alarm("a"))
    assert len(oncall.received) == 1

    assert function.deliver(alarm("a")) == []
    assert len(oncall.received) == 1
    function.now += 120
    function.sweep()
    function.now += 300
    function.sweep()
    assert told(oncall) == [[("a", "ringing")]] * 2


def test_the_log_says_what_was_posted_and_no_secret(
    function: Function,
    oncall: WebhookReceiver,
    chat: WebhookReceiver,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``diagnose alarm-test`` reads it: names of what rang, and why something was refused."""
    chat.status = 500

    function.deliver(alarm("a"), alarm("b", "OK", OldStateValue="ALARM"))

    said = {r.getMessage(): vars(r) for r in caplog.records if "digest" in r.getMessage()}
    assert said["digest posted"]["ringing"] == said["digest not posted"]["ringing"] == ["a"]
    assert said["digest posted"]["destination"] == "oncall"
    assert said["digest not posted"]["destination"] == "chat"
    assert said["digest not posted"]["reason"] == "the webhook answered 500"
    output = capsys.readouterr().out
    assert '"Posted"' in output
    assert '"Refused"' in output
    for text in (output, *(str(vars(record)) for record in caplog.records)):
        assert oncall.url not in text
        assert chat.url not in text


def test_a_message_without_lines_says_why(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs Insights refuses here: the message goes out all the same."""

    def refuse(*_: object, **__: object) -> None:
        raise NoEvidence("Logs Insights did not answer within 10 s")

    monkeypatch.setenv("LOG_GROUPS", SOURCE)
    monkeypatch.setattr("alarm_digest.delivery.gather", refuse)
    function.deliver(alarm("a"))

    (section,) = oncall.received[0]["alarms"]
    assert section["notes"] == ["No lines: Logs Insights did not answer within 10 s."]
    assert list(section["links"]) == ["Alarm", "Lines"]


def test_a_mistake_in_the_digest_itself_keeps_nobody_asleep(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence that raises anything is evidence that is missing."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("LOG_GROUPS", SOURCE)
    monkeypatch.setattr("alarm_digest.delivery.gather", fail)
    function.deliver(*(alarm(f"a{n}") for n in range(5)))

    notes = [note for section in oncall.received[0]["alarms"] for note in section["notes"]]
    assert sorted(notes) == [
        *["No lines: asking failed (ZeroDivisionError)."] * 3,
        *["No lines: so many alarms rang that 3 were looked into."] * 2,
    ]


def test_a_message_whose_links_cannot_be_made_goes_out_without(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One alarm that nobody had thought of must not stop all others."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("LOG_GROUPS", SOURCE)
    monkeypatch.setattr("alarm_digest.delivery.gather", fail)
    monkeypatch.setattr("alarm_digest.digest.links", fail)

    assert function.deliver(alarm("a")) == []
    assert told(oncall) == [[("a", "ringing")]]


def test_a_daily_digest_that_cannot_be_made_says_so(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And stops nothing else."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alarm_digest.daily.message", fail)
    for source in (SOURCE, ""):
        monkeypatch.setenv("LOG_GROUPS", source)
        function.sweep()
        function.now += 86_400
        function.invoke({"digest": "daily"})

    assert [payload["title"] for payload in oncall.received] == [
        "drawing-agent: no daily digest (ZeroDivisionError)",
        "drawing-agent: no daily digest (nobody said where the lines are)",
    ]


def test_no_time_for_lines_is_said(
    function: Function, oncall: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With seconds left, posting comes first."""
    monkeypatch.setenv("LOG_GROUPS", SOURCE)

    function.invoke({"Records": [{"messageId": "1", "body": alarm("a")}]}, Context(seconds=10))

    (section,) = oncall.received[0]["alarms"]
    assert section["notes"] == ["No lines: there was no time left to ask."]


def test_the_daily_digest_goes_to_every_destination_once(
    function: Function,
    oncall: WebhookReceiver,
    chat: WebhookReceiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The scheduler may invoke twice; one that refuses gets it later, made anew."""

    def made(*_: object, service: str, **__: object) -> Message:
        return Message(service=service, title=f"{service}: a quiet day", status="report")

    monkeypatch.setenv("LOG_GROUPS", SOURCE)
    monkeypatch.setattr("alarm_digest.daily.message", made)
    function.sweep()
    function.now += 86_400
    chat.status = 500
    assert function.invoke({"digest": "daily"}) == {"posted": ["oncall"]}
    chat.status = 200
    function.now += 60
    assert function.invoke({"digest": "daily"}) == {"posted": ["chat"]}
    function.now += 900
    function.sweep()

    titles = [payload["title"] for webhook in (oncall, chat) for payload in webhook.received]
    assert titles == ["drawing-agent: a quiet day"] * 2


def test_without_destinations_nothing_is_acknowledged(
    function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every notification would be done without anybody having been told."""
    monkeypatch.setenv("DESTINATIONS", "[]")

    with pytest.raises(ValueError, match="nobody would be told"):
        function.deliver(alarm("a"))


@pytest.mark.parametrize("event", [{}, {"digest": "weekly"}, {"source": "aws.s3"}])
def test_an_event_of_another_kind_is_refused(
    function: Function, event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """It is said what there is; nothing raises, for nothing would be better the next time."""
    assert function.invoke(event) == {}
    (record,) = caplog.records
    assert vars(record)["wanted"] == ["daily", "sweep"]


def test_the_function_imports_nothing_of_the_project() -> None:
    """What runs in Lambda is the folder, Powertools and the runtime's boto3; no pydantic."""
    code = (
        "import sys; from alarm_digest import handler; "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in "
        "{'intentlog', 'intentlog_constructs', 'sandbox', 'aws_cdk', 'msgspec', 'pydantic'}))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=LAMBDAS, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
