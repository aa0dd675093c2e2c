"""Where the archive's lines are in its bucket, and how Athena finds them there.

A line is stored as it arrived, one a line of a gzipped file, below the day of its arrival. The
table has it whole, in its column ``message``: so that no line is lost to a schema that changed.
"""

from typing import Final

from intentlog.contract import archive_table

ARCHIVE_COLUMN: Final = "message"
"""The column that has a line."""

ARCHIVE_PARTITION: Final = "day"
"""The column of the partitions: the day on which lines arrived, UTC."""

ARCHIVE_PARTITION_FORMAT: Final = "%Y-%m-%d"
"""How the days are written, for ``datetime.strftime``."""


def archive_prefix(stream: str) -> str:
    """Return the folder of a stream's lines in the bucket."""
    return f"lines/{archive_table(stream)}/"


def firehose_prefix(stream: str) -> str:
    """Return the folder that Firehose puts lines into, by the day of their arrival."""
    return f"{archive_prefix(stream)}{ARCHIVE_PARTITION}=!{{timestamp:yyyy-MM-dd}}/"


def firehose_error_prefix(stream: str) -> str:
    """Return the folder for what Firehose could not take apart, which no table reads."""
    day = f"{ARCHIVE_PARTITION}=!{{timestamp:yyyy-MM-dd}}"
    return f"errors/{archive_table(stream)}/!{{firehose:error-output-type}}/{day}/"


def partition_projection(location: str, days: int) -> dict[str, str]:
    """Return the table's parameters: the partitions are reckoned, so nobody has to add them.

    Args:
        location: Where the stream's lines are, as ``s3://bucket/lines/app/``.
        days: How long a line is kept.
    """
    column = f"projection.{ARCHIVE_PARTITION}"
    return {
        "projection.enabled": "true",
        f"{column}.type": "date",
        f"{column}.format": "yyyy-MM-dd",
        # Lines of the day that is expiring, and a clock that is ahead.
        f"{column}.range": f"NOW-{days + 1}DAYS,NOW+1DAYS",
        f"{column}.interval": "1",
        f"{column}.interval.unit": "DAYS",
        "storage.location.template": (f"{location}{ARCHIVE_PARTITION}=${{{ARCHIVE_PARTITION}}}"),
    }
