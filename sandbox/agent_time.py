"""Finds and reads the time in a log line by the CloudWatch agent's ``timestamp_format``.

The agent turns the format into a regular expression and searches the line for it: ``%f`` stands
for one to nine digits, and whatever is not a directive must be there literally.
"""

import re
from datetime import UTC, datetime
from typing import Final

_DIRECTIVES: Final = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{2}",
    "%-m": r"\d{1,2}",
    "%d": r"\d{2}",
    "%-d": r"\d{1,2}",
    "%H": r"\d{2}",
    "%-H": r"\d{1,2}",
    "%I": r"\d{2}",
    "%-I": r"\d{1,2}",
    "%M": r"\d{2}",
    "%-M": r"\d{1,2}",
    "%S": r"\d{2}",
    "%-S": r"\d{1,2}",
    "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]+",
    "%a": r"[A-Za-z]{3}",
    "%A": r"[A-Za-z]+",
    "%p": r"[AaPp][Mm]",
    "%z": r"[+-]\d{4}",
    "%f": r"(?P<fraction>\d{1,9})",
}
_TOKEN: Final = re.compile(r"%-?[A-Za-z%]|.", re.DOTALL)


class TimestampFormat:
    """A ``timestamp_format`` of an agent configuration.

    Args:
        text: The format, as ``%Y-%m-%dT%H:%M:%S.%fZ``.
        timezone: The entry's ``timezone``; needed to be ``UTC`` unless the format has ``%z``.

    Raises:
        ValueError: A directive that the stand-in does not know, or a time in the host's own zone.
    """

    def __init__(self, text: str, *, timezone: str = "LOCAL") -> None:
        if timezone != "UTC" and "%z" not in text:
            raise ValueError(f"timezone {timezone!r}: expected 'UTC', or %z in {text!r}")
        self.text = text
        self._pattern = re.compile("".join(_regex(token) for token in _TOKEN.findall(text)))
        self._strptime = text.replace("%f", "").replace("%-", "%")

    def time_ms(self, line: str) -> int | None:
        """Return the line's time in milliseconds since 1970, or None when none matches."""
        found = self._pattern.search(line)
        if found is None:
            return None
        text, nanoseconds = found[0], 0
        if fraction := found.groupdict().get("fraction"):
            nanoseconds = int(fraction.ljust(9, "0"))
            start, end = (place - found.start() for place in found.span("fraction"))
            text = text[:start] + text[end:]
        try:
            moment = datetime.strptime(text, self._strptime)  # noqa: DTZ007 - the zone follows
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp()) * 1000 + nanoseconds // 1_000_000


def _regex(token: str) -> str:
    if len(token) == 1:
        return re.escape(token)
    if token not in _DIRECTIVES:
        raise ValueError(f"timestamp_format: {token} is not known; have: {', '.join(_DIRECTIVES)}")
    return _DIRECTIVES[token]
