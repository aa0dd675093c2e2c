"""Answers Logs Insights queries over the stored events, with the project's own engine.

MiniStack answers a few queries and skips what it does not know of the others: wrong rows, silently.
"""

# ruff: noqa: SLF001 - MiniStack's store of events and queries is private

import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs

from intentlog.query.local import answer
from intentlog.query.parse import parse
from intentlog.query.plan import plan
from intentlog.query.problems import QueryError
from intentlog.query.reading import found_in, member, quoted
from intentlog.query.relational import SYSTEM_COLUMNS, Relation, Scan
from intentlog.query.table import Row
from sandbox.server import ACCOUNT

_MOST_ROWS = 10_000
# The columns that the events are written with, named as `SYSTEM_COLUMNS` names them.
_COLUMNS = (
    "{time: 'BIGINT', ingested: 'BIGINT', text: 'VARCHAR', stream: 'VARCHAR', "
    "log: 'VARCHAR', ptr: 'VARCHAR'}"
)


def _start(data: dict[str, Any]) -> Any:
    """Answer StartQuery: the query is complete before its id is told."""
    text = data["queryString"]
    start, end = int(data["startTime"]), int(data["endTime"])
    try:
        relation = plan(parse(text), start=start * 1000, end=end * 1000 + 999, pointers=True)
    except QueryError as error:
        return _malformed(error)
    groups = relation.scan.groups or tuple(map(_name, _asked(data)))
    for group in groups:
        if group not in cloudwatch_logs._log_groups:
            raise LookupError(f"The specified log group does not exist: {group}")
    with tempfile.TemporaryDirectory() as directory:
        stored = partial(_stored, file=Path(directory, "events.jsonl"), groups=groups)
        rows, *_ = answer(relation, stored, Path(directory))
    query_id = str(uuid.uuid4())
    cloudwatch_logs._queries[query_id] = {
        "queryId": query_id,
        "queryString": text,
        "logGroupNames": list(groups),
        "startTime": start,
        "endTime": end,
        "status": "Complete",
        "results": [_cells(relation, row) for row in rows[: data.get("limit", _MOST_ROWS)]],
        "statistics": _statistics(groups, start, end),
    }
    return responses.json_response({"queryId": query_id})


def _asked(data: dict[str, Any]) -> list[str]:
    named = data.get("logGroupNames") or data.get("logGroupIdentifiers")
    return list(named or [data["logGroupName"]])


def _name(identifier: str) -> str:
    return identifier.rpartition(":log-group:")[2].removesuffix(":*")


def _events(groups: Iterable[str]) -> Iterator[dict[str, Any]]:
    for group in groups:
        for stream, stored in list(cloudwatch_logs._log_groups[group]["streams"].items()):
            for event in list(stored["events"]):
                yield {
                    "time": event["timestamp"],
                    "ingested": event["ingestionTime"],
                    "text": event["message"],
                    "stream": stream,
                    "log": f"{ACCOUNT}:{group}",
                    "ptr": event["eventId"],
                }


def _stored(scan: Scan, *, file: Path, groups: Sequence[str]) -> str:
    """Return the SELECT of a scan's events, written to a file."""
    file = file.with_name(f"{scan.table}.jsonl")
    with file.open("w") as lines:
        lines.writelines(json.dumps(event) + "\n" for event in _events(scan.groups or groups))
    columns = [f"{member(at)} AS {scan.column(key)}" for at, key in enumerate(scan.keys)]
    columns += [f"{SYSTEM_COLUMNS[name][0]} AS {scan.column(name)}" for name in scan.system]
    source = f"read_json({quoted(str(file))}, format = 'newline_delimited', columns = {_COLUMNS})"
    found = found_in("CASE WHEN json_valid(text) THEN text END", scan.keys)
    return (
        f"SELECT {', '.join(columns) or '1'} FROM (SELECT *, {found} AS found FROM {source})"  # noqa: S608
        f" WHERE time BETWEEN {scan.start} AND {scan.end}"
    )


def _cells(relation: Relation, row: Row) -> list[dict[str, str]]:
    """Return a row as CloudWatch does: without the cells that it has not."""
    return [
        {"field": column, "value": cell}
        for column, cell in zip(relation.columns, row, strict=True)
        if cell is not None
    ]


def _statistics(groups: Iterable[str], start: int, end: int) -> dict[str, float]:
    scanned = [event for event in _events(groups) if start <= event["time"] // 1000 <= end]
    read = sum(len(event["text"].encode()) for event in scanned)
    return {"recordsScanned": float(len(scanned)), "bytesScanned": float(read)}


def _malformed(error: QueryError) -> Any:
    """Answer with the first problem and where it is."""
    begin, end = error.problems[0].at
    location = {"startCharOffset": begin, "endCharOffset": end}
    body = {
        "__type": "MalformedQueryException",
        "message": error.problems[0].message,
        "queryCompileError": {"message": error.problems[0].message, "location": location},
    }
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {"StartQuery": _start}
