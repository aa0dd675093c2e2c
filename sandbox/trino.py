"""Lets MiniStack's Athena, which runs DuckDB, answer SQL that is written for Trino.

sqlglot knows Trino's grammar and writes DuckDB's. That shows that a query says what it should,
not that Athena takes every function of it.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

import re
from typing import Any

import sqlglot
from ministack.services import athena
from sqlglot import exp
from sqlglot.expressions.core import Expression

from intentlog.query import joni
from intentlog.query.java_dates import has_offset, strptime_format, utc_format

MACROS = """
CREATE MACRO is_finite(x) AS isfinite(x);
CREATE MACRO format_datetime(t, f) AS strftime(t, '%Y-%m-%d %H:%M:%S.%g');
CREATE MACRO minutes_ahead(z, t) AS date_diff('minute', timezone('UTC', t), timezone(z, t));
CREATE MACRO zone_offset(z, t) AS printf('%s%02d%02d',
  CASE WHEN minutes_ahead(z, t) < 0 THEN '-' ELSE '+' END,
  abs(minutes_ahead(z, t)) // 60, abs(minutes_ahead(z, t)) % 60);
CREATE MACRO found(t, r, g) AS
  regexp_extract_all(t, r, g)[1];
CREATE MACRO with_timezone(t, z) AS timezone(z, t);
CREATE MACRO from_base(t, b) AS CAST('0x' || t AS BIGINT);
CREATE MACRO to_big_endian_64(n) AS unhex(printf('%016x', n));
CREATE MACRO sequence(a, b, w) AS CASE WHEN (b - a) / w < 10000 THEN generate_series(a, b, w)
  ELSE error('result of sequence function must not have more than 10000 entries') END;
"""
"""What Trino has and neither DuckDB nor sqlglot knows."""

_IN_RE2 = {
    joni.BOUNDARY: r"\b",
    joni.NO_BOUNDARY: r"\B",
    joni.LINE_START: "(?m:^)",
    joni.LINE_END: "(?m:$)",
}
"""RE2 does not look around; what `joni` writes so is said like this there."""


def install() -> None:
    """Let queries be translated before they are run; once a process."""
    native = athena._run_duckdb

    async def run(query: str, *place: Any) -> Any:
        return await native(MACROS + as_duckdb(query), *place)

    athena._run_duckdb = run


def as_duckdb(sql: str) -> str:
    """Return Trino's SQL as DuckDB's."""
    return sqlglot.parse_one(sql, read="trino").transform(_in_duckdb).sql(dialect="duckdb")


def in_re2(text: str) -> str:
    """Return a text with RE2's words for what `joni` wrote in it."""
    for written, there in _IN_RE2.items():
        text = text.replace(written, there)
    return text


def _zone_and_moment(time: Expression) -> list[Expression]:
    return [time.args["zone"], exp.UnixToTime(this=time.this)]


def _time_in_duckdb(node: Expression) -> Expression | None:
    if isinstance(node, exp.ParseDatetime):
        return _parsed(node.this, node.args["format"].name)
    if isinstance(node, exp.Anonymous) and node.name == "format_datetime":
        time, form = node.expressions
        if form.name == "Z":
            return exp.Anonymous(this="zone_offset", expressions=_zone_and_moment(time))
    if isinstance(node, exp.UnixToTime) and node.args.get("zone"):
        return exp.Anonymous(this="timezone", expressions=_zone_and_moment(node))
    return None


def _parsed(text: Expression, pattern: str) -> Expression:
    """Return a time that is read; Joda reads ``Z`` as an offset, too."""
    stamp, utc = (
        exp.Anonymous(this="try_strptime", expressions=[text.copy(), exp.Literal.string(form)])
        for form in (strptime_format(pattern), utc_format(pattern))
    )
    if not has_offset(pattern):
        return stamp
    zulu = exp.Anonymous(this="timezone", expressions=[exp.Literal.string("UTC"), utc])
    return exp.Coalesce(this=stamp, expressions=[zulu])


def _in_duckdb(node: Expression) -> Expression:
    if time := _time_in_duckdb(node):
        return time
    if isinstance(node, exp.RegexpExtract):
        group = node.args.get("group") or exp.Literal.number(0)
        return exp.Anonymous(this="found", expressions=[node.this, node.expression, group])
    if isinstance(node, exp.Length) and isinstance(node.this, exp.Encode):
        return exp.Anonymous(this="octet_length", expressions=[node.this])
    if isinstance(node, exp.RegexpReplace) and node.args["replacement"].is_string:
        groups = re.sub(r"\$([0-9])", r"\\\1", node.args["replacement"].name)
        node.set("replacement", exp.Literal.string(groups))
    if isinstance(node, exp.Literal) and node.is_string:
        node.set("this", in_re2(node.this))
    if isinstance(node, exp.Column) and node.name == "$path":
        return exp.Literal.string("s3://archive")  # MiniStack's tables do not know it
    return node
