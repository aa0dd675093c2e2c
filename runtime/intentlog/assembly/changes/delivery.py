"""Changes of how alarms reach somebody: topics, queues, function, clock, secrets, and the key."""

from collections.abc import Iterator, Mapping
from typing import Final

from intentlog.assembly.template import Resource
from intentlog.assembly.values import mapping
from intentlog.assembly.words import code, codes, from_to

from .access import document_rule
from .kinds import Finding, Kind, Pair, encryption, swaps


def _subscriber(resource: Resource) -> Iterator[Finding]:
    protocol, endpoint = (resource.properties.get(key) for key in ("Protocol", "Endpoint"))
    yield Finding(f"it tells {code(endpoint)} by {code(protocol)}")


def _redrive(pair: Pair) -> Iterator[Finding]:
    old, new = (mapping(value) for value in (pair.was(_REDRIVE), pair.now(_REDRIVE)))
    if not new:
        said = "loses its dead-letter queue: what cannot be posted is lost"
        yield Finding(said, danger=True)
    elif not old:
        yield Finding("gets a dead-letter queue: what cannot be posted is kept")
    else:
        yield Finding(f"gives up otherwise, {from_to(old, new)}")


class _Shorter:
    """The rule of a time for which something is kept."""

    def __init__(self, name: str, what: str) -> None:
        self._name, self._what = name, what

    def __call__(self, pair: Pair) -> Iterator[Finding]:
        """Say whether it is kept longer or shorter."""
        old, new = pair.was(self._name), pair.now(self._name)
        numbers = isinstance(old, int | float) and isinstance(new, int | float)
        shorter = numbers and new < old
        yield Finding(f"{self._what}, {from_to(old, new)}", danger=bool(shorter))


def _managed_encryption(pair: Pair) -> Iterator[Finding]:
    if pair.now("SqsManagedSseEnabled"):
        yield Finding("encrypts notifications with a key of AWS")
    elif not pair.now("KmsMasterKeyId"):
        yield Finding("no longer encrypts notifications at rest", danger=True)


def _reads(pair: Pair) -> Iterator[Finding]:
    if pair.now("Enabled") is False:
        yield Finding("is switched off: alarms reach nobody through it", danger=True)
    else:
        yield Finding("is switched on")


def _concurrency(pair: Pair) -> Iterator[Finding]:
    words = from_to(pair.was(_CONCURRENCY), pair.now(_CONCURRENCY))
    if pair.now(_CONCURRENCY) == 0:
        yield Finding(f"may not run any more, {words}: alarms reach nobody through it", danger=True)
    else:
        yield Finding(f"keeps another number of runs for itself, {words}")


def _environment(pair: Pair) -> Iterator[Finding]:
    old, new = (
        mapping(mapping(value).get("Variables")) for value in (pair.was(_ENV), pair.now(_ENV))
    )
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    yield Finding(f"runs with other settings: {codes(names)}")


def _code(_pair: Pair) -> Iterator[Finding]:
    yield Finding("runs other code")


def _rotation(pair: Pair) -> Iterator[Finding]:
    if pair.now("EnableKeyRotation"):
        yield Finding("is turned every year from now on")
    else:
        yield Finding("is no longer turned every year", danger=True)


def _key_enabled(pair: Pair) -> Iterator[Finding]:
    if pair.now("Enabled") is False:
        said = "is disabled: lines are refused, and what it encrypted cannot be read"
        yield Finding(said, danger=True)
    else:
        yield Finding("is enabled")


def _clock(pair: Pair) -> Iterator[Finding]:
    if pair.now("State") == "DISABLED":
        yield Finding("is switched off: what waits is told to nobody", danger=True)
    else:
        yield Finding("is switched on")


def _events(pair: Pair) -> Iterator[Finding]:
    if pair.now("State") == "DISABLED":
        yield Finding("is switched off: alarms reach nobody through it", danger=True)
    else:
        yield Finding("is switched on")


def _table_key(pair: Pair) -> Iterator[Finding]:
    if mapping(pair.now("SSESpecification")).get("KMSMasterKeyId"):
        yield Finding("encrypts what digests remember with another key of the account")
    else:
        yield Finding("encrypts what digests remember with a key of AWS", danger=True)


