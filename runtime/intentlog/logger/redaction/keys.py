"""Which keys hold secrets, by their names: in any case, with any separators."""

import re
from collections.abc import Iterable
from typing import Final, Literal

Secrecy = Literal["open", "secret", "count"]

_ENDINGS: Final = (
    *("password", "passwd", "pwd", "passphrase", "passcode", "passwordhash"),
    *("secret", "token", "jwt", "bearer", "authorization", "cookie", "credential"),
    *("apikey", "accesskey", "secretkey", "privatekey", "encryptionkey", "signingkey"),
    *("passwords", "secrets", "cookies", "apikeys", "accesskeys", "privatekeys", "credentials"),
)
_WORDS: Final = frozenset({"cvv", "cvc", "otp", "ssn"})
_COUNTED: Final = ("tokens", "jwts")
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_KEYS_REMEMBERED: Final = 10_000


class SecretKeys:
    """Knows which keys are secret: the built-in ones and a contract's own."""

    def __init__(self, own: Iterable[str]) -> None:
        """Take the contract's own keys, which match by whole words at a key's end."""
        self._words = _WORDS.union(filter(None, map(_plain, own)))
        self._answers: dict[str, Secrecy] = {}

    def secrecy(self, key: str) -> Secrecy:
        """Say whether what has this name may be shown.

        ``count`` is for names such as ``max_tokens``: a number is how many there are, anything
        else are the tokens themselves.
        """
        answer = self._answers.get(key)
        if answer is None:
            answer = self._find(key)
            if len(self._answers) < _KEYS_REMEMBERED:  # keys may come from outside
                self._answers[key] = answer
        return answer

    def _find(self, key: str) -> Secrecy:
        plain = _plain(key)
        if plain.endswith(_ENDINGS) or not self._words.isdisjoint(_word_endings(key)):
            return "secret"
        return "count" if plain.endswith(_COUNTED) else "open"


def _plain(key: str) -> str:
    """Return a key without case and separators: ``X-Api-Key`` is ``xapikey``."""
    return _NOT_ALPHANUMERIC.sub("", key.casefold())


def _word_endings(key: str) -> set[str]:
    """Return what a key ends with, by words: ``userPin`` ends with ``pin``, ``spin`` does not."""
    words = [_plain(word) for word in _WORD.findall(key)]
    return {"".join(words[start:]) for start in range(len(words))} | {_plain(key)}
