"""Turns the expressions of a query into those of the relational form.

`kinds` has the rules of comparisons, `resolve_calls` those of functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from .cursor import Stop
from .functions import FUNCTIONS
from .kinds import any_of, common_kind, comparison, constant
from .names import squeezed
from .periods import UNITS, fixed_length
from .problems import Problem
from .regex import with_plain_groups
from .relational import Apply, Expr, InQuery, Kind, Value
from .resolve_calls import CALLS
from .tree import (
    Array,
    Binary,
    Call,
    Constant,
    Duration,
    Expression,
    In,
    Like,
    Logical,
    Name,
    Query,
    Regex,
    Star,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .names import Scope
    from .relational import Relation

_ARITHMETIC: Final = ("+", "-", "*", "/", "%", "^")


class Resolver:
    """Resolves expressions at one place of a query.

    Attributes:
        scope: What names mean.
        start: The first millisecond of the time asked about, None for no bound.
        end: The last one.
        now: The millisecond at which the query is asked.
    """

    def __init__(
        self, text: str, scope: Scope, subquery: Callable[[Query], Relation], now: int
    ) -> None:
        self.text = text
        self.scope = scope
        self.now = now
        self.start: int | None = None
        self.end: int | None = None
        self.aggregate: Callable[[Call], Expr] | None = None
        self._subquery = subquery

    def fail(self, message: str, hint: str, node: Expression) -> NoReturn:
        """Refuse a part of the query."""
        raise Stop(Problem(message, hint, self.text, node.at))

    def resolve(  # noqa: C901, PLR0911, PLR0912, RET503 - a table of nodes
        self, node: Expression
    ) -> Expr:
        """Return what an expression means here."""
        if not isinstance(node, (Name, Constant)) and (known := self._column_called(node)):
            return known
        match node:
            case Name(path):
                self.check_whole(node)
                return self.scope.find(path)
            case Constant(value):
                return constant(value)
            case Duration():
                return Value(self.period(node), Kind.NUMBER)
            case Call():
                return self._call(node)
            case Unary("not", operand):
                return Apply("not", (self.condition(operand),), Kind.BOOLEAN)
            case Unary(_, Constant(int() | float() as value)):
                return constant(-value)
            case Unary(_, operand):
                return Apply("negative", (self.resolve(operand),), Kind.NUMBER)
            case Logical("or", operands):
                return any_of(map(self.condition, operands))
            case Logical(operator, operands):
                return Apply(operator, tuple(map(self.condition, operands)), Kind.BOOLEAN)
            case Binary():
                return self._binary(node)
            case Like(operand, pattern, negated):
                return _negated(self._like(operand, pattern), negated=negated)
            case In(operand, values, negated):
                return _negated(self._in(operand, values), negated=negated)
            case Regex():
                self.fail("a regular expression follows like, =~ or parse only", "", node)
            case Star():
                self.fail("* stands for all events in count(*) only", "", node)
            case Array():
                self.fail("a list follows in only", "", node)

    def condition(self, node: Expression) -> Expr:
        """Return an expression as a condition: a bare field is true if it is not 0."""
        found = self.resolve(node)
        if found.kind is Kind.BOOLEAN:
            return found
        return Apply("truth", (found,), Kind.BOOLEAN)

    def check_whole(self, name: Name) -> None:
        """Refuse a part of a list that has none."""
        if self.scope.is_below_list(name.path):
            hint = "only what jsonParse makes can be looked into; take a part with parse"
            self.fail("a list of split or values has no parts", hint, name)

    def period(self, node: Duration) -> int:
        """Return the length of a period of fixed length, in milliseconds."""
        length = fixed_length(node.amount, UNITS[node.unit])
        if length is None:
            self.fail("months and years have no fixed length", "use days, or bin(1mo)", node)
        return length

    def _column_called(self, node: Expression) -> Expr | None:
        """Return the column that is named by this expression, such as ``count(*)``."""
        return self.scope.computed.get(squeezed(self.text[node.at[0] : node.at[1]]))

    def _call(self, call: Call) -> Expr:
        function = FUNCTIONS[call.function]
        if function.role == "aggregate":
            if self.aggregate is None:
                hint = "write stats count(*) as n, then use n"
                self.fail(f"{function.name} can be used in stats only", hint, call)
            return self.aggregate(call)
        if call.function in CALLS:
            return CALLS[call.function](self, call)
        arguments = tuple(self.resolve(argument) for argument in call.arguments)
        kind = common_kind(arguments) if function.result is None else function.result
        return Apply(call.function, arguments, kind)

    def _binary(self, node: Binary) -> Expr:
        operator = node.operator
        left, right = self.resolve(node.left), self.resolve(node.right)
        if operator in _ARITHMETIC:
            return Apply(operator, (left, right), Kind.NUMBER)
        return comparison(operator, left, right)

    def _like(self, operand: Expression, pattern: Expression) -> Expr:
        of = self.resolve(operand)
        if isinstance(pattern, Regex):
            regex = Value(with_plain_groups(pattern.pattern, named=False), Kind.TEXT)
            return Apply("matches", (of, regex), Kind.BOOLEAN)
        return Apply("contains", (of, self.resolve(pattern)), Kind.BOOLEAN)

    def _in(self, operand: Expression, values: Array | Name | Query) -> Expr:
        of = self.resolve(operand)
        if isinstance(values, Query):
            return InQuery(of, self._subquery(values))
        if isinstance(values, Name):
            parsed = Apply("jsonparse", (self.resolve(values),), Kind.JSON)
            return Apply("jsonarraycontains", (parsed, of), Kind.BOOLEAN)
        return any_of(comparison("=", of, self.resolve(item)) for item in values.items)


def _negated(expression: Expr, *, negated: bool) -> Expr:
    return Apply("not", (expression,), Kind.BOOLEAN) if negated else expression
