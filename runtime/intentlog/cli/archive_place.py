"""Where an archive is asked: its table in Glue says how it is partitioned."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

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
# As crawlers and ALTER TABLE ADD PARTITION are mostly told to write a time.
_FORMS: Final = ("%Y/%m/%d/%H", "%Y-%m-%d-%H", "%Y/%m/%d", "%Y-%m-%d", "%Y%m%d", "%Y-%m", "%Y")
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
        typer.BadParameter: The name is none, or no time in a known form partitions the table.
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
    form = found.get("Parameters", {}).get(f"projection.{keys[0]}.format")
    if form is None:
        written = _form_of(_first_partition(glue, database, table), f"--archive {name}: {keys[0]}")
    else:
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


def _first_partition(glue: Any, database: str, table: str) -> str:
    """Return the value of a partition that somebody, or a crawler, has added; empty if none."""
    partitions = glue.get_partitions(DatabaseName=database, TableName=table, MaxResults=1)
    return next((str(each["Values"][0]) for each in partitions["Partitions"]), "")


def _form_of(value: str, where: str) -> str:
    """Return how the time of a partition is written.

    Raises:
        typer.BadParameter: In none of the known forms.
    """
    for form in _FORMS:
        with suppress(ValueError):
            if f"{datetime.strptime(value, form):{form}}" == value:  # noqa: DTZ007 -- a form alone
                return form
    shown = f'"{value}" is no time in a known form' if value else "it has no partition yet"
    raise typer.BadParameter(
        f"{where}: {shown}; say how it is written in the table's parameter projection."
        f"{where.rpartition(' ')[2]}.format, as yyyy-MM-dd"
    )
