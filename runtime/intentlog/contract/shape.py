"""Read plain data into the contract's structures, collecting every problem of shape.

``msgspec.convert`` stops at the first problem; a person wants all of them. This walks the same
types, so that structure, JSON Schema and messages come from one declaration. What is wrong is
reported and replaced by a placeholder, which lets the checks between keys run all the same.
"""

import json
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import inspect

from .problem import Problem, join, nearest, unknown

T = TypeVar("T", bound=msgspec.Struct)

_NAMES: Final[dict[type, str]] = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    dict: "a table",
    list: "an array",
}
_TYPES: Final[dict[type[inspect.Type], type]] = {
    inspect.BoolType: bool,
    inspect.FloatType: float,
    inspect.IntType: int,
    inspect.StrType: str,
}
_PLACEHOLDERS: Final[dict[type[inspect.Type], object]] = {
    inspect.BoolType: False,
    inspect.DictType: {},
    inspect.FloatType: 0.0,
    inspect.IntType: 0,
    inspect.StrType: "",
    inspect.VarTupleType: (),
}
_LIMITS: Final[dict[str, tuple[Callable[[Any, Any], object], str]]] = {
    "min_length": (lambda value, limit: len(value) >= limit, "that is not empty"),
    "max_length": (lambda value, limit: len(value) <= limit, "of at most {} characters"),
    "pattern": (lambda value, limit: re.fullmatch(limit, value), "matching {}"),
    "gt": (operator.gt, "above {}"),
    "ge": (operator.ge, "at least {}"),
    "lt": (operator.lt, "below {}"),
    "le": (operator.le, "at most {}"),
}
_INTEGERS = range(-(2**63), 2**63)
_SHOWN = 60


