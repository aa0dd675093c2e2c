"""``diagnose fields``: what lines have, found in the latest of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from intentlog.query.table import Table

from .conditions import name
from .lines import as_text, read_line
from .most import Most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .asking import Asker

_COLUMNS = ("field", "lines", "share", "kind", "values", "example")


def found_fields(asker: Asker, *, lines: int) -> Table:
    """Return the fields of the latest lines, as a query names them, most frequent first.

    ``values`` is how many different ones were seen.

    Args:
        asker: Asks.
        lines: How many lines are looked at.
    """
    answer = asker.answer("fields @message | sort @timestamp desc", bound=Most(lines))
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, set[str]] = defaultdict(set)
    for (text,) in answer.rows:
        for path, value in _flat(read_line(text or "") or {}):
            seen[path][as_text(value) or ""] += 1
            kinds[path].add(_kind(value))
    ranked = sorted(seen.items(), key=lambda item: (-item[1].total(), item[0]))
    rows = [
        (
            name(path),
            str(values.total()),
            f"{values.total() / len(answer.rows):.0%}",
            ", ".join(sorted(kinds[path])),
            str(len(values)),
            values.most_common(1)[0][0],
        )
        for path, values in ranked
    ]
    return Table(_COLUMNS, list(rows), answer.statistics, answer.notes)


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value with its path, as ``extra.items.0.id``; what is missing has none."""
    for key, member in value.items():
        path = f"{prefix}{key}"
        match member:
            case None:
                continue
            case dict():
                yield from _flat(member, f"{path}.")
            case list():
                yield from _flat(
                    {str(place): each for place, each in enumerate(member)}, f"{path}."
                )
            case _:
                yield path, member


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case _:
            return "text"
