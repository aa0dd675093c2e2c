"""Parses the commands that bring in other logs and tables: SOURCE, join, lookup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intentlog.expression import TokenKind

from .parse_expression import RESERVED, duration_of
from .periods import UNITS, fixed_length
from .printing import name_text
from .tree import Join, Lookup, Name, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .cursor import Cursor
    from .tree import At, Query

    _T = TypeVar("_T")

_CHOICES: Final = ("loggroups", "loggrouptags", "datasource")
_FILTERS: Final = ("nameprefix", "accountidentifiers", "class")


class SourceParser:
    """Parses these commands at a cursor, after their first word."""

    def __init__(self, cursor: Cursor, subquery: Callable[[], Query]) -> None:
        self._cursor = cursor
        self._subquery = subquery
        self._start = 0

    def source(self) -> Source:
        """Parse what follows ``source``."""
        cursor = self._cursor
        groups_, choice = self._groups()
        times: dict[str, int | None] = {"start": None, "end": None}
        while bound := cursor.take("start", "end"):
            cursor.expect("=", f"expected = after {bound.text}")
            times[bound.word] = self._time_bound()
        return Source(groups_, choice, times["start"], times["end"], at=self._here())

    def _groups(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        cursor = self._cursor
        names: list[str] = []
        choices: list[str] = []
        while True:
            first = cursor.next
            if name := cursor.take_kind(TokenKind.STRING):
                names.append(str(name.value))
            elif choice := cursor.take(*_CHOICES):
                self._skip_arguments(choice.word)
                choices.append(cursor.written(first))
            else:
                hint = "write SOURCE '/my/log-group' or SOURCE logGroups(namePrefix: ['/my'])"
                cursor.fail(f"SOURCE needs a log group in quotes{cursor.instead()}", hint)
            if not cursor.take(","):
                return tuple(names), tuple(choices)

    def _skip_arguments(self, choice: str) -> None:
        cursor = self._cursor
        opening = cursor.expect("(", "expected ( here")
        if choice == "loggroups" and not cursor.is_word(*_FILTERS):
            hint = "write namePrefix: ['/my'], accountIdentifiers: ['123456789012'] or class: [...]"
            cursor.fail(f"logGroups needs to know which ones{cursor.instead()}", hint)
        depth = 1
        while depth:
            token = cursor.here
            if token is None:
                cursor.fail("this ( is not closed", at=(opening.position, opening.end))
            cursor.next += 1
            depth += (token.text == "(") - (token.text == ")")

    def _time_bound(self) -> int:
        cursor = self._cursor
        sign = -1 if cursor.take("-") else 1
        token = cursor.take_kind(TokenKind.DURATION, TokenKind.NUMBER)
        if token is None:
            cursor.fail("expected a period or milliseconds", "write for example: START=-3600s")
        if token.kind is TokenKind.NUMBER:
            return sign * int(token.value)
        period = duration_of(token)
        width = fixed_length(period.amount, UNITS[period.unit])
        if width is None:
            cursor.fail(f"{token.text} has no fixed length", at=(token.position, token.end))
        return sign * width

    def join(self) -> Join:
        """Parse what follows ``join``."""
        cursor = self._cursor
        settings: dict[str, str] = {"type": "inner"}
        while setting := cursor.take("type", "left", "right"):
            cursor.expect("=", f"expected = after {setting.text}")
            settings[setting.word] = str(cursor.name(f"a name after {setting.text}=").value)
        hint = "write join type=inner left=a right=b where a.id=b.id (SOURCE '/my/group')"
        if not {"left", "right"} <= settings.keys():
            cursor.fail("join needs left= and right=", hint, at=self._here())
        kind = settings["type"].lower()
        if kind not in ("inner", "left"):
            cursor.fail(f"type is inner or left, not {settings['type']}", at=self._here())
        cursor.expect("where", f"expected where{cursor.instead()}", hint)
        on = [self._pair()]
        while cursor.take("and"):
            on.append(self._pair())
        cursor.expect("(", f"expected (SOURCE …){cursor.instead()}", hint)
        query = self._subquery()
        left, right = settings["left"], settings["right"]
        if kind == "left":
            return Join("left", left, right, tuple(on), query, at=self._here())
        return Join("inner", left, right, tuple(on), query, at=self._here())

    def _pair(self) -> tuple[Name, Name]:
        left = self._name_only()
        self._cursor.expect("=", "only equality can join", "write where a.id=b.id")
        return left, self._name_only()

    def lookup(self) -> Lookup:
        """Parse what follows ``lookup``."""
        cursor = self._cursor
        table = str(cursor.name("the name of a table").value)
        keys = cursor.listed(self._renamed)
        hint = "write lookup users id as user_id OUTPUT name, email"
        cursor.expect("output", f"expected OUTPUT{cursor.instead()}", hint)
        outputs = self._each_once(self._renamed, lambda renamed: renamed[1])
        return Lookup(table, keys, outputs, at=self._here())

    def _renamed(self) -> tuple[str, str]:
        token = self._cursor.name("a column")
        name = str(token.value)
        return name, self._alias() if self._cursor.take("as") else name

    def _name_only(self) -> Name:
        token = self._cursor.name("a field")
        if token.word in RESERVED:
            self._cursor.fail(f"expected a field, not the word {token.text}")
        quoted = token.kind is TokenKind.QUOTED_NAME
        return Name(str(token.value), at=(token.position, token.end), quoted=quoted)

    def _here(self) -> At:
        return self._cursor.since(self._start)

    def _each_once(self, one: Callable[[], _T], name_of: Callable[[_T], str]) -> tuple[_T, ...]:
        """Parse a list in which no name comes twice."""
        first: dict[str, At] = {}

        def checked() -> _T:
            start = self._cursor.start
            made = one()
            name, at = name_of(made), self._cursor.since(start)
            if name in first:
                self._cursor.twice(name, first[name], at)
            first[name] = at
            return made

        return self._cursor.listed(checked)

    def _alias(self) -> str:
        here = self._cursor.here
        hint = ""
        if here is not None and here.kind is TokenKind.STRING:
            hint = f"a name has no quotes: write {name_text(str(here.value))}"
        return str(self._cursor.name("a name after as", hint).value)
