"""Values of templates in words, and words that are safe in Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .values import listed

_LONGEST: Final = 160
_TICKS = re.compile(r"`+")
_ASSET = re.compile(r"\b[0-9a-f]{64}\b")


def text(value: object) -> str:
    """Return a property's value as a reader knows it: ``arn:${AWS::Partition}:...``, not JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return _intrinsic(value) or _pairs(value)


def _intrinsic(value: object) -> str:
    """Return what CloudFormation works out at deploy, as ``Fn::Sub`` would write it."""
    words = ""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": str(name)} | {"Fn::ImportValue": str(name)}:
            words = f"${{{name}}}"
        case {"Fn::GetAtt": [*parts]}:
            words = f"${{{'.'.join(map(str, parts))}}}"
        case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(name)}}:
            words = f"${{{stack}.{name}}}"
        case {"Fn::Join": [str(separator), list(parts)]}:
            words = separator.join(map(text, parts))
        case {"Fn::Sub": str(template)} | {"Fn::Sub": [str(template), _]}:
            words = template
        case {"Fn::Base64": inner}:
            words = text(inner)
    return words


def _pairs(value: object) -> str:
    if not isinstance(value, dict) or not value:
        return "(none)"
    pairs = sorted((str(key), item) for key, item in value.items())
    return ", ".join(f"{key} {text(item)}" for key, item in pairs)


def plain(value: object) -> object:
    """Return a value without the hashes of assets, which change with every file in them."""
    match value:
        case str():
            return _ASSET.sub("ASSET", value)
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case _:
            return value


def tables(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the tables of a list; what is none is passed over."""
    return (item for item in listed(value) if isinstance(item, dict))


def code(value: object) -> str:
    """Return a value as a Markdown code span of one line, whatever is in it."""
    line = " ".join(text(value).split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    if len(line) > _LONGEST:
        line = line[: _LONGEST - 1] + "…"
    if not line:
        return "(empty)"
    fence = "`" * (1 + max(map(len, _TICKS.findall(line)), default=0))
    space = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{space}{line}{space}{fence}"


def codes(values: Sequence[object], *, most: int = 6) -> str:
    """Return values as code spans; of many, the first ones and how many more there are."""
    shown = ", ".join(code(value) for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown


def from_to(old: object, new: object) -> str:
    """Return what it was and what it is."""
    missing = "(none)"
    return f"{missing if old is None else code(old)} → {missing if new is None else code(new)}"


def count(number: int, noun: str) -> str:
    """Return a number of things: ``1 alarm``, ``2 saved queries``."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun[-2:] in {"ry", "cy"} else f"{noun}s"
    return f"{number} {plural}"
