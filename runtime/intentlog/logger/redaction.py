"""What must never reach a file: secrets by the name of their key, and by what they look like."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

REDACTED: Final = "[redacted]"

_ENDINGS: Final = (
    *("password", "passwd", "pwd", "passphrase", "passwordhash", "secret", "token", "jwt"),
    *("authorization", "cookie", "apikey", "accesskey", "privatekey", "credential"),
    *("passwords", "secrets", "cookies", "apikeys", "credentials"),
)
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_DEPTH = 20
_VALUES = 10_000
_KEYS_REMEMBERED = 10_000
_LARGEST_INTEGER = 2**256

# Every pattern begins where a word begins or at a fixed text, so that a long text without a
# match takes linear time. One of the texts beside it must be there for it to match at all.
_PATTERNS: Final[tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...]] = (
    (
        ("PRIVATE KEY-----",),
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END[^\n]*|\Z)", re.DOTALL),
        REDACTED,
    ),
    (
        ("eyJ",),  # JWT
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
        REDACTED,
    ),
    (
        ("earer", "asic", "EARER", "ASIC"),  # not the words after them in a sentence
        re.compile(
            r"\b((?i:bearer|basic))\s+(?=[\w.~+/-]{0,200}?(?:\d|[a-z][A-Z]|=))[\w.~+/-]{8,}=*"
        ),
        rf"\1 {REDACTED}",
    ),
    (("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), REDACTED),
    (("gh",), re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{40,}"), REDACTED),
    (("xox", "sk-"), re.compile(r"\bxox[abeprs]-[\w-]{10,}|\bsk-[\w-]{20,}"), REDACTED),
    (
        ("://",),
        re.compile(r"(?<!\w)(\w{1,30}://[^\s/:@]{0,255}):[^\s/]+@"),
        rf"\1:{REDACTED}@",
    ),
    (
        ("=", '":', "':", ": "),
        re.compile(
            r"(?<![\w-])"
            r"([\w-]{0,50}(?i:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key))"
            r"(=|[\"']\s*[:=]\s*|(?<!(?i:token))\s*:\s+)([\"']?)(?!\[redacted\])[^\s\"',;&)}\]]+"
        ),
        rf"\1\2\3{REDACTED}",
    ),
    (
        ("@", "%40"),  # %40 in a URL; the domains of a version or image@2x.png are none
        re.compile(
            r"(?<![\w.+'-])([\w+])[\w.+'-]*(@|%40)(?!\dx\.)"
            r"((?:[\w-]+\.)+[^\W\d_]{2,}(?![\w-]))"
        ),
        r"\1***\2\3",
    ),
)


class Redactor:
    """Replaces what is secret, at any depth, and turns the rest into what JSON can hold.

    Whatever it is given, it returns: it never raises, and neither cycles nor objects that
    refer to each other a million times keep it busy.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """Take the contract's own keys, in addition to the built-in ones."""
        keys = tuple(keys)
        self._own = frozenset(filter(None, map(_plain, keys)))
        self._patterns = (*_PATTERNS, *_own_patterns(keys))
        self._secret: dict[str, bool] = {}

    def text(self, text: str) -> str:
        """Return text without secrets; an email address keeps its first letter and domain."""
        for hints, pattern, replacement in self._patterns:
            for hint in hints:
                if hint in text:
                    text = pattern.sub(replacement, text)
                    break
        return text

    def field(self, name: str, value: object) -> object:
        """Return the value of a named field as JSON has it and without secrets."""
        return _Walk(self).item(name, value, 0)

    def mapping(self, mapping: Mapping[Any, object]) -> dict[str, object]:
        """Return a mapping as JSON has it and without secrets."""
        data = _Walk(self).guarded(mapping, 0)
        return data if isinstance(data, dict) else {"data": data}

    def is_secret(self, key: str) -> bool:
        """Tell whether what has this name must not be shown."""
        secret = self._secret.get(key)
        if secret is None:
            secret = _plain(key).endswith(_ENDINGS) or bool(self._own & _word_endings(key))
            if len(self._secret) < _KEYS_REMEMBERED:  # keys may come from outside
                self._secret[key] = secret
        return secret


