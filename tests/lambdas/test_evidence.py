"""What a message says of a breach, from answers of Logs Insights and CloudWatch.

The two services are fakes with answers in their real shape: what their clients check is tested in
``test_insights.py``, and ``tests/sandbox/test_evidence.py`` asks an emulated AWS.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from alarm_digest import evidence
from alarm_digest.breach import Breach, breach
from alarm_digest.evidence import Clients, Evidence, NoEvidence
from alarm_digest.message import Section
from alarm_digest.source import LogSource, MetricLines

CHANGED = datetime(2026, 11, 22, 10, 6, tzinfo=UTC)
BREACH = breach(
    {
        "AlarmName": "drawing-agent-high-error-rate",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high",
        "StateChangeTime": "2026-11-22T10:06:00.000+0000",
        "Trigger": {
            "MetricName": "ErrorCount",
            "Namespace": "DrawingAgent",
            "Statistic": "SUM",
            "Period": 300,
            "EvaluationPeriods": 1,
        },
    }
)
SOURCE = LogSource(groups=("/app",), user="user_id", trace="trace_id", data="extra")
TRACE = "1-5759e988-bd862e3fe1be46a994272793"
KINDS = [
    {
        "messageText": "no canvas 42 of ada@example.com",
        "linePart": "drawing",
        "errorType": "KeyError",
        "lastError": "password=hunter2",
        "lineCount": "7",
        "firstSeen": "2026-11-22 10:01:07.000",
        "lastSeen": "2026-11-22 10:05:59.000",
        "lastLogger": "code_monet.drawing",
        "lastTrace": TRACE,
    },
    {
        "messageText": "no canvas 7 of bob@example.com",
        "linePart": "drawing",
        "errorType": "KeyError",
        "lineCount": "5",
        "firstSeen": "1795341600000",
        "lastSeen": "1.7953416E12",
    },
    {"messageText": "refused", "linePart": "auth", "lineCount": "3", "lastTrace": "not of X-Ray"},
]
USERS = [{"lineUser": "42", "lineCount": "9"}, {"lineUser": "ada@example.com", "lineCount": "6"}]


class FakeLogs:
    """Logs Insights that has an answer to each of the two questions; an error is raised."""

    def __init__(self, kinds: Any = KINDS, users: Any = USERS, matched: float = 0) -> None:
        self._answers = {"kinds": kinds, "users": users}
        self._matched = matched
        self.asked: list[dict[str, Any]] = []

    def start_query(self, **request: Any) -> dict[str, str]:
        """Take a question."""
        self.asked.append(request)
        name = "users" if "lineUser" in request["queryString"] else "kinds"
        if isinstance(self._answers[name], Exception):
            raise self._answers[name]
        return {"queryId": name}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803
        """Answer at once."""
        rows = [
            [{"field": field, "value": value} for field, value in row.items()]
            for row in self._answers[queryId]
        ]
        statistics = {"recordsMatched": self._matched}
        return {"status": "Complete", "results": rows, "statistics": statistics}


class FakeMetrics:
    """CloudWatch that has one metric."""

    def __init__(self, *results: Any) -> None:
        times = [CHANGED - timedelta(minutes=minutes) for minutes in (16, 11, 6)]
        values = {"Id": "watched", "Label": "ErrorCount", "Timestamps": times, "Values": [0, 1, 14]}
        self._results = results or (values,)

    def get_metric_data(self, **_: Any) -> dict[str, Any]:
        """Answer, or raise."""
        if isinstance(self._results[0], Exception):
            raise self._results[0]
        return {"MetricDataResults": self._results}


def refusal(code: str) -> ClientError:
    """An error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": "arn:aws:iam::1:role/x"}}, "Any")


def gathered(
    logs: Any = None, metrics: Any = None, source: LogSource = SOURCE, of: Breach = BREACH
) -> Evidence:
    """Gather evidence with half a minute's time."""
    to = Clients(logs or FakeLogs(), metrics or FakeMetrics())
    return evidence.gather(of, source, to, deadline=time.monotonic() + 30)


