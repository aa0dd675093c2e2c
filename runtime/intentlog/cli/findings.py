"""What the linter finds in a query that is being asked, beside the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from intentlog.query import parse
from intentlog.query.saved import findings

from .account import NO_CONTRACT

if TYPE_CHECKING:
    from intentlog.contract import Contract

    from .saved import Chosen

# Where these matter there is no answer, and a whole error that says so.
_TOLD_BY_ASKING: Final = {"cloudwatch-only", "dedup-not-last", "stats-too-many", "wrong"}


def tell_findings(contract: Contract, asked: Chosen) -> None:
    """Say on standard error what a query does not mean, a line each; nothing of a clean one.

    Raises:
        QueryError: It cannot be read.
    """
    known = None if contract is NO_CONTRACT else contract
    told: set[tuple[int, int]] = set()
    for finding in findings(known, asked.name, parse(asked.text, source=asked.name)):
        at = finding.problem.at
        if finding.rule not in _TOLD_BY_ASKING and at not in told:
            told.add(at)
            sentence = str(finding.problem).partition("\n")[0]
            typer.echo(f"{asked.name}: {sentence} [{finding.rule}]", err=True)
