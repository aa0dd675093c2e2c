"""Ratio, silence, dead letters, composite alarms, log alarms and mutes, over HTTP."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server import Sandbox

WAIT_SECONDS = 20.0


class Listener:
    """A topic with a queue that hears it."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._queues = sandbox.client("sqs")
        self.topic: str = sandbox.client("sns").create_topic(Name=name)["TopicArn"]
        self._url: str = self._queues.create_queue(QueueName=f"{name}-heard")["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        sandbox.client("sns").subscribe(
            TopicArn=self.topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"]
        )

    def heard(self, seconds: int = 0) -> list[dict[str, Any]]:
        """What has been published, waiting so long for the first."""
        answer = self._queues.receive_message(
            QueueUrl=self._url, WaitTimeSeconds=seconds, MaxNumberOfMessages=10
        )
        messages = answer.get("Messages", [])
        for message in messages:
            self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


def _eventually(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.2)
    return condition()


def _state(sandbox: Sandbox, name: str) -> str:
    found = sandbox.client("cloudwatch").describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm", "LogAlarm"]
    )
    (alarm,) = found["MetricAlarms"] + found["CompositeAlarms"] + found["LogAlarms"]
    state: str = alarm["StateValue"]
    return state


def _put(sandbox: Sandbox, name: str, **settings: Any) -> None:
    sandbox.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **settings,
        }
    )


def _one(name: str, **settings: Any) -> dict[str, Any]:
    """The settings of an alarm on one metric."""
    metric = {"Namespace": "Kinds", "MetricName": name, "Statistic": "Sum", "Period": 60}
    return metric | settings


def _query(identifier: str, name: str) -> dict[str, Any]:
    metric = {"Namespace": "Kinds", "MetricName": name}
    return {
        "Id": identifier,
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
        "ReturnData": False,
    }


def _data(sandbox: Sandbox, **values: float) -> None:
    sandbox.client("cloudwatch").put_metric_data(
        Namespace="Kinds",
        MetricData=[{"MetricName": name, "Value": value} for name, value in values.items()],
    )


