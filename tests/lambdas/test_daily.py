"""The daily digest, from fakes with answers in their real shape (asked for real in the sandbox)."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from alarm_digest import daily
from alarm_digest.evidence import Clients
from alarm_digest.message import Message, Section
from alarm_digest.source import LogSource

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SOURCE = LogSource(groups=("/app",), others=("/errors",), data="extra")
MEGABYTE = 2**20


class Fake:
    """Both services; what an operation answers can be replaced, by an error too."""

    def __init__(self, **answers: Any) -> None:
        self._answers = {
            "kinds": [
                [kind("no canvas 7", 9), kind("refused", 2, "auth")],
                [kind("no canvas 8", 3)],
            ],
            "sign_ins": [[level("INFO", 50), level("WARNING", 4)], [level("ERROR", 1)]],
            "get_metric_data": [*bytes_of(0, 30, 24), *bytes_of(1, 1, 24)],
            "describe_alarms": ["shop-errors", "shop-flaps"],
            "describe_alarm_history": {"shop-errors": ["ALARM", "OK"], "shop-flaps": ["ALARM"] * 4},
            "describe_log_streams": [("i-1", 1), ("i-2", 5), ("i-3", 300)],
        } | answers

    @property
    def meta(self) -> SimpleNamespace:
        """What a client knows of itself."""
        return SimpleNamespace(region_name="eu-west-1")

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def start_query(self, *, queryString: str, endTime: int, **_: Any) -> dict[str, str]:  # noqa: N803
        """Take a question, of the day or of the one before."""
        name = "sign_ins" if "lineLevel" in queryString else "kinds"
        self._answer(name)
        return {"queryId": f"{name} {int(endTime < NOW.timestamp())}"}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803
        """Answer at once."""
        name, day = queryId.split()
        rows = [
            [{"field": field, "value": value} for field, value in row.items()]
            for row in self._answer(name)[int(day)]
        ]
        return {"status": "Complete", "results": rows, "statistics": {"recordsMatched": 0.0}}

    def describe_alarm_history(self, *, AlarmName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Answer with the changes of an alarm."""
        states = self._answer("describe_alarm_history")[AlarmName]
        data = [{"version": "1.0", "newState": {"stateValue": state}} for state in states]
        return {"AlarmHistoryItems": [{"HistoryData": json.dumps(each)} for each in data]}

    def get_paginator(self, name: str) -> "Paginator":
        """Return what gives an operation's pages."""
        shapes: dict[str, Callable[[Any], dict[str, Any]]] = {
            "get_metric_data": lambda found: {"MetricDataResults": found},
            "describe_alarms": lambda found: {"MetricAlarms": [{"AlarmName": n} for n in found]},
            "describe_log_streams": lambda found: {"logStreams": [stream(*each) for each in found]},
        }
        return Paginator(shapes[name](self._answer(name)))


class Paginator:
    """One page."""

    def __init__(self, page: dict[str, Any]) -> None:
        self._page = page

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        """Yield it."""
        yield self._page


def kind(text: str, lines: int, part: str = "drawing") -> dict[str, str]:
    """A row of the query for kinds."""
    return {"messageText": text, "linePart": part, "lineCount": str(lines)}


def level(name: str, lines: int) -> dict[str, str]:
    """A row of the query for sign-ins."""
    return {"lineLevel": name, "lineCount": str(lines)}


def stream(name: str, hours: float) -> dict[str, Any]:
    """A log stream whose last line is some hours old."""
    last = NOW - timedelta(hours=hours)
    return {"logStreamName": name, "lastEventTimestamp": int(last.timestamp() * 1000)}


def bytes_of(group: int, megabytes: float, hours: int) -> list[dict[str, Any]]:
    """A megabyte or more an hour, in the last hours, and as much on the first of the month."""
    times = [NOW - timedelta(hours=hour + 1) for hour in range(hours)]
    times.append(NOW.replace(day=1))
    return [{"Id": f"g{group}", "Timestamps": times, "Values": [megabytes * MEGABYTE] * len(times)}]


def message(seconds: float = 30, source: LogSource = SOURCE, **answers: Any) -> Message:
    """The daily digest of a service."""
    fake = Fake(**answers)
    return daily.message(
        NOW,
        service="shop",
        source=source,
        to=Clients(fake, fake),
        deadline=time.monotonic() + seconds,
    )


def part(found: Message, title: str) -> Section:
    """One part of it."""
    return next(section for section in found.sections if section.title == title)


