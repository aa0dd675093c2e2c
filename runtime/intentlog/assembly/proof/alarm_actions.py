"""From an alarm to its topic: it acts, on something there, that lets CloudWatch in.

Sources: CloudWatch API, PutMetricAlarm; SNS Developer Guide, "Managing Amazon SNS encryption
keys", section "Enable compatibility between event sources from AWS services and encrypted topics".
"""

from collections.abc import Iterator

from intentlog.assembly.keys import is_set, key_of, lacking_for_service
from intentlog.assembly.policy import Document, Request, allows
from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import is_false, listed

from .alarm_names import ALARMS, parts_of_incidents
from .finding import Finding, error

_CLOUDWATCH = ("cloudwatch.amazonaws.com",)
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def topics_of(resolver: Resolver, alarm: Resource, action: str = "AlarmActions") -> list[Resource]:
    """Return the topics of the assembly that an alarm's actions of a kind publish to."""
    values = listed(alarm.properties.get(action))
    topics = (resolver.find(alarm.stack, value, "AWS::SNS::Topic") for value in values)
    return [topic for topic in topics if topic is not None]


def alarmed_topics(resolver: Resolver) -> dict[tuple[str, str], tuple[Resource, list[Resource]]]:
    """Return each topic that alarms publish to, with those alarms."""
    found: dict[tuple[str, str], tuple[Resource, list[Resource]]] = {}
    for alarm in resolver.of_type(*ALARMS):
        for topic in topics_of(resolver, alarm):
            found.setdefault(topic.key, (topic, []))[1].append(alarm)
    return found


def alarm_actions(resolver: Resolver) -> Iterator[Finding]:
    """Check that each alarm does something when it rings, and that what it does it to is there."""
    parts = parts_of_incidents(resolver)
    for alarm in resolver.of_type(*ALARMS):
        if alarm.key not in parts:
            yield from _acts(alarm)
        for kind in _LISTS:
            for action in listed(alarm.properties.get(kind)):
                yield from _action(resolver, alarm, action)


def topics(resolver: Resolver) -> Iterator[Finding]:
    """Check that CloudWatch may publish to each topic for each alarm, and encrypt what it says."""
    for topic, alarms in alarmed_topics(resolver).values():
        refused = [alarm for alarm in alarms if not _may_publish(resolver, alarm, topic)]
        if refused:
            yield error(
                "topic-policy",
                topic,
                f"CloudWatch cannot publish {_some(refused)} to it: its policy does not allow "
                "cloudwatch.amazonaws.com sns:Publish; add a statement that does",
            )
        yield from _topic_key(resolver, topic, alarms)


def policies_of(
    resolver: Resolver, resource: Resource, types: tuple[str, ...], property_: str
) -> list[Resource]:
    """Return the policies of these types whose property lists a topic or queue."""
    return [
        policy
        for policy in resolver.of_type(*types)
        for value in listed(policy.properties.get(property_))
        if (found := resolver.find(policy.stack, value, resource.type)) is not None
        and found.key == resource.key
    ]


def _acts(alarm: Resource) -> Iterator[Finding]:
    if is_false(alarm.properties.get("ActionsEnabled")):
        message = "its actions are switched off: it rings and tells nobody"
        yield error("alarm-disabled", alarm, f"{message}; remove ActionsEnabled: false")
    elif not listed(alarm.properties.get("AlarmActions")):
        message = "it has no action and is part of no composite alarm: it rings and tells nobody"
        yield error("alarm-action", alarm, f"{message}; give it a topic")


def _action(resolver: Resolver, alarm: Resource, action: object) -> Iterator[Finding]:
    text = resolver.text(alarm.stack, action)
    if resolver.find(alarm.stack, action, "AWS::SNS::Topic") or is_open(text):
        return
    match text.split(":", 5):
        case ["arn", _, "sqs" | "logs" | "kms" | "iam" as service, *_]:
            message = f"its action is of {service}, which an alarm cannot do anything to"
            yield error("alarm-action", alarm, f"{message}; give it the ARN of a topic")
        case ["arn", *_]:
            return  # a topic or a function elsewhere: what lies outside is not proven
        case _:
            message = f'its action "{text}" is no ARN of anything in the assembly'
            yield error("alarm-action", alarm, f"{message}; give it the ARN of a topic")


def _may_publish(resolver: Resolver, alarm: Resource, topic: Resource) -> bool:
    attached = policies_of(resolver, topic, ("AWS::SNS::TopicPolicy",), "Topics")
    attached += policies_of(resolver, topic, ("AWS::SNS::TopicInlinePolicy",), "TopicArn")
    if not attached:
        return True  # the default policy lets the account's own alarms in
    documents: list[Document] = [
        (policy.stack, policy.properties.get("PolicyDocument")) for policy in attached
    ]
    request = Request(
        action="sns:Publish",
        resource=resolver.arn(topic),
        principals=_CLOUDWATCH,
        context=_context(resolver, alarm),
    )
    return allows(resolver, documents, request)


def _topic_key(resolver: Resolver, topic: Resource, alarms: list[Resource]) -> Iterator[Finding]:
    value = topic.properties.get("KmsMasterKeyId")
    if not is_set(value):
        return
    if resolver.text(topic.stack, value).endswith("alias/aws/sns"):
        message = (
            "CloudWatch cannot publish to it: it is encrypted with alias/aws/sns, whose policy "
            "nobody can change; use a key of your own that lets cloudwatch.amazonaws.com in"
        )
        yield error("topic-key", topic, message)
        return
    key = key_of(resolver, topic.stack, value)
    if key is None:
        return
    lacking: dict[str, list[Resource]] = {}
    for alarm in alarms:
        context = _context(resolver, alarm) | {
            "kms:encryptioncontext:aws:sns:topicarn": resolver.arn(topic)
        }
        for action in lacking_for_service(resolver, key, _CLOUDWATCH, _KEY_ACTIONS, context):
            lacking.setdefault(action, []).append(alarm)
    if lacking:
        refused = list({alarm.key: alarm for group in lacking.values() for alarm in group}.values())
        yield error(
            "topic-key",
            topic,
            f"CloudWatch cannot publish {_some(refused)} to it: the policy of key {key.path} does "
            f"not allow cloudwatch.amazonaws.com {' and '.join(lacking)}; add a statement that "
            "does",
        )


def _context(resolver: Resolver, alarm: Resource) -> dict[str, str]:
    return {
        "aws:securetransport": "true",
        "aws:sourceaccount": resolver.account(alarm.stack),
        "aws:sourceowner": resolver.account(alarm.stack),
        "aws:sourcearn": resolver.arn(alarm),
    }


def _some(alarms: list[Resource]) -> str:
    more = f" and {len(alarms) - 1} more" if len(alarms) > 1 else ""
    return f"{alarms[0].path}{more}"
