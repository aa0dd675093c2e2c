"""Writes the expressions of a relation as SQL: what the dialects share, and what they must say.

A dialect converts values between kinds, reads JSON, and has a template for each function that is
not in `sql_functions.SHARED`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from intentlog.expression.values import number_in, text_of

from .functions import FUNCTIONS
from .kinds import NUMERIC
from .relational import Apply, Column, Expr, InQuery, Kind, Member, Value, found
from .sql_functions import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .relational import Relation

Template: TypeAlias = "str | Callable[[Dialect, Apply], str]"
Path: TypeAlias = "tuple[str | int, ...]"

_LONG: Final = 2_000  # characters: few queries of people have such arguments
_YEARS: Final = (-62_135_596_800_000, 253_402_300_799_999)
"""The milliseconds of the years 1 to 9999: other numbers are no time in any dialect."""
_MOST_WHOLE: Final = 10**38
_LETTERS: Final = {
    "b": Kind.BOOLEAN,
    "d": Kind.TIME,
    "j": Kind.JSON,
    "n": Kind.NUMBER,
    "t": Kind.TEXT,
    "w": Kind.WHOLE,
}


class Dialect(ABC):
    """One dialect of SQL.

    Attributes:
        functions: What calls each function that is not in `SHARED`.
        types: The type of each kind.
        json_null: JSON's null, as a value of JSON's type.
    """

    functions: Mapping[str, Template]
    types: Mapping[Kind, str]
    json_null: str

    def __init__(self) -> None:
        self._written: dict[Apply, str] = {}

    @abstractmethod
    def query(self, relation: Relation) -> str:
        """Return the SELECT of a relation, which reads the tables of its scans."""

    @abstractmethod
    def member(self, sql: str, paths: tuple[Path, ...]) -> str:
        """Return the JSON value at the first of these paths that is there."""

    @abstractmethod
    def json(self, sql: str) -> str:
        """Return a text or list as a JSON value."""

    @abstractmethod
    def json_number(self, sql: str) -> str:
        """Return the JSON value of a number's text."""

    @abstractmethod
    def raw_text(self, sql: str) -> str:
        """Return the text of a JSON value, as `intentlog.expression.values.text_of` has it."""

    @abstractmethod
    def raw_number(self, sql: str) -> str:
        """Return the number of a JSON value, as `intentlog.expression.values.number_of` has it."""

    @abstractmethod
    def json_text(self, sql: str) -> str:
        """Return a JSON value as JSON."""

    @abstractmethod
    def json_begin(self, sql: str) -> str:
        """Return the first character of a JSON value, which tells what it is."""

    @abstractmethod
    def text_number(self, sql: str) -> str:
        """Return the number that a text spells, null if it spells none."""

    @abstractmethod
    def text_whole(self, sql: str) -> str:
        """Return the whole number that digits spell, null if a text is something else."""

    @abstractmethod
    def number_whole(self, sql: str) -> str:
        """Return a number without its fraction, null if it has too many digits."""

    @abstractmethod
    def number_text(self, sql: str) -> str:
        """Return the text of a number: whole ones without ``.0``."""

    @abstractmethod
    def finite(self, sql: str) -> str:
        """Return a number, null if it is infinite or none; its SQL stands there once."""

    @abstractmethod
    def bound(self, sql: str, name: str, body: str) -> str:
        """Return SQL that has a name for other SQL in it."""

    @abstractmethod
    def time_text(self, sql: str) -> str:
        """Return the text of milliseconds since 1970: ``2026-11-25 22:56:43.000``."""

    @abstractmethod
    def list_text(self, sql: str) -> str:
        """Return the text of a list: JSON."""

    def sql(self, expression: Expr) -> str:
        """Return an expression as it is."""
        match expression:
            case Column(name):
                return name
            case Value(value, kind):
                return self.constant(value, kind)
            case Member(of, paths):
                return self.member(self.convert(of, Kind.JSON), paths)
            case Apply():
                if expression not in self._written:
                    self._written[expression] = self._apply(expression)
                return self._written[expression]
            case InQuery(of, relation):
                cell = identifier(relation.shown[0].name)
                # In SQL, nothing is certainly not in a list that has a null, and whatever is
                # missing is certainly not in one that is empty.
                there = f"SELECT {cell} FROM ({self.query(relation)}) AS q WHERE {cell} IS NOT NULL"
                text = self.convert(of, Kind.TEXT)
                return f"(CASE WHEN {text} IS NOT NULL THEN {text} IN ({there}) END)"
            case _:
                assert_never(expression)

    def convert(self, expression: Expr, kind: Kind) -> str:  # noqa: PLR0911 - a table of kinds
        """Return an expression as a value of another kind."""
        if isinstance(expression, Value):
            return self._converted_constant(expression, kind)
        sql = self.sql(expression)
        if expression.kind is kind:
            return sql
        match kind:
            case Kind.TEXT:
                return self._text(sql, expression.kind)
            case Kind.NUMBER:
                return self._number(sql, expression.kind)
            case Kind.WHOLE:
                return self._whole(sql, expression.kind)
            case Kind.BOOLEAN:
                return f"({self._number(sql, expression.kind)} <> 0)"
            case Kind.TIME:
                first, last = _YEARS
                number = self._number(sql, expression.kind)
                within = f"{number} BETWEEN {first}e0 AND {last}e0"
                return f"(CASE WHEN {within} THEN CAST({number} AS BIGINT) END)"
            case _ if expression.kind in (Kind.RAW, Kind.JSON):
                return sql
            case _:
                return self._json(sql, expression.kind)

    def moment(self, time: Expr) -> str:
        """Return what says which of two events is the later."""
        return self.convert(time, Kind.TIME)

    def shown(self, expression: Expr) -> str:
        """Return the text that a cell of the result has."""
        if expression.kind is Kind.JSON and not isinstance(expression, Value):
            sql = self.sql(expression)
            structure = f"{self.json_begin(sql)} IN ('{{', '[')"
            return (
                f"(CASE WHEN {structure} THEN {self.json_text(sql)} ELSE {self.raw_text(sql)} END)"
            )
        return self.convert(expression, Kind.TEXT)

    def constant(self, value: object, kind: Kind) -> str:
        """Return a constant; numbers are floating, or the division of two would be whole."""
        match value:
            case None:
                return f"CAST(NULL AS {self.types[kind]})"
            case str():
                return literal(value)
            case _:
                text = repr(value)
                return text if "e" in text else f"{text}e0"

    def _converted_constant(self, constant: Value, kind: Kind) -> str:
        value: object = constant.value
        if isinstance(value, tuple):
            items = (self._converted_constant(Value(item, constant.kind), kind) for item in value)
            return f"({', '.join(items)})"
        if kind is Kind.TEXT and isinstance(value, (int, float)):
            value = text_of(value)
        elif kind in NUMERIC and isinstance(value, str):
            value = number_in(value)
            value = value if value is not None and isfinite(value) else None
        if value is None:
            return self.constant(None, kind)
        if kind is Kind.BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind in (Kind.TIME, Kind.WHOLE) and isinstance(value, (int, float)):
            return self._whole_constant(int(value), kind)
        if kind in (Kind.JSON, Kind.RAW):
            text = self._converted_constant(constant, Kind.TEXT)
            return self.json(text) if constant.kind is Kind.TEXT else self.json_number(text)
        return self.constant(value, kind)

    def _whole_constant(self, value: int, kind: Kind) -> str:
        first, last = _YEARS if kind is Kind.TIME else (1 - _MOST_WHOLE, _MOST_WHOLE - 1)
        if not first <= value <= last:
            return self.constant(None, kind)
        return f"CAST({value} AS {self.types[kind]})"

    def _apply(self, apply: Apply) -> str:
        """Write a call; what is long has a name, for a template may have an argument often."""
        long = None if _stands_alone(apply) else next(filter(self._is_long, apply.arguments), None)
        if long is not None:
            name = f"v{len(self._written)}"
            named = Column(name, long.kind)
            arguments = tuple(named if each == long else each for each in apply.arguments)
            shorter = Apply(apply.function, arguments, apply.kind)
            return self.bound(self.sql(long), name, self._apply(shorter))
        template = self.functions.get(apply.function) or SHARED[apply.function]
        return self.filled(template, apply) if isinstance(template, str) else template(self, apply)

    def _is_long(self, argument: Expr) -> bool:
        return isinstance(argument, Apply) and len(self.sql(argument)) > _LONG

    def filled(self, template: str, apply: Apply) -> str:
        """Return a template with the arguments of a call."""
        return template.format(*(_Argument(self, each) for each in apply.arguments))

    def _text(self, sql: str, kind: Kind) -> str:  # noqa: PLR0911 - a table of kinds
        match kind:
            case Kind.RAW | Kind.JSON:
                return self.raw_text(sql)
            case Kind.NUMBER:
                return self.number_text(sql)
            case Kind.WHOLE:
                return f"CAST({sql} AS VARCHAR)"
            case Kind.BOOLEAN:
                return f"CAST(CAST({sql} AS INTEGER) AS VARCHAR)"
            case Kind.TIME:
                return self.time_text(sql)
            case Kind.LIST:
                return self.list_text(sql)
            case _:
                return sql

    def _json(self, sql: str, kind: Kind) -> str:
        match kind:
            case Kind.LIST:
                return self.json(sql)
            case Kind.NUMBER | Kind.WHOLE | Kind.BOOLEAN:
                return self.json_number(self._text(sql, kind))
            case _:
                return self.json(self._text(sql, kind))

    def _number(self, sql: str, kind: Kind) -> str:
        match kind:
            case Kind.RAW | Kind.JSON:
                return self.raw_number(sql)
            case Kind.TEXT:
                return self.text_number(sql)
            case Kind.BOOLEAN:
                return f"CAST(CAST({sql} AS INTEGER) AS DOUBLE)"
            case Kind.TIME | Kind.WHOLE:
                return f"CAST({sql} AS DOUBLE)"
            case Kind.LIST:
                return "CAST(NULL AS DOUBLE)"
            case _:
                return sql

    def _whole(self, sql: str, kind: Kind) -> str:
        number = self.number_whole(self._number(sql, kind))
        if kind in NUMERIC:
            return number
        return f"coalesce({self.text_whole(self._text(sql, kind))}, {number})"


def _stands_alone(apply: Apply) -> bool:
    """Tell whether no name can be bound: an aggregate is of rows, a subquery of other tables."""
    function = FUNCTIONS.get(apply.function)
    is_aggregate = function is not None and function.role == "aggregate"
    return is_aggregate or any(found(apply, InQuery))


class _Argument:
    """An argument of a template; its format is the letter of the kind that is wanted."""

    def __init__(self, dialect: Dialect, expression: Expr) -> None:
        self._dialect = dialect
        self._expression = expression

    def __format__(self, letter: str) -> str:
        if letter == "v":
            return self._dialect.sql(self._expression)
        if letter == "m":
            return self._dialect.moment(self._expression)
        if letter == "i":
            constant = self._expression
            assert isinstance(constant, Value)  # noqa: S101 - the planner made it
            return str(constant.value)
        return self._dialect.convert(self._expression, _LETTERS[letter])


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'
