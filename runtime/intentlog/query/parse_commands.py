"""Parses each command of Logs Insights QL after its first word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intentlog.expression import TokenKind

from .parse_windows import WindowParser
from .regex import complaint, groups
from .tree import (
    Constant,
    Dedup,
    Display,
    Duration,
    Expression,
    Fields,
    FillMissing,
    Filter,
    Item,
    Json,
    Limit,
    Name,
    Other,
    Parse,
    Pattern,
    Sort,
    SortKey,
    Stats,
    Unnest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from intentlog.expression import Token

    from .tree import Command

CLOUDWATCH_ONLY: Final = {
    "anomaly": ("it is machine learning", "pattern shows what lines have in common"),
    "appendcols": (
        "AWS does not say what rows without a partner become",
        "write join, which says what belongs together",
    ),
    "cidrlookup": (
        "AWS does not say which of several networks counts",
        'write filter isIpInSubnet(ip, "10.0.0.0/8")',
    ),
    "diff": ("it compares patterns, and follows pattern", "write pattern @message | diff"),
    "estimate": ("it is about what CloudWatch would read", ""),
    "logcompare": (
        "AWS does not say what it shows",
        "write pattern @message | diff previousDay",
    ),
    "outlier": (
        "AWS does not say from where it measures, and what it calls its mark",
        "write stats pct(field, 25), pct(field, 75)",
    ),
    "relevantfields": ("it is machine learning", "write stats count(*) by field"),
}
"""Commands that are read, and refused where they cannot run: why, and what to write instead."""

_MOST_ROWS: Final = 100_000
_MODES: Final = ("logfmt", "csv", "xml")


class CommandParser(WindowParser):
    """Parses commands at a cursor."""

    def parse(self, word: Token) -> Command:
        """Parse the command whose first word was taken."""
        outer, self._start = self._start, word.position
        name = word.word
        if name in CLOUDWATCH_ONLY:
            command: Command = self._other(name)
        else:
            command = _PARSERS[name](self)
        self._start = outer
        return command

    # --- columns

    def fields(self) -> Fields:
        """Parse what follows ``fields``."""
        return Fields(self._items(), at=self._here())

    def display(self) -> Display:
        """Parse what follows ``display``."""
        return Display(self._items(), at=self._here())

    def _items(self) -> tuple[Item, ...]:
        items = self._cursor.listed(self._item)
        self._distinct(items)
        return items

    def _distinct(self, items: Iterable[Item]) -> None:
        """Refuse a name that two different expressions have."""
        first: dict[str, Item] = {}
        for item in items:
            before = first.setdefault(item.name, item)
            if before.expression != item.expression:
                self._cursor.twice(item.name, before.at, item.at)

    def _item(self) -> Item:
        cursor = self._cursor
        first, start = cursor.next, cursor.start
        expression = self.expressions.expression()
        text = cursor.written(first)
        alias = self._alias() if cursor.take("as") else None
        return Item(expression, alias, text=text, at=cursor.since(start))

    def stats(self) -> Stats:
        """Parse what follows ``stats``."""
        cursor = self._cursor
        if cursor.is_word("by"):
            cursor.fail("stats needs something to compute", "write stats count(*) by field")
        items = self._items()
        keys = self._items() if cursor.take("by") else ()
        for key in keys:
            if isinstance(key.expression, Duration):
                hint = f"write bin({key.text})"
                cursor.fail(f"{key.text} is a period, not a field", hint, key.at)
        self._distinct((*items, *keys))
        offset = None
        if cursor.take("offset"):
            offset = self._period("offset takes a period", "write for example: offset 1h")
        return Stats(items, keys, offset, at=self._here())

    # --- rows

    def filter(self) -> Filter:
        """Parse what follows ``filter``."""
        return Filter(self.expressions.expression(), at=self._here())

    def filter_index(self) -> Filter:
        """Parse what follows ``filterIndex``."""
        return Filter(self.expressions.expression(), index=True, at=self._here())

    def sort(self) -> Sort:
        """Parse what follows ``sort``."""
        by = self._cursor.take("by") is not None
        keys = self._cursor.listed(self._sort_key)
        return Sort(keys, by=by, at=self._here())

    def _sort_key(self) -> SortKey:
        cursor = self._cursor
        start = cursor.start
        direction = cursor.take("asc", "desc")
        if direction and (cursor.at_end or cursor.is_symbol(",")):
            hint = f"it follows a field, without a comma: sort field {direction.text}"
            at = (direction.position, direction.end)
            cursor.fail(f"expected a field, not the word {direction.text}", hint, at)
        cursor.next -= direction is not None
        expression = self.expressions.expression()
        direction = cursor.take("asc", "desc")
        descending = direction is not None and direction.word == "desc"
        return SortKey(expression, descending, at=cursor.since(start))

    def limit(self) -> Limit:
        """Parse what follows ``limit``."""
        cursor = self._cursor
        some = cursor.take("any") is not None
        here = cursor.here
        token = cursor.take_kind(TokenKind.NUMBER)
        if token is None or not isinstance(token.value, int) or token.value == 0:
            at = (here.position, here.end) if here else None
            cursor.fail("limit takes a whole number above 0", "write for example: limit 20", at)
        if token.value > _MOST_ROWS:
            hint = f"write limit {_MOST_ROWS}"
            at = (token.position, token.end)
            cursor.fail(f"a query returns {_MOST_ROWS:,} rows at most", hint, at)
        return Limit(token.value, some, at=self._here())

    def dedup(self) -> Dedup:
        """Parse what follows ``dedup``."""
        return Dedup(self._cursor.listed(self._field), at=self._here())

    # --- making fields

    def parse_text(self) -> Parse:
        """Parse what follows ``parse``."""
        cursor = self._cursor
        operand = Name("@message", at=self._here())
        here = cursor.here
        if here is not None and here.kind not in (TokenKind.STRING, TokenKind.REGEX):
            if here.word in _MODES and cursor.word_after() not in _MODES:
                hint = f"the field comes first: parse @message {here.text}"
                cursor.fail(f"expected a field before {here.text}", hint)
            operand = self._name_only()
        mode = cursor.take(*_MODES)
        if mode is not None:
            return self._structured(operand, mode.word)
        pattern = cursor.take_kind(TokenKind.STRING, TokenKind.REGEX)
        if pattern is None:
            hint = 'write parse @message "user=*" as user, or /user=(?<user>\\S+)/'
            cursor.fail(f"parse needs a pattern in quotes or slashes{cursor.instead()}", hint)
        is_regex = pattern.kind is TokenKind.REGEX
        return (self._with_regex if is_regex else self._with_glob)(operand, pattern)

    def _with_glob(self, operand: Name, pattern: Token) -> Parse:
        text = str(pattern.value)
        names = self._names()
        stars = max(1, text.count("*"))
        if stars != len(names):
            are = "is" if stars == 1 else "are"
            message = f"there {are} {stars} * in the pattern, and {len(names)} names after as"
            self._cursor.fail(message, at=(pattern.position, pattern.end))
        return Parse(operand, "glob", text, names, at=self._here())

    def _with_regex(self, operand: Name, pattern: Token) -> Parse:
        cursor = self._cursor
        text = str(pattern.value)
        at = (pattern.position, pattern.end)
        if wrong := complaint(text):
            cursor.fail(*wrong, at=at)
        named = tuple(name for name in groups(text) if name is not None)
        if cursor.take("multi"):
            if not named:
                cursor.fail("multi needs groups with names", "write (?<name>…)", at)
            return Parse(operand, "regex", text, named, multi=True, at=self._here())
        names = self._names(optional=True)
        if cursor.is_word("multi") and names:
            cursor.fail("multi cannot follow as", "name the groups instead: (?<name>…)")
        captured = len(groups(text))
        if named and names not in ((), named):
            hint = f"leave out as, or name the group: (?<{names[0]}>…)"
            cursor.fail(f"the pattern names its fields itself: {', '.join(named)}", hint, at)
        if not named and names and len(names) != captured:
            message = f"the pattern captures {captured}, and there are {len(names)} names after as"
            cursor.fail(message, at=at)
        if not (names or named):
            cursor.fail("this pattern makes no field", "name a group: (?<name>…)", at)
        return Parse(operand, "regex", text, names or named, at=self._here())

    def _structured(self, operand: Name, mode: str) -> Parse:
        cursor = self._cursor
        pattern = ""
        if mode == "xml":
            token = cursor.take_kind(TokenKind.STRING)
            if token is None:
                cursor.fail("parse xml needs an XPath in quotes", "write parse f xml '/a/b' as x")
            pattern = str(token.value)
        names = self._names()
        if mode != "csv" and len(names) != 1:
            cursor.fail(f"parse {mode} makes one field", f"write parse f {mode} as name")
        match mode:
            case "logfmt":
                return Parse(operand, "logfmt", pattern, names, at=self._here())
            case "csv":
                return Parse(operand, "csv", pattern, names, at=self._here())
            case _:
                return Parse(operand, "xml", pattern, names, at=self._here())

    def _names(self, *, optional: bool = False) -> tuple[str, ...]:
        """Parse ``as a, b``; AWS's own dashboard examples leave ``as`` out."""
        cursor = self._cursor
        if cursor.take("as") is None:
            if optional and (cursor.at_end or cursor.is_word("multi")):
                return ()
            if cursor.at_end:
                cursor.fail("the pattern makes a field without a name", "add: as name")
        return self._each_once(self._alias, str)

    def json(self) -> Json:
        """Parse what follows ``json``."""
        cursor = self._cursor
        operand = Name("@message", at=self._here())
        if cursor.take("field"):
            cursor.expect("=", "expected = after field")
            operand = self._name_only()
        path = cursor.take_kind(TokenKind.STRING)
        if path is None:
            hint = 'write json field=@message "user.name" as name'
            cursor.fail(f"json needs a path in quotes{cursor.instead()}", hint)
        cursor.expect("as", f"expected as and a name{cursor.instead()}")
        return Json(operand, str(path.value), self._alias(), at=self._here())

    def unnest(self) -> Unnest:
        """Parse what follows ``unnest``."""
        operand = self._field()
        self._cursor.expect("into", "expected into and a name", "write unnest j.items into item")
        return Unnest(operand, str(self._cursor.name("a name after into").value), at=self._here())

    def expand(self) -> Unnest:
        """Parse what follows ``expand``."""
        operand = self._field()
        return Unnest(operand, operand.path, expand=True, at=self._here())

    def fill_missing(self) -> FillMissing:
        """Parse what follows ``fillmissing``."""
        cursor = self._cursor
        values: list[tuple[Constant, tuple[str, ...]]] = []
        if cursor.take("with"):
            values.append(self._filled())
            while cursor.take(","):
                values.append(self._filled())
        return FillMissing(tuple(values), at=self._here())

    def _filled(self) -> tuple[Constant, tuple[str, ...]]:
        cursor = self._cursor
        value: Expression = self.expressions.expression()
        if not isinstance(value, Constant):
            cursor.fail("fillmissing takes a number or a text", at=value.at)
        cursor.expect("for", f"expected for and a field{cursor.instead()}")
        return value, (self._alias(),)

    def pattern(self) -> Pattern:
        """Parse what follows ``pattern``."""
        return Pattern(self._field(), at=self._here())

    def _other(self, name: str) -> Other:
        cursor = self._cursor
        first = cursor.next
        depth = 0
        while (token := cursor.here) is not None:
            if depth == 0 and cursor.at_end:
                break
            depth += (token.text == "(") - (token.text == ")")
            cursor.next += 1
        return Other(name, cursor.written(first), at=self._here())