def read(type_: type[T], data: Mapping[str, object], where: str = "") -> tuple[T, list[Problem]]:
    """Return the structure and all problems of its shape; usable only if there are none."""
    reader = _Reader()
    info = cast("inspect.StructType", inspect.type_info(type_))
    return cast("T", reader.struct(info, data, where)), reader.problems


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._containers: dict[type[inspect.Type], tuple[type, Callable[..., object]]] = {
            inspect.StructType: (Mapping, self.struct),
            inspect.DictType: (Mapping, self._table),
            inspect.VarTupleType: (list, self._array),
            inspect.LiteralType: (str, self._choice),
        }

    def struct(self, type_: inspect.StructType, data: Mapping[str, Any], where: str) -> object:
        fields = {field.encode_name: field for field in type_.fields}
        absent = fields.keys() - data.keys()
        for key in data:
            if key not in fields:
                self._unknown_key(key, fields, absent, where)
        values = {}
        for key, field in fields.items():
            at = join(where, key)
            if key in data:
                values[field.name] = self._value(field.type, data[key], at)
            elif field.required:
                if not any(at in problem.about for problem in self.problems):
                    self._report(at, f"is missing; expected {_wanted(field.type)}")
                values[field.name] = _placeholder(field.type)
        return type_.cls(**values)

    def _report(self, where: str, what: str, *about: str) -> None:
        self.problems.append(Problem(where, what, about))

    def _unknown_key(
        self, key: object, fields: Mapping[str, object], absent: set[str], where: str
    ) -> None:
        if not isinstance(key, str):
            self._report(where, f"a key is a string, not {key!r}")
            return
        meant = nearest(key, fields)
        about = (join(where, meant),) if meant in absent and meant else ()
        self._report(join(where, key), unknown("key", key, fields), *about)

    def _value(self, type_: inspect.Type, value: object, where: str) -> object:
        if isinstance(type_, inspect.Metadata) and not type_.extra:
            return self._value(type_.type, value, where)
        if isinstance(type_, inspect.UnionType):
            # TOML has no null; a contract built in Python has None for what is not given.
            return None if value is None else self._value(_present(type_), value, where)
        kind, read_container = self._containers.get(type(type_), (None, self._leaf))
        if kind is not None and not isinstance(value, kind):
            return self._leaf(type_, value, where)
        return read_container(type_, value, where)

    def _table(
        self, type_: inspect.DictType, value: Mapping[Any, object], where: str
    ) -> dict[str, object]:
        if type_.min_length and not value:
            self._report(where, f"is empty; expected a table, as in [{where}.NAME]")
        table = {}
        for key, item in value.items():
            if not isinstance(key, str):
                self._report(where, f"a key is a string, not {key!r}")
                continue
            at = join(where, key)
            self._leaf(type_.key_type, key, at)
            table[key] = self._value(type_.value_type, item, at)
        return table

    def _array(
        self, type_: inspect.VarTupleType, value: list[object], where: str
    ) -> tuple[object, ...]:
        return tuple(
            self._value(type_.item_type, item, join(where, index))
            for index, item in enumerate(value)
        )

    def _choice(self, type_: inspect.LiteralType, value: str, where: str) -> object:
        if value in type_.values:
            return value
        near = nearest(value, map(str, type_.values))
        hint = f'did you mean "{near}"?' if near else f"expected {_wanted(type_)}"
        self._report(where, f"{_shown(value)} is not allowed; {hint}")
        return type_.values[0]

    def _leaf(self, declared: inspect.Type, value: object, where: str) -> object:
        type_ = declared.type if isinstance(declared, inspect.Metadata) else declared
        if type(value) is int and value not in _INTEGERS:
            self._report(
                where, f"an integer beyond 64 bits is not allowed; expected {_wanted(declared)}"
            )
            return _placeholder(type_)
        if isinstance(type_, inspect.FloatType) and type(value) is int:
            value = float(value)
        if type(value) is not _TYPES.get(type(type_), object):
            given = "None" if value is None else _NAMES.get(type(value))
            given = given or f"a {type(value).__name__}"
            # What its characters must be is of no interest yet.
            wanted = _wanted(type_) if type_ is declared else _NAMES[_TYPES[type(type_)]]
            self._report(where, f"expected {wanted}, not {given}")
            return _placeholder(type_)
        if not _allowed(type_, value):
            self._report(where, f"{_shown(value)} is not allowed; expected {_wanted(declared)}")
        return value


def _allowed(type_: inspect.Type, value: Any) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return all(allows(value, limit) for allows, _, limit in _limits(type_))


def _limits(type_: inspect.Type) -> list[tuple[Callable[[Any, Any], object], str, object]]:
    return [
        (allows, words, limit)
        for name, (allows, words) in _LIMITS.items()
        if (limit := getattr(type_, name, None)) is not None
    ]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…"'


def _wanted(type_: inspect.Type) -> str:
    match type_:
        case inspect.Metadata():
            return (type_.extra or {}).get("wanted") or _wanted(type_.type)
        case inspect.UnionType():
            return _wanted(_present(type_))
        case inspect.LiteralType():
            return "one of " + ", ".join(map(str, type_.values))
        case inspect.StructType() | inspect.DictType():
            return _NAMES[dict]
        case inspect.VarTupleType():
            return _NAMES[list]
    limits = ", ".join(words.format(limit) for _, words, limit in _limits(type_))
    return f"{_NAMES[_TYPES[type(type_)]]} {limits}".strip()


def _present(type_: inspect.UnionType) -> inspect.Type:
    """Return what an optional key holds when it is there."""
    return next(t for t in type_.types if not isinstance(t, inspect.NoneType))


def _placeholder(type_: inspect.Type) -> object:
    match type_:
        case inspect.Metadata():
            return _placeholder(type_.type)
        case inspect.UnionType():
            return None
        case inspect.LiteralType():
            return type_.values[0]
        case inspect.StructType():
            return _Reader().struct(type_, {}, "")
    return _PLACEHOLDERS[type(type_)]
