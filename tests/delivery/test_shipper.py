"""A directory's way to CloudWatch: what is delivered, refused, tried again, saved and told.

The service is the strict one on loopback, by real requests. Where a test wants an answer that it
never gives, ``Service`` stands in for it.
"""

import fcntl
import gzip
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intentlog.contract import Contract, parse
from intentlog.delivery.answers import Rejected
from intentlog.delivery.batches import Event
from intentlog.delivery.cloudwatch import CloudWatch
from intentlog.delivery.directory import Shipper
from intentlog.delivery.errors import DeliveryError, RefusedError, UnavailableError
from intentlog.delivery.state import load_state, state_file
from intentlog.delivery.status import status
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import CONTRACT, GROUP, line

NOW = datetime.now(UTC)


class Service:
    """Takes what a test wants it to take: the real service has no such reasons.

    Attributes:
        calls: How many events each call had.
        taken: The messages that it took.
    """

    def __init__(self, wrong: Callable[[Sequence[Event]], Exception | None]) -> None:
        self.calls: list[int] = []
        self.taken: list[str] = []
        self.wrong = wrong

    def put(self, _group: str, _stream: str, events: Sequence[Event], /) -> Rejected:
        """Take events, or do not."""
        self.calls.append(len(events))
        error = self.wrong(events)
        if error:
            raise error
        self.taken += [event.message for event in events]
        return Rejected(0, len(events))

    def create(self, _group: str, _stream: str, _retention_days: int, /) -> None:
        """Make nothing: all is there."""

    def now(self) -> int:
        """Have the same time as this host."""
        return time.time_ns() // 1_000_000


class Told:
    """Keeps what a shipper tells."""

    def __init__(self) -> None:
        self.warnings: list[tuple[str, Mapping[str, object]]] = []

    def __call__(self, event: str, data: Mapping[str, object]) -> None:
        """Keep a warning."""
        self.warnings.append((event, data))


def write(directory: Path, *lines: str) -> None:
    """Append lines to the file that is written."""
    with (directory / "app.log").open("a") as file:
        file.writelines(f"{text}\n" for text in lines)


def flush(shipper: Shipper, seconds: float = 10, *, patient: bool = True) -> bool:
    """Deliver all there is, as one process that begins and ends."""
    assert shipper.begin()
    try:
        return shipper.flush(seconds, patient=patient)
    finally:
        shipper.close()


def dead_letters(directory: Path) -> list[dict[str, str]]:
    """Return what was refused."""
    path = directory / "app.log.rejected"
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("direct", [True, False], ids=["signed here", "by boto3"])
@pytest.mark.parametrize("compress", [True, False], ids=["gzipped", "plain"])
def test_lines_arrive_as_they_are_in_the_file(
    tmp_path: Path, shop: Contract, logs: StrictLogs, *, direct: bool, compress: bool
) -> None:
    """Byte for byte, at their own times; group, retention and stream are made first."""
    lines = [
        line(n, at=NOW + timedelta(milliseconds=n), text=' "é\\ \u2028 😀') for n in range(250)
    ]
    write(tmp_path, *lines)
    shipper = Shipper(shop, tmp_path, CloudWatch(direct=direct, compress=compress))

    assert flush(shipper)

    assert logs.messages(GROUP) == lines
    assert logs.taken[7].timestamp == int(NOW.timestamp() * 1000) + 7
    assert logs.groups == {GROUP: 30}
    assert logs.refusals == []