_PARSERS: Final[dict[str, Callable[[CommandParser], Command]]] = {
    "fields": CommandParser.fields,
    "display": CommandParser.display,
    "filter": CommandParser.filter,
    "filterindex": CommandParser.filter_index,
    "stats": CommandParser.stats,
    "sort": CommandParser.sort,
    "limit": CommandParser.limit,
    "dedup": CommandParser.dedup,
    "parse": CommandParser.parse_text,
    "json": CommandParser.json,
    "unnest": CommandParser.unnest,
    "expand": CommandParser.expand,
    "source": CommandParser.source,
    "join": CommandParser.join,
    "lookup": CommandParser.lookup,
    "fillmissing": CommandParser.fill_missing,
    "pattern": CommandParser.pattern,
    "accum": CommandParser.accum,
    "filldown": CommandParser.filldown,
    "autoregress": CommandParser.autoregress,
    "sessionize": CommandParser.sessionize,
    "countfrequent": CommandParser.count_frequent,
    "count_frequent": CommandParser.count_frequent,
    "addtotals": CommandParser.add_totals,
    "where": CommandParser.filter,
    "head": CommandParser.limit,
    "tail": CommandParser.limit,
}
COMMANDS: Final = frozenset({*_PARSERS, *CLOUDWATCH_ONLY})
"""The first words of commands, in lower case."""
