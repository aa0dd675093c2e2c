"""Whether an example's lines are such as the contract's logger writes.

A mistake there makes a test that passes for want of lines, and goes on passing.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from intentlog.contract import AUDIT_FIELD
from intentlog.contract.fields import known_values, unknown_field
from intentlog.contract.problem import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intentlog.contract import Contract

_EMBEDDED = "_aws"  # CloudWatch's embedded metric format


def mistakes(contract: Contract, lines: str) -> Iterator[str]:
    """Yield what is wrong with lines: no JSON object, no time, an unknown field or value."""
    for number, text in enumerate(lines.split("\n"), 1):
        if not text.strip():
            continue
        line = _object(text)
        if line is None:
            yield f"line {number} is no JSON object"
        else:
            yield from (f"line {number}: {each}" for each in _of_line(contract, line))


def _of_line(contract: Contract, line: dict[str, object]) -> Iterator[str]:
    known, values = _fields(contract), known_values(contract)
    timestamp = contract.record.name_of("timestamp")
    if timestamp in line and not _is_time(line[timestamp]):
        yield f"{timestamp}: {json.dumps(line[timestamp])} is no time"
    for field, value in line.items():
        kind, there = values.get(field, ("", ()))
        if field not in known:
            yield unknown_field(contract, field)
        elif kind and value not in there:
            shown = value if isinstance(value, str) else json.dumps(value)
            yield f"{field}: {unknown(kind, shown, there)}"


def _fields(contract: Contract) -> tuple[str, ...]:
    embedded = [name for name, metric in contract.metrics.items() if metric.embedded]
    return (
        *contract.record.all_fields,
        *((_EMBEDDED, *embedded) if embedded else ()),
        *((AUDIT_FIELD,) if contract.audit else ()),
    )


def _object(text: str) -> dict[str, object] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _is_time(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, (int, float)):
        return True
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return str(value).isdigit()
    return True
