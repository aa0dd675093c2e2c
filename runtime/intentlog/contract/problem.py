"""A problem in a contract: where it is, what is wrong, what is allowed."""

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from intentlog.errors import IntentlogError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong, at one place; as text it is always one line.

    Attributes:
        where: A key path such as ``alarms.slow.metric``; empty for the file as a whole.
        what: What is wrong, and what is allowed.
        about: Other key paths that it is about. Where one of them has a problem of its own,
            this one would only be its echo.
    """

    where: str
    what: str
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return printable(f"{self.where}: {self.what}" if self.where else self.what)


class ContractError(IntentlogError):
    """A contract (or ``environments.toml``) is invalid; ``problems`` has everything at once."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        shown = printable(source)
        super().__init__("\n".join(f"{shown}: {problem}" for problem in self.problems))


def printable(text: str) -> str:
    r"""Return text with line ends and other control characters spelled out, as in ``\n``."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def join(where: str, key: str | int) -> str:
    """Extend a key path as TOML writes it: ``a.b``, ``a."b c"``, ``a[0]``."""
    if isinstance(key, int):
        return f"{where}[{key}]"
    key = key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{where}.{key}" if where else key


def within(where: str, outer: str) -> bool:
    """Tell whether a key path is another one, or below it."""
    return where == outer or where.startswith((f"{outer}.", f"{outer}["))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name that was probably meant, if one is near."""
    names = list(known)
    for other in names:
        if other.casefold() == name.casefold():
            return other
    near = get_close_matches(name, names, n=1)
    return near[0] if near else None


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name does not exist: the nearest that does, or all that do."""
    names = list(known)
    if near := nearest(name, names):
        return f'no {kind} "{name}"; did you mean "{near}"?'
    if names:
        return f'no {kind} "{name}"; there are: {", ".join(names)}'
    return f'no {kind} "{name}"; there are none'
