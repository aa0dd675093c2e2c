"""From a rule of EventBridge to a queue: it is switched on, and the queue lets it in."""

from collections.abc import Iterator

from intentlog.assembly.resolver import Resolver
from intentlog.assembly.values import listed, mapping

from .finding import Finding, error
from .queue_access import Sender, deliverable

_QUEUE = "AWS::SQS::Queue"


def event_rules(resolver: Resolver) -> Iterator[Finding]:
    """Check each rule that puts events into a queue of the assembly, or into a dead-letter one."""
    for rule in resolver.of_type("AWS::Events::Rule"):
        sender = Sender("EventBridge", "events.amazonaws.com", "rule", rule)
        for target in map(mapping, listed(rule.properties.get("Targets"))):
            dead = mapping(target.get("DeadLetterConfig")).get("Arn")
            queues = [resolver.find(rule.stack, arn, _QUEUE) for arn in (target.get("Arn"), dead)]
            for queue in filter(None, queues):
                if rule.properties.get("State") == "DISABLED":
                    message = f"it is disabled, and {queue.path} gets nothing of it"
                    yield error("event-rule", rule, f"{message}; remove State: DISABLED")
                    break
                yield from deliverable(resolver, sender, queue)
