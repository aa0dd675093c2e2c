"""Logs Insights QL: parse, check, and ask local files, CloudWatch or the archive."""

from .duckdb_sql import duckdb_sql
from .parse import parse
from .plan import plan
from .printing import to_text
from .problems import Problem, QueryError
from .relational import Relation
from .tree import Query

__all__ = [
    "Problem",
    "Query",
    "QueryError",
    "Relation",
    "duckdb_sql",
    "parse",
    "plan",
    "to_text",
]
