"""The state in a real table's item: nothing is lost, whoever writes at once."""

import json
import random
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.breach import Breach
from alarm_digest.message import Link
from alarm_digest.state import (
    Channel,
    Lease,
    Policy,
    State,
    claimed,
    introduced,
    posted,
    with_changes,
    with_daily,
)
from alarm_digest.store import ConflictError, StoreError, Table, decoded, encoded, updated
from sandbox.server import Sandbox
from tests.lambdas.changes import BEGIN, change

POLICY = Policy()


def soon() -> float:
    """A deadline that no test comes near to."""
    return time.monotonic() + 60


def lived() -> State:
    """A state that has something of everything."""
    details = Breach(
        alarm="high-error-rate",
        changed="2026-11-22T10:00:00.000+0000",
        metrics=({"Id": "m1", "MetricStat": {"Metric": {"MetricName": "ErrorCount"}}},),
    )
    links = (Link(label="Runbook", place="docs/operations.md#it-fails"),)
    made = replace(change("ALARM"), breach=details, links=links)
    known = introduced(State(), ["oncall", "chat"], BEGIN)
    known = with_changes(known, [made, change("OK", 5, alarm="slow")], BEGIN, POLICY)
    known, claims = claimed(known, BEGIN, POLICY, Lease("a run", BEGIN + 30), patient=False)
    return with_daily(posted(known, claims[0], BEGIN + 1, "111.1"), BEGIN + 2)


def test_a_state_comes_back_as_it_was_written(table: str) -> None:
    """All of it, through a real item."""
    kept = Table(name=table, service="drawing-agent")
    assert kept.read() == (State(), 0)

    kept.write(lived(), 0, BEGIN)

    assert kept.read() == (lived(), 1)
    assert Table(name=table, service="chimera").read() == (State(), 0)


def test_an_item_expires_when_nothing_has_changed_for_thirty_days(
    table: str, sandbox: Sandbox
) -> None:
    """DynamoDB deletes it by itself."""
    Table(name=table, service="drawing-agent").write(State(), 0, BEGIN)

    key = {"service": {"S": "drawing-agent"}}
    item = sandbox.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    assert item["expires"] == {"N": str(int(BEGIN) + 30 * 86_400)}


@pytest.mark.parametrize("read", [0, 1, 3])
def test_a_write_on_another_version_is_refused(table: str, read: int) -> None:
    """Whoever read before somebody else wrote must read again."""
    kept = Table(name=table, service="drawing-agent")
    kept.write(State(), 0, BEGIN)
    kept.write(State(), 1, BEGIN)

    with pytest.raises(ConflictError):
        kept.write(lived(), read, BEGIN)
    assert kept.read() == (State(), 2)


def test_runs_that_write_at_once_lose_nothing(table: str) -> None:
    """Forty changes by four runs: all of them are there."""

    def arrive(number: int) -> None:
        def learn(known: State) -> State:
            time.sleep(random.uniform(0, 0.005))  # noqa: S311 - lets the others come between
            return with_changes(known, [change("ALARM", alarm=f"a{number}")], BEGIN, POLICY)

        updated(Table(name=table, service="drawing-agent"), learn, BEGIN, deadline=soon())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(arrive, range(40)))

    state, version = Table(name=table, service="drawing-agent").read()
    assert (len(state.incidents), version) == (40, 40)


def test_nothing_is_written_if_nothing_changed(table: str) -> None:
    """A sweep of a quiet service only reads."""
    kept = Table(name=table, service="drawing-agent")
    kept.write(lived(), 0, BEGIN)

    updated(kept, lambda known: known, BEGIN, deadline=soon())

    assert kept.read().version == 1


def test_a_table_that_is_not_there_is_said_to_be(table: str) -> None:
    """In one line, without a stack trace."""
    with pytest.raises(StoreError, match="DynamoDB refused GetItem: ResourceNotFoundException"):
        Table(name=f"{table}-not", service="drawing-agent").read()


def test_a_state_of_a_later_version_is_read() -> None:
    """What it has more is left out: going back to the version before must not stop alarms."""
    value = json.loads(zlib.decompress(encoded(lived())))
    value["channels"]["oncall"]["new"] = value["incidents"][change("ALARM").key]["new"] = 7
    assert decoded(zlib.compress(json.dumps(value).encode())) == lived()


@pytest.mark.parametrize("data", [b"", b"hello", b"x\x9cK\xccH-\xca\x05\x00\x08\x1f\x02\x9b"])
def test_a_state_that_cannot_be_read_says_what_to_do(data: bytes) -> None:
    """It is not begun anew by itself: what waited would be lost, and nobody would know."""
    with pytest.raises(StoreError, match="delete the item to begin anew"):
        decoded(data)


def many(count: int) -> State:
    """So many alarms that ring, with texts that can hardly be deflated."""
    words = random.Random(7)  # noqa: S311 - the same texts each time
    texts = ("".join(words.choices("abcdefghij klmnop", k=600)) for _ in range(count))
    changes = [
        replace(change("ALARM", alarm=f"a{number}"), purpose=text)
        for number, text in enumerate(texts)
    ]
    return with_changes(introduced(State(), ["oncall"], BEGIN), changes, BEGIN, POLICY)


def test_hundreds_of_alarms_fit_into_an_item_with_their_texts() -> None:
    """All of them come back as they were."""
    assert decoded(encoded(many(600))) == many(600)


def test_of_thousands_of_alarms_it_is_kept_who_was_told_of_what() -> None:
    """The texts of some go: no message could show them."""
    left = decoded(encoded(many(2000)))

    assert left.incidents.keys() == many(2000).incidents.keys()
    assert sum(incident.details.purpose != "" for incident in left.incidents.values()) == 50


def test_what_does_not_fit_stays_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused as a whole, so that nothing is half remembered."""
    monkeypatch.setattr("alarm_digest.store._LARGEST_ITEM", 500)

    with pytest.raises(StoreError, match="what is new stays in the queue"):
        encoded(lived())


TIMES = st.floats(0, 4e9)
CHANNELS = st.builds(
    Channel, since=TIMES, daily=TIMES, posted=TIMES, lease=st.text(), failures=st.integers(0, 99)
)


@given(st.dictionaries(st.text(), CHANNELS), TIMES)
def test_whatever_is_remembered_is_read_again(channels: dict[str, Channel], daily: float) -> None:
    """Any names, any times."""
    state = State(channels=channels, daily=daily)

    assert decoded(encoded(state)) == state