def test_a_message_says_what_broke_since_when_and_for_whom() -> None:
    """The first five questions, each in a line; e-mail addresses and passwords are masked."""
    section = evidence.added(
        Section(title="high-error-rate", status="ringing", facts=(("States", "OK → ALARM"),)),
        gathered(),
    )

    assert section.facts == (
        ("States", "OK → ALARM"),
        ("First line", "2026-11-22 10:00:00 UTC"),
        ("Lines", "15 from 09:59:00 to 10:06:00 UTC"),
        ("Where", "drawing 12, auth 3"),
        ("Most frequent", "12x KeyError: no canvas <n> of <email>\n3x refused"),
        ("Users", "2: 42 9, a***@example.com 6"),
        ("Traces", f"{TRACE}, not of X-Ray"),
        ("Metric", "ErrorCount: 14, at most 14; 300 s each"),
    )
    assert section.samples == (
        (
            "10:05:59 drawing code_monet.drawing: no canvas 42 of a***@example.com "
            "(KeyError: password=[redacted])"
        ),
        "auth: refused",
    )
    assert section.sparkline == "▁▁█"
    assert section.notes == ()


def test_the_window_is_that_of_the_breach() -> None:
    """Not now, when the errors may be over; and a little before, for metrics come late."""
    logs = FakeLogs()
    gathered(logs)

    windows = {(request["startTime"], request["endTime"]) for request in logs.asked}
    assert windows == {(int(CHANGED.timestamp()) - 420, int(CHANGED.timestamp()))}


def test_lines_are_those_that_the_metric_counts() -> None:
    """An alarm on refused sign-ins shows these, and not what else failed meanwhile."""
    logs = FakeLogs()
    lines = MetricLines(group="/auth", where='category = "auth" and level = "WARNING"')
    gathered(logs, source=LogSource(groups=("/app",), metrics={"ErrorCount": lines}))

    (request,) = logs.asked
    assert request["logGroupNames"] == ["/auth"]
    assert request["queryString"].startswith('filter category = "auth" and level = "WARNING"\n|')


def test_fields_have_the_contracts_names() -> None:
    """A name with a hyphen needs backticks; what a line has not is not asked for."""
    logs = FakeLogs()
    source = LogSource(
        groups=("/app",), level="severity", category=None, logger="module", message="event-name"
    )
    gathered(logs, source=source)

    (request,) = logs.asked
    assert request["queryString"] == (
        'filter severity in ["ERROR", "CRITICAL"]\n'
        "| fields @timestamp, substr(`event-name`, 0, 300) as messageText, module as linePart\n"
        "| stats count(*) as lineCount, min(@timestamp) as firstSeen, "
        "max(@timestamp) as lastSeen by messageText, linePart\n"
        "| sort lineCount desc\n| limit 1000"
    )


def test_no_lines_are_an_answer_too() -> None:
    """A silent application has none, and that is what the message says."""
    section = evidence.added(
        Section(title="silent", status="ringing"), gathered(FakeLogs(kinds=[], users=[]))
    )

    assert section.facts[0] == ("Lines", "none from 09:59:00 to 10:06:00 UTC")
    assert section.samples == ()


def test_a_storm_is_counted_whole() -> None:
    """More kinds of messages than are read: all lines count, and the message says so."""
    many = [{"messageText": f"{'x' * (n + 1)}", "lineCount": "1"} for n in range(1_000)]
    found = gathered(FakeLogs(kinds=many, matched=52_310.0))

    assert found.lines == 52_310
    assert len(found.kinds) == 3
    assert found.notes == ("Of 52310 lines the 1000 of the most frequent messages are told apart.",)


def test_without_lines_there_is_a_reason() -> None:
    """The message goes out without, and names what was wrong: no ARN, no sentence of AWS."""
    with pytest.raises(NoEvidence) as raised:
        gathered(FakeLogs(kinds=refusal("AccessDeniedException")))

    section = evidence.missing(Section(title="a", status="ringing"), raised.value)
    assert section.notes == (
        "No lines: the function may not ask Logs Insights (AccessDeniedException).",
    )


