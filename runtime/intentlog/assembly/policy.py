"""Whether policy documents allow a request, as IAM evaluates them.

Source: IAM User Guide, "Policy evaluation logic" and "JSON policy elements: Condition operators".
Each part of a statement applies (True), does not (False), or cannot be told before the deploy
(None): an Allow counts unless it certainly does not apply, a Deny only if it certainly does. So
nothing is called broken that may work.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from .resolver import Resolver, is_open, placeless, texts
from .values import is_intrinsic, listed, mapping

Document = tuple[str, object]
"""A policy document and the stack in whose template it stands."""

Certainty = bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody who wants to do something.

    Attributes:
        action: What: ``sns:Publish``.
        resource: On what: an ARN. None if the policy is not about resources.
        principals: Who, by any of these names; empty for a policy of an identity.
        context: Condition keys whose values are known, in lower case.
    """

    action: str
    resource: str | None = None
    principals: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)


def allows(resolver: Resolver, documents: Iterable[Document], request: Request) -> bool:
    """Tell whether the documents together allow a request, or may do so."""
    allowed = False
    for stack, document in documents:
        if is_intrinsic(document):
            allowed = True
            continue
        for entry in listed(mapping(document).get("Statement")):
            statement = mapping(entry)
            applies = None if is_intrinsic(entry) else _applies(resolver, stack, statement, request)
            if statement.get("Effect") == "Deny":
                if applies is True:
                    return False
            elif applies is not False and (is_intrinsic(entry) or "Effect" in statement):
                allowed = True
    return allowed


def like(pattern: str, text: str) -> Certainty:
    """Tell whether a text is like a pattern with ``*`` and ``?``."""
    if _glob(pattern).fullmatch(text):
        return True
    if is_open(pattern) or is_open(text):
        return None
    anywhere, anything = placeless(pattern, text)
    return None if _glob(anywhere).fullmatch(anything) else False


def _applies(
    resolver: Resolver, stack: str, statement: Mapping[str, object], request: Request
) -> Certainty:
    parts = (_action, _principal, _resource, _conditions)
    return _all(part(resolver, stack, statement, request) for part in parts)


def _principal(
    resolver: Resolver, stack: str, statement: Mapping[str, object], request: Request
) -> Certainty:
    if not request.principals:
        return True
    if "NotPrincipal" in statement:
        return None
    named = statement.get("Principal")
    if named == "*" or is_intrinsic(named):
        return True if named == "*" else None
    everybody = [
        name for kind in ("AWS", "Service") for name in texts(resolver, stack, _of(named, kind))
    ]
    return _any(
        name == "*" or _equal(name, principal)
        for name in everybody
        for principal in request.principals
    )


def _of(value: object, key: str) -> object:
    return mapping(value).get(key)


def _action(
    resolver: Resolver, stack: str, statement: Mapping[str, object], request: Request
) -> Certainty:
    def listing(key: str) -> Certainty:
        return _any(
            like(action.casefold(), request.action.casefold())
            for action in texts(resolver, stack, statement[key])
        )

    if "Action" in statement:
        return listing("Action")
    return _not(listing("NotAction")) if "NotAction" in statement else False


def _resource(
    resolver: Resolver, stack: str, statement: Mapping[str, object], request: Request
) -> Certainty:
    if request.resource is None:
        return True
    wanted = request.resource

    def listing(key: str) -> Certainty:
        return _any(like(arn, wanted) for arn in texts(resolver, stack, statement[key]))

    if "Resource" in statement:
        return listing("Resource")
    return _not(listing("NotResource")) if "NotResource" in statement else True


def _conditions(
    resolver: Resolver, stack: str, statement: Mapping[str, object], request: Request
) -> Certainty:
    conditions = statement.get("Condition")
    if is_intrinsic(conditions):
        return None
    return _all(
        _condition(operator, texts(resolver, stack, wanted), request.context.get(key.casefold()))
        for operator, keys in mapping(conditions).items()
        for key, wanted in mapping(keys).items()
    )


def _condition(operator: str, wanted: list[str], actual: str | None) -> Certainty:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    if actual is None:
        return None  # the request may have this key, or not
    if name == "Null":
        return "false" in wanted
    plain = name.replace("Not", "")
    compare = _OPERATORS.get(plain)
    if compare is None:
        return None
    found = _any(compare(value, actual) for value in wanted)
    return found if plain == name else _not(found)


def _equal(wanted: str, actual: str) -> Certainty:
    if wanted == actual:
        return True
    if is_open(wanted) or is_open(actual):
        return None
    anywhere, anything = placeless(wanted, actual)
    return None if anywhere == anything else False


def _equal_in_any_case(wanted: str, actual: str) -> Certainty:
    return _equal(wanted.casefold(), actual.casefold())


# ArnEquals and ArnLike are the same: both take wildcards.
_OPERATORS: dict[str, Callable[[str, str], Certainty]] = {
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": _equal_in_any_case,
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": like,
}


def _all(parts: Iterable[Certainty]) -> Certainty:
    certain: Certainty = True
    for part in parts:
        if part is False:
            return False
        certain = part and certain
    return certain


def _any(parts: Iterable[Certainty]) -> Certainty:
    found = set(parts)
    if True in found:
        return True
    return None if None in found else False


def _not(part: Certainty) -> Certainty:
    return None if part is None else not part


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile(
        "".join(parts.get(char) or re.escape(char) for char in re.sub(r"\*+", "*", pattern)),
        re.DOTALL,
    )
