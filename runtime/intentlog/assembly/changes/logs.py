"""Changes of log groups, and of what is counted from their lines or sent on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from intentlog.assembly.values import listed, mapping
from intentlog.assembly.words import codes, from_to, tables, text

from .access import document_rule
from .kinds import Finding, Kind, Pair, encryption, swaps


def _retention(pair: Pair) -> Iterator[Finding]:
    old, new = (
        _days(value) for value in (pair.was("RetentionInDays"), pair.now("RetentionInDays"))
    )
    words = from_to(*("for ever" if days is None else f"{days:g} days" for days in (old, new)))
    if old == new:
        yield Finding(f"keeps its lines for another time, {words}")
    elif new is None or (old is not None and new > old):
        yield Finding(f"keeps its lines longer, {words}: more is stored and paid for")
    else:
        yield Finding(f"keeps its lines shorter, {words}: older ones are deleted for good", True)


def _days(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _data_protection(pair: Pair) -> Iterator[Finding]:
    old, new = (_masked(value) for value in (pair.was(_POLICY), pair.now(_POLICY)))
    lost, won = sorted(old - new), sorted(new - old)
    if old and not new:
        yield Finding("masks nothing any more: what it masked can be read by everybody", True)
    elif lost:
        yield Finding(f"no longer masks {codes(lost)}: it can be read by everybody", True)
    if won:
        yield Finding(f"masks {codes(won)} from now on, in lines that arrive then")
    if old == new:
        yield Finding("changes its data protection policy; it masks what it masked")


def _masked(policy: object) -> frozenset[str]:
    """Return the data identifiers that a policy masks, managed ones by their last name."""
    return frozenset(
        text(identifier).rpartition("/")[2]
        for statement in tables(mapping(policy).get("Statement"))
        if "Deidentify" in mapping(statement.get("Operation"))
        for identifier in listed(statement.get("DataIdentifier"))
    )


def _deletion_protection(pair: Pair) -> Iterator[Finding]:
    if pair.now("DeletionProtectionEnabled"):
        yield Finding("is protected from deletion from now on")
    else:
        said = "loses its deletion protection: one call deletes it, with its lines"
        yield Finding(said, danger=True)


def _indexes(pair: Pair) -> Iterator[Finding]:
    old, new = (_fields(value) for value in (pair.was(_INDEXES), pair.now(_INDEXES)))
    lost, won = sorted(old - new), sorted(new - old)
    if lost:
        yield Finding(f"no longer indexes {codes(lost)}: queries for one value scan all lines")
    if won:
        yield Finding(f"indexes {codes(won)}: queries for one value scan less")
    if old == new:
        yield Finding("changes its index policies; it indexes the same fields")


def _fields(policies: object) -> frozenset[str]:
    return frozenset(
        text(field) for policy in tables(policies) for field in listed(policy.get("Fields"))
    )


def _class(pair: Pair) -> Iterator[Finding]:
    was, now = (value or "STANDARD" for value in (pair.was(_CLASS), pair.now(_CLASS)))
    said = f"changes its class, {from_to(was, now)}, which a group that is there cannot"
    yield Finding(f"{said}: the deploy fails", danger=True)


def _transformations(pair: Pair) -> Iterator[Finding]:
    old, new = (_made(pair.was(_METRICS)), _made(pair.now(_METRICS)))
    for name in sorted(old.keys() - new.keys()):
        yield Finding(f"no longer counts {codes([name])}")
    for name in sorted(new.keys() - old.keys()):
        yield Finding(f"counts {codes([name])} from now on")
    for name in sorted(old.keys() & new.keys()):
        keys = sorted({*old[name], *new[name]})
        for key in keys:
            was, now = old[name].get(key), new[name].get(key)
            if was != now:
                yield Finding(f"counts {codes([name])} otherwise: {key} {from_to(was, now)}")


def _made(transformations: object) -> dict[str, Mapping[str, Any]]:
    return {
        f"{text(one.get('MetricNamespace'))}/{text(one.get('MetricName'))}": one
        for one in tables(transformations)
    }


_CLASS: Final = "LogGroupClass"
_POLICY: Final = "DataProtectionPolicy"
_INDEXES: Final = "FieldIndexPolicies"
_METRICS: Final = "MetricTransformations"

LOGS: Final[Mapping[str, Kind]] = {
    "AWS::Logs::LogGroup": Kind(
        noun="log group",
        name="LogGroupName",
        loss="its lines can no longer be counted on",
        removal_is_danger=True,
        holds_data=True,
        rules={
            "RetentionInDays": _retention,
            "KmsKeyId": encryption("KmsKeyId", "lines"),
            _CLASS: _class,
            _POLICY: _data_protection,
            _INDEXES: _indexes,
            "DeletionProtectionEnabled": _deletion_protection,
            "ResourcePolicyDocument": document_rule("ResourcePolicyDocument"),
        },
    ),
    "AWS::Logs::MetricFilter": Kind(
        noun="metric filter",
        loss="its metric gets no more values",
        rules={
            "FilterName": swaps("FilterName", "gets another name"),
            "FilterPattern": swaps(
                "FilterPattern",
                "counts other lines",
                "alarms on its metric compare another number",
            ),
            "LogGroupName": swaps("LogGroupName", "counts lines of another group"),
            _METRICS: _transformations,
        },
    ),
    "AWS::Logs::SubscriptionFilter": Kind(
        noun="subscription filter",
        loss="its destination gets no more lines",
        removal_is_danger=True,
        rules={
            "FilterPattern": swaps(
                "FilterPattern",
                "sends other lines",
                "its destination gets those alone",
                danger=True,
            ),
            "LogGroupName": swaps("LogGroupName", "sends lines of another group"),
            "DestinationArn": swaps("DestinationArn", "sends lines elsewhere", danger=True),
        },
    ),
    "AWS::Logs::LogAnomalyDetector": Kind(
        noun="log anomaly detector", loss="nobody looks for unusual lines there"
    ),
    "AWS::Logs::ResourcePolicy": Kind(
        noun="log resource policy",
        name="PolicyName",
        rules={"PolicyDocument": document_rule("PolicyDocument")},
    ),
}
