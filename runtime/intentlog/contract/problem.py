"""A problem in a contract: where it is, what is wrong, what is allowed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from intentlog.errors import IntentlogError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at one place; ``where`` is a key path such as ``alarms.slow.metric``."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class ContractError(IntentlogError):
    """A contract (or ``environments.toml``) is invalid; ``problems`` has everything at once."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{source}: {problem}" for problem in self.problems))


def join(where: str, key: str | int) -> str:
    """Extend a key path as TOML writes it: ``a.b``, ``a."b c"``, ``a[0]``."""
    if isinstance(key, int):
        return f"{where}[{key}]"
    key = key if _BARE_KEY.fullmatch(key) else f'"{key}"'
    return f"{where}.{key}" if where else key


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name does not exist: the nearest that does, or all that do."""
    names = list(known)
    near = get_close_matches(name, names, n=1) or [
        other for other in names if other.casefold() == name.casefold()
    ]
    if near:
        return f'no {kind} "{name}"; did you mean "{near[0]}"?'
    if names:
        return f'no {kind} "{name}"; there are: {", ".join(names)}'
    return f'no {kind} "{name}"; there are none'
