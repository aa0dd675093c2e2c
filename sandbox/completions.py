"""Adds to MiniStack what this project needs and MiniStack lacks, through its own registries.

``install()`` runs once, before ``ministack.app.main()``. What is touched here is private to
MiniStack; ``tests/sandbox/test_ministack_hooks.py`` lists it and fails when a version moves any of
it, or has learnt something by itself so that the completion can go.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc, sqs
from ministack.services.cloudformation import provisioners

from intentlog.errors import IntentlogError
from sandbox import (
    alarm_engine,
    alarm_resources,
    anomaly_detectors,
    cloudwatch_api,
    ingestion,
    insights,
    log_alarms,
    log_groups,
    metric_filters,
    mute_rules,
    observability_access,
    query_definitions,
    resources,
    service_metrics,
    stack_exports,
)


def install() -> None:
    """Put the completions into MiniStack's registries; once a process."""
    _install_logs_actions()
    _install_ingestion_limits()
    _install_filter_patterns()
    _install_alarms()
    _install_batching_window()
    _install_resource_types()
    resources.install()


# The Logs API: actions that MiniStack does not know ---------------------------------------------


def _install_logs_actions() -> None:
    native = cloudwatch_logs.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            if action in ACTIONS:
                return ACTIONS[action](json.loads(body or b"{}"))
            return await native(method, path, headers, body, query)
        except IntentlogError as error:
            return _error("InvalidParameterException", str(error))
        except LookupError as error:
            return _error("ResourceNotFoundException", str(error))

    cloudwatch_logs.handle_request = handle_request
    cloudwatch_logs._start_query = insights.start_query
    _after(cloudwatch_logs, "reset", query_definitions.reset)
    _after(cloudwatch_logs, "reset", anomaly_detectors.reset)
    log_groups.install()


def _test_metric_filter(data: dict[str, Any]) -> Any:
    pattern = metric_filters.parse(data["filterPattern"])
    found = [(message, pattern.match(message)) for message in data["logEventMessages"]]
    matches = [
        {
            "eventNumber": number,
            "eventMessage": message,
            "extractedValues": {name: str(value) for name, value in match.extracted.items()},
        }
        for number, (message, match) in enumerate(found, 1)
        if match is not None
    ]
    return responses.json_response({"matches": matches})


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    **anomaly_detectors.ACTIONS,
    **log_groups.ACTIONS,
    **query_definitions.ACTIONS,
    "TestMetricFilter": _test_metric_filter,
}


# PutLogEvents: the limits of a batch and of an event's age ---------------------------------------


def _install_ingestion_limits() -> None:
    native = cloudwatch_logs._put_log_events

    def put_log_events(data: dict[str, Any]) -> Any:
        given = data.get("logEvents", [])
        events = [ingestion.Event(event["timestamp"], event["message"]) for event in given]
        if reason := ingestion.problem(events):
            return _error("InvalidParameterException", reason)
        stored, refused = ingestion.rejected(events, int(time.time() * 1000))
        status, headers, body = native(data | {"logEvents": given[stored]})
        if refused and status == HTTPStatus.OK:
            body = json.dumps(json.loads(body) | {"rejectedLogEventsInfo": refused}).encode()
        return status, headers, body

    cloudwatch_logs._put_log_events = put_log_events


# Filter patterns: checked when put, evaluated when events arrive --------------------------------


def _install_filter_patterns() -> None:
    cloudwatch_logs._compile_filter_pattern = lambda text: metric_filters.parse(text or "").matches
    cloudwatch_logs._subscription_pattern_matches = lambda text, message: metric_filters.parse(
        text or ""
    ).matches(message or "")
    _before(cloudwatch_logs, "_put_subscription_filter", _check_filter)
    _before(cloudwatch_logs, "_put_metric_filter", _check_filter)
    # PutLogEvents and the Lambda runtime both end here with the events they stored.
    _after(cloudwatch_logs, "_fanout_to_subscription_filters", _publish_metrics)


def _check_filter(data: dict[str, Any]) -> None:
    metric_filters.check(data.get("filterPattern", ""), data.get("metricTransformations", []))


