"""What a contract's archive promises: its lines arrive, for as long, locked, and can be asked."""

from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping, number
from intentlog.contract import Archived, Contract, archive_days, archived_streams
from intentlog.render import archive_database, archive_table, where_pattern

from .archives import Way, folder, ways
from .finding import Finding, error
from .log_groups import group_name

_DAYS_A_YEAR = 365


def archive_promises(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check each archived stream of each contract that has stacks here."""
    found = ways(resolver)
    for contract in contracts:
        stacks = resolver.assembly.templates
        own = [stack for stack in stacks if stack.startswith(f"{contract.service}-")]
        for archived in archived_streams(contract) if own else ():
            way = next((way for way in found if _is_of(resolver, way, archived)), None)
            if way is None:
                pattern = where_pattern(archived.where) or "all lines"
                yield Finding(
                    rule="archive",
                    severity="error",
                    resource=f"{contract.service}: archive.{archived.stream}",
                    message=f"no subscription filter sends {pattern} of {archived.log_group} to "
                    "Firehose; make it of the contract, as LogArchive does",
                    stack=own[0],
                )
            else:
                yield from _kept(contract, way.bucket)
                yield from _asked(resolver, contract, archived, way)


def _is_of(resolver: Resolver, way: Way, archived: Archived) -> bool:
    given, stack = way.subscription.properties, way.subscription.stack
    group = group_name(resolver.text(stack, given.get("LogGroupName")))
    pattern = resolver.text(stack, given.get("FilterPattern", ""))
    return group == archived.log_group and (
        pattern == where_pattern(archived.where) or is_open(pattern)
    )


def _kept(contract: Contract, bucket: Resource | None) -> Iterator[Finding]:
    if bucket is None or contract.archive is None:
        return
    days = archive_days(contract)
    kept = _expiry(bucket)
    if kept != days:
        actual = "for ever" if kept is None else f"{kept:g} days"
        message = f"it keeps a line {actual}; the contract of {contract.service} says {days} days"
        yield error("archive-retention", bucket, f"{message}; set ExpirationInDays to that")
    goes = bucket.attributes.get("DeletionPolicy") == "Delete"
    if contract.archive.immutable and not goes and _locked(bucket) < days:
        message = f"a line can be changed or deleted within {days} days: it is not locked for them"
        yield error("archive-retention", bucket, f"{message}; lock it in COMPLIANCE mode")


def _expiry(bucket: Resource) -> float | None:
    """Return after how many days the first rule deletes an object; None for never."""
    rules = listed(mapping(bucket.properties.get("LifecycleConfiguration")).get("Rules"))
    days = [
        number(mapping(rule).get("ExpirationInDays"))
        for rule in rules
        if mapping(rule).get("Status") == "Enabled"
    ]
    return min((each for each in days if each is not None), default=None)


def _locked(bucket: Resource) -> float:
    """Return for how many days nobody can delete an object."""
    rule = mapping(mapping(bucket.properties.get("ObjectLockConfiguration")).get("Rule"))
    retention = mapping(rule.get("DefaultRetention"))
    if retention.get("Mode") != "COMPLIANCE" or not bucket.properties.get("ObjectLockEnabled"):
        return 0
    years = number(retention.get("Years"))
    return number(retention.get("Days")) or (years or 0) * _DAYS_A_YEAR


def _asked(
    resolver: Resolver, contract: Contract, archived: Archived, way: Way
) -> Iterator[Finding]:
    if way.bucket is None:
        return
    written = f"s3://{resolver.name(way.bucket)}/{folder(resolver, way)}"
    database, name = archive_database(contract), archive_table(archived.stream)
    for table in resolver.of_type("AWS::Glue::Table"):
        given = mapping(table.properties.get("TableInput"))
        read = resolver.text(
            table.stack, mapping(given.get("StorageDescriptor")).get("Location", "")
        )
        if resolver.text(table.stack, given.get("Name", "")) == name and read == written:
            return
    message = f"no table {database}.{name} reads what it writes, below {written}"
    yield error("archive-table", way.stream, f"{message}; add one, as LogArchive does")
