"""Runs a query over the archive, with Athena: only the partitions of its time, at a known price.

Sources: the API references of Athena and Glue, and the page "Amazon Athena pricing".
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlparse

from intentlog.errors import BackendError, IntentlogError

from .plan import plan
from .refused_regex import check_for_archive
from .table import Row, Statistics, Table
from .trino_sql import approximations, trino_sql
from .waiting import waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .relational import Relation
    from .tree import Query
    from .trino_sql import Archive

_LEAST_BYTES: Final = 10 * 2**20
DOLLARS_A_TERABYTE: Final = 5.0
"""What a terabyte (2**40) that is scanned costs, in most regions; 10 MB are paid at least."""


class DeclinedError(IntentlogError):
    """Whoever asked did not want to pay for the answer."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer will cost at most.

    Attributes:
        scanned: Bytes of the partitions that are read.
        dollars: What they cost.
    """

    scanned: int
    dollars: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the archive is asked.

    Attributes:
        archive: The table.
        athena: A boto3 client of Athena.
        glue: One of Glue, which knows where the table's files are.
        s3: One of S3, which knows how large they are.
        workgroup: The workgroup, which says where answers are kept.
        price: Dollars a terabyte.
    """

    archive: Archive
    athena: Any
    glue: Any
    s3: Any
    workgroup: str = "primary"
    price: float = DOLLARS_A_TERABYTE


def run(
    query: Query,
    place: Place,
    *,
    start: int,
    end: int,
    pointers: bool = False,
    agree: Callable[[Cost], bool],
    progress: Callable[[str], None] = lambda _: None,
) -> Table:
    """Answer a query from the archive.

    Args:
        query: The query.
        place: Where it is asked.
        start: The first moment, in milliseconds since 1970.
        end: The last one.
        pointers: Whether rows that are events end with ``@ptr``, as CloudWatch's do.
        agree: Is told the cost before anything is run; False ends it there.
        progress: Is told the state, ``QUEUED`` or ``RUNNING``, about once a second.

    Raises:
        QueryError: The query runs in CloudWatch only, or a regular expression in files only.
        DeclinedError: ``agree`` said no.
        BackendError: Athena, Glue or S3 failed or refused. Ctrl-C stops the query in Athena, too.
    """
    check_for_archive(query)
    relation = plan(query, start=start, end=end, pointers=pointers)
    sql = trino_sql(relation, place.archive)
    try:
        if not agree(cost(place, start=start, end=end)):
            raise DeclinedError("nothing was asked of the archive, and nothing is paid")
        return _answer(relation, sql, place, progress)
    except place.athena.exceptions.ClientError as error:
        raise BackendError(f"the archive: {error}") from error


def cost(place: Place, *, start: int, end: int) -> Cost:
    """Return what reading the partitions of a time costs: the size of their files.

    Raises:
        BackendError: The table or its bucket is not there, or may not be read.
    """
    first, last = place.archive.partitions(start, end)
    try:
        database, table = place.archive.table
        found = place.glue.get_table(DatabaseName=database, Name=table)["Table"]
        location = urlparse(found["StorageDescriptor"]["Location"])
        prefix = location.path.strip("/") + "/"
        size = sum(_sizes(place, location.netloc, prefix, first, last))
    except place.athena.exceptions.ClientError as error:
        raise BackendError(f"the archive: {error}") from error
    paid = max(size, _LEAST_BYTES)
    return Cost(size, paid / 2**40 * place.price)


def _sizes(place: Place, bucket: str, prefix: str, first: str, last: str) -> Iterator[int]:
    """Yield the sizes of the files between two partitions; S3 lists keys in order."""
    hive = f"{place.archive.partition}="
    pages = place.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for each in page.get("Contents", ()):
            partition = each["Key"][len(prefix) :].removeprefix(hive)
            if partition[: len(last)] > last:
                return
            if partition[: len(first)] >= first:
                yield each["Size"]


def _answer(relation: Relation, sql: str, place: Place, progress: Callable[[str], None]) -> Table:
    database = place.archive.table[0]
    execution = place.athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        WorkGroup=place.workgroup,
    )["QueryExecutionId"]
    try:
        scanned = _wait_for(execution, place, progress)
    except BaseException:
        with suppress(place.athena.exceptions.ClientError):  # it may just have ended
            place.athena.stop_query_execution(QueryExecutionId=execution)
        raise
    rows = list(_rows(execution, place))
    notes = (*relation.notes, *approximations(relation))
    return Table(relation.columns, rows, Statistics(bytes_scanned=scanned), notes)


def _wait_for(execution: str, place: Place, progress: Callable[[str], None]) -> int:
    """Wait for the end; return how many bytes were scanned."""
    for wait in waits():
        told = place.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
        status = told["Status"]
        progress(status["State"])
        if status["State"] == "SUCCEEDED":
            return int(told["Statistics"].get("DataScannedInBytes", 0))
        if status["State"] in {"FAILED", "CANCELLED"}:
            reason = status.get("StateChangeReason", "no reason is told")
            raise BackendError(f"Athena: the query ended as {status['State']}: {reason}")
        time.sleep(wait)
    raise AssertionError  # it waits for ever: Athena ends a query after 30 minutes


def _rows(execution: str, place: Place) -> Iterator[Row]:
    """Yield the rows; the first one that Athena gives has the names of the columns."""
    pages = place.athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
    for number, page in enumerate(pages):
        for row in page["ResultSet"]["Rows"][number == 0 :]:
            yield tuple(cell.get("VarCharValue") for cell in row["Data"])
