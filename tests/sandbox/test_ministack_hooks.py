"""Fails when a MiniStack version moves what the completions hook, or has learnt it by itself."""

# ruff: noqa: SLF001 - its private names are what is checked

import inspect
import json
import time
from typing import Any

import pytest
from ministack.services import (
    cloudformation,
    cloudwatch,
    cloudwatch_logs,
    dynamodb,
    eventbridge,
    lambda_svc,
    s3,
    scheduler,
    secretsmanager,
    sns,
    sqs,
    ssm,
)
from ministack.services.cloudformation import handlers, provisioners, stacks

from sandbox import (
    alarm_resources,
    anomaly_detectors,
    completions,
    insights,
    log_alarms,
    log_groups,
    mute_rules,
    observability_access,
    query_definitions,
    resources,
)

HANDLERS = provisioners._RESOURCE_HANDLERS
MOVED = "MiniStack moved this: adapt sandbox/completions.py to"
LEARNT = "MiniStack can do this by itself now: remove the completion of"

API = ["params", "cbor_data", "is_cbor", "is_json"]
FUNCTIONS = {
    (cloudwatch, "_calc_stats"): ["points"],
    (cloudwatch, "_cbor_ok"): ["data"],
    (cloudwatch, "_delete_alarms"): API,
    (cloudwatch, "_describe_alarms"): API,
    (cloudwatch, "_dims_from_list"): ["dimensions"],
    (cloudwatch, "_dims_key"): ["dims"],
    (cloudwatch, "_dispatch_alarm_actions"): ["alarm", "old_state", "new_state", "reason"],
    (cloudwatch, "_error"): ["code", "message", "status", "use_json", "use_cbor"],
    (cloudwatch, "_evaluate_alarm"): ["alarm"],
    (cloudwatch, "_evaluate_all_alarms"): [],
    (cloudwatch, "_evaluate_parent_alarms"): ["child", "seen"],
    (cloudwatch, "_is_sns_action_arn"): ["action"],
    (cloudwatch, "_json_ok"): ["data"],
    (cloudwatch, "_metric_bucket"): ["key"],
    (cloudwatch, "_put_composite_alarm"): API,
    (cloudwatch, "_put_metric_alarm"): API,
    (cloudwatch, "_put_metric_data"): API,
    (cloudwatch, "_record_history"): [
        "alarm_name",
        "old_state",
        "new_state",
        "reason",
        "alarm_type",
        "reason_data",
    ],
    (cloudwatch, "_stat_value"): ["stats", "stat_name", "points"],
    (cloudwatch, "cloudformation_delete_metric_alarm"): ["name", "refuse_dependents"],
    (cloudwatch, "handle_request"): ["method", "path", "headers", "body", "query_params"],
    (cloudwatch, "record_metric"): ["namespace", "metric_name", "value", "unit", "dimensions"],
    (cloudwatch, "reset"): [],
    (cloudwatch_logs, "_collect_query_records"): ["group_names", "start_time_s", "end_time_s"],
    (cloudwatch_logs, "_compile_filter_pattern"): ["raw"],
    (cloudwatch_logs, "_create_log_group"): ["data"],
    (cloudwatch_logs, "_delete_log_group"): ["data"],
    (cloudwatch_logs, "_describe_log_groups"): ["data"],
    (cloudwatch_logs, "_fanout_to_subscription_filters"): ["group_name", "stream_name", "events"],
    (cloudwatch_logs, "_put_log_events"): ["data"],
    (cloudwatch_logs, "_put_metric_filter"): ["data"],
    (cloudwatch_logs, "_put_subscription_filter"): ["data"],
    (cloudwatch_logs, "_resolve_query_log_groups"): ["data"],
    (cloudwatch_logs, "_start_query"): ["data"],
    (cloudwatch_logs, "_subscription_pattern_matches"): ["pattern", "message"],
    (cloudwatch_logs, "handle_request"): ["method", "path", "headers", "body", "query_params"],
    (cloudwatch_logs, "reset"): [],
    (dynamodb, "_sse_description_from_spec"): ["spec"],
    (dynamodb, "_update_ttl"): ["data"],
    (eventbridge, "_put_events"): ["data", "allow_aws_source"],
    (handlers, "_imported_export_names"): ["stack", "stack_name"],
    (provisioners, "_cw_metric_alarm_put"): ["name", "props"],
    (provisioners, "_cw_metric_alarm_record"): ["name", "props"],
    (sqs, "_receive_messages_for_esm"): ["queue_url", "max_number"],
    (stacks, "_resolve_stack_outputs"): [
        "outputs_defs",
        "conditions",
        "resources",
        "param_values",
        "mappings",
        "stack_name",
        "stack_id",
    ],
    (lambda_svc, "_emit_lambda_logs"): [
        "func",
        "request_id",
        "log_text",
        "error",
        "duration_ms",
        "log_source",
    ],
}
STORES = {
    cloudformation: ["_exports", "_stacks"],
    cloudwatch: ["_alarms", "_composite_alarms", "_metrics"],
    cloudwatch_logs: ["_log_groups", "_metric_filters", "_queries"],
    dynamodb: ["_tables", "_ttl_settings"],
    s3: ["_bucket_object_lock"],
    lambda_svc: ["_esms", "_functions"],
    provisioners: ["_REPLACING_PROPERTIES", "_physical_name"],
    secretsmanager: ["_secrets"],
    sqs: ["_queues"],
    ssm: ["_PUBLIC_AMI_PARAMETERS"],
}