def _publish_metrics(log_group: str, _stream: str, events: list[metric_filters.LogEvent]) -> None:
    service_metrics.record_ingestion(log_group, events)
    data: dict[str, list[dict[str, Any]]] = {}
    for metric_filter in list(cloudwatch_logs._metric_filters.values()):
        if metric_filter["logGroupName"] == log_group:
            for namespace, datum in metric_filters.metric_data(metric_filter, events):
                data.setdefault(namespace, []).append(datum)
    for namespace, batch in data.items():
        request = {"Namespace": namespace, "MetricData": batch}
        cloudwatch._put_metric_data({}, request, is_cbor=False, is_json=True)


# Alarms: what decides them, what they publish, and the kinds that MiniStack lacks --------------


def _install_alarms() -> None:
    alarm_engine.install()
    alarm_resources.install()
    log_alarms.install()
    cloudwatch_api.install({**mute_rules.ACTIONS, **log_alarms.ACTIONS})
    _after(cloudwatch, "reset", alarm_engine.reset)
    _after(cloudwatch, "reset", mute_rules.reset)


# CloudFormation: the types that MiniStack does not know -----------------------------------------


_NATIVE_REPLACING = {
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Logs::MetricFilter": ("FilterName", "LogGroupName"),
}


def _install_resource_types() -> None:
    for kind in (alarm_resources, anomaly_detectors, log_alarms, mute_rules, query_definitions):
        _install_resource_type(kind.RESOURCE_TYPE, kind.HANDLERS, kind.REPLACING)
    for name, handlers in observability_access.HANDLERS.items():
        _install_resource_type(name, handlers, observability_access.REPLACING[name])
    stack_exports.install()
    for name, replacing in _NATIVE_REPLACING.items():
        # Without this a diff says of every change that it "may cause replacement".
        provisioners._REPLACING_PROPERTIES.setdefault(name, replacing)


def _install_resource_type(
    name: str, handlers: dict[str, Callable[..., Any]], replacing: tuple[str, ...]
) -> None:
    provisioners._RESOURCE_HANDLERS[name] = handlers
    # What is not named here changes in place, and a change set says so.
    provisioners._REPLACING_PROPERTIES[name] = replacing


# Queue to function: the batching window ---------------------------------------------------------


def _install_batching_window() -> None:
    """Hold messages back for MaximumBatchingWindowInSeconds, and fill batches of more than 10."""
    native = sqs._receive_messages_for_esm

    def receive(queue_url: str, wanted: int) -> list[dict[str, Any]]:
        if _window_is_open(queue_url, wanted):
            return []
        batch: list[dict[str, Any]] = []
        while len(batch) < wanted and (more := native(queue_url, wanted - len(batch))):
            batch += more
        return batch

    sqs._receive_messages_for_esm = receive


def _window_is_open(queue_url: str, wanted: int) -> bool:
    queue, now = sqs._queues[queue_url], time.time()
    window = max(
        int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
        for mapping in lambda_svc._esms.values()
        if mapping["EventSourceArn"] == queue["attributes"]["QueueArn"]
    )
    waiting = [m["visible_at"] for m in list(queue["messages"]) if m["visible_at"] <= now]
    return 0 < len(waiting) < wanted and now - min(waiting) < window


def _before(module: Any, name: str, first: Callable[..., Any]) -> None:
    """Let ``module.name`` call ``first`` with the same arguments before it begins."""
    native = getattr(module, name)

    def both(*arguments: Any) -> Any:
        first(*arguments)
        return native(*arguments)

    setattr(module, name, both)


def _after(module: Any, name: str, then: Callable[..., Any]) -> None:
    """Let ``module.name`` call ``then`` with the same arguments when it is done."""
    native = getattr(module, name)

    def both(*arguments: Any) -> Any:
        answer = native(*arguments)
        then(*arguments)
        return answer

    setattr(module, name, both)


def _error(code: str, message: str) -> Any:
    return responses.error_response_json(code, message, 400)
