"""Runs a query in CloudWatch Logs: StartQuery, GetQueryResults, StopQuery.

Source of the limits: the API reference of StartQuery and the page "CloudWatch Logs quotas".
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from intentlog.contract.problem import unknown
from intentlog.errors import BackendError

from .plan import plan
from .problems import Problem, QueryError
from .table import Statistics, Table
from .tree import Display, Fields, Filter, Json, Limit, Lookup, Name, Parse, Sort, Source
from .waiting import waits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .tree import Query

_Window: TypeAlias = tuple[int, int]  # seconds since 1970
_Cells: TypeAlias = dict[str, str]

MOST_ROWS: Final = 10_000
"""Rows of one answer, at most; there are no further pages."""

BUSY: Final = "Busy"
"""The status while CloudWatch takes no question, and is asked again."""

_MOST_GROUPS: Final = 50
_GROUPS_LOOKED_AT: Final = 1000
_PATIENCE: Final = 60.0
_BUSY: Final = {
    "LimitExceededException": "as many queries run as the account may have: ask again when those "
    "of others, of dashboards too, have ended",
    "ServiceUnavailableException": "ask again later",
    "ThrottlingException": "ask again later; dashboards that refresh ask, too",
}
_ADVICE: Final = {
    "Timeout": ": ask for a shorter time",
    "Failed": "",
    "Cancelled": ": somebody stopped it",
}
_CUT_OFF: Final = (
    f"CloudWatch gives {MOST_ROWS:,} rows at most, and there may be more; a query whose rows are "
    "events in the order of time could be asked in parts"
)
_DENSE: Final = f"there are seconds with more than {MOST_ROWS:,} rows: some rows are missing"
_ROW_BY_ROW: Final = (Display, Fields, Filter, Json, Limit, Lookup, Parse, Sort, Source)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a query is.

    Attributes:
        status: CloudWatch's word for it, such as ``Running``; or ``BUSY``.
        statistics: What was scanned so far, in all time windows.
        windows: How many time windows are answered.
    """

    status: str
    statistics: Statistics
    windows: int


