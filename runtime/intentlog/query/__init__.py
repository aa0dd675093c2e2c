"""Logs Insights QL: parse, check, and ask local files, CloudWatch or the archive."""

from .duckdb_sql import duckdb_sql
from .lint import Finding, lint
from .lint_names import KnownFields
from .parse import parse
from .plan import plan
from .printing import to_text
from .problems import Problem, QueryError
from .relational import Relation
from .tree import Query
from .trino_sql import Archive, trino_sql

__all__ = [
    "Archive",
    "Finding",
    "KnownFields",
    "Problem",
    "Query",
    "QueryError",
    "Relation",
    "duckdb_sql",
    "lint",
    "parse",
    "plan",
    "to_text",
    "trino_sql",
]
