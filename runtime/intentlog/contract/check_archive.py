"""Checks of the audit trail and of the archive."""

from collections import Counter
from collections.abc import Iterator

from . import aws_limits
from .archived import archive_days, archive_table, archived_streams
from .fields import expression_problems
from .keeping import Archive
from .model import Contract
from .problem import Problem, join, unknown


def check_audit(contract: Contract) -> Iterator[Problem]:
    """Check that the trail is a stream."""
    if contract.audit is not None and contract.audit.stream not in contract.streams:
        stream = contract.audit.stream
        what = unknown("stream", stream, contract.streams)
        yield Problem("audit.stream", what, (join("streams", stream),))


def check_archive(contract: Contract) -> Iterator[Problem]:
    """Check that what is archived arrives somewhere, and is kept for as long as it must be."""
    archive = contract.archive
    if archive is None:
        return
    yield from _names(contract, archive)
    yield from _sources(contract)
    yield from _tables(contract)
    yield from _days(contract, archive)


def _names(contract: Contract, archive: Archive) -> Iterator[Problem]:
    for index, name in enumerate(archive.streams):
        at = join("archive.streams", index)
        if name not in contract.streams:
            yield Problem(at, unknown("stream", name, contract.streams), (join("streams", name),))
        elif name in archive.streams[:index]:
            yield Problem(at, f'"{name}" stands there twice')
    if not contract.log_groups:
        what = "no stream has a log_group, so no line arrives that could be kept"
        yield Problem("archive", what, ("streams",))


def _sources(contract: Contract) -> Iterator[Problem]:
    """Check that each stream's lines can be passed on from a log group."""
    found = archived_streams(contract)
    if not contract.log_groups:
        return
    classes = {table.log_group: table.log_class for table in contract.streams.values()}
    for stream, group, where in found:
        at = join("streams", stream)
        if group is None:
            yield Problem(
                f"{at}.log_group",
                "the archive takes lines from a log group; give it one, or one to a stream without "
                "`where`, which has all lines",
                ("archive",),
            )
        elif classes[group] != "standard":
            what = f'"{group}" is of infrequent access, which passes no lines on to an archive'
            yield Problem(f"{at}.log_group", what, ("archive",))
        yield from expression_problems(contract, f"{at}.where", where, as_pattern=True)
    most = aws_limits.SUBSCRIPTIONS_PER_GROUP
    for group, count in Counter(each.log_group for each in found).items():
        if group is not None and count > most:
            what = f'log group "{group}" passes lines on {count} times; CloudWatch allows {most}'
            yield Problem("archive.streams", what, ("streams",))


def _tables(contract: Contract) -> Iterator[Problem]:
    """Check that no two streams have one table."""
    owner: dict[str, str] = {}
    for stream, _, _ in archived_streams(contract):
        table = archive_table(stream)
        if table in owner:
            what = f'its table in the archive would be "{table}", as that of "{owner[table]}" is'
            yield Problem(join("streams", stream), what, ("archive",))
        owner.setdefault(table, stream)


def _days(contract: Contract, archive: Archive) -> Iterator[Problem]:
    days, audit = archive_days(contract), contract.audit
    kept = {each.stream for each in archived_streams(contract)}
    if audit and audit.stream in kept and days < audit.retention_days:
        what = f"{days} days are less than the audit's {audit.retention_days}"
        yield Problem("archive.retention_days", what, ("audit.retention_days",))
    if archive.glacier_after_days >= days:
        what = f"after {archive.glacier_after_days} days nothing is left of what is kept for {days}"
        yield Problem("archive.glacier_after_days", what, ("archive.retention_days",))
