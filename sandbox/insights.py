"""Logs Insights over JSON lines: filter, fields, stats, sort and limit, which MiniStack lacks.

A filter is evaluated as everywhere else in this project. What is not understood is refused as
malformed; MiniStack alone passes over it and answers something else.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs

from intentlog.expression import (
    ExpressionError,
    Token,
    compile_where,
    find,
    parse_where,
    tokenize,
)
from intentlog.expression.values import number_of, text_of

Row = dict[str, object]
Stage = Callable[[list[Row]], list[Row]]
Read = Callable[[Row], object]

_MOST_ROWS = 10_000


def start_query(data: dict[str, Any]) -> Any:
    """Answer StartQuery: the whole answer is there at once, for MiniStack's GetQueryResults."""
    groups = cloudwatch_logs._resolve_query_log_groups(data)
    if missing := [name for name in groups if name not in cloudwatch_logs._log_groups]:
        return responses.error_response_json(
            "ResourceNotFoundException", f"Log group '{missing[0]}' does not exist", 400
        )
    scanned = cloudwatch_logs._collect_query_records(groups, data["startTime"], data["endTime"])
    try:
        rows, matched = answer(data["queryString"], scanned)
    except ExpressionError as error:
        return responses.error_response_json("MalformedQueryException", str(error), 400)
    query_id = responses.new_uuid()
    cloudwatch_logs._queries[query_id] = {
        **{key: data[key] for key in ("startTime", "endTime", "queryString")},
        "queryId": query_id,
        "logGroupName": groups[0] if groups else "",
        "status": "Complete",
        "createTime": int(time.time() * 1000),
        "results": rows[: data.get("limit") or _MOST_ROWS],
        "statistics": {
            "recordsMatched": float(matched),
            "recordsScanned": float(len(scanned)),
            "bytesScanned": float(sum(len(record["@message"]) for record in scanned)),
        },
    }
    return responses.json_response({"queryId": query_id})


def answer(
    query: str, records: Iterable[Mapping[str, Any]]
) -> tuple[list[list[dict[str, str]]], int]:
    """Return a query's rows as GetQueryResults has them, and how many lines passed its filters.

    Raises:
        ExpressionError: The query has something that is not known here.
    """
    rows = [_line(record) for record in records]
    matched, shown = len(rows), ["@timestamp", "@message"]
    for words in _stages(query):
        command, *rest = words
        match command.word:
            case "filter" if rest:
                where = compile_where(parse_where(query[rest[0].position : rest[-1].end]))
                rows = [row for row in rows if where(row)]
                matched = len(rows)
            case "fields" | "display":
                reads = dict(_field(item, query) for item in _listed(rest))
                rows = [
                    {**row, **{name: read(row) for name, read in reads.items()}} for row in rows
                ]
                shown = list(reads)
            case "stats":
                rows, shown = _stats(rest, rows, query)
            case "sort" if rest:
                name, descending = str(rest[0].value), rest[-1].word == "desc"
                rows.sort(key=lambda row: _order(find(row, name)), reverse=descending)
            case "limit" if len(rest) == 1 and isinstance(rest[0].value, int):
                rows = rows[: rest[0].value]
            case _:
                raise _unknown(command, query)
    return [list(_cells(row, shown)) for row in rows], matched


def _line(record: Mapping[str, Any]) -> Row:
    """Return a line's own fields and those that Insights adds to it."""
    try:
        own = json.loads(record["@message"])
    except ValueError:
        own = None
    added = {name: value for name, value in record.items() if name.startswith("@")}
    return {**(own if isinstance(own, dict) else {}), **added}


def _stages(query: str) -> Iterator[list[Token]]:
    stage: list[Token] = []
    for token in tokenize(query):
        if token.text != "|":
            stage.append(token)
        elif stage:
            yield stage
            stage = []
    if stage:
        yield stage


def _listed(words: list[Token]) -> Iterator[list[Token]]:
    """Divide words at the commas that stand in no parentheses."""
    item: list[Token] = []
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if word.text == "," and not depth:
            yield item
            item = []
        else:
            item.append(word)
    yield item


def _field(item: list[Token], query: str) -> tuple[str, Read]:
    """Read ``path`` or ``substr(path, start, length)``, and what it is called."""
    item, alias = _named(item)
    path = str(item[0].value)
    if len(item) == 1:
        return alias or path, lambda row: find(row, path)
    match [token.value for token in item]:
        case ["substr", "(", str() as name, ",", int() as start, ",", int() as length, ")"]:
            return alias, lambda row: (text_of(find(row, name)) or "")[start:][:length] or None
    raise _unknown(item[0], query)


def _named(item: list[Token]) -> tuple[list[Token], str]:
    if len(item) > 2 and item[-2].word == "as":  # noqa: PLR2004 -- something, as, name
        return item[:-2], str(item[-1].value)
    return item, ""


def _stats(words: list[Token], rows: list[Row], query: str) -> tuple[list[Row], list[str]]:
    by = next((place for place, word in enumerate(words) if word.word == "by"), len(words))
    names = [str(item[0].value) for item in _listed(words[by + 1 :])] if words[by + 1 :] else []
    counts = dict(_aggregate(item, query) for item in _listed(words[:by]))
    groups: dict[tuple[str | None, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(text_of(find(row, name)) for name in names), []).append(row)
    made: list[Row] = [
        {
            **dict(zip(names, key, strict=True)),
            **{alias: of(members) for alias, of in counts.items()},
        }
        for key, members in groups.items()
    ]
    return made, [*names, *counts]


def _aggregate(item: list[Token], query: str) -> tuple[str, Callable[[list[Row]], object]]:
    """Read ``count(*)`` or a function of one field, and what it is called."""
    item, alias = _named(item)
    match [token.value for token in item]:
        case ["count", "(", "*", ")"]:
            return alias or "count(*)", len
        case [str() as function, "(", str() as name, ")"] if function in _AGGREGATES:
            made = _AGGREGATES[function]
            return alias or f"{function}({name})", lambda rows: made(
                [value for row in rows if text_of(value := find(row, name)) is not None]
            )
    raise _unknown(item[0], query)


# Rows come in the order of their times.
_AGGREGATES: dict[str, Callable[[list[Any]], object]] = {
    "count": len,
    "count_distinct": lambda values: len(set(map(text_of, values))),
    "earliest": lambda values: values[0] if values else None,
    "latest": lambda values: values[-1] if values else None,
    "max": lambda values: max(values, key=_order, default=None),
    "min": lambda values: min(values, key=_order, default=None),
    "sum": lambda values: sum(number_of(value) or 0 for value in values),
}


def _order(value: object) -> tuple[int, float, str]:
    """Return what numbers are ordered by, and then texts; what is missing comes first."""
    if (number := number_of(value)) is not None:
        return 1, number, ""
    text = text_of(value)
    return (0, 0.0, "") if text is None else (2, 0.0, text)


def _cells(row: Row, shown: list[str]) -> Iterator[dict[str, str]]:
    for name in shown:
        value = row[name] if name in row else find(row, name)
        if (text := text_of(value)) is not None:
            yield {"field": name, "value": text}


def _unknown(token: Token, query: str) -> ExpressionError:
    return ExpressionError(
        "the sandbox's Logs Insights does not know this", query, token.position, len(token.text)
    )
