"""What a digest function is told of in its variables, and whether its role may use it.

Sources: SNS Developer Guide, "Key management"; DynamoDB Developer Guide, "Encryption at rest: How
it works", section on table keys; Secrets Manager User Guide, "Permissions for the KMS key".
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from intentlog.assembly.keys import is_set, key_of, lacking_for_role
from intentlog.assembly.resolver import Resolver
from intentlog.assembly.roles import lacking
from intentlog.assembly.template import Resource
from intentlog.assembly.values import mapping, parsed

from .finding import Finding, error
from .subscriptions import subscriptions_of


class _Use(NamedTuple):
    """What a function does with what it is told of: in words, and in actions."""

    verb: str
    noun: str
    actions: tuple[str, ...]
    key: tuple[str, ...]
    key_actions: tuple[str, ...]


_USES: Final = {
    "AWS::SecretsManager::Secret": _Use(
        *("read", "secret", ("secretsmanager:GetSecretValue",)),
        *(("KmsKeyId",), ("kms:Decrypt",)),
    ),
    "AWS::SNS::Topic": _Use(
        *("publish to", "topic", ("sns:Publish",)),
        *(("KmsMasterKeyId",), ("kms:GenerateDataKey", "kms:Decrypt")),
    ),
    "AWS::DynamoDB::Table": _Use(
        *("remember in", "table", ("dynamodb:GetItem", "dynamodb:PutItem")),
        *(("SSESpecification", "KMSMasterKeyId"), ("kms:Decrypt",)),
    ),
}


def told(resolver: Resolver, function: Resource) -> Iterator[Resource]:
    """Yield the secrets, topics and tables whose names or ARNs are in a function's variables.

    A variable may also be JSON that has them somewhere in it.
    """
    environment = mapping(mapping(function.properties.get("Environment")).get("Variables"))
    found: dict[tuple[str, str], Resource] = {}
    for value in environment.values():
        whole = resolver.text(function.stack, value)
        for text in (whole, *_texts(parsed(whole))):
            if resource := resolver.find(function.stack, text, *_USES):
                found[resource.key] = resource
    yield from found.values()


def uses(resolver: Resolver, role: Resource, function: Resource) -> Iterator[Finding]:
    """Check that a function may use each of them, and that somebody hears what it publishes."""
    for resource in told(resolver, function):
        use = _USES[resource.type]
        cannot = f"{function.path} cannot {use.verb} {resource.path}: its role may not"
        if missing := lacking(resolver, role, use.actions, resolver.arn(resource)):
            message = f"{cannot} {' and '.join(missing)}; allow it on the {use.noun}'s ARN"
            yield error("function-role", role, message)
        yield from _key(resolver, role, resource, cannot)
        if resource.type == "AWS::SNS::Topic" and not subscriptions_of(resolver, resource):
            message = f"nobody is subscribed to it: what {function.path} publishes is told to"
            yield error(
                "subscription", resource, f"{message} nobody; add an AWS::SNS::Subscription"
            )


def _key(resolver: Resolver, role: Resource, resource: Resource, cannot: str) -> Iterator[Finding]:
    use = _USES[resource.type]
    *outer, last = use.key
    properties = resource.properties
    for name in outer:
        properties = mapping(properties.get(name))
    value = properties.get(last)
    key = key_of(resolver, resource.stack, value) if is_set(value) else None
    if key and (missing := lacking_for_role(resolver, key, role, use.key_actions)):
        message = f"{cannot} {' and '.join(missing)} with key {key.path}, which encrypts it"
        yield error("function-role", role, f"{message}; allow it on the key's ARN")


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
