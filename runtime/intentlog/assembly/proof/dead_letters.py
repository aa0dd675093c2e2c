"""What becomes of a notification that cannot be posted: kept, long enough, and somebody is told.

Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS".
"""

from collections.abc import Iterator

from intentlog.assembly.resolver import Resolver, is_open, texts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping, number, parsed

from .alarm_actions import topics_of
from .alarm_names import ALARMS
from .finding import Finding, error, warning
from .metrics import metrics_of
from .readers import alarmed_queues
from .subscriptions import subscriptions_of, target_of

_QUEUE = "AWS::SQS::Queue"
_FOUR_DAYS = 345_600
_WATCHED = ("ApproximateNumberOfMessagesVisible", "NumberOfMessagesReceived")


def dead_letters(resolver: Resolver) -> Iterator[Finding]:
    """Check each queue of alarms: where what fails goes, and that an alarm of its own tells."""
    for queue in alarmed_queues(resolver).values():
        redrive = mapping(parsed(queue.properties.get("RedrivePolicy")))
        target = redrive.get("deadLetterTargetArn")
        if target is None:
            if "RedrivePolicy" not in queue.properties or not redrive:
                message = (
                    "a notification that cannot be posted is tried until it is too old, then lost"
                )
                message += "; give it a RedrivePolicy with a dead-letter queue"
                yield error("dead-letters", queue, message)
            continue
        dead = resolver.find(queue.stack, target, _QUEUE)
        text = resolver.text(queue.stack, target)
        if dead is not None:
            yield from _kept(resolver, queue, dead)
            yield from _watched(resolver, queue, dead)
        elif not resolver.is_elsewhere(queue.stack, text):
            message = f'its dead-letter queue "{text}" is not in the assembly'
            yield error("dead-letters", queue, f"{message}; give it one that is")


def unwatched(resolver: Resolver, dead: Resource, consequence: str) -> Iterator[Finding]:
    """Warn of a queue that no alarm watches, saying what comes of that."""
    if not _watching(resolver, dead):
        message = f"no alarm watches it: {consequence}"
        message += "; alarm on its ApproximateNumberOfMessagesVisible"
        yield warning("dead-letters-unwatched", dead, message)


def _kept(resolver: Resolver, queue: Resource, dead: Resource) -> Iterator[Finding]:
    allowed = mapping(parsed(dead.properties.get("RedriveAllowPolicy")))
    sources = texts(resolver, dead.stack, allowed.get("sourceQueueArns"))
    permission = allowed.get("redrivePermission")
    refused = permission == "denyAll" or (
        permission == "byQueue"
        and resolver.arn(queue) not in sources
        and not any(map(is_open, sources))
    )
    if refused:
        message = f"its RedriveAllowPolicy does not let {queue.path} move messages there"
        yield error("dead-letters", dead, f"{message}; add that queue's ARN")
    here = number(dead.properties.get("MessageRetentionPeriod", _FOUR_DAYS))
    there = number(queue.properties.get("MessageRetentionPeriod", _FOUR_DAYS))
    if here is not None and there is not None and here < there:
        # A moved message keeps its age.
        message = f"it keeps a message {here:g} s, counted from when it came to {queue.path}"
        message += f", which keeps it {there:g} s; give it more"
        yield error("dead-letters", dead, message)


def _watched(resolver: Resolver, queue: Resource, dead: Resource) -> Iterator[Finding]:
    yield from unwatched(
        resolver, dead, "notifications that cannot be posted are noticed by nobody"
    )
    for alarm in _watching(resolver, dead):
        topics = topics_of(resolver, alarm)
        if not topics or len(topics) < len(listed(alarm.properties.get("AlarmActions"))):
            continue  # it has another way, or none, which another rule says
        ways = [way for topic in topics for way in subscriptions_of(resolver, topic)]
        targets = [target_of(resolver, way) for way in ways]
        if ways and all(target is not None and target.key == queue.key for target in targets):
            message = f"it tells of {dead.path} by way of {queue.path}, which has just failed"
            message += "; give it a topic that is not delivered to that queue"
            yield error("dead-letters-circle", alarm, message)


def _watching(resolver: Resolver, queue: Resource) -> list[Resource]:
    return [alarm for alarm in resolver.of_type(*ALARMS) if _is_about(resolver, alarm, queue)]


def _is_about(resolver: Resolver, alarm: Resource, queue: Resource) -> bool:
    name = resolver.name(queue)
    return any(
        metric.namespace == "AWS/SQS"
        and metric.name in _WATCHED
        and metric.dimensions.get("QueueName") == name
        for metric in metrics_of(resolver, alarm)
    )