@pytest.mark.parametrize(
    ("place", "parameters"),
    [pytest.param(*item, id=item[0][1]) for item in FUNCTIONS.items()],
)
def test_hooked_function_has_its_signature(place: tuple[Any, str], parameters: list[str]) -> None:
    """A function that is replaced or called takes what it took."""
    module, name = place
    found = list(inspect.signature(getattr(module, name)).parameters)
    assert parameters == found, f"{MOVED} {module.__name__}.{name}"


def test_stores_exist() -> None:
    """The stores that are read and written have their names."""
    gone = [
        f"{module.__name__}.{name}"
        for module, names in STORES.items()
        for name in names
        if not hasattr(module, name)
    ]
    assert gone == [], MOVED


@pytest.mark.parametrize(
    ("caller", "callee"),
    [
        (cloudwatch_logs._put_log_events, "_fanout_to_subscription_filters("),
        (lambda_svc._emit_lambda_logs, "_fanout_to_subscription_filters("),
        (cloudwatch_logs.handle_request, '"PutLogEvents": _put_log_events'),
        (lambda_svc._emit_lambda_logs, '.get("FunctionName"'),
        (lambda_svc._poll_sqs, "_receive_messages_for_esm("),
        (cloudwatch._put_metric_data, "_evaluate_all_alarms("),
        (cloudwatch._evaluate_all_alarms, "_evaluate_alarm("),
        (cloudwatch._set_alarm_state, "_dispatch_alarm_actions("),
        (cloudwatch._transition_composite, "_dispatch_alarm_actions("),
        (cloudwatch._transition_composite, '"StateReasonData"'),
        (cloudwatch._rule_alarm_state, "_alarms.get("),
        (cloudwatch.cloudformation_put_metric_alarm, "_evaluate_alarm("),
        (cloudwatch.handle_request, '"DescribeAlarms": _describe_alarms'),
        (cloudwatch.handle_request, '"PutMetricAlarm": _put_metric_alarm'),
        (cloudwatch_logs.handle_request, '"CreateLogGroup": _create_log_group'),
        (cloudwatch_logs.handle_request, '"DeleteLogGroup": _delete_log_group'),
        (cloudwatch_logs.handle_request, '"DescribeLogGroups": _describe_log_groups'),
        (cloudwatch_logs.handle_request, '"StartQuery": _start_query'),
        (provisioners._cw_metric_alarm_put, "_cw_metric_alarm_record("),
        (stacks._deploy_stack_async, "_resolve_stack_outputs("),
        (provisioners._cwlogs_metric_filter_create, "_put_metric_filter("),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_hooked_function_is_still_called(caller: Any, callee: str) -> None:
    """Who calls a replaced function still calls it by name in its module."""
    assert callee in inspect.getsource(caller), f"{MOVED} {caller.__name__}"


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
@pytest.mark.parametrize(
    "kind",
    [
        "AWS::DynamoDB::Table",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::SecretsManager::Secret",
    ],
)
def test_mended_resource_has_handlers(kind: str, verb: str) -> None:
    """The handlers that are wrapped are there, with the arguments they had."""
    shapes = {
        "create": ["logical_id", "props", "stack_name"],
        "update": ["physical_id", "old_props", "new_props", "stack_name", "logical_id"],
        "delete": ["physical_id", "props"],
    }
    assert shapes[verb] == list(inspect.signature(HANDLERS[kind][verb]).parameters), MOVED


@pytest.mark.parametrize(
    "kind",
    [
        alarm_resources.RESOURCE_TYPE,
        anomaly_detectors.RESOURCE_TYPE,
        log_alarms.RESOURCE_TYPE,
        mute_rules.RESOURCE_TYPE,
        observability_access.LINK,
        observability_access.SINK,
        query_definitions.RESOURCE_TYPE,
    ],
)
def test_added_type_is_not_native(kind: str) -> None:
    """CloudFormation does not know what is added to it."""
    assert kind not in HANDLERS, f"{LEARNT} {kind}"


def test_what_replaces_these_is_not_native() -> None:
    """A diff says "may cause replacement" of types that are not in the list."""
    known = completions._NATIVE_REPLACING.keys() & provisioners._REPLACING_PROPERTIES.keys()
    assert not known, LEARNT


def test_added_actions_are_not_native() -> None:
    """Neither the Logs API nor CloudWatch's knows what is added to them."""
    logs = inspect.getsource(cloudwatch_logs.handle_request)
    added = completions.ACTIONS.keys() - insights.ACTIONS.keys()
    assert not [action for action in added if f'"{action}"' in logs], LEARNT
    metrics = inspect.getsource(cloudwatch.handle_request)
    of_alarms = [*mute_rules.ACTIONS, *log_alarms.ACTIONS]
    assert not [action for action in of_alarms if f'"{action}"' in metrics], LEARNT


def test_queries_are_answered_in_part_natively() -> None:
    """MiniStack alone skips ``stats``, and answers with events."""
    now = int(time.time() * 1000)
    place = {"logGroupName": "/asked", "logStreamName": "one"}
    cloudwatch_logs._create_log_group(place)
    cloudwatch_logs._create_log_stream(place)
    cloudwatch_logs._put_log_events(
        place | {"logEvents": [{"timestamp": now, "message": "{}"}] * 2}
    )
    asked = {"logGroupName": "/asked", "queryString": "stats count(*) as n", "startTime": 0}
    answer = json.loads(cloudwatch_logs._start_query(asked)[2])
    results = cloudwatch_logs._queries[answer["queryId"]]["results"]
    cloudwatch_logs.reset()
    assert results != [[{"field": "n", "value": "2"}]], f"{LEARNT} StartQuery"


def test_log_group_that_exists_is_taken_over_natively() -> None:
    """MiniStack alone lets a template have a group that is not its own."""
    cloudwatch_logs._create_log_group({"logGroupName": "/taken"})
    name, _ = provisioners._cwlogs_create("Taken", {"LogGroupName": "/taken"}, "hooks")
    assert name == "/taken", f"{LEARNT} refusing a log group that exists"
    cloudwatch_logs.reset()


def test_deletion_protection_is_not_native() -> None:
    """MiniStack alone knows no log group that cannot be deleted."""
    source = inspect.getsource(cloudwatch_logs)
    assert "eletionProtection" not in source, f"{LEARNT} {log_groups.__name__}"


def test_metric_filters_are_not_evaluated_natively() -> None:
    """MiniStack alone stores a metric filter and publishes nothing."""
    group = {"logGroupName": "/hooks"}
    cloudwatch_logs._create_log_group(group)
    cloudwatch_logs._create_log_stream(group | {"logStreamName": "s"})
    transformation = {"metricNamespace": "Hooks", "metricName": "N", "metricValue": "1"}
    cloudwatch_logs._put_metric_filter(
        group | {"filterName": "all", "metricTransformations": [transformation]}
    )
    event = {"timestamp": int(time.time() * 1000), "message": "m"}
    cloudwatch_logs._put_log_events(group | {"logStreamName": "s", "logEvents": [event]})
    assert not list(cloudwatch._metrics), f"{LEARNT} metric filters"
    cloudwatch_logs.reset()


@pytest.mark.parametrize(
    ("function", "text", "completion"),
    [
        (cloudwatch._evaluate_alarm, "TreatMissingData", "alarm evaluation"),
        (cloudwatch._evaluate_alarm, "Dimensions", "alarm evaluation"),
        (cloudwatch._dispatch_alarm_actions, "TriggeringChildren", "alarm messages"),
        (provisioners._cwlogs_create, "DataProtectionPolicy", "masking"),
        (provisioners._cwlogs_create, "FieldIndexPolicies", "field indexes"),
        (stacks, "in use by", "exports that are in use"),
        (lambda_svc._poll_sqs, "MaximumBatchingWindowInSeconds", "the batching window"),
        (provisioners._ddb_create, "TimeToLiveSpecification", "expiry of a table's items"),
        (provisioners._s3_create, "ObjectLock", "the lock of a bucket"),
        (provisioners._ddb_create, "SSESpecification", "encryption of a table"),
        (cloudwatch, "Alarm State Change", "events of alarms"),
        (provisioners._lambda_create, "ReservedConcurrentExecutions", "reserved concurrency"),
        (cloudwatch_logs._put_log_events, "rejectedLogEventsInfo", "the limits of PutLogEvents"),
        (cloudwatch_logs._start_query, "stats", "Logs Insights"),
    ],
)
def test_completed_behaviour_is_not_native(function: Any, text: str, completion: str) -> None:
    """What is completed is not in MiniStack's own source."""
    assert text not in inspect.getsource(function), f"{LEARNT} {completion}"


def test_schedules_are_run() -> None:
    """MiniStack runs them by itself: a stack's sweep needs no completion."""
    assert "_invoke_target(" in inspect.getsource(scheduler._tick_schedules), MOVED
    assert "AWS::Scheduler::Schedule" in HANDLERS, MOVED


def test_machine_images_are_not_native() -> None:
    """CDK's default for Amazon Linux on arm64 has no public parameter."""
    assert f"{resources.AMAZON_LINUX}-default-x86_64" in ssm._PUBLIC_AMI_PARAMETERS, MOVED
    assert f"{resources.AMAZON_LINUX}-6.1-arm64" not in ssm._PUBLIC_AMI_PARAMETERS, LEARNT


def test_alarm_actions_go_through_sns() -> None:
    """An alarm's message reaches SNS by the function that delivers to queues."""
    assert "_sns._fanout(" in inspect.getsource(cloudwatch._dispatch_alarm_actions), MOVED
    taken = list(inspect.signature(sns._fanout).parameters)[:4]
    assert taken == ["topic_arn", "msg_id", "message", "subject"], MOVED


def test_metric_math_is_not_native() -> None:
    """MiniStack's CloudFormation refuses an alarm with Metrics."""
    with pytest.raises(ValueError, match="Metrics"):
        provisioners._cw_metric_alarm_record("hooks", {"Metrics": [{}]})
