"""What the shell offers when Tab is pressed in the middle of a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intentlog.errors import IntentlogError

if TYPE_CHECKING:
    from collections.abc import Iterable


def categories(incomplete: str) -> list[str]:
    """Offer the contract's categories."""
    return _of_the_contract("category_names", incomplete)


def queries(incomplete: str) -> list[str]:
    """Offer the contract's saved queries."""
    return _of_the_contract("queries", incomplete)


def levels(incomplete: str) -> list[str]:
    """Offer the levels of lines."""
    from intentlog.contract.record import LEVELS

    as_typed = [level.lower() for level in LEVELS] if incomplete.islower() else LEVELS
    return [level for level in as_typed if level.startswith(incomplete)]


def _of_the_contract(table: str, incomplete: str) -> list[str]:
    from intentlog.contract import load

    from .contract_file import contract_path

    try:
        names: Iterable[str] = getattr(load(contract_path(None)), table)
    except IntentlogError:
        return []
    return [name for name in names if name.startswith(incomplete)]
