"""The entry point: a batch of SQS records, or the clock, becomes messages.

Environment variables, besides those of Powertools: ``DESTINATIONS`` (``destinations.load``),
``STATE_TABLE`` (``store.Table``), ``LOG_GROUPS`` (``source.load``; without it nobody looks into the
logs), ``WINDOW_SECONDS`` and ``REMIND_SECONDS`` (``state.Policy``).
"""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from . import destinations, evidence, source
from .delivery import Delivered, Delivery, Posting
from .notification import UNRECOGNISED, parse
from .state import Policy, failing, reported, untold
from .store import StoreError, Table, updated

_NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Intentlog/Digest")
_OWN_EVENTS = {"daily", "sweep"}
_FAILING_SECONDS = 900.0
_LAST_SECONDS = 1.0
_SECONDS_WITHOUT_CONTEXT = 30.0
_NAMED = 200

Event = dict[str, Any]

logger = Logger()


class UndeliveredError(Exception):
    """Destinations refuse for long: Lambda counts this, and keeps the event as a dead letter."""


def handler(event: Event, context: Any) -> Event:
    """Tell of what arrived, or of what waited.

    Args:
        event: A batch of SQS; or ``{"digest": "sweep"}``, which tells what waited for the end of
            a window, reminds, and tries again; or ``{"digest": "daily"}``.
        context: What Lambda knows of the invocation; None outside.

    Returns:
        The records to retry (``batchItemFailures``): those that some destination refused to be
        told of. What all others were told is not told again.

    Raises:
        UndeliveredError: A sweep found that a destination has refused for a quarter of an hour.
        StoreError: A sweep could not read or write the state.
    """
    logger.set_correlation_id(getattr(context, "aws_request_id", None))
    deadline = time.monotonic() + _seconds(context) - _LAST_SECONDS
    delivery = configured(os.environ)
    if "Records" in event:
        return _batch(event["Records"], delivery, deadline)
    if event.get("digest") not in _OWN_EVENTS:
        logger.error("unknown event", keys=sorted(event)[:_NAMED], wanted=sorted(_OWN_EVENTS))
        return {}
    return _by_the_clock(delivery, deadline, is_daily=event["digest"] == "daily")


def configured(environ: Mapping[str, str]) -> Delivery:
    """Read the environment variables.

    Raises:
        KeyError: One is missing.
        ValueError: One has something else in it.
    """
    service = environ["POWERTOOLS_SERVICE_NAME"]
    told = destinations.load(environ)
    if not told:
        raise ValueError("DESTINATIONS: there are none, so nobody would be told")
    return Delivery(
        service=service,
        store=Table(name=environ["STATE_TABLE"], service=service),
        destinations=told,
        policy=Policy(
            window=float(environ.get("WINDOW_SECONDS", "300")),
            remind=float(environ.get("REMIND_SECONDS", "3600")),
        ),
        source=source.load(environ["LOG_GROUPS"]) if environ.get("LOG_GROUPS") else None,
        clients=evidence.clients,
    )


def _batch(records: Sequence[Event], delivery: Delivery, deadline: float) -> Event:
    changes = {
        record["messageId"]: parse(str(record.get("body")), _sent(record, delivery.clock()))
        for record in records
    }
    strange = sum(change.state == UNRECOGNISED for change in changes.values())
    _count("Notifications", len(changes))
    _count("Unrecognised", strange)
    try:
        delivered = delivery.run(changes.values(), deadline=deadline)
    except StoreError as error:
        # Nothing that arrived is sure to be known: all of it stays in the queue.
        ringing = sorted({change.alarm for change in changes.values() if change.state == "ALARM"})
        _say_refused("the state", str(error), ringing)
        return _failures(changes)
    _say(delivered)
    now = delivery.clock()
    return _failures(
        message_id
        for message_id, change in changes.items()
        if untold(delivered.state, change.key, now, delivery.policy)
    )


def _by_the_clock(delivery: Delivery, deadline: float, *, is_daily: bool) -> Event:
    delivered = delivery.run(deadline=deadline, patient=True, is_daily=is_daily)
    _say(delivered)
    now = delivery.clock()
    if names := failing(delivered.state, now, _FAILING_SECONDS):
        updated(delivery.store, lambda state: reported(state, names), now, deadline=deadline)
        raise UndeliveredError(f"nothing could be posted for long to: {', '.join(names)}")
    taken = (each.claim.destination for each in delivered.postings if not each.error)
    return {"posted": sorted(taken)}


def _say(delivered: Delivered) -> None:
    """Log and count what became of each message; nothing of it holds a secret."""
    for posting in delivered.postings:
        name, ringing = posting.claim.destination, _ringing(posting)
        if posting.error:
            _say_refused(name, str(posting.error), ringing)
        else:
            logger.info("digest posted", destination=name, title=posting.title, ringing=ringing)
        _count("Refused" if posting.error else "Posted", 1, destination=name)


def _say_refused(destination: str, reason: str, ringing: Sequence[str]) -> None:
    logger.error(
        "digest not posted", destination=destination, reason=reason, ringing=ringing[:_NAMED]
    )


def _ringing(posting: Posting) -> list[str]:
    """Return the alarms of a message that rang, though some may have stopped since."""
    return [item.incident.alarm for item in posting.claim.items if item.incident.rings][:_NAMED]


def _count(name: str, value: int, **dimensions: str) -> None:
    """Count something, if there is something, in a metric that CloudWatch reads in the log."""
    if not value:
        return
    with single_metric(
        name=name, unit=MetricUnit.Count, value=value, namespace=_NAMESPACE
    ) as metric:
        for key, text in dimensions.items():
            metric.add_dimension(name=key, value=text)


def _failures(message_ids: Iterable[str]) -> Event:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in message_ids]}


def _sent(record: Event, now: float) -> float:
    """Return when a record was put into the queue, in seconds since 1970."""
    try:
        return int(record["attributes"]["SentTimestamp"]) / 1000
    except (KeyError, TypeError, ValueError):
        return now


def _seconds(context: Any) -> float:
    """Return how long this run may take."""
    if context is None:
        return _SECONDS_WITHOUT_CONTEXT
    return float(context.get_remaining_time_in_millis()) / 1000