class TestRatio:
    """An alarm on metric math."""

    METRICS = (
        _query("part", "Failed"),
        _query("total", "Tried"),
        {"Id": "share", "Expression": "IF(total >= 100, 100 * part / total, 0)", "Label": "%"},
    )

    def test_rings_above_its_share_and_only_with_volume(self, sandbox: Sandbox) -> None:
        """Half of ten is quiet; a tenth of a hundred is not."""
        listener = Listener(sandbox, "ratio")
        _put(sandbox, "ratio", Metrics=self.METRICS, Threshold=5, AlarmActions=[listener.topic])
        _data(sandbox, Failed=5, Tried=10)
        assert _state(sandbox, "ratio") == "OK"
        _data(sandbox, Failed=5, Tried=90)
        assert _state(sandbox, "ratio") == "ALARM"
        (message,) = listener.heard(5)
        assert message["AlarmName"] == "ratio"
        assert message["NewStateValue"] == "ALARM"
        assert message["Region"] == "US East (N. Virginia)"
        assert message["Trigger"]["Threshold"] == 5
        assert [query["Id"] for query in message["Trigger"]["Metrics"]] == [
            "part",
            "total",
            "share",
        ]

    def test_is_described_with_its_metrics(self, sandbox: Sandbox) -> None:
        """And without those of an alarm on one metric."""
        _put(sandbox, "described", Metrics=self.METRICS)
        (alarm,) = sandbox.client("cloudwatch").describe_alarms(AlarmNames=["described"])[
            "MetricAlarms"
        ]
        assert alarm["Metrics"][2]["Expression"] == self.METRICS[2]["Expression"]
        assert not {"MetricName", "Namespace", "Period", "Statistic"} & alarm.keys()

    def test_expression_that_nothing_here_evaluates_is_refused(self, sandbox: Sandbox) -> None:
        """Not kept as one that never rings."""
        search = {"Id": "found", "Expression": "SUM(SEARCH('x', 'Sum', 300))"}
        with pytest.raises(ClientError, match="does not evaluate"):
            _put(sandbox, "search", Metrics=[_query("part", "Failed"), search])

    def test_band_is_kept_and_not_evaluated(self, sandbox: Sandbox) -> None:
        """Nothing here learns what is usual."""
        sandbox.client("cloudwatch").put_metric_alarm(
            AlarmName="band",
            EvaluationPeriods=1,
            ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold",
            ThresholdMetricId="usual",
            Metrics=[
                _query("m", "Usual") | {"ReturnData": True},
                {"Id": "usual", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
            ],
        )
        _data(sandbox, Usual=1_000_000)
        assert _state(sandbox, "band") == "INSUFFICIENT_DATA"


def test_silence_of_a_log_group_rings(sandbox: Sandbox) -> None:
    """IncomingLogEvents comes with the events, and not without."""
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="/silence")
    logs.create_log_stream(logGroupName="/silence", logStreamName="s")
    _put(
        sandbox,
        "silence",
        Namespace="AWS/Logs",
        MetricName="IncomingLogEvents",
        Dimensions=[{"Name": "LogGroupName", "Value": "/silence"}],
        Statistic="Sum",
        Period=60,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    assert _state(sandbox, "silence") == "ALARM"
    event = {"timestamp": int(time.time() * 1000), "message": "here"}
    logs.put_log_events(logGroupName="/silence", logStreamName="s", logEvents=[event])
    assert _eventually(lambda: _state(sandbox, "silence") == "OK")


def test_message_in_a_watched_queue_rings(sandbox: Sandbox) -> None:
    """ApproximateNumberOfMessagesVisible follows the queue."""
    queues = sandbox.client("sqs")
    url = queues.create_queue(QueueName="watched")["QueueUrl"]
    _put(
        sandbox,
        "watched",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "watched"}],
        Statistic="Maximum",
        Period=60,
    )
    assert _state(sandbox, "watched") == "OK"
    queues.send_message(QueueUrl=url, MessageBody="lost")
    assert _eventually(lambda: _state(sandbox, "watched") == "ALARM")
    queues.purge_queue(QueueUrl=url)
    # The sample of the minute before is in the alarm's period for as long as that lasts.
    assert _eventually(lambda: _state(sandbox, "watched") == "OK", seconds=90)


class TestComposite:
    """A composite alarm speaks for its children."""

    def test_tells_what_real_ones_tell(self, sandbox: Sandbox) -> None:
        """The rule, and the child that moved it; the child itself is quiet."""
        listener = Listener(sandbox, "incident")
        _put(sandbox, "child", **_one("Child"))
        rule = 'ALARM("child") AND NOT OK("child")'
        sandbox.client("cloudwatch").put_composite_alarm(
            AlarmName="incident",
            AlarmDescription="Something is wrong",
            AlarmRule=rule,
            AlarmActions=[listener.topic],
        )
        _data(sandbox, Child=1)
        assert _state(sandbox, "incident") == "ALARM"
        (message,) = listener.heard(5)
        arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
        (child,) = message.pop("TriggeringChildren")
        assert message.pop("StateChangeTime")
        assert message.pop("NewStateReason").startswith(f"{arn}child transitioned to ALARM at ")
        assert (child["Arn"], child["State"]["Value"]) == (f"{arn}child", "ALARM")
        assert message == {
            "AlarmName": "incident",
            "AlarmDescription": "Something is wrong",
            "AWSAccountId": "123456789012",
            "NewStateValue": "ALARM",
            "Region": "US East (N. Virginia)",
            "AlarmArn": f"{arn}incident",
            "OldStateValue": "OK",
            "OKActions": [],
            "AlarmActions": [listener.topic],
            "InsufficientDataActions": [],
            "AlarmRule": rule,
        }

    def test_a_state_that_is_set_notifies(self, sandbox: Sandbox) -> None:
        """As a test of the way from the alarm to people; there is no child to name."""
        listener = Listener(sandbox, "set-composite")
        cloudwatch = sandbox.client("cloudwatch")
        cloudwatch.put_composite_alarm(
            AlarmName="set-composite", AlarmRule="FALSE", AlarmActions=[listener.topic]
        )
        cloudwatch.set_alarm_state(
            AlarmName="set-composite", StateValue="ALARM", StateReason="a test"
        )
        (message,) = listener.heard(5)
        assert message["NewStateReason"] == "a test"
        assert message["TriggeringChildren"] == []


