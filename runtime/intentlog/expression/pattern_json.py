"""Filter patterns for JSON log events: ``{ ($.level = "ERROR") && ($.status >= 500) }``.

The facts are those of the AWS page "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail", part "match terms in JSON log events".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from intentlog.expression.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from intentlog.expression.pattern_scan import Scanner, Test

MAX_WILDCARDS: Final = 3
_MAX_DEPTH: Final = 100

Step: TypeAlias = str | int | None
"""A key, a position, or None for the wildcard that selects every child."""

_KEY = re.compile(r"\.([A-Za-z0-9_-]+)")
_ANY_KEY = re.compile(r"\.\*")
_BRACKET_KEY = re.compile(r"\.?\['([^']+)'\]")
_POSITION = re.compile(r"\.?\[([0-9]{1,9}|\*)\]")
_WORDS = re.compile(r"[A-Za-z]+(?:\s+[A-Za-z]+)*")
_KEYWORDS = ("IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS")


@dataclass(frozen=True, slots=True)
class Selector:
    """The way from the root of an event to a value, as ``$.users[0].id`` spells it."""

    text: str
    steps: tuple[Step, ...]

    def select(self, event: object) -> list[object]:
        """Return the values it points to: none or one, or several with a wildcard."""
        nodes = [event]
        for step in self.steps:
            nodes = [child for node in nodes for child in _children(node, step)]
        return nodes


@dataclass(frozen=True, slots=True)
class Condition:
    """A selector with what is asked of its value: a test, or one of the keywords."""

    selector: Selector
    asked: Test | str

    def holds(self, event: object) -> bool:
        """Tell whether any selected value passes; for NOT EXISTS, whether there is none."""
        nodes = self.selector.select(event)
        match self.asked:
            case "NOT EXISTS":
                return not nodes
            case "IS NULL":
                return any(node is None for node in nodes)
            case "IS TRUE":
                return any(node is True for node in nodes)
            case "IS FALSE":
                return any(node is False for node in nodes)
            case str():
                return False
            case test:
                return any(test.accepts(node) for node in nodes)


@dataclass(frozen=True, slots=True)
class Compound:
    """Conditions joined by && or ||."""

    operator: str
    parts: tuple[Condition | Compound, ...]

    def holds(self, event: object) -> bool:
        """Tell whether all parts hold, or any part."""
        results = (part.holds(event) for part in self.parts)
        return all(results) if self.operator == "&&" else any(results)


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """A pattern for JSON events; a line that is no JSON object never matches it."""

    root: Condition | Compound
    selectors: tuple[Selector, ...]

    def find(self, line: str) -> dict[str, object] | None:
        """Return the values of the pattern's selectors if the line matches, else None."""
        event = parse_event(line)
        if event is None or not self.root.holds(event):
            return None
        return {selector.text: scalar_at(selector, event) for selector in self.selectors}


def parse_event(line: str) -> dict[str, object] | None:
    """Parse a line as a JSON object; return None if it is none."""
    try:
        event = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def scalar_at(selector: Selector, event: object) -> object:
    """Return the string, number or boolean a selector points to; None if there is none."""
    nodes = selector.select(event)
    return next((node for node in nodes if text_of(node) is not None), None)


def read_json_pattern(scanner: Scanner) -> JsonPattern:
    """Read a pattern in braces; the scanner stands before the opening one."""
    reader = _Reader(scanner)
    return JsonPattern(reader.read(), tuple(dict.fromkeys(reader.selectors)))


def read_selector(scanner: Scanner) -> Selector:
    """Read a selector such as ``$.users[0].id``, ``$.['a.b']`` or ``$.items[*]``."""
    scanner.skip_space()
    start = scanner.at
    if not scanner.take("$"):
        scanner.fail("expected a selector here, such as $.level")
    steps: list[Step] = []
    while (step := _step(scanner)) != "":
        steps.append(step)
    if not steps or scanner.source[scanner.at : scanner.at + 1] in (".", "["):
        reason = "a selector is $.key with letters, digits, - and _, $.['any key'] or $.list[0]"
        scanner.fail(reason)
    if steps.count(None) > 1:
        reason = "a selector can have one wildcard only"
        scanner.fail(reason, start, scanner.at - start)
    return Selector(scanner.source[start : scanner.at], tuple(steps))


def _step(scanner: Scanner) -> Step:
    """Take one step of a selector; return an empty string if there is none."""
    if scanner.take_match(_ANY_KEY):
        return None
    if match := scanner.take_match(_KEY) or scanner.take_match(_BRACKET_KEY):
        return match[1]
    if match := scanner.take_match(_POSITION):
        return None if match[1] == "*" else int(match[1])
    return ""


def _children(node: object, step: Step) -> list[object]:
    if isinstance(node, dict):
        if step is None:
            return list(node.values())
        return [node[step]] if isinstance(step, str) and step in node else []
    if isinstance(node, list):
        if step is None:
            return list(node)
        return [node[step]] if isinstance(step, int) and step < len(node) else []
    return []


def _refuse_constant(name: str) -> NoReturn:
    reason = f"{name} is no JSON"
    raise ValueError(reason)


class _Reader:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._depth = 0
        self.selectors: list[Selector] = []

    def read(self) -> Condition | Compound:
        scanner = self._scanner
        start = scanner.at
        scanner.take("{")
        root = self._any()
        if not scanner.take("}"):
            if scanner.at_end():
                scanner.fail("this { is not closed", start)
            scanner.fail("expected &&, || or } here")
        if not scanner.at_end():
            scanner.fail("nothing can follow the closing }")
        if sum(None in selector.steps for selector in self.selectors) > MAX_WILDCARDS:
            scanner.fail(f"a pattern can have {MAX_WILDCARDS} wildcard selectors at most", start)
        return root

    def _any(self) -> Condition | Compound:
        return self._joined("||", self._all)

    def _all(self) -> Condition | Compound:
        return self._joined("&&", self._unit)

    def _joined(
        self, operator: str, part: Callable[[], Condition | Compound]
    ) -> Condition | Compound:
        parts = [part()]
        while self._scanner.take(operator):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Compound(operator, tuple(parts))

    def _unit(self) -> Condition | Compound:
        scanner = self._scanner
        scanner.skip_space()
        start = scanner.at
        if not scanner.take("("):
            return self._condition()
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            scanner.fail(f"nested more than {_MAX_DEPTH} deep", start)
        unit = self._any()
        self._depth -= 1
        if not scanner.take(")"):
            scanner.fail("this ( is not closed", start)
        return unit

    def _condition(self) -> Condition:
        selector = read_selector(self._scanner)
        self.selectors.append(selector)
        self._scanner.skip_space()
        start = self._scanner.at
        words = self._scanner.take_match(_WORDS)
        if words is None:
            return Condition(selector, self._scanner.test())
        keyword = " ".join(words[0].split())
        if keyword not in _KEYWORDS:
            self._scanner.fail(_no_keyword(keyword), start, len(words[0]))
        return Condition(selector, keyword)


def _no_keyword(words: str) -> str:
    if words.upper() in _KEYWORDS:
        return f"write {words.upper()} in capitals"
    if words.upper() == "EXISTS":
        return "EXISTS is not supported; write = * for a text or number that is there"
    if words.upper().startswith("IS NOT"):
        return "IS NOT is not supported; there are IS NULL, IS TRUE, IS FALSE and NOT EXISTS"
    return f"expected a comparison, {', '.join(_KEYWORDS[:-1])} or {_KEYWORDS[-1]}"
