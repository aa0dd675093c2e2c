"""Filter patterns for space-delimited log events: ``[ip, user, ..., status=4*, bytes > 1000]``.

The facts are those of the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail", part "match terms in space-delimited log events".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intentlog.expression.pattern_scan import Scanner, Test

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_EVENT_FIELD = re.compile(r'"([^"]*)"(?=\s|$)|\[([^\]]*)\](?=\s|$)|(\S+)')


@dataclass(frozen=True, slots=True)
class SpaceField:
    """A field of the pattern: its name and its conditions, an any-of of all-ofs."""

    name: str
    conditions: tuple[tuple[Test, ...], ...]

    def accepts(self, value: str) -> bool:
        """Tell whether a field of the event meets the conditions, if there are any."""
        if not self.conditions:
            return True
        return any(all(test.accepts(value) for test in tests) for tests in self.conditions)


@dataclass(frozen=True, slots=True)
class SpacePattern:
    """The fields before and after an ellipsis; without one, all are before."""

    before: tuple[SpaceField, ...]
    after: tuple[SpaceField, ...]
    ellipsis: bool

    def find(self, line: str) -> dict[str, object] | None:
        """Return the fields of a matching line as ``$name`` or ``$position``, else None."""
        values = self._split(line)
        if values is None:
            return None
        skipped = len(values) - len(self.before) - len(self.after)
        fields = (*self.before, *(SpaceField("", ()) for _ in range(skipped)), *self.after)
        pairs = list(zip(fields, values, strict=True))
        if not all(field.accepts(value) for field, value in pairs):
            return None
        return {
            f"${field.name or position}": value
            for position, (field, value) in enumerate(pairs, start=1)
        }

    def _split(self, line: str) -> list[str] | None:
        found = list(_EVENT_FIELD.finditer(line))
        needed = len(self.before) + len(self.after)
        if len(found) < needed:
            return None
        values = [match[match.lastindex or 0] for match in found]
        if not self.ellipsis and len(found) > needed:
            # Documented by the example [w1=ERROR, w2]: the last field takes the rest.
            values[needed - 1 :] = [line[found[needed - 1].start() :].rstrip()]
        return values


def read_space_pattern(scanner: Scanner) -> SpacePattern:
    """Read a pattern in brackets; the scanner stands before the opening one."""
    start = scanner.at
    scanner.take("[")
    fields: list[SpaceField] = []
    split_at: int | None = None
    while True:
        if scanner.take("..."):
            if split_at is not None:
                # What two would share out between them is not documented.
                scanner.fail("a pattern can have one ... only", scanner.at - 3, 3)
            split_at = len(fields)
        else:
            fields.append(_field(scanner))
        if scanner.take("]"):
            break
        if not scanner.take(","):
            if scanner.at_end():
                scanner.fail("this [ is not closed", start)
            scanner.fail("expected , or ] after a field")
    if not scanner.at_end():
        scanner.fail("nothing can follow the closing ]")
    at = len(fields) if split_at is None else split_at
    return SpacePattern(tuple(fields[:at]), tuple(fields[at:]), split_at is not None)


def _field(scanner: Scanner) -> SpaceField:
    """Read one field; an empty place between commas is a field without a name."""
    scanner.skip_space()
    if scanner.source[scanner.at : scanner.at + 1] in (",", "]"):
        return SpaceField("", ())
    name = _name(scanner)
    scanner.skip_space()
    if scanner.source[scanner.at : scanner.at + 1] in (",", "]", ""):
        return SpaceField(name, ())
    any_of = [[scanner.test()]]
    while True:
        if scanner.take("&&"):
            any_of[-1].append(_same(scanner, name))
        elif scanner.take("||"):
            any_of.append([_same(scanner, name)])
        else:
            return SpaceField(name, tuple(tuple(tests) for tests in any_of))


def _same(scanner: Scanner, name: str) -> Test:
    """Read a further condition; the documented forms repeat the name of the same field."""
    scanner.skip_space()
    start = scanner.at
    other = _name(scanner)
    if other != name:
        reason = f"the conditions between two commas are of one field: {name}, not {other}"
        scanner.fail(reason, start, len(other))
    return scanner.test()


def _name(scanner: Scanner) -> str:
    match = scanner.take_match(_NAME)
    if match is None:
        scanner.fail("expected the name of a field: letters, digits, _ and -")
    return match[0]
