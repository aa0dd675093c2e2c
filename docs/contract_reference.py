"""References of what a person writes in TOML, from the declarations that read it."""

from collections.abc import Iterator

import msgspec
from msgspec import inspect

from intentlog.contract import Contract, Environment

_CONTRACT = """\
# The contract's keys

Written by `make docs` from the declarations in `model.py` and `asking.py` of
`runtime/intentlog/contract/`. What must be there is marked as required."""

_ENVIRONMENTS = """\
# The environments' keys

Written by `make docs` from the declarations in `environments.py` and `notifications.py` of
`runtime/intentlog/contract/`.
`NAME` is what `cdk -c env=NAME` chooses."""


def pages() -> dict[str, str]:
    """Return the pages' texts by their files in ``docs/``."""
    return {
        "contract-reference.md": _page(_CONTRACT, Contract, ""),
        "environments-reference.md": _page(_ENVIRONMENTS, Environment, "NAME"),
    }


def _page(introduction: str, declaration: type[msgspec.Struct], path: str) -> str:
    """Return a page: a table of keys for each table of the declaration."""
    lines = [introduction]
    for at, type_ in _tables(inspect.type_info(declaration), path):
        lines += ["", f"## {at or 'Top level'}", "", (type_.cls.__doc__ or "").split("\n")[0]]
        lines += ["", "| Key | Type | Default | |", "|---|---|---|---|"]
        lines += [_row(field) for field in type_.fields]
    return "\n".join(lines) + "\n"


def _tables(
    type_: inspect.Type, path: str, brackets: str = "[]"
) -> Iterator[tuple[str, inspect.StructType]]:
    match type_:
        case inspect.Metadata():
            yield from _tables(type_.type, path)
        case inspect.UnionType():
            for member in type_.types:
                yield from _tables(member, path)
        case inspect.VarTupleType():
            yield from _tables(type_.item_type, path, "[[]]")
        case inspect.DictType():
            yield from _tables(type_.value_type, f"{path}.NAME")
        case inspect.StructType():
            middle = len(brackets) // 2
            yield (f"`{brackets[:middle]}{path}{brackets[middle:]}`" if path else ""), type_
            for field in type_.fields:
                below = f"{path}.{field.name}" if path else field.name
                yield from _tables(field.type, below)


def _row(field: inspect.Field) -> str:
    cells = (f"`{field.name}`", _type(field.type), _default(field), _description(field.type))
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _type(type_: inspect.Type) -> str:
    match type_:
        case inspect.Metadata():
            return _type(type_.type)
        case inspect.UnionType():
            return next(_type(t) for t in type_.types if not isinstance(t, inspect.NoneType))
        case inspect.LiteralType():
            return ", ".join(f"`{value}`" for value in type_.values)
        case inspect.VarTupleType():
            return f"array of {_type(type_.item_type)}"
        case inspect.DictType():
            return f"table of {_type(type_.value_type)}"
    names = {inspect.StrType: "string", inspect.IntType: "integer", inspect.FloatType: "number"}
    names |= {inspect.BoolType: "boolean", inspect.StructType: "table"}
    return names[type(type_)] + _limits(type_)


def _limits(type_: inspect.Type) -> str:
    words = {"gt": "> {}", "ge": "≥ {}", "lt": "< {}", "le": "≤ {}"}
    limits = [
        text.format(limit)
        for name, text in words.items()
        if (limit := getattr(type_, name, None)) is not None
    ]
    return f" {', '.join(limits)}" if limits else ""


def _default(field: inspect.Field) -> str:
    if field.required:
        return "required"
    if field.default is msgspec.NODEFAULT or isinstance(field.default, msgspec.Struct):
        return ""
    if field.default in (None, (), ""):
        return ""
    return f"`{msgspec.json.encode(field.default).decode()}`"


def _description(type_: inspect.Type) -> str:
    match type_:
        case inspect.Metadata():
            own = (type_.extra_json_schema or {}).get("description", "")
            return str(own) or _description(type_.type)
        case inspect.UnionType():
            return next((text for t in type_.types if (text := _description(t))), "")
    return ""
