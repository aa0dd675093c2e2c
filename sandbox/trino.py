"""Lets MiniStack's Athena, which runs DuckDB, answer SQL that is written for Trino.

sqlglot knows Trino's grammar and writes DuckDB's. That shows that a query says what it should,
not that Athena takes every function of it.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

from typing import Any

import sqlglot
from ministack.services import athena
from sqlglot import exp
from sqlglot.expressions.core import Expression

MACROS = """
CREATE MACRO is_finite(x) AS isfinite(x);
CREATE MACRO format_datetime(t, f) AS strftime(timezone('UTC', t), '%Y-%m-%d %H:%M:%S.%g');
CREATE MACRO found(t, r, g) AS
  regexp_extract_all(t, r, g)[1];
CREATE MACRO with_timezone(t, z) AS timezone(z, t);
CREATE MACRO from_base(t, b) AS CAST('0x' || t AS BIGINT);
CREATE MACRO to_base(n, b) AS printf('%x', n);
CREATE MACRO sequence(a, b, w) AS generate_series(a, b, w);
"""
"""What Trino has and neither DuckDB nor sqlglot knows."""


def install() -> None:
    """Let queries be translated before they are run; once a process."""
    native = athena._run_duckdb

    async def run(query: str, *place: Any) -> Any:
        return await native(MACROS + as_duckdb(query), *place)

    athena._run_duckdb = run


def as_duckdb(sql: str) -> str:
    """Return Trino's SQL as DuckDB's."""
    return sqlglot.parse_one(sql, read="trino").transform(_in_duckdb).sql(dialect="duckdb")


def _in_duckdb(node: Expression) -> Expression:
    if isinstance(node, exp.RegexpExtract):
        group = node.args.get("group") or exp.Literal.number(0)
        return exp.Anonymous(this="found", expressions=[node.this, node.expression, group])
    if isinstance(node, exp.Column) and node.name == "$path":
        return exp.Literal.string("s3://archive")  # MiniStack's tables do not know it
    return node
