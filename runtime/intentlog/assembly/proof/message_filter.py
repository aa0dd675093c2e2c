"""Whether a subscription's filter policy lets an alarm's notification through.

Source: SNS Developer Guide, "Amazon SNS subscription filter policies". CloudWatch sends no message
attributes, so a policy on attributes drops everything; the message is a JSON object.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from intentlog.assembly.resolver import is_open
from intentlog.assembly.values import is_intrinsic, listed, mapping, parsed

_KEYS = (
    *("AWSAccountId", "AlarmActions", "AlarmArn", "AlarmConfigurationUpdatedTimestamp"),
    *("AlarmDescription", "AlarmName", "InsufficientDataActions", "NewStateReason"),
    *("NewStateValue", "OKActions", "OldStateValue", "Region", "StateChangeTime", "Trigger"),
    "AlarmRule",
)


def leaves_out(subscription: Mapping[str, Any], alarms: Sequence[str]) -> str | None:
    """Say why one of the alarms would not be delivered, if so.

    Args:
        subscription: The subscription's properties.
        alarms: The names of the alarms that are published.
    """
    policy = parsed(subscription.get("FilterPolicy"))
    if not isinstance(policy, Mapping) or is_intrinsic(policy):
        return None
    wanted = {key: rules for key, rules in policy.items() if not _wants_absence(rules)}
    if subscription.get("FilterPolicyScope", "MessageAttributes") == "MessageBody":
        return next(_unwanted(wanted, alarms), None)
    for key in wanted:
        return f'it wants the message attribute "{key}", and CloudWatch sends none'
    return None


def _unwanted(wanted: Mapping[str, object], alarms: Sequence[str]) -> Iterator[str]:
    for key, rules in wanted.items():
        if key == "NewStateValue" and not _matches(rules, "ALARM"):
            yield "it does not want NewStateValue ALARM"
        if key == "AlarmName":
            for name in alarms:
                if not _matches(rules, name):
                    yield f'it does not want AlarmName "{name}"'
        if key not in _KEYS and not key.startswith("$"):
            yield f'it wants "{key}", which no notification of an alarm has'


def _wants_absence(rules: object) -> bool:
    return any(mapping(rule).get("exists") is False for rule in listed(rules))


def _matches(rules: object, value: str) -> bool:
    return any(_one(rule, value) for rule in listed(rules))


def _one(rule: object, value: str) -> bool:
    """Match one rule; one that is not understood here, or not yet known, counts as matching."""
    if is_open(value) or value.startswith("<"):
        return True
    if isinstance(rule, str):
        return rule == value or is_open(rule)
    rules = mapping(rule)
    name = next(iter(rules), "")
    matcher, wanted = _MATCHERS.get(name), rules.get(name)
    if matcher is None or not all(isinstance(text, str) for text in listed(wanted)):
        return isinstance(rule, Mapping)
    return matcher(value, [str(text) for text in listed(wanted)])


_MATCHERS: dict[str, Callable[[str, list[str]], bool]] = {
    "anything-but": lambda value, wanted: value not in wanted,
    "equals-ignore-case": lambda value, wanted: value.casefold() in map(str.casefold, wanted),
    "prefix": lambda value, wanted: value.startswith(tuple(wanted)),
    "suffix": lambda value, wanted: value.endswith(tuple(wanted)),
}
