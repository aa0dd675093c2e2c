"""Rules on how a query is written: spellings that work, or seem to, and are not documented."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .cursor import tokens_of
from .functions import FUNCTIONS
from .pasted import query_in
from .tree import Accum, Array, Binary, Call, In, Like, Name, Parse, Regex, Sort, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .refusals import Found
    from .tree import Node, Query

_WITH_UNDERSCORES: Final = frozenset(
    {"count_distinct", "count_over_time", "sum_over_time", "regex_replace", "collect_values"}
)
_CURLY: Final = re.compile("[\u2018\u2019\u201c\u201d]")
_BIN_ARGUMENTS: Final = 2
_CONTAINS_ARGUMENTS: Final = 2


def spelling(query: Query) -> Iterator[Found]:
    """Yield what is spelled in an undocumented way."""
    for node in walk(query):
        yield from _operand(node, query.text)
        match node:
            case Binary(spelling="==", at=at):
                yield "double-equals", "== works, but is not documented", "write =", at
            case Call():
                yield from _call(node)
            case Sort(by=True, at=at):
                yield "undocumented", "sort by is not documented", "write sort", at
            case Accum(alias=None, at=at):
                message = "what accum without as calls its column is not documented"
                yield "undocumented", message, "write accum field as total", at
            case Parse():
                yield from _parse(node)
            case _:
                pass
    yield from _characters(query)


def _operand(node: Node, text: str) -> Iterator[Found]:
    match node:
        case In(values=Array(at=at)) if text.startswith("(", at[0]):
            yield "undocumented", "a list in ( ) is not documented", "write it in [ ]", at
        case Like(left, pattern, at=at) if (
            not isinstance(pattern, Regex) and "=~" in text[left.at[1] : pattern.at[0]]
        ):
            message = "=~ with what is no regular expression is not documented"
            yield "undocumented", message, "write =~ /…/, or like", at
        case Name(path, quoted=False, at=at) if path.startswith("$"):
            name = path.lstrip("$.")
            hint = f"write {name}" if path.startswith("$.") else "a saved query has {{name}}"
            yield "undocumented", "a name that begins with $ is not documented", hint, at
        case _:
            pass


def _call(call: Call) -> Iterator[Found]:
    function = FUNCTIONS[call.function]
    written = call.spelling.lower()
    if not function.documented or ("_" in written and written not in _WITH_UNDERSCORES):
        hint = f"write {_DOCUMENTED.get(call.function, function.name)}"
        yield "undocumented", f"{call.spelling} is not in AWS's reference", hint, call.at
    if call.function == "bin" and len(call.arguments) == _BIN_ARGUMENTS:
        hint = "write bin(period), or datefloor(@timestamp, period)"
        yield "undocumented", "bin with a timestamp is not documented", hint, call.at
    if call.function == "strcontains" and len(call.arguments) > _CONTAINS_ARGUMENTS:
        hint = "use like /(?i)…/ to ignore case"
        yield "no-effect", "the third argument of strcontains has no effect", hint, call.at


_DOCUMENTED: Final = {"median": "pct(field, 50)", "percentile": "pct"}


def _parse(command: Parse) -> Iterator[Found]:
    if command.mode == "glob" and "*" not in command.pattern:
        hint = "write * where the field stands"
        yield "glob-without-star", "this pattern has no *", hint, command.at
    if command.mode == "regex" and any("@" in name for name in command.names):
        hint = "name the group without @"
        message = "a group named with @ is not documented"
        yield "at-sign-group", message, hint, command.at


def _characters(query: Query) -> Iterator[Found]:
    """Yield what the tree no longer shows: typographic quotes, // comments, commas at the end."""
    text = query.text
    read = query_in(text)
    if read != text:
        yield "undocumented", "this was copied with what stood around it", "", (0, 1)
    tokens = tokens_of(read)
    for token in tokens:
        if token.value and _CURLY.match(text, token.position):
            at = (token.position, token.end)
            yield "undocumented", "these are typographic quotes", "write ' or \"", at
    for comma, after in pairwise([*tokens, None]):
        if comma is not None and comma.text == "," and (after is None or after.text in ("|", ")")):
            hint = "leave it out"
            yield "undocumented", "a comma at the end", hint, (comma.position, comma.end)
    for start, end in zip([0, *(token.end for token in tokens)], _begins(query), strict=True):
        slashes = re.search(r"^[^#\n]*?(//)", read[start:end], re.MULTILINE)
        if slashes:
            at = (start + slashes.start(1), start + slashes.end(1))
            yield "undocumented", "// is not documented as a comment", "write #", at


def _begins(query: Query) -> list[int]:
    tokens = tokens_of(query_in(query.text))
    return [*(token.position for token in tokens), len(query.text)]
