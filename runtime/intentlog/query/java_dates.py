"""Turns the date patterns of ``parseDate`` (Java's DateTimeFormatter) into those of strptime."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_FIELDS: Final = {
    "yyyy": "%Y",
    "uuuu": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "SSS": "%g",
    "SSSSSS": "%f",
    "a": "%p",
    "EEEE": "%A",
    "EEE": "%a",
    "E": "%a",
    "Z": "%z",
    "X": "%z",
    "XX": "%z",
    "XXX": "%z",
    "xxx": "%z",
}
_IN_JODA: Final = {"uuuu": "yyyy", "X": "Z", "XX": "Z", "XXX": "Z", "xxx": "Z"}
_YEARS: Final = ("%Y", "%y")
JAVA_LETTERS: Final = tuple(_FIELDS)
"""What a pattern may be made of, beside texts in ' and signs."""


def strptime_format(pattern: str) -> str:
    """Return the format of a pattern.

    Raises:
        ValueError: The pattern has a letter that no format stands for.
    """
    return "".join(map(_part, _PART.finditer(pattern)))


def utc_format(pattern: str) -> str:
    """Return the format that reads ``Z`` where a pattern has an offset.

    Raises:
        ValueError: As `strptime_format`.
    """
    parts = map(_part, _PART.finditer(pattern))
    return "".join("Z" if part == "%z" else part for part in parts)


def has_offset(pattern: str) -> bool:
    """Tell whether a date that is read says how far its time zone is from UTC.

    Raises:
        ValueError: As `strptime_format`.
    """
    return any(_part(match) == "%z" for match in _PART.finditer(pattern))


def for_joda(pattern: str) -> str:
    """Return a pattern for Joda, which Trino's ``parse_datetime`` reads.

    Its ``Z`` reads ``Z``, ``+0100`` and ``+01:00`` alike, and it has neither ``X`` nor ``u``.
    """
    return "".join(
        match[0] if match[1] is not None else _IN_JODA.get(match[0], match[0])
        for match in _PART.finditer(pattern)
    )


def has_year(pattern: str) -> bool:
    """Tell whether a date that is read has a year.

    Raises:
        ValueError: As `strptime_format`.
    """
    return any(_part(match) in _YEARS for match in _PART.finditer(pattern))


def _part(match: re.Match[str]) -> str:
    if match[1] is not None:
        return (match[1].replace("''", "'") or "'").replace("%", "%%")
    if match[2] is None:
        return match[0].replace("%", "%%")
    if match[0] not in _FIELDS:
        raise ValueError(f"{match[0]} is no part of a date that can be read here")
    return _FIELDS[match[0]]
