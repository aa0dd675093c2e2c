"""Changes of who may do what: what is allowed from now on, and what is not any more.

Statements are taken apart into single permissions (who, what, on what, on which condition), so
that writing the same otherwise is no change.
"""

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Final, NamedTuple

from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping
from intentlog.assembly.words import code, codes, plain, tables, text

from .kinds import Finding, Kind, Pair, Rule, swaps

_EVERYTHING: Final = "everything but "


class Permission(NamedTuple):
    """One action of one principal on one resource."""

    effect: str
    who: str
    action: str
    resource: str
    condition: str


def permissions(document: object) -> frozenset[Permission]:
    """Return the single permissions of a policy document."""
    return frozenset(
        permission
        for statement in tables(mapping(plain(document)).get("Statement"))
        for permission in _permissions(statement)
    )


def _permissions(statement: Mapping[str, object]) -> Iterator[Permission]:
    effect, condition = text(statement.get("Effect")), text(statement.get("Condition") or "")
    parts = (_principals(statement), _either(statement, "Action"), _either(statement, "Resource"))
    for who, action, resource in product(*parts):
        yield Permission(effect, who, action, resource, condition)


def _either(statement: Mapping[str, object], key: str) -> list[str]:
    if f"Not{key}" in statement:
        return [f"{_EVERYTHING}{text(statement[f'Not{key}'])}"]
    return [text(item) for item in listed(statement.get(key))] or ["*"]


def _principals(statement: Mapping[str, object]) -> list[str]:
    if "NotPrincipal" in statement:
        return [f"{_EVERYTHING}{text(statement['NotPrincipal'])}"]
    principal = statement.get("Principal", "")
    if isinstance(principal, dict) and not any(str(key).startswith("Fn::") for key in principal):
        return [text(item) for value in principal.values() for item in listed(value)]
    return [text(principal)]


def compared(old: object, new: object) -> Iterator[Finding]:
    """Say what a policy document allows from now on and what it does not any more."""
    was, now = permissions(old), permissions(new)
    won = [one for one in now - was if one.effect == "Allow" and not _covered(one, was)]
    lost = [one for one in was - now if one.effect == "Allow" and not _covered(one, now)]
    freed = [one for one in was - now if one.effect == "Deny" and not _covered(one, now)]
    barred = [one for one in now - was if one.effect == "Deny" and not _covered(one, was)]
    for words in _grouped(won):
        yield Finding(f"is widened: it lets {words}", danger=True)
    for words in _grouped(freed):
        yield Finding(f"is widened: it no longer forbids {words}", danger=True)
    relied_on = [one for one in lost if _fails_in_silence(one)]
    for words in _grouped(relied_on):
        said = f"is narrowed: it no longer lets {words}, and what relied on it fails in silence"
        yield Finding(said, danger=True)
    for words in _grouped(one for one in lost if one not in relied_on):
        yield Finding(f"is narrowed: it no longer lets {words}")
    for words in _grouped(barred):
        yield Finding(f"is narrowed: it forbids {words}")
    if was == now or not (won or lost or freed or barred):
        yield Finding("is written otherwise; it allows the same")


def _fails_in_silence(permission: Permission) -> bool:
    """Say whether nobody sees an error when it is missing: a service's own, or the agent's."""
    return permission.who.endswith(".amazonaws.com") or permission.action == "logs:PutLogEvents"


def _covered(permission: Permission, by: Iterable[Permission]) -> bool:
    """Say whether others allow (or forbid) the same, by wildcards or without its condition."""
    return any(
        other.effect == permission.effect
        and other.who in {permission.who, "*"}
        and other.condition in {permission.condition, ""}
        and _matches(permission.action.lower(), other.action.lower())
        and _matches(permission.resource, other.resource)
        for other in by
    )


