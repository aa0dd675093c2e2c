"""Alarms by their names: which there are, and what names them."""

import re
from collections.abc import Iterator

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import is_false, listed, mapping

from .finding import Finding, error

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::LogAlarm")
_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
_MOST_PARTS = 100
_RULE_WORD = re.compile(r'"([^"]*)"|([^\s(),"]+)')
_OF_THE_LANGUAGE = re.compile(
    r"ALARM|OK|INSUFFICIENT_DATA|AND|OR|NOT|TRUE|FALSE|AT_LEAST|\d+%?", re.IGNORECASE
)


def alarm_named(resolver: Resolver, stack: str, name: str) -> Resource | None:
    """Return the alarm with a name or ARN, where a stack is."""
    return resolver.named(stack, name, *ALARMS)


def is_missing(resolver: Resolver, stack: str, name: str) -> bool:
    """Tell whether a name (or ARN of this place) is certainly that of no alarm."""
    if resolver.is_elsewhere(stack, name):
        return False
    return alarm_named(resolver, stack, name) is None


def parts_of(resolver: Resolver, composite: Resource) -> list[str]:
    """Return the names (or ARNs) in a composite alarm's rule (PutCompositeAlarm)."""
    rule = resolver.text(composite.stack, composite.properties.get("AlarmRule", ""))
    words = (quoted or bare for quoted, bare in _RULE_WORD.findall(rule))
    return list(dict.fromkeys(word for word in words if not _OF_THE_LANGUAGE.fullmatch(word)))


def parts_of_incidents(resolver: Resolver) -> set[tuple[str, str]]:
    """Return the keys of the alarms that a composite which acts is made of."""
    return {
        part.key
        for composite in resolver.of_type(_COMPOSITE)
        if not is_false(composite.properties.get("ActionsEnabled"))
        for name in [*parts_of(resolver, composite), *_suppressor(resolver, composite)]
        if (part := alarm_named(resolver, composite.stack, name)) is not None
    }


def composites(resolver: Resolver) -> Iterator[Finding]:
    """Check that a composite alarm's rule names alarms that are there, and never itself."""
    for composite in resolver.of_type(_COMPOSITE):
        names = parts_of(resolver, composite)
        for name in [*names, *_suppressor(resolver, composite)]:
            if is_missing(resolver, composite.stack, name):
                message = f'no alarm "{name}" is in the assembly, which its rule names'
                yield error("composite-part", composite, f"{message}; name one that is, or make it")
        if len(names) > _MOST_PARTS:
            message = f"its rule names {len(names)} alarms; {_MOST_PARTS} are allowed"
            yield error("composite-part", composite, message)
        if (way := _circle(resolver, composite, [composite])) is not None:
            around = " → ".join(resource.path for resource in way)
            message = f"it waits for itself: {around}; CloudWatch evaluates no alarm of a circle"
            yield error("composite-circle", composite, message)


def mutes(resolver: Resolver) -> Iterator[Finding]:
    """Check that a mute rule names alarms that are there (CloudWatch API, PutAlarmMuteRule)."""
    for rule in resolver.of_type("AWS::CloudWatch::AlarmMuteRule"):
        targets = mapping(rule.properties.get("MuteTargets"))
        for value in listed(targets.get("AlarmNames")):
            name = resolver.text(rule.stack, value)
            if is_missing(resolver, rule.stack, name):
                message = f'no alarm "{name}" is in the assembly: it mutes nothing'
                yield error("mute-alarm", rule, f"{message}; name an alarm that is")


def _suppressor(resolver: Resolver, composite: Resource) -> list[str]:
    value = composite.properties.get("ActionsSuppressor")
    text = resolver.text(composite.stack, value) if value else ""
    return [text] if text and not is_open(text) else []


def _circle(resolver: Resolver, composite: Resource, way: list[Resource]) -> list[Resource] | None:
    """Return the way from a composite back to where the way began, if there is one."""
    for name in parts_of(resolver, composite):
        part = alarm_named(resolver, composite.stack, name)
        if part is None or part.type != _COMPOSITE:
            continue
        if part.key == way[0].key:
            return [*way, part]
        if part.key not in {resource.key for resource in way} and (
            found := _circle(resolver, part, [*way, part])
        ):
            return found
    return None
