"""Changes of the archive: what is kept shorter, unlocked or no longer delivered is dangerous."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from intentlog.assembly.values import mapping, number
from intentlog.assembly.words import code, codes, from_to, tables, text

from .kinds import Finding, Kind, Pair, swaps


def _lifecycle(pair: Pair) -> Iterator[Finding]:
    was, now = (_expiry(value) for value in (pair.was(_LIFECYCLE), pair.now(_LIFECYCLE)))
    words = from_to(*("for ever" if days is None else f"{days:g} days" for days in (was, now)))
    if was != now and now is not None and (was is None or now < was):
        yield Finding(f"keeps what it holds shorter, {words}: what is older is deleted", True)
    elif was != now:
        yield Finding(f"keeps what it holds longer, {words}: more is stored and paid for")
    else:
        yield Finding("moves what it holds to other storage, or at another time")


def _expiry(lifecycle: object) -> float | None:
    rules = tables(mapping(lifecycle).get("Rules"))
    days = (
        number(rule.get("ExpirationInDays")) for rule in rules if rule.get("Status") == "Enabled"
    )
    return min((each for each in days if each is not None), default=None)


def _lock(pair: Pair) -> Iterator[Finding]:
    old, new = (_retention(value) for value in (pair.was(_LOCK), pair.now(_LOCK)))
    was, now = (number(one.get("Days")) or 0 for one in (old, new))
    words = from_to(*(_locked(one) for one in (old, new)))
    weaker = old.get("Mode") == "COMPLIANCE" and new.get("Mode") != "COMPLIANCE"
    if weaker or now < was:
        yield Finding(f"locks what arrives less, {words}: it can be deleted before its time", True)
    else:
        yield Finding(f"locks what arrives, {words}: nobody can take that back")


def _retention(lock: object) -> Mapping[str, Any]:
    return mapping(mapping(mapping(lock).get("Rule")).get("DefaultRetention"))


def _locked(retention: Mapping[str, Any]) -> str:
    if not retention:
        return "not at all"
    return f"{text(retention.get('Mode'))} for {text(retention.get('Days'))} days"


def _lockable(pair: Pair) -> Iterator[Finding]:
    if pair.now("ObjectLockEnabled"):
        yield Finding("can be locked from now on")
    else:
        yield Finding("can no longer be locked: what arrives can be deleted before its time", True)


def _versions(pair: Pair) -> Iterator[Finding]:
    if mapping(pair.now("VersioningConfiguration")).get("Status") == "Enabled":
        yield Finding("keeps older versions of what is overwritten or deleted")
    else:
        yield Finding("keeps no older versions: what is overwritten or deleted is lost", True)


def _public(pair: Pair) -> Iterator[Finding]:
    blocked = mapping(pair.now("PublicAccessBlockConfiguration"))
    open_to = [name for name in _BLOCKS if blocked.get(name) is not True]
    if open_to:
        yield Finding(f"may be made public: {codes(open_to)} is off", danger=True)
    else:
        yield Finding("cannot be made public any more")


def _encryption(pair: Pair) -> Iterator[Finding]:
    keys = [_key(pair.was("BucketEncryption")), _key(pair.now("BucketEncryption"))]
    if keys[0] and not keys[1]:
        said = "no longer encrypts what arrives with a key of the account: to read it takes no key"
        yield Finding(said, danger=True)
    elif keys[0] != keys[1]:
        yield Finding("encrypts what arrives with another key: what is there still needs the old")
    else:
        yield Finding("encrypts what arrives otherwise")


def _key(encryption: object) -> str:
    rules = tables(mapping(encryption).get("ServerSideEncryptionConfiguration"))
    found = (mapping(rule.get("ServerSideEncryptionByDefault")) for rule in rules)
    return next((text(rule["KMSMasterKeyID"]) for rule in found if "KMSMasterKeyID" in rule), "")


def _destination(pair: Pair) -> Iterator[Finding]:
    old, new = (mapping(value) for value in (pair.was(_DESTINATION), pair.now(_DESTINATION)))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            what, danger = _OF_DESTINATION.get(name, (f"changes {code(name)}", False))
            yield Finding(f"{what}, {from_to(old.get(name), new.get(name))}", danger)


_LIFECYCLE: Final = "LifecycleConfiguration"
_LOCK: Final = "ObjectLockConfiguration"
_DESTINATION: Final = "ExtendedS3DestinationConfiguration"
_BLOCKS: Final = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
_OF_DESTINATION: Final[Mapping[str, tuple[str, bool]]] = {
    "BucketARN": ("delivers to another bucket", True),
    "BufferingHints": ("gathers more or less before it delivers", False),
    "Prefix": ("delivers to another folder, which the table must read, too", True),
    "ProcessingConfiguration": ("unpacks otherwise", True),
    "RoleARN": ("writes as another role", False),
}
"""What it means that a part of the destination changed, and whether that is dangerous."""

ARCHIVE: Final[Mapping[str, Kind]] = {
    "AWS::S3::Bucket": Kind(
        noun="bucket",
        name="BucketName",
        loss="what is archived there cannot be counted on",
        removal_is_danger=True,
        holds_data=True,
        rules={
            "BucketEncryption": _encryption,
            _LIFECYCLE: _lifecycle,
            _LOCK: _lock,
            "ObjectLockEnabled": _lockable,
            "PublicAccessBlockConfiguration": _public,
            "VersioningConfiguration": _versions,
        },
    ),
    "AWS::KinesisFirehose::DeliveryStream": Kind(
        noun="delivery stream",
        name="DeliveryStreamName",
        loss="the archive gets no more lines",
        removal_is_danger=True,
        rules={
            _DESTINATION: _destination,
            "DeliveryStreamEncryptionConfigurationInput": swaps(
                "DeliveryStreamEncryptionConfigurationInput",
                "encrypts what is on its way with another key",
            ),
        },
    ),
    "AWS::Glue::Database": Kind(noun="database", loss="the archive cannot be asked"),
    "AWS::Glue::Table": Kind(
        noun="table",
        loss="the archive cannot be asked; its lines stay",
        rules={"TableInput": swaps("TableInput", "reads the archive otherwise")},
    ),
    "AWS::Athena::WorkGroup": Kind(
        noun="Athena workgroup",
        name="Name",
        loss="the archive cannot be asked in it",
        rules={
            "WorkGroupConfiguration": swaps("WorkGroupConfiguration", "answers otherwise"),
        },
    ),
    "AWS::Logs::LogStream": Kind(noun="log stream", name="LogStreamName"),
}
