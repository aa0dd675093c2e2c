"""How a value of a JSON record reads as text and as a number, once for both languages.

Where-expressions and filter patterns count alike only if they read a value alike, so neither
has an own rule for it.
"""

import re
from math import isfinite

_NUMERIC = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")


def text_of(value: object) -> str | None:
    """Return the text of a string, number or boolean; None for everything else.

    A whole number prints without ``.0`` and a boolean as ``1`` or ``0``: that is how Logs
    Insights shows them (AWS page "Supported operations and functions" types booleans as
    numbers). Objects and arrays are not values: Insights discovers their leaves instead (AWS
    page "Supported logs and discovered fields").
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return _integer_text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


def number_of(value: object) -> int | float | None:
    """Return a number, a boolean as 1 or 0, and a text that spells a number; else None.

    What is too large for a floating number, ``1e400`` or an id such as ``12e4567``, is none.
    """
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        return int(value)
    return number_in(value) if isinstance(value, str) else None


def number_in(text: str) -> int | float | None:
    """Return the number that a text spells, such as ``-12`` or ``1e3``; None if it is none."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return number_of(float(text)) if _NUMERIC.fullmatch(text) else None


def _integer_text(value: int) -> str | None:
    try:
        return str(int(value))
    except ValueError:  # more digits than the interpreter prints: a logger must not fail on it
        return None
