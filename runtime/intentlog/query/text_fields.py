"""Reads a field as a text where that is quicker and changes no answer.

To DuckDB, the texts of ``true`` and ``"true"`` are the same, and those of ``42`` and ``"42"``: that
is why fields are read as JSON. Where all that is asked of a field is whether it is one of a few
words, no other JSON has these texts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from .reading import reads_whole_lines
from .relational import Apply, Column, Expr, Keep, Kind, Relation, Scan, Value, found

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_STRINGS: Final = frozenset({"true", "false", "nan", "infinity", "inf"})
"""What DuckDB reads as JSON without quotes, if case is ignored."""


def with_text_fields(relation: Relation, timestamp: str) -> Relation:
    """Return a relation whose scans read as texts what can be.

    Args:
        relation: The query.
        timestamp: The key that has the time of the event.
    """
    asked = Counter(column.name for column in found(relation, Column))
    compared = Counter(
        column.name for keep in found(relation, Keep) for column in _compared(keep.condition)
    )
    texts = {name for name, count in compared.items() if count == asked[name]}
    scans = [scan for scan in relation.scans if not reads_whole_lines(scan, timestamp)]
    read = {scan.column(key) for scan in scans for key in scan.keys if key != timestamp}
    made: Relation = _with(relation, texts & read)
    return made


def _compared(condition: Expr) -> Iterator[Column]:
    """Yield the fields that a condition compares with words; it need not tell false from null."""
    match condition:
        case Apply("and" | "or", operands):
            for operand in operands:
                yield from _compared(operand)
        case Apply("text =", (Column(kind=Kind.RAW) as column, Value(str(word)))):
            yield from [column] if _is_word(word) else []
        case Apply("among", (Column(kind=Kind.RAW) as column, Value(tuple(words)))):
            yield from [column] if all(map(_is_word, words)) else []
        case _:
            pass


def _is_word(text: object) -> bool:
    """Tell whether a text can only be that of a JSON string."""
    return isinstance(text, str) and text[:1].isalpha() and text.lower() not in _NO_STRINGS


def _with(value: Any, texts: set[str]) -> Any:
    """Return a part of a relation in which these columns are texts."""
    match value:
        case Column(name):
            return Column(name, Kind.TEXT) if name in texts else value
        case Scan(keys=keys):
            return replace(value, texts=tuple(key for key in keys if value.column(key) in texts))
        case tuple():
            return tuple(_with(part, texts) for part in value)
        case msgspec.Struct():
            parts = {name: getattr(value, name) for name in value.__struct_fields__}
            return replace(value, **{name: _with(part, texts) for name, part in parts.items()})
        case _:
            return value
