"""The completions over HTTP: boto3 against a started sandbox."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server import Sandbox

ERRORS = '{ $.level = "ERROR" }'


def _now_ms() -> int:
    return int(time.time() * 1000)


def _lines(*levels: str, **fields: Any) -> list[dict[str, Any]]:
    now = _now_ms()
    return [
        {"timestamp": now, "message": json.dumps({"level": level, **fields})} for level in levels
    ]


def _group(sandbox: Sandbox, name: str) -> Any:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    return logs


def _put(logs: Any, group: str, events: list[dict[str, Any]]) -> Any:
    return logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


def _filter(logs: Any, group: str, pattern: str = ERRORS, **transformation: Any) -> None:
    logs.put_metric_filter(
        logGroupName=group,
        filterName="f",
        filterPattern=pattern,
        metricTransformations=[
            {"metricNamespace": group, "metricName": "Count", "metricValue": "1"} | transformation
        ],
    )


def _statistics(sandbox: Sandbox, group: str, **dimensions: str) -> dict[str, float]:
    now = datetime.now(UTC)
    points = sandbox.client("cloudwatch").get_metric_statistics(
        Namespace=group,
        MetricName="Count",
        Dimensions=[{"Name": name, "Value": text} for name, text in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    return {
        "sum": sum(point["Sum"] for point in points),
        "samples": sum(point["SampleCount"] for point in points),
    }


def _alarm_state(sandbox: Sandbox, name: str) -> str:
    found = sandbox.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    state: str = found[0]["StateValue"]
    return state


def _eventually(question: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


class TestMetricFilter:
    """A metric filter publishes when log events arrive."""

    def test_counts_only_matching_lines(self, sandbox: Sandbox) -> None:
        """Three of five lines match; the others publish nothing without a default."""
        logs = _group(sandbox, "/matching")
        _filter(logs, "/matching")
        _put(logs, "/matching", _lines("ERROR", "INFO", "ERROR", "DEBUG", "ERROR"))
        assert _statistics(sandbox, "/matching") == {"sum": 3, "samples": 3}

    def test_publishes_the_default_when_nothing_matches(self, sandbox: Sandbox) -> None:
        """A minute of events without a match is one datum of the default value."""
        logs = _group(sandbox, "/default")
        _filter(logs, "/default", defaultValue=0)
        _put(logs, "/default", _lines("INFO", "INFO"))
        assert _statistics(sandbox, "/default") == {"sum": 0, "samples": 1}

    def test_takes_value_and_dimension_from_the_line(self, sandbox: Sandbox) -> None:
        """Selectors read the matching line's own fields."""
        logs = _group(sandbox, "/selectors")
        _filter(
            logs,
            "/selectors",
            "{ $.level = * }",
            metricValue="$.extra.ms",
            dimensions={"category": "$.category"},
        )
        _put(logs, "/selectors", _lines("INFO", "INFO", category="auth", extra={"ms": 21}))
        _put(logs, "/selectors", _lines("INFO", category="http", extra={"ms": "slow"}))
        assert _statistics(sandbox, "/selectors", category="auth") == {"sum": 42, "samples": 2}
        assert _statistics(sandbox, "/selectors", category="http")["samples"] == 0

    @pytest.mark.parametrize(
        ("pattern", "transformation", "message"),
        [
            ("{ $.level = ", {}, "InvalidParameterException"),
            (ERRORS, {"defaultValue": 0, "dimensions": {"c": "$.c"}}, "mutually exclusive"),
            (ERRORS, {"metricValue": "one"}, "expected a number or a selector, got 'one'"),
            (ERRORS, {"dimensions": {"c": "category"}}, "selector"),
        ],
    )
    def test_is_refused_when_put(
        self, sandbox: Sandbox, pattern: str, transformation: dict[str, Any], message: str
    ) -> None:
        """As AWS does, and not only when a line arrives."""
        logs = sandbox.client("logs")
        with pytest.raises(ClientError, match=message):
            _filter(logs, "/refused", pattern, **transformation)

    def test_is_tested_by_api(self, sandbox: Sandbox) -> None:
        """TestMetricFilter numbers the messages from one and shows what was extracted."""
        messages = [event["message"] for event in _lines("INFO", "ERROR")]
        answer = sandbox.client("logs").test_metric_filter(
            filterPattern=ERRORS, logEventMessages=messages
        )
        assert answer["matches"] == [
            {
                "eventNumber": 2,
                "eventMessage": messages[1],
                "extractedValues": {"$.level": "ERROR"},
            }
        ]


def test_filter_log_events_evaluates_json_patterns(sandbox: Sandbox) -> None:
    """FilterLogEvents finds by the same patterns."""
    logs = _group(sandbox, "/find")
    _put(logs, "/find", _lines("INFO", "ERROR", "INFO"))
    found = logs.filter_log_events(logGroupName="/find", filterPattern=ERRORS)["events"]
    assert [json.loads(event["message"])["level"] for event in found] == ["ERROR"]