class _Walk:
    """One walk through one event's data, with an end to it."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._left = _VALUES
        self._inside: set[int] = set()

    def item(self, name: str, value: object, depth: int) -> object:
        # That there is a password, or none, is no secret.
        if value is None or type(value) is bool or not self._redactor.is_secret(name):
            return self.guarded(value, depth)
        return REDACTED

    def guarded(self, value: object, depth: int) -> object:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self._redactor.text(str(value))
        self._left -= 1
        if self._left < 0:
            return "[too much]"
        try:
            return self._value(value, depth)
        except Exception:  # noqa: BLE001 -- an object may do anything
            return _unshown(value)

    def _value(self, value: object, depth: int) -> object:
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, str):
            return self._redactor.text(str.__str__(value))
        if isinstance(value, bytes | bytearray | memoryview):
            return self._redactor.text(bytes(value).decode("utf-8", "backslashreplace"))
        if isinstance(value, Mapping):
            return self._contained(value, depth, self._mapping)
        if isinstance(value, list | tuple | set | frozenset):
            return self._contained(value, depth, self._sequence)
        return self._contained(value, depth, self._object)

    def _contained(self, value: object, depth: int, read: Callable[[Any, int], object]) -> object:
        if depth >= _DEPTH:
            return "[too deep]"
        if id(value) in self._inside:
            return "[contains itself]"
        self._inside.add(id(value))
        try:
            return read(value, depth + 1)
        finally:
            self._inside.discard(id(value))

    def _mapping(self, mapping: Mapping[Any, object], depth: int) -> dict[str, object]:
        # A copy, because another thread may be changing it.
        names = ((self._redactor.text(as_text(key)), item) for key, item in [*mapping.items()])
        return {name: self.item(name, item, depth) for name, item in names}

    def _sequence(self, sequence: Iterable[object], depth: int) -> list[object]:
        if isinstance(sequence, tuple) and len(sequence) == 2:  # noqa: PLR2004 -- as headers are
            name = self.guarded(sequence[0], depth)
            if isinstance(name, str):
                return [name, self.item(name, sequence[1], depth)]
        return [self.guarded(item, depth) for item in [*sequence]]

    def _object(self, value: object, depth: int) -> object:
        try:
            plain = msgspec.to_builtins(value, enc_hook=as_text)
        except Exception:  # noqa: BLE001 -- an object may do anything
            plain = as_text(value)
        return self.guarded(plain, depth)


def _own_patterns(keys: Iterable[str]) -> list[tuple[tuple[str, ...], re.Pattern[str], str]]:
    """Return the pattern of ``key=value`` in a text, for keys of the contract's own."""
    spelled = ["[_-]?".join(re.findall(r"[^\W_]+", key)) for key in keys]
    names = "|".join(filter(None, spelled))
    if not names:
        return []
    pattern = re.compile(
        rf"(?<![^\W_])((?i:{names}))"
        r"(=|[\"']\s*[:=]\s*|\s*:\s+)([\"']?)(?!\[redacted\])[^\s\"',;&)}\]]+"
    )
    return [(("=", ":"), pattern, rf"\1\2\3{REDACTED}")]


def _number(value: float) -> object:
    """Return a number as JSON has it, whatever subclass it was; as text where JSON has none."""
    if isinstance(value, int):
        integer = int.__int__(value)
        return integer if abs(integer) < _LARGEST_INTEGER else as_text(integer)
    number = float.__float__(value)
    return number if math.isfinite(number) else str(number)


def as_text(value: object) -> str:
    """Return ``str(value)``, or a marker where that raises."""
    try:
        return str.__str__(str(value))
    except Exception:  # noqa: BLE001 -- a __str__ may do anything
        return _unshown(value)


def _unshown(value: object) -> str:
    return f"<{type(value).__name__} that cannot be shown>"


def _plain(key: str) -> str:
    """Return a key without case and separators: ``X-Api-Key`` is ``xapikey``."""
    return _NOT_ALPHANUMERIC.sub("", key.casefold())


def _word_endings(key: str) -> set[str]:
    """Return what a key ends with, by words: ``userPin`` ends with ``pin``, ``spin`` does not."""
    words = [_plain(word) for word in _WORD.findall(key)]
    return {"".join(words[start:]) for start in range(len(words))} | {_plain(key)}
