"""Who may use a KMS key: services by the key's policy alone, roles by it or by their own.

Source: KMS Developer Guide, "Key policies in AWS KMS". A key without a policy, and the statement
for the account's root, only hand the decision to IAM; a service has no IAM policy.
"""

from collections.abc import Mapping, Sequence

from .policy import Request, allows
from .resolver import Resolver
from .roles import lacking
from .template import Resource
from .values import NO_VALUE

_TYPES = ("AWS::KMS::Key", "AWS::KMS::Alias")


def key_of(resolver: Resolver, stack: str, value: object) -> Resource | None:
    """Return the key of the assembly that a value means: its id, its ARN or an alias of it."""
    found = resolver.find(stack, value, *_TYPES)
    if found is not None and found.type == "AWS::KMS::Alias":
        return resolver.find(found.stack, found.properties.get("TargetKeyId"), "AWS::KMS::Key")
    return found


def is_set(value: object) -> bool:
    """Tell whether a property that names a key is there at all."""
    return value not in (None, "", NO_VALUE)


def lacking_for_service(
    resolver: Resolver,
    key: Resource,
    principals: tuple[str, ...],
    actions: Sequence[str],
    context: Mapping[str, str],
) -> list[str]:
    """Return those actions that a key's policy does not allow a service."""
    document = (key.stack, key.properties.get("KeyPolicy"))
    return [
        action
        for action in actions
        if not allows(
            resolver,
            [document],
            Request(
                action=action, resource=resolver.arn(key), principals=principals, context=context
            ),
        )
    ]


def lacking_for_role(
    resolver: Resolver, key: Resource, role: Resource, actions: Sequence[str]
) -> list[str]:
    """Return those actions on a key that neither its policy nor a role's own allow the role."""
    arn = resolver.arn(key)
    by_key = lacking_for_service(resolver, key, (resolver.arn(role),), actions, {})
    account = resolver.account(key.stack)
    root = f"arn:{resolver.partition(key.stack)}:iam::{account}:root"
    handed_on = key.properties.get("KeyPolicy") is None or not lacking_for_service(
        resolver, key, (root, account), by_key, {}
    )
    return lacking(resolver, role, by_key, arn) if handed_on else by_key
