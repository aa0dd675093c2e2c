"""JSON for what msgspec refuses, and for what is longer than the CloudWatch agent takes."""

import json
from collections.abc import Mapping
from typing import Final

LONGEST_LINE: Final = 262_144 - 200
"""Bytes of a line, its newline included: 256 KB less what the CloudWatch agent adds to an event."""

# How many characters of a text and items of a list or an object stay, in turns.
_LIMITS: Final = (65_536, 16_384, 4_096, 1_024, 256, 64, 16, 4)


def encode(fields: Mapping[str, object]) -> bytes:
    """Return fields as one line of JSON, its newline included."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    # JSON has no lone surrogates: each becomes a question mark.
    return text.encode("utf-8", "replace") + b"\n"


def cut(fields: Mapping[str, object]) -> bytes:
    """Return the line of fields that are too long for one: what is cut says how much it was.

    Long texts end early, long lists and objects have fewer items. Fields of the record itself
    stay, all of them.
    """
    line = b""
    for limit in _LIMITS:
        line = encode({name: _shorter(value, limit) for name, value in fields.items()})
        if len(line) <= LONGEST_LINE:
            break
    return line


def _shorter(value: object, limit: int) -> object:
    if isinstance(value, str) and len(value) > limit:
        return f"{value[:limit]}[cut: {len(value) - limit} more characters]"
    if isinstance(value, list):
        kept = [_shorter(item, limit) for item in value[:limit]]
        return kept if len(value) <= limit else [*kept, f"[cut: {len(value) - limit} more items]"]
    if isinstance(value, dict):
        kept_fields = {
            str(_shorter(name, limit)): _shorter(value[name], limit) for name in [*value][:limit]
        }
        if len(value) > limit:
            kept_fields["[cut]"] = f"{len(value) - limit} more fields"
        return kept_fields
    return value
