"""From a topic to whoever is told: subscriptions, what they leave out, and who lets SNS in.

Sources: SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic", "Amazon
SNS message filtering" and "Configuring encryption with a subscribed encrypted Amazon SQS queue".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from intentlog.assembly.policy import like
from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping

from .alarm_actions import alarmed_topics
from .finding import Finding, error
from .message_filter import leaves_out
from .queue_access import Sender, deliverable

_SNS = ("sns.amazonaws.com",)
_QUEUE = "AWS::SQS::Queue"
_FUNCTION = "AWS::Lambda::Function"
_TARGETS = {"sqs": _QUEUE, "lambda": _FUNCTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription of a topic; ``resource`` is the topic itself where it stands inline."""

    resource: Resource
    topic: Resource
    properties: Mapping[str, Any]

    @property
    def protocol(self) -> str:
        """How it is delivered: ``sqs``, ``lambda``, ``email``, ..."""
        return str(self.properties.get("Protocol"))


def subscriptions_of(resolver: Resolver, topic: Resource) -> list[Subscription]:
    """Return the subscriptions of a topic, those in resources of their own and those inline."""
    found = [
        Subscription(resource=resource, topic=topic, properties=resource.properties)
        for resource in resolver.of_type("AWS::SNS::Subscription")
        if (to := resolver.find(resource.stack, resource.properties.get("TopicArn"), topic.type))
        and to.key == topic.key
    ]
    inline = listed(topic.properties.get("Subscription"))
    return found + [
        Subscription(resource=topic, topic=topic, properties=mapping(entry)) for entry in inline
    ]


def target_of(resolver: Resolver, subscription: Subscription) -> Resource | None:
    """Return the queue or function of the assembly that a subscription delivers to."""
    type_ = _TARGETS.get(subscription.protocol)
    endpoint = subscription.properties.get("Endpoint")
    if type_ is None:
        return None
    return resolver.find(subscription.resource.stack, endpoint, type_)


def subscriptions(resolver: Resolver) -> Iterator[Finding]:
    """Check that somebody is told what alarms publish, and that nothing on the way refuses it."""
    for topic, alarms in alarmed_topics(resolver).values():
        found = subscriptions_of(resolver, topic)
        if not found:
            message = "nobody is subscribed to it: what alarms publish is told to nobody"
            yield error("subscription", topic, f"{message}; add an AWS::SNS::Subscription")
        for subscription in found:
            yield from _filter(resolver, subscription, alarms)
            yield from _endpoint(resolver, subscription)


def _filter(
    resolver: Resolver, subscription: Subscription, alarms: list[Resource]
) -> Iterator[Finding]:
    names = [resolver.name(alarm) for alarm in alarms]
    if (reason := leaves_out(subscription.properties, names)) is not None:
        message = f"its filter policy drops alarms: {reason}"
        yield error("subscription-filter", subscription.resource, f"{message}; remove FilterPolicy")


def _endpoint(resolver: Resolver, subscription: Subscription) -> Iterator[Finding]:
    resource, type_ = subscription.resource, _TARGETS.get(subscription.protocol)
    target = target_of(resolver, subscription)
    if target is not None and target.type == _QUEUE:
        sender = Sender("SNS", "sns.amazonaws.com", "topic", subscription.topic)
        yield from deliverable(resolver, sender, target)
    elif target is not None:
        yield from _permission(resolver, subscription.topic, target)
    if type_ is None:
        return
    text = resolver.text(resource.stack, subscription.properties.get("Endpoint", ""))
    if not is_open(text) and not text.startswith("arn:"):
        what = "a queue" if type_ == _QUEUE else "a function"
        message = f'its endpoint "{text}" is no ARN of {what}; give it that, not a URL or a name'
        yield error("subscription", resource, message)


def _permission(resolver: Resolver, topic: Resource, function: Resource) -> Iterator[Finding]:
    for permission in resolver.of_type("AWS::Lambda::Permission"):
        given = permission.properties
        on = resolver.find(permission.stack, given.get("FunctionName"), _FUNCTION)
        principal = resolver.text(permission.stack, given.get("Principal"))
        source = resolver.text(permission.stack, given.get("SourceArn", "*"))
        if (
            on is not None
            and on.key == function.key
            and (principal in _SNS or is_open(principal))
            and like(source, resolver.arn(topic)) is not False
        ):
            return
    message = f"SNS cannot invoke it: no AWS::Lambda::Permission lets topic {topic.path}; add one"
    yield error("function-permission", function, message)