def _matches(value: str, pattern: str) -> bool:
    # Square brackets are literal in policies, and ranges in fnmatch.
    return value == pattern or fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _grouped(found: Iterable[Permission]) -> Iterator[str]:
    """Gather what one principal may do on several resources: ``who do what on what``."""
    actions: dict[tuple[str, str, str], list[str]] = {}
    for one in sorted(found):
        actions.setdefault((one.who, one.condition, one.resource), []).append(one.action)
    resources: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (who, condition, resource), done in actions.items():
        resources.setdefault((who, condition, tuple(done)), []).append(resource)
    for (who, condition, gathered), on in resources.items():
        clause = f" if {code(condition)}" if condition else ""
        holder = code(who) if who else "its holder"
        yield f"{holder} do {codes(gathered)} on {codes(on)}{clause}"


def document_rule(name: str) -> Rule:
    """Return the rule of a property that is a policy document."""
    return lambda pair: compared(pair.was(name), pair.now(name))


def _inline(pair: Pair) -> Iterator[Finding]:
    old, new = (_merged(value) for value in (pair.was("Policies"), pair.now("Policies")))
    yield from compared(old, new)


def _merged(policies: object) -> object:
    documents = [mapping(policy.get("PolicyDocument")) for policy in tables(policies)]
    return {
        "Statement": [one for document in documents for one in listed(document.get("Statement"))]
    }


def _managed(pair: Pair) -> Iterator[Finding]:
    old, new = (
        [text(arn) for arn in listed(value)] for value in (pair.was(_ARNS), pair.now(_ARNS))
    )
    if won := [arn for arn in new if arn not in old]:
        yield Finding(f"is widened by {codes(won)}", danger=True)
    if lost := [arn for arn in old if arn not in new]:
        yield Finding(f"is narrowed: it has {codes(lost)} no more")


def _boundary(pair: Pair) -> Iterator[Finding]:
    if pair.now("PermissionsBoundary"):
        yield Finding(f"is bounded by {code(pair.now('PermissionsBoundary'))}")
    else:
        yield Finding("is widened: its permissions have no boundary any more", danger=True)


def _grants(resource: Resource) -> Iterator[Finding]:
    """Say of a new role or policy what it allows: what is for everything is dangerous."""
    properties = resource.properties
    documents = [_merged(properties.get("Policies")), properties.get("PolicyDocument")]
    found = {one for document in documents for one in permissions(document)}
    allowed = [one for one in found if one.effect == "Allow"]
    for words in _grouped(allowed):
        yield Finding(f"it lets {words}")
    wide = sorted({one.action for one in allowed if one.action == "*" or one.action.endswith(":*")})
    if wide:
        yield Finding(f"{codes(wide)} is more than a part of logging needs", danger=True)


_ARNS: Final = "ManagedPolicyArns"

_DOCUMENT: Final[Mapping[str, Rule]] = {"PolicyDocument": document_rule("PolicyDocument")}

ACCESS: Final[Mapping[str, Kind]] = {
    "AWS::IAM::Role": Kind(
        noun="role",
        name="RoleName",
        describe=_grants,
        rules={
            "AssumeRolePolicyDocument": document_rule("AssumeRolePolicyDocument"),
            "Policies": _inline,
            _ARNS: _managed,
            "PermissionsBoundary": _boundary,
        },
    ),
    "AWS::IAM::ManagedPolicy": Kind(
        noun="managed policy", name="ManagedPolicyName", describe=_grants, rules=_DOCUMENT
    ),
    "AWS::IAM::Policy": Kind(noun="policy", describe=_grants, rules=_DOCUMENT),
    "AWS::IAM::InstanceProfile": Kind(
        noun="instance profile", rules={"Roles": swaps("Roles", "gives hosts another role")}
    ),
    "AWS::SNS::TopicPolicy": Kind(
        noun="topic policy",
        loss="the account's default policy holds again",
        removal_is_danger=True,
        rules=_DOCUMENT,
    ),
    "AWS::SQS::QueuePolicy": Kind(
        noun="queue policy",
        loss="the topic can no longer send to the queue",
        removal_is_danger=True,
        rules=_DOCUMENT,
    ),
    "AWS::S3::BucketPolicy": Kind(
        noun="bucket policy",
        loss="what it forbade is allowed",
        removal_is_danger=True,
        rules=_DOCUMENT,
    ),
}
