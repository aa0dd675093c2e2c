"""The events of a contract as a module of typed functions, for the application to call."""

import builtins
from collections.abc import Mapping
from textwrap import wrap
from typing import Final

from intentlog.contract import Contract, Event, printable
from intentlog.contract.table import JsonType

_PYTHON: Final[Mapping[JsonType, str]] = {
    "string": "str",
    "number": "float",  # which takes an int, too
    "integer": "int",
    "boolean": "bool",
    "object": "Mapping[str, object]",
    "array": "Sequence[object]",
}
_WIDTH = 84
_ARGUMENTS_WITHOUT_COMMENT = 5


def event_functions(contract: Contract) -> str:
    """Return a Python module with one function an event: keyword-only, typed, documented.

    It is formatted as ruff and black do at 88 columns or more, and has nothing that ruff's
    rules or ``mypy --strict`` complain about.
    """
    head = (
        f'"""The events of {contract.service}, a function each.\n\n'
        "Written by ``intentlog contract events``: change the contract, not this file.\n"
        '"""\n'
    )
    functions = [_function(name, event) for name, event in contract.events.items()]
    if not functions:
        return head
    return f"{head}\n{_imports(''.join(functions))}\n{_public(contract)}{''.join(functions)}"


def _imports(functions: str) -> str:
    abstract = [name for name in ("Mapping", "Sequence") if f": {name}[" in functions]
    first = f"from collections.abc import {', '.join(abstract)}\n\n" if abstract else ""
    # By another name, because a field may have this one.
    return f"{first}from intentlog import log_event as _log_event\n"


def _public(contract: Contract) -> str:
    names = "".join(f'    "log_{name}",\n' for name in sorted(contract.events))
    return f"__all__ = [\n{names}]\n"


def _function(name: str, event: Event) -> str:
    kinds: dict[str, JsonType] = {**event.fields, **event.optional}
    return (
        f"\n\ndef log_{name}({_on_function(name, kinds)}\n"
        "    *,\n"
        f"{''.join(_argument(field, event) for field in kinds)}"
        "    exc_info: BaseException | bool | None = None,\n"
        ") -> None:\n"
        f"{_docstring(name, event)}"
        "    _log_event(\n"
        f'        "{name}",\n'
        f"        {_data(kinds)},\n"
        f"        logger={_literal(event.logger)},\n"
        f'        level="{event.level}",\n'
        "        exc_info=exc_info,\n"
        "    )\n"
    )


def _argument(field: str, event: Event) -> str:
    if kind := event.fields.get(field):
        typed = f"{field}: {_PYTHON[kind]},"
    else:
        typed = f"{field}: {_PYTHON[event.optional[field]]} | None = None,"
    return f"    {typed}{_on_argument(field)}\n"


def _data(kinds: Mapping[str, JsonType]) -> str:
    if not kinds:
        return "{}"
    return "{\n" + "".join(f'            "{field}": {field},\n' for field in kinds) + "        }"


def _literal(text: str) -> str:
    literal = repr(text)
    return literal if '"' in text else f'"{literal[1:-1]}"'


def _docstring(name: str, event: Event) -> str:
    purpose = " ".join(event.purpose.split())
    if purpose and purpose[-1] not in ".!?":
        purpose += "."
    summary = f"Log ``{name}``: {purpose}" if purpose else f"Log ``{name}``."
    paragraphs = [summary]
    if len(summary) > _WIDTH - 7:  # the quotes, and where they stand
        paragraphs = [f"Log ``{name}``.", purpose]
    paragraphs.append(f"At {event.level}, by ``{event.logger}``.")
    text = "\n\n".join(map(_indented, paragraphs)).lstrip()
    raw = "r" if "\\" in text else ""
    return f'    {raw}"""{text}\n    """\n'


def _indented(paragraph: str) -> str:
    harmless = printable(paragraph).replace('"""', "'" * 3)
    lines = wrap(harmless, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"    {line}" for line in lines)


def _on_function(name: str, kinds: Mapping[str, JsonType]) -> str:
    codes = ["N802"] if name != name.lower() else []
    if len(kinds) >= _ARGUMENTS_WITHOUT_COMMENT:  # exc_info is one, too
        codes.append("PLR0913")
    return _comment(codes)


def _on_argument(field: str) -> str:
    codes = ["A002"] if hasattr(builtins, field) else []
    if field in {"l", "O", "I"}:
        codes.append("E741")
    if field != field.lower():
        codes.append("N803")
    return _comment(codes)


def _comment(codes: list[str]) -> str:
    return f"  # noqa: {', '.join(codes)} -- the contract's words" if codes else ""