def test_metric_alarm_that_is_set_returns(sandbox: Sandbox) -> None:
    """It notifies, and the next evaluation puts it back and says so."""
    listener = Listener(sandbox, "set-metric")
    actions = {"AlarmActions": [listener.topic], "OKActions": [listener.topic]}
    _put(sandbox, "set-metric", **_one("Never"), **actions)
    # It left INSUFFICIENT_DATA when it was made.
    listener.heard(5)
    sandbox.client("cloudwatch").set_alarm_state(
        AlarmName="set-metric", StateValue="ALARM", StateReason="a test"
    )
    told = [message["NewStateValue"] for _ in range(2) for message in listener.heard(10)]
    assert told == ["ALARM", "OK"]


def test_log_alarm_is_kept_listed_and_set(sandbox: Sandbox) -> None:
    """Its query does not run; what notifies can be tested all the same."""
    listener, cloudwatch = Listener(sandbox, "late"), sandbox.client("cloudwatch")
    query = {
        "QueryString": "fields @timestamp",
        "LogGroupIdentifiers": ["/late"],
        "ScheduledQueryRoleARN": "arn:aws:iam::123456789012:role/any",
        "ScheduleConfiguration": {"ScheduleExpression": "rate(5 minutes)", "StartTimeOffset": 300},
        "AggregationExpression": "count(*)",
    }
    cloudwatch.put_log_alarm(
        AlarmName="late",
        ScheduledQueryConfiguration=query,
        QueryResultsToEvaluate=1,
        QueryResultsToAlarm=1,
        Threshold=60,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[listener.topic],
    )
    assert cloudwatch.describe_alarms(AlarmNames=["late"])["MetricAlarms"] == []
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]
    assert alarm["ScheduledQueryConfiguration"] == query
    cloudwatch.put_composite_alarm(AlarmName="of-late", AlarmRule='ALARM("late")')
    cloudwatch.set_alarm_state(AlarmName="late", StateValue="ALARM", StateReason="a test")
    assert [message["AlarmName"] for message in listener.heard(5)] == ["late"]
    assert _state(sandbox, "of-late") == "ALARM"


class TestMute:
    """A mute rule keeps actions back, not states."""

    def test_keeps_actions_back_until_it_ends(self, sandbox: Sandbox) -> None:
        """What is still in ALARM then is told late."""
        listener, cloudwatch = Listener(sandbox, "muted"), sandbox.client("cloudwatch")
        _put(sandbox, "muted", **_one("Muted"), AlarmActions=[listener.topic])
        always = {"Schedule": {"Expression": "cron(* * * * *)", "Duration": "PT1H"}}
        cloudwatch.put_alarm_mute_rule(
            Name="all-night", Rule=always, MuteTargets={"AlarmNames": ["muted"]}
        )
        (rule,) = cloudwatch.list_alarm_mute_rules(AlarmName="muted")["AlarmMuteRuleSummaries"]
        assert rule["Status"] == "ACTIVE"
        assert cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="all-night")["Rule"] == always
        _data(sandbox, Muted=1)
        assert _state(sandbox, "muted") == "ALARM"
        assert listener.heard(1) == []
        cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="all-night")
        assert [message["AlarmName"] for message in listener.heard(10)] == ["muted"]

    def test_is_refused_with_a_schedule_that_is_none(self, sandbox: Sandbox) -> None:
        """When it is put."""
        rule = {"Schedule": {"Expression": "rate(1 hour)", "Duration": "PT1H"}}
        with pytest.raises(ClientError, match="expected cron"):
            sandbox.client("cloudwatch").put_alarm_mute_rule(Name="no", Rule=rule)

    def test_unknown_one_is_not_found(self, sandbox: Sandbox) -> None:
        """With the error that the API documents."""
        cloudwatch = sandbox.client("cloudwatch")
        with pytest.raises(cloudwatch.exceptions.ResourceNotFoundException):
            cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="unheard")
