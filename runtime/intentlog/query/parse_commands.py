"""Parses each command of Logs Insights QL after its first word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from intentlog.expression import TokenKind

from .parse_expression import RESERVED, duration_of
from .periods import UNITS, fixed_length
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
    Join,
    Json,
    Limit,
    Lookup,
    Name,
    Other,
    Parse,
    Pattern,
    Sort,
    SortKey,
    Source,
    Stats,
    Unnest,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from intentlog.expression import Token

    from .cursor import Cursor
    from .parse_expression import ExpressionParser
    from .tree import Command, Query

CLOUDWATCH_ONLY: Final = {
    "accum": "a running total",
    "addtotals": "a row of totals",
    "anomaly": "machine learning",
    "appendcols": "columns of a second query",
    "autoregress": "values of rows before",
    "cidrlookup": "a lookup by network",
    "countfrequent": "approximate frequencies",
    "diff": "a comparison of patterns, and follows pattern",
    "estimate": "an estimate of the cost of scanning",
    "filldown": "values of rows before",
    "logcompare": "two groups of logs compared",
    "outlier": "statistics over all rows",
    "relevantfields": "machine learning",
    "sessionize": "sessions of rows",
}
"""Commands that are read, and refused where they cannot run, with what they need."""

_COMMAND_NAMES: Final = (
    *("fields", "display", "filter", "where", "filterindex", "stats", "sort", "limit", "head"),
    *("tail", "dedup", "parse", "json", "unnest", "expand", "source", "join", "lookup"),
    *("fillmissing", "pattern", *CLOUDWATCH_ONLY),
)
COMMANDS: Final = frozenset(_COMMAND_NAMES)
"""The first words of commands, in lower case."""

_MODES: Final = ("logfmt", "csv", "xml")
_CHOICES: Final = ("loggroups", "loggrouptags", "datasource")


class CommandParser:
    """Parses commands at a cursor."""

    def __init__(
        self, cursor: Cursor, expressions: ExpressionParser, subquery: Callable[[], Query]
    ) -> None:
        self.expressions = expressions
        self._cursor = cursor
        self._subquery = subquery
        self._start = 0

    def parse(self, word: Token) -> Command:
        """Parse the command whose first word was taken."""
        outer, self._start = self._start, word.position
        name = word.word
        if name in CLOUDWATCH_ONLY:
            command: Command = self._other(name)
        else:
            command = getattr(self, f"_{_SAME_AS.get(name, name)}")()
        self._start = outer
        return command

    # --- columns

    def _fields(self) -> Fields:
        return Fields(self._items(), at=self._here())

    def _display(self) -> Display:
        return Display(self._items(), at=self._here())

    def _items(self) -> tuple[Item, ...]:
        return self._cursor.listed(self._item)

    def _item(self) -> Item:
        cursor = self._cursor
        first, start = cursor.next, cursor.start
        expression = self.expressions.expression()
        text = cursor.written(first)
        alias = self._alias() if cursor.take("as") else None
        return Item(expression, alias, text=text, at=cursor.since(start))

    def _alias(self) -> str:
        token = self._cursor.name("a name after as")
        return str(token.value)

    def _stats(self) -> Stats:
        cursor = self._cursor
        if cursor.is_word("by"):
            cursor.fail("stats needs something to compute", "write stats count(*) by field")
        items = self._items()
        keys = self._items() if cursor.take("by") else ()
        offset = None
        if cursor.take("offset"):
            offset = self._period("offset takes a period", "write for example: offset 1h")
        return Stats(items, keys, offset, at=self._here())

    def _period(self, message: str, hint: str) -> Duration:
        token = self._cursor.take_kind(TokenKind.DURATION)
        return duration_of(token) if token else self._cursor.fail(message, hint)

    # --- rows

    def _filter(self) -> Filter:
        return Filter(self.expressions.expression(), at=self._here())

    def _filterindex(self) -> Filter:
        return Filter(self.expressions.expression(), index=True, at=self._here())

    def _sort(self) -> Sort:
        by = self._cursor.take("by") is not None
        keys = self._cursor.listed(self._sort_key)
        return Sort(keys, by=by, at=self._here())

    def _sort_key(self) -> SortKey:
        cursor = self._cursor
        start = cursor.start
        expression = self.expressions.expression()
        direction = cursor.take("asc", "desc")
        descending = direction is not None and direction.word == "desc"
        return SortKey(expression, descending, at=cursor.since(start))

    def _limit(self) -> Limit:
        cursor = self._cursor
        some = cursor.take("any") is not None
        here = cursor.here
        token = cursor.take_kind(TokenKind.NUMBER)
        if token is None or not isinstance(token.value, int) or token.value == 0:
            at = (here.position, here.end) if here else None
            cursor.fail("limit takes a whole number above 0", "write for example: limit 20", at)
        return Limit(token.value, some, at=self._here())

    def _dedup(self) -> Dedup:
        return Dedup(self._cursor.listed(self._field), at=self._here())

    def _field(self) -> Name:
        expression = self.expressions.expression()
        if not isinstance(expression, Name):
            self._cursor.fail("expected a field here, not an expression", at=expression.at)
        return expression

    # --- making fields

    def _parse(self) -> Parse:
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
        captured = len(named) or len(groups(text))
        if names and len(names) != captured:
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
        return cursor.listed(self._alias)

    def _name_only(self) -> Name:
        token = self._cursor.name("a field")
        if token.word in RESERVED:
            self._cursor.fail(f"expected a field, not the word {token.text}")
        quoted = token.kind is TokenKind.QUOTED_NAME
        return Name(str(token.value), at=(token.position, token.end), quoted=quoted)

    def _json(self) -> Json:
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

    def _unnest(self) -> Unnest:
        operand = self._field()
        self._cursor.expect("into", "expected into and a name", "write unnest j.items into item")
        return Unnest(operand, str(self._cursor.name("a name after into").value), at=self._here())

    def _expand(self) -> Unnest:
        operand = self._field()
        return Unnest(operand, operand.path, expand=True, at=self._here())

    # --- other sources

    def _source(self) -> Source:
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
            elif cursor.take(*_CHOICES):
                self._skip_arguments()
                choices.append(cursor.written(first))
            else:
                hint = "write SOURCE '/my/log-group' or SOURCE logGroups(namePrefix: ['/my'])"
                cursor.fail(f"SOURCE needs a log group in quotes{cursor.instead()}", hint)
            if not cursor.take(","):
                return tuple(names), tuple(choices)

    def _skip_arguments(self) -> None:
        cursor = self._cursor
        opening = cursor.expect("(", "expected ( here")
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

    def _join(self) -> Join:
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

    def _lookup(self) -> Lookup:
        cursor = self._cursor
        table = str(cursor.name("the name of a table").value)
        keys = cursor.listed(self._renamed)
        hint = "write lookup users id as user_id OUTPUT name, email"
        cursor.expect("output", f"expected OUTPUT{cursor.instead()}", hint)
        return Lookup(table, keys, cursor.listed(self._renamed), at=self._here())

    def _renamed(self) -> tuple[str, str]:
        token = self._cursor.name("a column")
        name = str(token.value)
        return name, self._alias() if self._cursor.take("as") else name

    def _fillmissing(self) -> FillMissing:
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

    def _pattern(self) -> Pattern:
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

    def _here(self) -> tuple[int, int]:
        return self._cursor.since(self._start)


_SAME_AS: Final = {"where": "filter", "head": "limit", "tail": "limit"}