def run(
    query: Query,
    groups: Sequence[str],
    client: Any,
    *,
    start: int,
    end: int,
    limit: int = MOST_ROWS,
    pointers: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Table:
    """Answer a query from log groups.

    More than 10,000 rows are asked for in ever smaller time windows; that works for queries whose
    rows are events in the order of time, and a note says where it does not.

    Args:
        query: The query. Where it says ``SOURCE``, ``groups`` do not count.
        groups: The names of log groups.
        client: A boto3 client of CloudWatch Logs.
        start: The first moment, in milliseconds since 1970; CloudWatch knows seconds.
        end: The last one.
        limit: How many rows are wanted, where the query itself does not say.
        pointers: Whether rows that are events end with ``@ptr``; CloudWatch always tells it.
        progress: Is told how far it is, about once a second.

    Raises:
        QueryError: CloudWatch cannot read the query.
        BackendError: A group is not there, access is refused, or the query fails. Ctrl-C stops
            the query in CloudWatch, too, and goes on as ``KeyboardInterrupt``.
    """
    if len(groups) > _MOST_GROUPS:
        raise BackendError(f"{len(groups)} log groups: one query asks {_MOST_GROUPS} at most")
    wanted = min(_limits(query), default=limit)
    asking = _Asking(query, groups, client, min(wanted, MOST_ROWS), progress)
    window = (start // 1000, end // 1000)
    rows = asking.rows(window)
    notes = []
    if len(rows) == MOST_ROWS < wanted:
        if (descending := _descending(query)) is None:
            notes.append(_CUT_OFF)
        else:
            rows, complete = _in_parts(asking, window, rows, wanted, descending=descending)
            notes += [] if complete else [_DENSE]
    columns = _columns(query, rows, pointers=pointers)
    cells = [tuple(row.get(column) for column in columns) for row in rows]
    return Table(columns, cells, asking.statistics, tuple(notes))


class _Asking:
    """Asks one query again and again, for different times."""

    def __init__(
        self,
        query: Query,
        groups: Sequence[str],
        client: Any,
        most: int,
        progress: Callable[[Progress], None],
    ) -> None:
        self.statistics = Statistics(matched=0, scanned=0, bytes_scanned=0)
        self._query = query
        self._client = client
        self._request = {"queryString": query.text, "limit": most}
        if not any(isinstance(command, Source) for command in query.commands):
            self._request["logGroupNames"] = list(groups)
        self._groups = groups
        self._progress = progress
        self._windows = 0

    def rows(self, window: _Window) -> list[_Cells]:
        """Return the rows of a time window, both of whose seconds belong to it."""
        request = self._request | {"startTime": window[0], "endTime": window[1]}
        query_id = self._call("start_query", **request)["queryId"]
        try:
            answer = self._wait_for(query_id)
        except BaseException:
            self._stop(query_id)
            raise
        self._windows += 1
        self.statistics = self._so_far(answer)
        return [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]

    def _wait_for(self, query_id: str) -> dict[str, Any]:
        for wait in waits():
            answer: dict[str, Any] = self._call("get_query_results", queryId=query_id)
            status = answer["status"]
            self._progress(Progress(status, self._so_far(answer), self._windows))
            if status == "Complete":
                return answer
            if status not in {"Scheduled", "Running"}:
                raise BackendError(
                    f"CloudWatch: the query ended as {status}{_ADVICE.get(status, '')}"
                )
            time.sleep(wait)
        raise AssertionError  # it waits for ever: CloudWatch ends a query after an hour

    def _so_far(self, answer: dict[str, Any]) -> Statistics:
        told = answer.get("statistics", {})
        before = self.statistics
        return Statistics(
            matched=(before.matched or 0) + int(told.get("recordsMatched", 0)),
            scanned=(before.scanned or 0) + int(told.get("recordsScanned", 0)),
            bytes_scanned=(before.bytes_scanned or 0) + int(told.get("bytesScanned", 0)),
        )

    def _stop(self, query_id: str) -> None:
        with suppress(Exception):  # it may just have ended; why it is stopped is what is told
            self._client.stop_query(queryId=query_id)

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call CloudWatch, and wait while it is busy."""
        patience = time.monotonic() + _PATIENCE
        for wait in waits():
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(**request)
            except self._client.exceptions.ClientError as error:
                if _code(error) not in _BUSY:
                    raise self._explained(error) from error
                if time.monotonic() > patience:
                    raise self._given_up(error) from error
                self._progress(Progress(BUSY, self.statistics, self._windows))
                time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret
            else:
                return answer
        raise AssertionError  # it returns or raises

    def _given_up(self, error: Any) -> BackendError:
        code = _code(error)
        since = f"CloudWatch has been busy for {_PATIENCE:.0f} s"
        return BackendError(f"{since} ({code}): {_BUSY[code]}")

    def _explained(self, error: Any) -> Exception:
        match _code(error):
            case "MalformedQueryException":
                return _malformed(self._query, error)
            case "ResourceNotFoundException":
                return BackendError(f"CloudWatch: {self._missing_groups() or error}")
            case _:
                return BackendError(f"CloudWatch: {error}")

    def _missing_groups(self) -> str:
        """Say which group is not there, and which was probably meant."""
        pages = self._client.get_paginator("describe_log_groups").paginate(
            PaginationConfig={"MaxItems": _GROUPS_LOOKED_AT}
        )
        there = [group["logGroupName"] for page in pages for group in page["logGroups"]]
        missing = [group for group in self._groups if group not in there]
        return "; ".join(unknown("log group", group, there) for group in missing)


def _in_parts(
    asking: _Asking, window: _Window, cut: list[_Cells], wanted: int, *, descending: bool
) -> tuple[list[_Cells], bool]:
    """Return the first rows of a window that has too many for one answer.

    Args:
        asking: The query.
        window: The time.
        cut: The answer that was cut off.
        wanted: How many rows are wanted.
        descending: Whether the latest come first.

    Returns:
        The rows, and whether none that was wanted is missing.
    """
    found: dict[str, _Cells] = {}
    complete = True
    for rows in _parts(asking, window, cut, descending=descending):
        complete = complete and len(rows) < MOST_ROWS
        found.update({row["@ptr"]: row for row in rows})
        if len(found) >= wanted:
            break
    return list(found.values())[:wanted], complete


def _parts(
    asking: _Asking, window: _Window, rows: list[_Cells], *, descending: bool
) -> Iterator[list[_Cells]]:
    """Yield answers in the order of time, whole ones as far as seconds allow."""
    first, last = window
    if len(rows) < MOST_ROWS or first == last:
        yield rows
        return
    middle = (first + last) // 2
    # The middle second is in both: whether an end includes its whole second is not documented.
    halves = [(first, middle), (middle if last - first > 1 else last, last)]
    for half in reversed(halves) if descending else halves:
        yield from _parts(asking, half, asking.rows(half), descending=descending)


def _limits(query: Query) -> Iterator[int]:
    return (command.count for command in query.commands if isinstance(command, Limit))


def _descending(query: Query) -> bool | None:
    """Tell whether the latest rows come first; None if rows are not events in order of time."""
    if not all(isinstance(command, _ROW_BY_ROW) for command in query.commands):
        return None
    if any(isinstance(command, Parse) and command.multi for command in query.commands):
        return None
    sorts = [command for command in query.commands if isinstance(command, Sort)]
    if not sorts:
        return True
    key = sorts[-1].keys[0]
    return key.descending if key.expression == Name("@timestamp") else None


def _columns(query: Query, rows: list[_Cells], *, pointers: bool) -> tuple[str, ...]:
    """Return what the query shows; a column without any value is not in CloudWatch's answer."""
    try:
        return plan(query, pointers=pointers).columns
    except QueryError:  # it runs in CloudWatch only
        names = dict.fromkeys(name for row in rows for name in row)
        return tuple(name for name in names if pointers or name != "@ptr")


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def _malformed(query: Query, error: Any) -> QueryError:
    """Return CloudWatch's complaint, with the place that it names underlined."""
    location = error.response.get("queryCompileError", {}).get("location", {})
    begin = int(location.get("startCharOffset", 0))
    end = int(location.get("endCharOffset", begin))
    reason = error.response["Error"].get("Message") or "it is malformed"
    return QueryError([Problem(f"CloudWatch: {reason}", "", query.text, (begin, end))])