@pytest.mark.parametrize("changed", ["", "soon", "2026-11-22T10:00:00", "0001-01-01T00:00+00:00"])
def test_without_a_time_nothing_is_asked(changed: str) -> None:
    """A window around no moment is none."""
    with pytest.raises(NoEvidence, match="does not say when"):
        gathered(of=Breach(alarm="a", changed=changed))


def test_what_is_missing_leaves_the_rest() -> None:
    """Neither users nor metric: two notes, and all lines."""
    found = gathered(
        FakeLogs(users=refusal("ThrottlingException")), FakeMetrics(refusal("InternalFailure"))
    )

    assert found.lines == 15
    assert found.notes == (
        "No metric: CloudWatch refused (InternalFailure).",
        "Users not counted: Logs Insights is asked too much in this account (ThrottlingException).",
    )


@pytest.mark.parametrize(
    "result",
    [
        {"Id": "watched", "StatusCode": "InternalError", "Timestamps": [], "Values": []},
        {"Id": "watched", "Timestamps": [CHANGED], "Values": []},
        {"Id": "watched", "Timestamps": ["now"], "Values": [1]},
        {},
    ],
)
def test_a_metric_that_cannot_be_read_is_a_note(result: dict[str, Any]) -> None:
    """Whatever CloudWatch answers, the lines are told."""
    found = gathered(metrics=FakeMetrics(result))

    assert found.metric is None
    assert found.notes[0].startswith("No metric: CloudWatch ")


def test_of_a_band_the_metric_itself_is_drawn() -> None:
    """An alarm on a band has two results: the metric, and where it should have been."""
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 300, "Stat": "Sum"}
    queries = ({"Id": "band", "Expression": "BAND(w)"}, {"Id": "w", "MetricStat": stat})
    results = [
        {"Id": "band", "Label": "band", "Timestamps": [CHANGED], "Values": [9]},
        {"Id": "w", "Label": "m", "Timestamps": [CHANGED], "Values": [4]},
    ]
    of = Breach(alarm="a", changed=CHANGED.isoformat(), metrics=queries)

    found = gathered(metrics=FakeMetrics(*results), of=of).metric

    assert found is not None
    assert (found.name, found.values[-1]) == ("m", 4)


def test_an_alarm_of_alarms_has_lines_and_no_metric() -> None:
    """It says so."""
    found = gathered(of=Breach(alarm="a", changed=CHANGED.isoformat()))

    assert found.lines == 15
    assert found.notes == ("No metric: the alarm watches other alarms or log lines, no metric.",)


def test_links_need_nobody() -> None:
    """Alarm and lines always; a trace if one of X-Ray was found."""
    without = evidence.links(BREACH, SOURCE)
    with_trace = evidence.links(BREACH, SOURCE, gathered())

    assert [link.label for link in without] == ["Alarm", "Lines"]
    assert [link.label for link in with_trace] == ["Alarm", "Lines", "Trace"]
    assert with_trace[2].place.endswith(TRACE)
    assert "filter*20level*20in*20*5b*22ERROR*22*2c*20*22CRITICAL*22*5d" in without[1].place


def test_an_alarm_without_an_arn_has_no_links() -> None:
    """Its region is not known."""
    assert evidence.links(Breach(alarm="a", changed=CHANGED.isoformat()), SOURCE) == ()


def test_hostile_lines_stay_short_and_in_one_line() -> None:
    """What a line says is cut, and is no second line of the message."""
    hostile = "<!channel> " * 1_000 + "\n*bold*\r\n" + "@everyone"
    rows = [dict.fromkeys(KINDS[0], hostile) | {"lineCount": "1"}] * 3
    users = [{"lineUser": hostile, "lineCount": "1"}] * 10
    section = evidence.added(
        Section(title="a", status="ringing"), gathered(FakeLogs(kinds=rows, users=users))
    )

    assert max(map(len, section.samples)) <= 400
    assert not any("\n" in sample for sample in section.samples)
    assert max(len(value) for _, value in section.facts) <= 1_000
