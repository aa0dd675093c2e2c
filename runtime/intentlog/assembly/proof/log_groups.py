"""Log groups: there where something names them, with one owner, and a key that lets Logs in.

Sources: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS" and "Log
classes"; CloudWatch agent, "Manually create or edit the CloudWatch agent configuration file".
"""

from collections.abc import Iterator, Sequence

from intentlog.assembly.keys import is_set, key_of, lacking_for_service
from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import number
from intentlog.contract import Contract

from .finding import Finding, error

GROUP = "AWS::Logs::LogGroup"
_KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
_IN_STANDARD_ONLY = {
    "AWS::Logs::MetricFilter": ("LogGroupName", "metric filter"),
    "AWS::Logs::SubscriptionFilter": ("LogGroupName", "subscription filter"),
}


def group_of(resolver: Resolver, stack: str, value: object) -> Resource | None:
    """Return the log group that a name, an ARN or a reference means."""
    found = resolver.find(stack, value, GROUP)
    if found is not None and resolver.together(stack, found.stack):
        return found
    return resolver.named(stack, group_name(resolver.text(stack, value)), GROUP)


def group_name(text: str) -> str:
    """Return the name in an ARN of a log group, or the name itself."""
    return text.partition(":log-group:")[2].removesuffix(":*") if "arn:" in text else text


def missing_group(resolver: Resolver, stack: str, value: object) -> str | None:
    """Return the name of a log group that is certainly not there.

    Groups that begin with ``/aws/`` are made by services and need not be in an assembly.
    """
    text = resolver.text(stack, value)
    if resolver.is_elsewhere(stack, text) or group_of(resolver, stack, value) is not None:
        return None
    name = group_name(text)
    return None if name.startswith("/aws/") else name


def log_groups(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check the log groups' keys, classes, owners, and how long they keep a line."""
    kept = {
        group: (contract.service, contract.streams[stream].retention_days)
        for contract in contracts
        for stream, group in contract.log_groups.items()
    }
    for group in resolver.of_type(GROUP):
        yield from _key(resolver, group)
        yield from _retention(resolver, group, kept)
        yield from _class(resolver, group)
    yield from _owners(resolver)


def _key(resolver: Resolver, group: Resource) -> Iterator[Finding]:
    value = group.properties.get("KmsKeyId")
    if not is_set(value):
        return
    text = resolver.text(group.stack, value)
    if not is_open(text) and not text.startswith("arn:"):
        message = f'KmsKeyId "{text}" is no ARN, which CloudWatch Logs wants; give it the key\'s'
        yield error("log-group-key", group, message)
    key = key_of(resolver, group.stack, value)
    if key is None:
        return
    region = resolver.region(group.stack)
    service = f"logs.{region}.amazonaws.com"
    principals = (service, "logs.amazonaws.com")
    name = resolver.arn(group).removesuffix(":*")
    context = {
        "kms:encryptioncontext:aws:logs:arn": name,
        "aws:sourceaccount": resolver.account(group.stack),
        "aws:sourcearn": name,
    }
    if lacking := lacking_for_service(resolver, key, principals, _KEY_ACTIONS, context):
        yield error(
            "log-group-key",
            group,
            f"CloudWatch Logs cannot encrypt it: the policy of key {key.path} does not allow "
            f"{service} {' and '.join(lacking)} for {name}; add a statement that does",
        )


def _retention(
    resolver: Resolver, group: Resource, kept: dict[str, tuple[str, int]]
) -> Iterator[Finding]:
    owner = kept.get(resolver.name(group))
    if owner is None:
        return
    given = group.properties.get("RetentionInDays")
    days = number(given)
    if given is not None and days is None:
        return
    service, wanted = owner
    if days != wanted:
        actual = "for ever" if days is None else f"{days:g} days"
        message = f"it keeps a line {actual}; the contract of {service} says {wanted} days"
        yield error("retention", group, f"{message}; set RetentionInDays to that")


def _class(resolver: Resolver, group: Resource) -> Iterator[Finding]:
    if group.properties.get("LogGroupClass") != "INFREQUENT_ACCESS":
        return
    for type_, (property_, what) in _IN_STANDARD_ONLY.items():
        for resource in resolver.of_type(type_):
            on = group_of(resolver, resource.stack, resource.properties.get(property_))
            if on is not None and on.key == group.key:
                message = f"{group.path} is of infrequent access, which has no {what}s"
                yield error("log-group-class", resource, f"{message}; make it STANDARD")


def _owners(resolver: Resolver) -> Iterator[Finding]:
    """Check that nobody else makes a log group or sets how long it keeps a line."""
    seen: dict[str, list[Resource]] = {}
    for group in resolver.of_type(GROUP):
        first = next(
            (
                other
                for other in seen.get(resolver.name(group), ())
                if resolver.together(group.stack, other.stack)
                and resolver.account(group.stack) == resolver.account(other.stack)
            ),
            None,
        )
        if first is not None:
            message = f"{first.path} makes log group {resolver.name(group)} already; remove one"
            yield error("log-group-owners", group, message)
        seen.setdefault(resolver.name(group), []).append(group)
    for custom in resolver.of_type("Custom::LogRetention"):
        on = group_of(resolver, custom.stack, custom.properties.get("LogGroupName"))
        if on is not None:
            message = f"it sets how long {on.path} keeps a line, which that sets itself"
            yield error("log-group-owners", custom, f"{message}; remove it")