def test_what_was_delivered_is_not_delivered_again(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """Neither by the same process nor by the next one."""
    write(tmp_path, line(1))
    shipper = Shipper(shop, tmp_path, CloudWatch())
    flush(shipper)
    flush(shipper)
    write(tmp_path, line(2))
    flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [json.loads(text)["message"] for text in logs.messages(GROUP)] == ["1", "2"]


def test_what_failed_in_another_process_is_no_failure_of_this_one(
    tmp_path: Path, shop: Contract
) -> None:
    """Its lines may be gone by now: there is nothing left to do."""
    write(tmp_path, line(1))
    service = Service(lambda _: UnavailableError("down"))
    assert not flush(Shipper(shop, tmp_path, service), patient=False)
    (tmp_path / "app.log").unlink()

    assert flush(Shipper(shop, tmp_path, service))


def test_a_backlog_of_days_goes_in_batches_within_the_limits(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """Old times, a clock that jumped, long lines: the service refuses no batch as a whole."""
    start = NOW - timedelta(days=3)
    steps = [timedelta(minutes=n) for n in range(0, 3 * 24 * 60, 7)]
    jumped = [timedelta(hours=n) for n in (30, 2, 29, 1, 31, 0)]
    lines = [line(n, at=start + step, text="x" * 5000) for n, step in enumerate(steps + jumped)]
    write(tmp_path, *lines)

    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert sorted(logs.messages(GROUP)) == sorted(lines)
    assert logs.refusals == []
    assert max(logs.batches) > 100  # larger than at the live edge


def test_what_the_service_would_not_take_is_kept_beside_the_file(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """Too old, too new: with the reason, counted; empty lines are nobody's loss."""
    old = line(1, at=NOW - timedelta(days=15))
    new = line(2, at=NOW + timedelta(hours=3))
    write(tmp_path, old, line(4), "", "   ", new, line(5))

    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [json.loads(text)["message"] for text in logs.messages(GROUP)] == ["4", "5"]
    assert dead_letters(tmp_path) == [
        {"reason": "older than 14 days", "line": old},
        {"reason": "more than two hours in the future", "line": new},
    ]
    (found,) = status(shop, tmp_path)
    assert (found.delivered, found.rejected, found.lines) == (2, 2, 0)
    assert logs.refusals == []


def test_a_line_longer_than_any_event_goes_as_several(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """The logger makes none, others might; bytes that are no text are replaced."""
    long = line(3, text="x" * 2_500_000)
    with (tmp_path / "app.log").open("wb") as file:
        file.write(long.encode() + b"\n\xff\n")

    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    *pieces, last = logs.messages(GROUP)
    assert "".join(pieces) == long
    assert last == "\ufffd"
    assert logs.refusals == []


def test_a_line_that_replacing_makes_too_long_is_refused_before_it_is_sent(
    tmp_path: Path, logs: StrictLogs
) -> None:
    """A byte that is no text becomes three; an event of exactly 1 MiB, its 26 bytes too, goes."""
    shop = parse(CONTRACT.replace("max_megabytes = 1", "max_megabytes = 2"))
    fits = b"\xff" * ((2**20 - 26) // 3) + b"aa"
    (tmp_path / "app.log").write_bytes(fits + b"\n" + fits + b"a\n")

    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [len(text.encode()) for text in logs.messages(GROUP)] == [2**20 - 26]
    (letter,) = dead_letters(tmp_path)
    assert (letter["reason"], len(letter["line"].encode())) == ("longer than 1 MiB", 2**20 - 25)
    assert logs.refusals == []


def test_events_that_the_service_leaves_out_are_kept(tmp_path: Path, shop: Contract) -> None:
    """It says which by their place in the batch, whose order is that of their times."""

    class Choosy(Service):
        def put(self, group: str, stream: str, events: Sequence[Event], /) -> Rejected:
            super().put(group, stream, events)
            return Rejected(too_old=1, too_new=3)

    write(tmp_path, *(line(n, at=NOW + timedelta(seconds=n)) for n in (3, 1, 0, 2)))

    assert flush(Shipper(shop, tmp_path, Choosy(lambda _: None)))

    assert [(json.loads(x["line"])["message"], x["reason"]) for x in dead_letters(tmp_path)] == [
        ("0", "CloudWatch Logs: too old"),
        ("3", "CloudWatch Logs: too new"),
    ]
    (found,) = status(shop, tmp_path)
    assert (found.delivered, found.rejected) == (2, 2)


def test_a_poison_event_is_found_and_the_rest_is_delivered(tmp_path: Path, shop: Contract) -> None:
    """By halves: some twenty calls, not hundreds."""
    lines = [line(number) for number in range(1000)]
    poison = {lines[0], lines[617]}
    service = Service(
        lambda events: RefusedError("no") if any(e.message in poison for e in events) else None
    )
    write(tmp_path, *lines)

    assert flush(Shipper(shop, tmp_path, service))

    assert service.taken == [text for text in lines if text not in poison]
    assert {letter["line"] for letter in dead_letters(tmp_path)} == poison
    assert len(service.calls) < 50


def test_poison_at_the_front_does_not_hold_up_what_is_behind_it(
    tmp_path: Path, shop: Contract
) -> None:
    """However much it is, and though nothing was taken before."""
    lines = [line(number) for number in range(112)]
    poison = set(lines[:12])
    service = Service(
        lambda events: RefusedError("no") if any(e.message in poison for e in events) else None
    )
    write(tmp_path, *lines)

    assert flush(Shipper(shop, tmp_path, service))

    assert sorted(service.taken) == sorted(lines[12:])
    assert {letter["line"] for letter in dead_letters(tmp_path)} == poison
    assert load_state(tmp_path, "shop").streams["app"].delivered == 100


def test_what_is_behind_a_refused_line_is_not_delivered_again(
    tmp_path: Path, shop: Contract
) -> None:
    """The cursor is where the batch ended, not where the last refused line did."""
    lines = [line(number) for number in range(100)]
    poison = set(lines[::7])
    service = Service(
        lambda events: RefusedError("no") if any(e.message in poison for e in events) else None
    )
    write(tmp_path, *lines)
    assert flush(Shipper(shop, tmp_path, service))
    (found,) = status(shop, tmp_path)
    assert (found.lines, found.rejected) == (0, len(poison))

    assert flush(Shipper(shop, tmp_path, service))
    assert service.taken == [text for text in lines if text not in poison]


def test_a_password_in_an_address_reaches_neither_state_nor_status(
    tmp_path: Path, shop: Contract
) -> None:
    """An error of the connection names the address."""
    write(tmp_path, line(1))
    error = UnavailableError('could not connect to "http://user:S3cret@127.0.0.1:1/"')
    assert not flush(Shipper(shop, tmp_path, Service(lambda _: error)), patient=False)

    assert "S3cret" not in state_file(tmp_path, "shop").read_text()
    (found,) = status(shop, tmp_path)
    assert found.last_error == 'could not connect to "http://***@127.0.0.1:1/"'


def test_a_file_that_gzip_has_just_made_is_not_a_new_one(tmp_path: Path, shop: Contract) -> None:
    """It is empty for a moment; then it has what was delivered under another name."""
    service = Service(lambda _: None)
    lines = [line(number) for number in range(100)]
    write(tmp_path, *lines)
    shipper = Shipper(shop, tmp_path, service)
    assert flush(shipper)
    rotated = (tmp_path / "app.log").rename(tmp_path / "app.log.1")
    packed = tmp_path / "app.log.1.gz"
    packed.touch()
    assert flush(shipper)
    packed.write_bytes(gzip.compress(rotated.read_bytes()))
    rotated.unlink()
    assert flush(shipper)

    assert flush(Shipper(shop, tmp_path, service))
    assert service.taken == lines


def test_lines_after_a_cut_are_delivered(tmp_path: Path, shop: Contract) -> None:
    """What is left before the cut is repeated: where it was, nobody knows."""
    lines = [line(number) for number in range(120)]
    service = Service(lambda _: None)
    write(tmp_path, *lines[:100])
    assert flush(Shipper(shop, tmp_path, service))
    path = tmp_path / "app.log"
    os.truncate(path, len("".join(f"{text}\n" for text in lines[:50])))
    write(tmp_path, *lines[100:])

    assert flush(Shipper(shop, tmp_path, service))
    assert service.taken == [*lines[:100], *lines[:50], *lines[100:]]


def test_refused_lines_are_kept_as_far_as_a_file_may_grow(tmp_path: Path, shop: Contract) -> None:
    """The first ones; the others are counted and told, and kept again once there is room."""
    lines = [line(number, at=NOW - timedelta(days=20), text="x" * 50_000) for number in range(25)]
    write(tmp_path, *lines)
    told = Told()
    shipper = Shipper(shop, tmp_path, Service(lambda _: None), tell=told)
    assert shipper.begin()
    assert shipper.finish(10)
    shipper.close()

    path = tmp_path / "app.log.rejected"
    assert [letter["line"] for letter in dead_letters(tmp_path)] == lines[:19]
    assert 950_000 < path.stat().st_size <= shop.rotation_of("app").max_bytes
    (found,) = status(shop, tmp_path)
    assert (found.rejected, found.dropped) == (25, 6)
    assert told.warnings == [
        ("delivery_refused", {"stream": "app", "refused": 20, "dropped": 1}),  # a batch of them
        ("delivery_refused", {"stream": "app", "refused": 25, "dropped": 6}),  # all, at the end
    ]

    path.rename(tmp_path / "looked-at")
    write(tmp_path, lines[0])
    assert flush(Shipper(shop, tmp_path, Service(lambda _: None)))
    assert [letter["line"] for letter in dead_letters(tmp_path)] == lines[:1]


def test_a_service_that_refuses_everything_gets_nothing_thrown_away(
    tmp_path: Path, shop: Contract
) -> None:
    """A wrong name, for example: the lines wait, and few calls are spent on it."""
    service = Service(lambda _: RefusedError("InvalidParameterException: logGroupName"))
    write(tmp_path, *(line(number) for number in range(1000)))
    shipper = Shipper(shop, tmp_path, service)

    assert not flush(shipper, patient=False)
    assert dead_letters(tmp_path) == []
    assert len(service.calls) < 40
    (found,) = status(shop, tmp_path)
    assert found.lines == 1000
    assert found.last_error == "InvalidParameterException: logGroupName"

    service.wrong = lambda _: None
    assert flush(shipper)
    assert len(service.taken) == 1000


@pytest.mark.parametrize("direct", [True, False], ids=["signed here", "by boto3"])
def test_a_name_that_is_not_allowed_delays_and_throws_nothing_away(
    tmp_path: Path, shop: Contract, logs: StrictLogs, *, direct: bool
) -> None:
    """No line is the reason, and the others' delivery does not end."""
    write(tmp_path, *(line(n) for n in range(20)))
    groups = {"app": "no group!"}
    shipper = Shipper(shop, tmp_path, CloudWatch(direct=direct), groups=groups)
    assert not flush(shipper, patient=False)
    assert dead_letters(tmp_path) == []
    (found,) = status(shop, tmp_path)
    assert (found.lines, "InvalidParameterException" in found.last_error) == (20, True)

    assert flush(Shipper(shop, tmp_path, CloudWatch(direct=direct)))
    assert len(logs.messages(GROUP)) == 20


def test_a_crash_between_the_call_and_the_state_repeats_one_batch(
    tmp_path: Path, shop: Contract, logs: StrictLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the service has taken before is not repeated, and nothing is left out."""
    lines = [line(number) for number in range(40)]
    write(tmp_path, *lines[:20])
    flush(Shipper(shop, tmp_path, CloudWatch()))
    write(tmp_path, *lines[20:30])
    with monkeypatch.context() as patched:  # killed before it can save
        patched.setattr("intentlog.delivery.directory.save_state", lambda *_, **__: None)
        flush(Shipper(shop, tmp_path, CloudWatch()))
    write(tmp_path, *lines[30:])
    flush(Shipper(shop, tmp_path, CloudWatch()))

    assert logs.messages(GROUP) == lines[:30] + lines[20:]


def test_who_may_only_write_to_a_group_makes_no_group(
    tmp_path: Path, shop: Contract, logs: StrictLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CDK has made the group, the stream alone is made."""
    logs.groups[GROUP] = 90
    monkeypatch.setattr(logs, "_create_log_group", lambda _: pytest.fail("it is there"))
    write(tmp_path, line(1))

    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert logs.groups == {GROUP: 90}


@pytest.mark.parametrize("direct", [True, False], ids=["signed here", "by boto3"])
@pytest.mark.parametrize("hours", [3, -15 * 24], ids=["behind", "ahead"])
def test_a_wrong_clock_of_the_host_loses_no_line(
    tmp_path: Path, shop: Contract, monkeypatch: pytest.MonkeyPatch, *, direct: bool, hours: int
) -> None:
    """The service's clock is right, and it judges by that: ages, and signatures."""
    with StrictLogs(ahead_seconds=hours * 3600) as logs:
        for name, text in logs.environment().items():
            monkeypatch.setenv(name, text)
        there = NOW + timedelta(hours=hours)
        good = [line(n, at=there + timedelta(seconds=n)) for n in range(50)]
        old = line(50, at=there - timedelta(days=14, hours=1))
        new = line(51, at=there + timedelta(hours=3))
        write(tmp_path, *good, old, new)
        told = Told()
        shipper = Shipper(shop, tmp_path, CloudWatch(direct=direct), tell=told)
        assert shipper.begin()
        assert shipper.flush(10, patient=False)
        shipper.close()

        assert logs.messages(GROUP) == good
        assert {letter["line"] for letter in dead_letters(tmp_path)} == {old, new}
        assert logs.refusals == []
        assert [event for event, _ in told.warnings] == ["delivery_refused"]


def test_a_signature_that_a_right_clock_does_not_mend_is_told_with_the_difference(
    tmp_path: Path, shop: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret is wrong, too: whoever mends the host has both to look at."""
    with StrictLogs(ahead_seconds=3 * 3600) as logs:
        for name, text in (logs.environment() | {"AWS_SECRET_ACCESS_KEY": "wrong"}).items():
            monkeypatch.setenv(name, text)
        write(tmp_path, line(1))
        assert not flush(Shipper(shop, tmp_path, CloudWatch()), patient=False)

    (found,) = status(shop, tmp_path)
    assert found.last_error.startswith("InvalidSignatureException: ")
    assert found.last_error.endswith("this host's clock is 180 minutes behind the service's")


@pytest.mark.parametrize("direct", [True, False], ids=["signed here", "by boto3"])
def test_an_error_with_status_200_is_one(
    tmp_path: Path, shop: Contract, logs: StrictLogs, *, direct: bool
) -> None:
    """Nothing was delivered, whoever made the request."""
    write(tmp_path, line(1))
    shipper = Shipper(shop, tmp_path, CloudWatch(direct=direct))
    with logs.faults.during("error_as_200"):
        assert not flush(shipper, 1.0)
    (found,) = status(shop, tmp_path)
    assert (found.lines, found.delivered) == (1, 0)
    assert "InternalFailure" in found.last_error

    assert flush(shipper)
    assert len(logs.messages(GROUP)) == 1


@pytest.mark.parametrize("direct", [True, False], ids=["signed here", "by boto3"])
def test_a_page_is_no_answer_of_cloudwatch(
    tmp_path: Path, shop: Contract, logs: StrictLogs, *, direct: bool
) -> None:
    """A proxy answers 200, too: nothing was delivered."""
    write(tmp_path, line(1))
    shipper = Shipper(shop, tmp_path, CloudWatch(direct=direct))
    with logs.faults.during("page"):
        assert not flush(shipper, 1.0)
    (found,) = status(shop, tmp_path)
    assert (found.lines, found.delivered) == (1, 0)
    assert "not CloudWatch Logs" in found.last_error

    assert flush(shipper)
    assert len(logs.messages(GROUP)) == 1


@pytest.mark.parametrize("fault", ["refused", "reset", "error", "throttled", "denied"])
def test_a_fault_delays_and_loses_nothing(
    tmp_path: Path, shop: Contract, logs: StrictLogs, fault: str
) -> None:
    """While it lasts, the lines wait and one warning is told; then they are delivered once."""
    told = Told()
    write(tmp_path, line(1), line(2))
    shipper = Shipper(shop, tmp_path, CloudWatch(), tell=told)
    with logs.faults.during(fault):  # type: ignore[arg-type]
        time.sleep(0.15)
        assert not flush(shipper, 1.0)
        (found,) = status(shop, tmp_path)
    assert found.lines == 2
    assert found.last_error
    assert [event for event, _ in told.warnings] == ["delivery_failing"]
    assert told.warnings[0][1]["stream"] == "app"

    assert flush(shipper)

    assert len(logs.messages(GROUP)) == 2
    (found,) = status(shop, tmp_path)
    assert (found.lines, found.last_error) == (0, "")


def test_an_answer_that_is_lost_repeats_its_batch(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """Nobody can know whether the service has taken it."""
    write(tmp_path, line(0))
    shipper = Shipper(shop, tmp_path, CloudWatch())
    shipper.begin()
    shipper.flush(10)
    write(tmp_path, line(1), line(2))
    with logs.faults.during("reset_after"):
        assert not shipper.flush(10, patient=False)
    assert shipper.flush(10)
    shipper.close()

    assert [json.loads(text)["message"] for text in logs.messages(GROUP)] == list("01212")


def test_one_stream_that_fails_does_not_keep_the_others_back(
    tmp_path: Path, logs: StrictLogs
) -> None:
    """A file that cannot be read is told by its name."""
    two = parse(f'{CONTRACT}\n[streams.other]\nfile = "other.log"\nlog_group = "/shop/other"')
    (tmp_path / "app.log").mkdir()
    (tmp_path / "other.log").write_text(line(1) + "\n")
    told = Told()
    shipper = Shipper(two, tmp_path, CloudWatch(), tell=told)
    assert not flush(shipper, 2.5)

    assert len(logs.messages("/shop/other")) == 1
    assert [(event, data["stream"]) for event, data in told.warnings] == [
        ("delivery_failing", "app")
    ]
    assert "app.log" in str(told.warnings[0][1]["error"])


def test_a_group_that_hangs_leaves_the_others_half_of_the_time(tmp_path: Path) -> None:
    """After a call that hung for a second, it is left alone for a second, and others are served.

    The strict service hangs for all groups or none.
    """
    hung: list[tuple[float, float]] = []

    class Hanging(Service):
        def put(self, group: str, stream: str, events: Sequence[Event], /) -> Rejected:
            if group == GROUP:
                began = time.monotonic()
                time.sleep(1)
                hung.append((began, time.monotonic()))
                raise UnavailableError("no answer")
            return super().put(group, stream, events)

    two = parse(f'{CONTRACT}\n[streams.other]\nfile = "other.log"\nlog_group = "/shop/other"')
    write(tmp_path, line(1))
    (tmp_path / "other.log").write_text("".join(f"{line(n)}\n" for n in range(25_000)))
    service = Hanging(lambda _: None)
    shipper = Shipper(two, tmp_path, service)
    assert shipper.begin()
    shipper.flush(4.5)
    shipper.close()

    assert len(service.taken) == 25_000
    assert len(hung) > 1
    assert all(next_one - end >= 0.99 for (_, end), (next_one, _) in itertools.pairwise(hung))


def test_a_line_with_an_impossible_time_takes_no_other_along(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """What somebody printed after it is delivered, at the time of the line before."""
    impossible = line(2).replace(line(2)[14:18], "0001", 1)
    write(tmp_path, line(1, at=NOW), impossible, "Segmentation fault")
    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [event.message for event in logs.taken] == [line(1, at=NOW), "Segmentation fault"]
    assert len({event.timestamp for event in logs.taken}) == 1
    assert [letter["line"] for letter in dead_letters(tmp_path)] == [impossible]


def test_a_full_disk_keeps_the_state_that_was(
    tmp_path: Path, shop: Contract, logs: StrictLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivery goes on, and it is told that what is delivered now may be repeated."""
    write(tmp_path, line(1))
    flush(Shipper(shop, tmp_path, CloudWatch()))
    before = state_file(tmp_path, "shop").read_bytes()
    told = Told()
    monkeypatch.setattr("os.fsync", full)
    write(tmp_path, line(2))
    assert flush(Shipper(shop, tmp_path, CloudWatch(), tell=told))

    assert state_file(tmp_path, "shop").read_bytes() == before
    assert len(logs.messages(GROUP)) == 2
    assert [event for event, _ in told.warnings] == ["delivery_state_unsaved"]


def full(_descriptor: int) -> None:
    """Fail as a full disk does: a real one needs a file system of its own."""
    raise OSError(28, os.strerror(28))


def test_a_file_that_cannot_be_read_is_in_the_status_before_anybody_delivers(
    tmp_path: Path, shop: Contract
) -> None:
    """That nothing of it is behind would be a comfort."""
    (tmp_path / "app.log").mkdir()

    (found,) = status(shop, tmp_path)
    assert found.last_error.startswith("app.log: ")


@pytest.mark.parametrize("spoilt", [b"{", b'{"streams":{"\x80":{}}}', b"[]"])
def test_a_state_that_cannot_be_read_is_told_not_guessed(
    tmp_path: Path, shop: Contract, spoilt: bytes
) -> None:
    """It says what to do, and delivers nothing twice by itself."""
    state_file(tmp_path, "shop").write_bytes(spoilt)

    with pytest.raises(DeliveryError, match=r"ship\.shop\.json: .* remove it to deliver all"):
        Shipper(shop, tmp_path, CloudWatch()).begin()
    with pytest.raises(DeliveryError):
        load_state(tmp_path, "shop")


def test_a_state_that_a_loss_of_power_spoilt_is_the_last_that_was_synced(
    tmp_path: Path, shop: Contract, logs: StrictLogs
) -> None:
    """It may repeat a second; it never begins anew."""
    write(tmp_path, line(1))
    flush(Shipper(shop, tmp_path, CloudWatch()))
    state_file(tmp_path, "shop").write_bytes(b"")
    write(tmp_path, line(2))
    flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [json.loads(text)["message"] for text in logs.messages(GROUP)] == ["1", "2"]


OTHER = parse(
    CONTRACT.replace('"shop"', '"till"').replace("app.log", "till.log").replace("/shop", "/till")
)


def test_two_services_share_a_directory(tmp_path: Path, shop: Contract, logs: StrictLogs) -> None:
    """At the same time, each with its own state, though their streams are called alike."""
    write(tmp_path, line(1))
    (tmp_path / "till.log").write_text(line(2) + "\n")
    first, second = Shipper(shop, tmp_path, CloudWatch()), Shipper(OTHER, tmp_path, CloudWatch())
    assert first.begin()
    assert second.begin()
    for _ in range(2):
        assert first.flush(10)
        assert second.flush(10)
    first.close()
    second.close()
    assert flush(Shipper(shop, tmp_path, CloudWatch()))

    assert [json.loads(text)["message"] for text in logs.messages(GROUP)] == ["1"]
    assert [json.loads(text)["message"] for text in logs.messages("/till/app")] == ["2"]
    assert [found.delivered for found in status(shop, tmp_path)] == [1]


def test_two_services_do_not_share_a_file(tmp_path: Path, shop: Contract) -> None:
    """Each would deliver what the other has: the second is told, and what to do."""
    same = parse(CONTRACT.replace('"shop"', '"till"'))
    first = Shipper(shop, tmp_path, Service(lambda _: None))
    assert first.begin()
    problem = (
        r"app\.log: it is delivered for shop, not for till: give each a log directory of its own; "
        r"if till is its new name, rename \.intentlog-ship\.shop\.json to "
        r"\.intentlog-ship\.till\.json"
    )
    for _ in range(2):  # the second time, it has gone
        with pytest.raises(DeliveryError, match=problem):
            Shipper(same, tmp_path, Service(lambda _: None)).begin()
        with pytest.raises(DeliveryError, match=problem):
            status(same, tmp_path)
        first.close()

    state_file(tmp_path, "shop").rename(state_file(tmp_path, "till"))
    assert flush(Shipper(same, tmp_path, Service(lambda _: None)))


def test_a_renamed_stream_is_not_delivered_again(tmp_path: Path) -> None:
    """It is the same file. Also when two streams have exchanged their names."""
    service = Service(lambda _: None)
    both = f'{CONTRACT}\n[streams.more]\nfile = "more.log"\nlog_group = "/shop/more"'
    (tmp_path / "more.log").write_text(line(2) + "\n")
    write(tmp_path, line(1))
    assert flush(Shipper(parse(both), tmp_path, service))
    swapped = both.replace("[streams.app]", "[streams.x]").replace("streams.more", "streams.app")

    assert flush(Shipper(parse(swapped), tmp_path, service))
    assert len(service.taken) == 2
    assert [(s.stream, s.delivered) for s in status(parse(swapped), tmp_path)] == [
        ("x", 1),
        ("app", 1),
    ]


def old_state(directory: Path) -> Path:
    """Make the services' states the one of the version before: the directory's, without files."""
    streams = {}
    for service in ("shop", "till"):
        own = state_file(directory, service)
        (stream,) = json.loads(own.read_bytes())["streams"].values()
        del stream["file"]
        streams[f"of-{service}"] = stream
        own.unlink()
        own.with_name(f"{own.name}.synced").unlink()
    old = directory / ".intentlog-ship.json"
    old.write_text(json.dumps({"streams": streams}))
    return old


def test_a_state_of_the_version_before_is_gone_on_with(tmp_path: Path, shop: Contract) -> None:
    """By each service for its own files, once the version before has let go of it."""
    service = Service(lambda _: None)
    write(tmp_path, line(1))
    (tmp_path / "till.log").write_text(line(2) + "\n")
    for contract in (shop, OTHER):
        assert flush(Shipper(contract, tmp_path, service))
    old = old_state(tmp_path)
    write(tmp_path, line(3))
    with (tmp_path / ".intentlog-ship.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shipper = Shipper(shop, tmp_path, service)
        assert not shipper.begin()

    assert flush(shipper)
    assert old.exists()
    assert flush(Shipper(OTHER, tmp_path, service))
    assert not old.exists()
    assert [json.loads(text)["message"] for text in service.taken] == ["1", "2", "3"]


def test_one_process_delivers_a_directory(tmp_path: Path, shop: Contract) -> None:
    """Another one takes over when it has gone."""
    first, second = (Shipper(shop, tmp_path, CloudWatch()) for _ in range(2))

    assert first.begin()
    assert not second.begin()
    first.close()
    assert second.begin()
    second.close()


def test_a_shipper_stops_when_it_is_told(tmp_path: Path, shop: Contract, logs: StrictLogs) -> None:
    """At the live edge, a line goes within the contract's seconds."""
    stop = threading.Event()
    shipper = Shipper(shop, tmp_path, CloudWatch())
    thread = threading.Thread(target=shipper.run, args=(stop,))
    thread.start()
    write(tmp_path, line(1))
    deadline = time.monotonic() + 20
    while not logs.messages(GROUP) and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join(10)
    shipper.close()

    assert not thread.is_alive()
    assert len(logs.messages(GROUP)) == 1


def test_without_credentials_the_lines_wait_for_them(
    tmp_path: Path, shop: Contract, logs: StrictLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that comes later is taken then, without a restart."""
    write(tmp_path, line(1))
    shipper = Shipper(shop, tmp_path, CloudWatch())
    assert shipper.begin()
    with monkeypatch.context() as patched:
        patched.delenv("AWS_ACCESS_KEY_ID")
        assert not shipper.flush(1, patient=False)
        assert "Unable to locate credentials" in shipper.errors()["app"]

    assert shipper.flush(10)
    shipper.close()
    assert len(logs.messages(GROUP)) == 1


def test_an_unavailable_service_is_asked_ever_less(tmp_path: Path, shop: Contract) -> None:
    """Three seconds of failures are a handful of calls."""
    service = Service(lambda _: UnavailableError("down"))
    write(tmp_path, line(1))

    assert not flush(Shipper(shop, tmp_path, service), 3)
    assert 2 <= len(service.calls) < 40