def test_a_day_is_told_against_the_day_before() -> None:
    """Errors by category, what is new, sign-ins, volume and cost, alarms, hosts."""
    found = message()

    assert found.title == "shop: 11 errors in the day (3 the day before) until 2026-11-22 07:00 UTC"
    assert (found.status, {section.status for section in found.sections}) == ("report", {"report"})
    assert [(s.title, s.summary, s.facts, s.samples) for s in found.sections] == [
        (
            "Errors",
            "11 in 24 hours, 3 in the 24 before.",
            (("drawing", "9, the day before 3"), ("auth", "2, the day before 0")),
            (),
        ),
        (
            "New errors",
            "1 kind that was not there the day before.",
            (("Most frequent", "2x refused"),),
            ("auth: refused",),
        ),
        ("Sign-ins", "Lines of auth at WARNING or above: 4, the day before 1.", (), ()),
        (
            "Volume and cost",
            "744.0 MB in 24 hours; 775.0 MB this month, about $0.38 of ingestion at $0.50 per GB.",
            (("/app", "720.0 MB"), ("/errors", "24.0 MB")),
            (),
        ),
        (
            "Alarms",
            "2 of 2 rang, 1 of them flapped.",
            (("shop-flaps", "rang 4 times"),),
            (),
        ),
        (
            "Hosts",
            "1 of 2 log streams went silent.",
            (("/app i-2", "last line 2026-11-22 02:00 UTC"),),
            (),
        ),
    ]


def test_errors_can_be_looked_at() -> None:
    """The link has the query and the day filled in."""
    (link,) = part(message(), "Errors").links

    assert (link.label, link.place[:29]) == ("Lines", "https://eu-west-1.console.aws")
    assert "2026-11-21T07*3a00*3a00.000Z" in link.place


@pytest.mark.parametrize(
    ("operation", "titles"),
    [
        ("kinds", ["Errors", "New errors"]),
        ("sign_ins", ["Sign-ins"]),
        ("get_metric_data", ["Volume and cost"]),
        ("describe_alarms", ["Alarms"]),
        ("describe_alarm_history", ["Alarms"]),
        ("describe_log_streams", ["Hosts"]),
    ],
)
@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "arn:aws:iam::1:role/x"}}, "Any"),
        KeyError("AlarmName"),
    ],
)
def test_each_part_fails_by_itself(operation: str, titles: list[str], error: Exception) -> None:
    """The others are told, and the part says why it is missing."""
    if operation in {"kinds", "sign_ins"} and isinstance(error, KeyError):
        error = ClientError({}, "StartQuery")
    answers: dict[str, Any] = {operation: error}
    found = message(**answers)

    assert [section.title for section in found.sections if section.notes] == titles
    assert len(found.sections) == 6
    for title in titles:
        (note,) = part(found, title).notes
        assert note.startswith("Not known: ")
        assert "arn:" not in note


def test_an_application_without_sign_ins_has_no_such_part() -> None:
    """Neither where there is no category, nor where no line is of `auth`."""
    without = LogSource(groups=("/app",), category=None)

    for found in (message(source=without), message(sign_ins=[[], []])):
        assert "Sign-ins" not in [section.title for section in found.sections]


def test_a_quiet_day_is_told_too() -> None:
    """Zeros are news: something looked, and found nothing."""
    found = message(
        kinds=[[], []],
        sign_ins=[[], []],
        describe_alarms=[],
        describe_log_streams=[],
        get_metric_data=[],
    )

    assert found.title.startswith("shop: 0 errors in the day (0 the day before)")
    assert [section.summary for section in found.sections] == [
        "0 in 24 hours, 0 in the 24 before.",
        "None.",
        "0 bytes in 24 hours; 0 bytes this month, about $0.00 of ingestion at $0.50 per GB.",
        "0 of 0 rang, 0 of them flapped.",
        "0 of 0 log streams went silent.",
    ]


def test_without_time_all_parts_say_so() -> None:
    """What needs one request is told all the same."""
    found = message(seconds=-1)

    assert found.title == "shop: the day until 2026-11-22 07:00 UTC"
    missing = [section.title for section in found.sections if section.notes]
    assert missing == ["Errors", "New errors", "Sign-ins", "Alarms"]


def test_many_hosts_are_counted_and_some_named() -> None:
    """A region that is down is one line more, not a thousand."""
    hosts = part(message(describe_log_streams=[(f"i-{n}", 4) for n in range(60)]), "Hosts")

    assert (len(hosts.facts), hosts.notes) == (10, ("50 more went silent.",))
