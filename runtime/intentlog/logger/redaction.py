"""What must never reach a file: secrets by the name of their key, and by what they look like."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

REDACTED: Final = "[redacted]"

_KEYS: Final = (
    *("password", "passwd", "pwd", "passphrase", "secret", "token", "authorization", "cookie"),
    *("apikey", "accesskey", "privatekey", "credential", "credentials"),
)
_SEPARATORS = re.compile(r"[^a-z0-9]")
_DEPTH = 20
_HARMLESS = (bool, int, float)

_EMAIL = re.compile(r"(?<![\w.+-])([A-Za-z0-9])[\w.+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_PATTERNS: Final = (
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), REDACTED),  # JWT
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), REDACTED),  # AWS access key
    (re.compile(r"(\w+://[^\s/:@]+):[^\s/@]+@"), rf"\1:{REDACTED}@"),
    (_EMAIL, r"\1***@\2"),
)


class Redactor:
    """Replaces what is secret, at any depth; the rest comes back unchanged."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._endings = tuple({_plain(key) for key in (*_KEYS, *keys)})
        self._secret: dict[str, bool] = {}

    def text(self, text: str) -> str:
        """Return text without secrets; an email address keeps its first letter and domain."""
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """Return data as JSON has it and without secrets; below 20 levels it is cut."""
        if value is None or isinstance(value, _HARMLESS):
            return value
        if isinstance(value, str):
            return self.text(value)
        if depth >= _DEPTH:
            return "[too deep]"
        if isinstance(value, Mapping):
            return self.mapping(value, depth)
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.value(item, depth + 1) for item in value]
        return self.value(_as_data(value), depth + 1)

    def mapping(self, mapping: Mapping[Any, object], depth: int = 0) -> dict[str, object]:
        """Return a mapping without secrets: neither below secret keys nor in its values."""
        return {
            name: REDACTED if self._is_secret(name) else self.value(item, depth + 1)
            for name, item in ((as_text(key), item) for key, item in mapping.items())
        }

    def _is_secret(self, key: str) -> bool:
        secret = self._secret.get(key)
        if secret is None:
            secret = _plain(key).endswith(self._endings)
            if len(self._secret) < 10_000:  # noqa: PLR2004 -- keys may come from outside
                self._secret[key] = secret
        return secret


def as_text(value: object) -> str:
    """Return ``str(value)``, or a marker where that raises."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 -- a __str__ may do anything
        return f"<{type(value).__qualname__} that cannot be shown>"


def _as_data(value: object) -> object:
    """Turn an object into plain data where msgspec knows how, else into its text."""
    try:
        return msgspec.to_builtins(value, enc_hook=as_text)
    except Exception:  # noqa: BLE001 -- an object may do anything
        return as_text(value)


def _plain(key: str) -> str:
    """Return a key without case and separators: ``X-Api-Key`` is ``xapikey``."""
    return _SEPARATORS.sub("", key.lower())
