"""The redactor: what comes out of it has no secrets that it knows of."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .cards import is_card, without_cards
from .keys import SecretKeys
from .named import REDACTED, without_named
from .patterns import PATTERNS, may_match
from .plain import LARGEST_INTEGER, SPELLED_OUT_VALUES, Walk

__all__ = ["REDACTED", "Redactor"]

_TEXTS_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED: Final = 128
_LONGEST_TEXT: Final = 262_144
_LOOKED_AT: Final = 65_536
_KEPT: Final = 60_000
_ITEMS: Final = 20
_DEPTH: Final = 2  # with 20 items each, that is less than a walk looks at
_SHORTEST_CARD: Final = 10**12
_OTHER_BYTES: Final = bytes(set(range(256)) - set(b"0123456789"))
_CARD_DIGITS: Final = 13


class Redactor:
    """Replaces what is secret, at any depth, and turns the rest into what JSON can hold.

    Whatever it is given, it returns: it never raises, and neither cycles nor objects that
    refer to each other a million times keep it busy. Keys and short texts that are known to be
    harmless are not looked at again.

    Attributes:
        clean: Texts that are known to be harmless.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        """Take the contract's own keys, in addition to the built-in ones."""
        names = SecretKeys(keys)
        self.secrecy = names.secrecy
        self._stems = names.stems
        self._open_keys: set[str] = set()
        self.clean: set[str] = set()

    def text(self, text: str) -> str:
        """Return text without secrets; an email address keeps its first letter and domain.

        A text without any is returned itself.
        """
        if text in self.clean:
            return text
        masked = self._masked(text) if len(text) <= _LONGEST_TEXT else self._beginning(text)
        if masked != text:
            return masked
        if len(text) <= _LONGEST_REMEMBERED:
            if len(self.clean) >= _TEXTS_REMEMBERED:  # texts come from outside
                self.clean.clear()
            self.clean.add(text)
        return text

    def field(self, name: str, value: object) -> object:
        """Return the value of a named field as JSON has it and without secrets."""
        return Walk(self).item(name, value, 0)

    def mapping(self, mapping: Mapping[Any, object]) -> dict[str, object]:
        """Return a mapping as JSON has it and without secrets.

        A dictionary that is so already is returned itself.
        """
        try:
            if type(mapping) is dict and self._is_plain(mapping, _DEPTH):
                return mapping
        except Exception:  # noqa: BLE001, S110 -- a hostile key, or another thread is changing it
            pass
        data = Walk(self).guarded(mapping, 0)
        return data if isinstance(data, dict) else {"data": data}

    def is_secret(self, key: str) -> bool:
        """Tell whether what has this name must not be shown."""
        return self.secrecy(key) == "secret"

    def _beginning(self, text: str) -> str:
        """Return the beginning of a text that is too long for a line, without secrets."""
        kept = self._masked(text[:_LOOKED_AT])[:_KEPT]  # no secret is cut in two
        return f"{kept}[cut: {len(text) - _KEPT} more characters]"

    def _masked(self, text: str) -> str:
        if may_match(text):
            for hints, pattern, replacement in PATTERNS:
                for hint in hints:
                    if hint in text:
                        text = pattern.sub(replacement, text)
                        break
            spelled = text.casefold()
            for stem in self._stems:
                if stem in spelled:
                    text = without_named(text, self.secrecy)
                    break
        return without_cards(text) if _has_digits_of_a_card(text) else text

    def _is_plain(self, container: dict[Any, object], depth: int) -> bool:
        """Say whether JSON has all of it, and none of it is secret."""
        open_keys, clean = self._open_keys, self.clean
        for key, value in container.items():
            if key not in open_keys and not self.is_open(key):
                return False
            if type(value) is str:
                if value not in clean and self.text(value) is not value:
                    return False
            elif not self.is_plain(value, depth):
                return False
        return True

    def is_plain(self, value: object, depth: int = _DEPTH) -> bool:  # noqa: PLR0911 -- one a kind
        """Say whether JSON has a value as it is, and none of it is secret."""
        if value is None or type(value) is bool:
            return True
        if type(value) is int:
            if -_SHORTEST_CARD < value < _SHORTEST_CARD:
                return True
            return abs(value) < LARGEST_INTEGER and not is_card(str(value))
        if type(value) is float:
            return -_SHORTEST_CARD < value < _SHORTEST_CARD  # neither NaN nor infinity
        if type(value) is str:
            return self.text(value) is value
        if not depth or not isinstance(value, list | dict) or len(value) > _ITEMS:
            return False
        if type(value) is dict:
            return self._is_plain(value, depth - 1)
        return type(value) is list and all(self.is_plain(item, depth - 1) for item in value)

    def is_open(self, key: object) -> bool:
        """Say whether a key can be shown, and what it names, too."""
        if type(key) is not str or len(key) > _LONGEST_REMEMBERED:
            return False
        if self.secrecy(key) != "open" or self.text(key) is not key:
            return False
        if key in SPELLED_OUT_VALUES:
            return False  # what it is depends on another key
        if len(self._open_keys) >= _TEXTS_REMEMBERED:
            self._open_keys.clear()
        self._open_keys.add(key)
        return True


def _has_digits_of_a_card(text: str) -> bool:
    if len(text) < _CARD_DIGITS:
        return False
    return len(text.encode("utf-8", "replace").translate(None, _OTHER_BYTES)) >= _CARD_DIGITS
