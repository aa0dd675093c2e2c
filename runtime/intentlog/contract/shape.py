"""Read plain data into the contract's structures, collecting every problem of shape.

``msgspec.convert`` stops at the first problem; a person wants all of them. This walks the same
types, so that structure, JSON Schema and messages come from one declaration. What is wrong is
reported and replaced by a placeholder, which lets the checks between keys run all the same.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from .problem import Problem, join, unknown

T = TypeVar("T", bound=msgspec.Struct)

_TOML_NAMES = {bool: "a boolean", int: "an integer", float: "a number", str: "a string"}
_CONTAINERS = {dict: "a table", list: "an array"}
_PLACEHOLDERS: dict[type[inspect.Type], object] = {
    inspect.BoolType: False,
    inspect.DictType: {},
    inspect.FloatType: 0.0,
    inspect.IntType: 0,
    inspect.StrType: "",
    inspect.VarTupleType: (),
}


def read(type_: type[T], data: Mapping[str, object]) -> tuple[T, list[Problem]]:
    """Return the structure and all problems of its shape; usable only if there are none."""
    problems: list[Problem] = []
    info = cast("inspect.StructType", inspect.type_info(type_))
    return cast("T", _struct(info, data, "", problems)), problems


def _value(type_: inspect.Type, value: object, where: str, problems: list[Problem]) -> object:
    match type_:
        case inspect.Metadata() if type_.extra:
            return _leaf(type_, value, where, problems)
        case inspect.Metadata():
            return _value(type_.type, value, where, problems)
        case inspect.UnionType():
            return _value(_present(type_), value, where, problems)
        case inspect.StructType() if isinstance(value, Mapping):
            return _struct(type_, value, where, problems)
        case inspect.DictType() if isinstance(value, Mapping):
            return {
                key: _value(type_.value_type, item, join(where, key), problems)
                for key, item in value.items()
            }
        case inspect.VarTupleType() if isinstance(value, list):
            return tuple(
                _value(type_.item_type, item, join(where, index), problems)
                for index, item in enumerate(value)
            )
        case inspect.LiteralType() if isinstance(value, str):
            if value not in type_.values:
                kind = where.rpartition(".")[2]
                problems.append(Problem(where, unknown(kind, value, map(str, type_.values))))
            return value
        case _:
            return _leaf(type_, value, where, problems)


def _struct(
    type_: inspect.StructType, data: Mapping[str, Any], where: str, problems: list[Problem]
) -> object:
    fields = {field.encode_name: field for field in type_.fields}
    for key in data:
        if key not in fields:
            problems.append(Problem(join(where, key), unknown("key", key, fields)))
    values = {}
    for key, field in fields.items():
        if key in data:
            values[field.name] = _value(field.type, data[key], join(where, key), problems)
        elif field.required:
            problems.append(Problem(join(where, key), f"is missing; expected {_wanted(field.type)}"))
            values[field.name] = _placeholder(field.type)
    return type_.cls(**values)


def _leaf(declared: inspect.Type, value: object, where: str, problems: list[Problem]) -> object:
    type_ = declared.type if isinstance(declared, inspect.Metadata) else declared
    if isinstance(type_, inspect.FloatType) and type(value) is int:
        value = float(value)
    if type(value) is not _python_type(type_):
        given = (_TOML_NAMES | _CONTAINERS).get(type(value), f"a {type(value).__name__}")
        problems.append(Problem(where, f"expected {_wanted(declared)}, not {given}"))
        return _placeholder(type_)
    if not _allowed(type_, value):
        shown = msgspec.json.encode(value).decode()
        problems.append(Problem(where, f"{shown} is not allowed; expected {_wanted(declared)}"))
    return value


def _allowed(type_: inspect.Type, value: Any) -> bool:
    return all(
        allows(value, limit)
        for name, (allows, _) in _LIMITS.items()
        if (limit := getattr(type_, name, None)) is not None
    )


_LIMITS: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "min_length": (lambda value, limit: len(value) >= limit, "that is not empty"),
    "max_length": (lambda value, limit: len(value) <= limit, "at most {} characters"),
    "pattern": (lambda value, limit: re.fullmatch(limit, value), "matching {}"),
    "gt": (operator.gt, "above {}"),
    "ge": (operator.ge, "at least {}"),
    "lt": (operator.lt, "below {}"),
    "le": (operator.le, "at most {}"),
}


def _wanted(type_: inspect.Type) -> str:
    match type_:
        case inspect.Metadata():
            return (type_.extra or {}).get("wanted") or _wanted(type_.type)
        case inspect.UnionType():
            return _wanted(_present(type_))
        case inspect.LiteralType():
            return "one of " + ", ".join(map(str, type_.values))
        case inspect.StructType() | inspect.DictType():
            return _CONTAINERS[dict]
        case inspect.VarTupleType():
            return _CONTAINERS[list]
    limits = [
        words.format(limit)
        for name, (_, words) in _LIMITS.items()
        if (limit := getattr(type_, name, None)) is not None
    ]
    return " ".join([_TOML_NAMES[_python_type(type_)], ", ".join(limits)]).strip()


def _present(type_: inspect.UnionType) -> inspect.Type:
    """Return what an optional key holds when it is there; TOML has no null."""
    return next(t for t in type_.types if not isinstance(t, inspect.NoneType))


def _python_type(type_: inspect.Type) -> type:
    return {
        inspect.BoolType: bool,
        inspect.FloatType: float,
        inspect.IntType: int,
        inspect.StrType: str,
    }.get(type(type_), object)


def _placeholder(type_: inspect.Type) -> object:
    match type_:
        case inspect.Metadata():
            return _placeholder(type_.type)
        case inspect.UnionType():
            return None
        case inspect.LiteralType():
            return type_.values[0]
        case inspect.StructType():
            return _struct(type_, {}, "", [])
    return _PLACEHOLDERS[type(type_)]