_REDRIVE: Final = "RedrivePolicy"
_CONCURRENCY: Final = "ReservedConcurrentExecutions"
_ENV: Final = "Environment"

DELIVERY: Final[Mapping[str, Kind]] = {
    "AWS::SNS::Topic": Kind(
        noun="topic",
        name="TopicName",
        loss="alarms that told it tell nobody",
        removal_is_danger=True,
        rules={"KmsMasterKeyId": encryption("KmsMasterKeyId", "notifications")},
    ),
    "AWS::SNS::Subscription": Kind(
        noun="subscription",
        loss="its endpoint is told nothing any more",
        removal_is_danger=True,
        describe=_subscriber,
        rules={
            "Endpoint": swaps("Endpoint", "tells somebody else", danger=True),
            "FilterPolicy": swaps("FilterPolicy", "passes other notifications on", danger=True),
            "Protocol": swaps("Protocol", "tells in another way"),
            "TopicArn": swaps("TopicArn", "listens to another topic", danger=True),
        },
    ),
    "AWS::SQS::Queue": Kind(
        noun="queue",
        name="QueueName",
        loss="what waits in it is lost",
        removal_is_danger=True,
        rules={
            "KmsMasterKeyId": encryption("KmsMasterKeyId", "notifications"),
            "MessageRetentionPeriod": _Shorter(
                "MessageRetentionPeriod", "keeps messages for another time, in seconds"
            ),
            _REDRIVE: _redrive,
            "SqsManagedSseEnabled": _managed_encryption,
        },
    ),
    "AWS::Lambda::EventSourceMapping": Kind(
        noun="queue reader",
        loss="nobody reads the queue, and alarms reach nobody through it",
        removal_is_danger=True,
        rules={"Enabled": _reads},
    ),
    "AWS::Lambda::Function": Kind(
        noun="function",
        name="FunctionName",
        loss="alarms reach nobody through it",
        removal_is_danger=True,
        rules={
            "Code": _code,
            _CONCURRENCY: _concurrency,
            _ENV: _environment,
            "KmsKeyArn": encryption("KmsKeyArn", "settings"),
        },
    ),
    "AWS::Lambda::EventInvokeConfig": Kind(
        noun="rule for failed runs",
        loss="a run by the clock that fails is noticed by nobody",
        removal_is_danger=True,
    ),
    "AWS::Scheduler::Schedule": Kind(
        noun="schedule",
        name="Name",
        loss="what it ran is not run any more",
        removal_is_danger=True,
        rules={
            "ScheduleExpression": swaps("ScheduleExpression", "runs at other times"),
            "ScheduleExpressionTimezone": swaps(
                "ScheduleExpressionTimezone", "runs by another time zone"
            ),
            "State": _clock,
        },
    ),
    "AWS::Events::Rule": Kind(
        noun="event rule",
        name="Name",
        loss="alarms that it told reach nobody through it",
        removal_is_danger=True,
        rules={
            "EventPattern": swaps("EventPattern", "takes other events", danger=True),
            "State": _events,
        },
    ),
    "AWS::DynamoDB::Table": Kind(
        noun="table",
        name="TableName",
        loss="digests forget what they told, and may tell it once more",
        rules={"SSESpecification": _table_key},
    ),
    "AWS::SecretsManager::Secret": Kind(
        noun="secret",
        name="Name",
        loss="the URL or token of a destination has to be put again",
        removal_is_danger=True,
        holds_data=True,
        rules={"KmsKeyId": encryption("KmsKeyId", "URLs and tokens")},
    ),
    "AWS::KMS::Key": Kind(
        noun="encryption key",
        loss="without it nothing that it encrypted can be read",
        removal_is_danger=True,
        holds_data=True,
        rules={
            "Enabled": _key_enabled,
            "EnableKeyRotation": _rotation,
            "KeyPolicy": document_rule("KeyPolicy"),
            "PendingWindowInDays": _Shorter(
                "PendingWindowInDays", "waits another time before it is deleted, in days"
            ),
        },
    ),
    "AWS::KMS::Alias": Kind(noun="key alias", name="AliasName"),
}
