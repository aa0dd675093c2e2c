"""What of a contract is archived: which lines of which log groups, and for how long."""

from typing import Final, NamedTuple

from .model import Contract

_THREE_YEARS: Final = 1096


class Archived(NamedTuple):
    """A stream that is archived.

    Attributes:
        stream: Its name.
        log_group: The log group that has its lines; None if there is none.
        where: Which lines of the log group are the stream's; empty for all.
    """

    stream: str
    log_group: str | None
    where: str


def archived_streams(contract: Contract) -> list[Archived]:
    """Return the streams that are archived; none without ``[archive]``.

    The lines of a stream that is not delivered itself come from a stream that has every line.
    """
    if contract.archive is None:
        return []
    names = dict.fromkeys(contract.archive.streams or _by_default(contract))
    groups, streams = contract.log_groups, contract.streams
    everything = next((groups[name] for name in groups if not streams[name].where), None)
    return [
        Archived(name, groups[name], "")
        if name in groups
        else Archived(name, everything, streams[name].where)
        for name in names
        if name in streams
    ]


def archive_table(stream: str) -> str:
    """Return the name of the table of a stream's lines: Athena knows no case and no hyphens."""
    return stream.lower().replace("-", "_")


def archive_days(contract: Contract) -> int:
    """Return for how many days the archive keeps a line."""
    if contract.archive is not None and contract.archive.retention_days is not None:
        return contract.archive.retention_days
    return contract.audit.retention_days if contract.audit else _THREE_YEARS


def _by_default(contract: Contract) -> tuple[str, ...]:
    return (contract.audit.stream,) if contract.audit else tuple(contract.log_groups)