class TestPutLogEvents:
    """PutLogEvents keeps its documented limits."""

    def test_refuses_disorder(self, sandbox: Sandbox) -> None:
        """Events of a batch are in chronological order."""
        logs = _group(sandbox, "/disorder")
        earlier = {"timestamp": _now_ms() - 1000, "message": "m"}
        with pytest.raises(ClientError, match="chronological order"):
            _put(logs, "/disorder", [*_lines("INFO"), earlier])

    def test_leaves_out_what_is_too_old(self, sandbox: Sandbox) -> None:
        """An event of 15 days ago is not stored, and the answer says so."""
        logs = _group(sandbox, "/old")
        old = {"timestamp": _now_ms() - 15 * 86_400_000, "message": "m"}
        answer = _put(logs, "/old", [old])
        assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
        assert logs.filter_log_events(logGroupName="/old")["events"] == []


class TestAlarm:
    """An alarm sees what the filters published."""

    def _alarm(self, sandbox: Sandbox, group: str, **settings: Any) -> None:
        sandbox.client("cloudwatch").put_metric_alarm(
            **{
                "AlarmName": group,
                "Namespace": group,
                "MetricName": "Count",
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 2,
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
                **settings,
            }
        )

    def test_goes_to_alarm_when_lines_match(self, sandbox: Sandbox) -> None:
        """Two are not more than two; the third is."""
        logs = _group(sandbox, "/alarm")
        _filter(logs, "/alarm", defaultValue=0)
        self._alarm(sandbox, "/alarm")
        _put(logs, "/alarm", _lines("ERROR", "ERROR", "INFO"))
        assert _alarm_state(sandbox, "/alarm") == "OK"
        _put(logs, "/alarm", _lines("ERROR"))
        assert _alarm_state(sandbox, "/alarm") == "ALARM"

    def test_looks_at_its_own_dimensions_only(self, sandbox: Sandbox) -> None:
        """Data of the metric with a dimension are another metric."""
        logs = _group(sandbox, "/dimensions")
        _filter(logs, "/dimensions", dimensions={"level": "$.level"})
        self._alarm(sandbox, "/dimensions")
        _put(logs, "/dimensions", _lines("ERROR", "ERROR", "ERROR"))
        assert _alarm_state(sandbox, "/dimensions") == "OK"

    def test_returns_to_ok_with_time_alone(self, sandbox: Sandbox) -> None:
        """When the data leave the period and missing data do not breach."""
        logs = _group(sandbox, "/return")
        _filter(logs, "/return")
        self._alarm(sandbox, "/return", Period=10)
        old = [event | {"timestamp": event["timestamp"] - 6000} for event in _lines(*["ERROR"] * 3)]
        _put(logs, "/return", old)
        assert _alarm_state(sandbox, "/return") == "ALARM"
        assert _eventually(lambda: _alarm_state(sandbox, "/return") == "OK", 20)


class TestQueryDefinition:
    """Saved queries by API and by CloudFormation."""

    def test_round_trip_by_api(self, sandbox: Sandbox) -> None:
        """Put, found by prefix, replaced under its id, deleted."""
        logs = sandbox.client("logs")
        query = {"name": "api/errors", "queryString": "fields @message", "logGroupNames": ["/a"]}
        number = logs.put_query_definition(**query)["queryDefinitionId"]
        logs.put_query_definition(**query | {"queryString": "limit 1"}, queryDefinitionId=number)
        found = logs.describe_query_definitions(queryDefinitionNamePrefix="api/")
        assert [(q["queryDefinitionId"], q["queryString"]) for q in found["queryDefinitions"]] == [
            (number, "limit 1")
        ]
        assert logs.delete_query_definition(queryDefinitionId=number)["success"]
        found = logs.describe_query_definitions(queryDefinitionNamePrefix="api/")
        assert found["queryDefinitions"] == []

    def test_pages(self, sandbox: Sandbox) -> None:
        """A page is cut by maxResults and continued by nextToken."""
        logs = sandbox.client("logs")
        for name in ("page/a", "page/b", "page/c"):
            logs.put_query_definition(name=name, queryString="limit 1")
        first = logs.describe_query_definitions(queryDefinitionNamePrefix="page/", maxResults=2)
        rest = logs.describe_query_definitions(
            queryDefinitionNamePrefix="page/", nextToken=first["nextToken"]
        )
        names = [q["name"] for page in (first, rest) for q in page["queryDefinitions"]]
        assert names == ["page/a", "page/b", "page/c"]

    def test_follows_its_stack(self, sandbox: Sandbox) -> None:
        """Created, updated under the same id, and deleted with the stack."""
        logs, stacks = sandbox.client("logs"), sandbox.client("cloudformation")

        def found() -> list[dict[str, Any]]:
            answer = logs.describe_query_definitions(queryDefinitionNamePrefix="cfn/")
            definitions: list[dict[str, Any]] = answer["queryDefinitions"]
            return definitions

        def template(text: str) -> str:
            properties = {
                "Name": "cfn/errors",
                "QueryString": text,
                "LogGroupNames": ["/a"],
                "Parameters": [{"Name": "user", "DefaultValue": "42"}],
            }
            resource = {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}
            return json.dumps({"Resources": {"Query": resource}})

        stacks.create_stack(StackName="queries", TemplateBody=template("limit 1"))
        assert _eventually(lambda: len(found()) == 1)
        created = found()[0]
        assert created["parameters"] == [{"name": "user", "defaultValue": "42"}]
        stacks.update_stack(StackName="queries", TemplateBody=template("limit 2"))
        assert _eventually(lambda: found()[0]["queryString"] == "limit 2")
        assert found()[0]["queryDefinitionId"] == created["queryDefinitionId"]
        stacks.delete_stack(StackName="queries")
        assert _eventually(lambda: not found())
