"""Finds what is wrong with a query that can be read: it would be refused, or answer otherwise.

Each rule comes from the specification or from queries that people published and that did not do
what they meant. A rule has a name, which a person can look up and a test can ask for; `RULES`
says what each is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from typing import Literal as OneOf

import msgspec

from .lint_commands import order_of_commands
from .lint_expressions import expressions
from .lint_names import KnownFields, names
from .lint_spelling import spelling
from .lint_texts import texts
from .plan import plan
from .problems import Problem, QueryError
from .tree import Other, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .refusals import Found
    from .tree import At, Query

LogClass = OneOf["standard", "infrequent access"]

RULES: Final = {
    # CloudWatch refuses it, or answers something else than what is meant
    "bin-capped": "a period is longer than its unit allows, and silently cut",
    "dedup-not-last": "only limit may follow dedup",
    "duration-arithmetic": "a period is added to a timestamp",
    "field-as-value": "what looks like a text names a field",
    "glob-without-star": "a pattern of parse has no *",
    "iso-timestamp": "a timestamp is compared with a date",
    "log-class": "a command that logs of this class do not have",
    "lost-after-stats": "a field that stats did not keep",
    "long-number": "a number of more digits than a floating one keeps",
    "map-in-same-command": "a map is looked into in the command that makes it",
    "minus-in-name": "a name with - in it lacks backticks",
    "null": "a comparison with null",
    "quoted-number": "a number in quotes is ordered as a text",
    "rows-unsorted": "a command goes from row to row, and nothing says how they stand",
    "sort-before-stats": "sort or limit stand before the last stats",
    "stats-too-many": "more stats than a query may have",
    "timestamp-seconds": "a timestamp is compared with seconds",
    "unknown-field": "no line has this field",
    "unknown-value": "no line has this level or category",
    "wildcard-in-text": "* or % in a text stand for themselves",
    "wrong": "it cannot be answered",
    # it works, but not as the reference writes it
    "at-sign-group": "a group is named with @",
    "boolean": "JSON's true and false are 1 and 0",
    "cloudwatch-only": "it runs in CloudWatch only",
    "double-equals": "== is not documented",
    "no-effect": "an argument changes nothing",
    "undocumented": "a spelling that is not in the reference",
}
"""What each rule finds."""


class Finding(msgspec.Struct, frozen=True):
    """Something wrong with a query.

    Attributes:
        rule: The name of the rule.
        problem: Where it is, what it is, and what to write instead.
    """

    rule: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.problem}\n  [{self.rule}]"


def lint(
    query: Query, *, known_fields: KnownFields | None = None, log_class: LogClass = "standard"
) -> list[Finding]:
    """Return what is wrong with a query, in the order of its text.

    Args:
        query: The query, from `parse`.
        known_fields: What the lines have; None if nobody knows, and any field may be there.
        log_class: The class of the log groups that it asks.
    """
    found = [
        *spelling(query),
        *expressions(query),
        *texts(query),
        *order_of_commands(query, infrequent=log_class == "infrequent access"),
        *names(query, known_fields),
    ]
    found += _plan(query, {(message, at) for _, message, _, at in found})
    findings = [
        Finding(rule, Problem(message, hint, query.text, at)) for rule, message, hint, at in found
    ]
    return sorted(dict.fromkeys(findings), key=lambda finding: finding.problem.at)


def _plan(query: Query, known: set[tuple[str, At]]) -> Iterator[Found]:
    """Yield why the query could not be answered here, but what has been found already."""
    elsewhere = {node.at for node in walk(query) if isinstance(node, Other)}
    try:
        plan(query, start=0, end=0)
    except QueryError as error:
        for problem in error.problems:
            if (problem.message, problem.at) in known:
                continue
            rule = "cloudwatch-only" if problem.at in elsewhere else "wrong"
            yield rule, problem.message, problem.hint, problem.at
