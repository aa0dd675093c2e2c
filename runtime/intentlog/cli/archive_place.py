"""Where an archive is asked: its table in Glue says how it is partitioned."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import typer

from intentlog.errors import BackendError
from intentlog.query import Archive
from intentlog.query.athena import Place

if TYPE_CHECKING:
    from intentlog.contract import Record

    from .account import Chosen

# What arrives later than that after its event, as after an outage, is not found.
_HOURS_LATE: Final = timedelta(hours=2)
_DAYS_LATE: Final = timedelta(days=1)
# Partition projection writes times as Java's DateTimeFormatter does (Athena user guide).
_JAVA: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "'": ""}


def archive_place(chosen: Chosen, name: str, workgroup: str, record: Record) -> Place:
    """Return the archive and how it is asked.

    Args:
        chosen: Makes clients of AWS.
        name: The table, as ``DATABASE.TABLE``.
        workgroup: Athena's workgroup.
        record: What a line is.

    Raises:
        typer.BadParameter: The name is none, or no time partitions the table.
        BackendError: There is no such table, or it may not be read.
    """
    database, dot, table = name.partition(".")
    if not dot:
        raise typer.BadParameter(f'--archive: "{name}" is no DATABASE.TABLE')
    glue = chosen.client("glue")
    try:
        found = glue.get_table(DatabaseName=database, Name=table)["Table"]
    except glue.exceptions.ClientError as error:
        raise BackendError(f"--archive {name}: {error}") from error
    keys = [key["Name"] for key in found.get("PartitionKeys", ())]
    if not keys:
        raise typer.BadParameter(
            f"--archive {name}: it has no partition: a question would read all"
        )
    form = found.get("Parameters", {}).get(f"projection.{keys[0]}.format", "yyyy/MM/dd/HH")
    written = re.sub("|".join(_JAVA), lambda part: _JAVA[part[0]], form)
    return Place(
        archive=Archive(
            (database, table),
            timestamp=record.name_of("timestamp"),
            partition=keys[0],
            partition_format=written,
            lateness=_HOURS_LATE if "%H" in written else _DAYS_LATE,
        ),
        athena=chosen.client("athena"),
        glue=glue,
        s3=chosen.client("s3"),
        workgroup=workgroup,
    )
