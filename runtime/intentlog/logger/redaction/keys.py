"""Which keys hold secrets, by their names: in any case, with any separators."""

import re
from collections.abc import Iterable
from typing import Final, Literal

Secrecy = Literal["open", "secret", "count"]

_ENDINGS: Final = (
    *("password", "passwd", "pwd", "passphrase", "passcode", "passwordhash", "passworddigest"),
    *("passwordconfirmation", "passwordconfirm", "passwordrepeat", "passwordagain"),
    *("secret", "token", "jwt", "bearer", "authorization", "authorizationcode", "cookie"),
    *("secretstring", "secretbinary", "secretvalue", "tokenvalue", "tokensecret", "credential"),
    *("apikey", "accesskey", "secretkey", "privatekey", "encryptionkey", "signingkey", "authkey"),
    *("accountkey", "masterkey", "privatekeypem", "xamzsignature", "xgoogsignature"),
    *("passwords", "secrets", "cookies", "apikeys", "accesskeys", "privatekeys", "credentials"),
)
_WORDS: Final = frozenset(
    {"cvv", "cvc", "otp", "totp", "ssn"}
    | {f"{whose}pass" for whose in ("db", "ftp", "mail", "mysql", "pg", "redis", "smtp", "user")}
)
_COUNTED: Final = ("tokens", "jwts")
_COUNTED_WORDS: Final = frozenset({"pass"})
_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_DIGITS: Final = "0123456789"  # password1 and password2 are the fields of many a form
_STEMS: Final = (
    *("pass", "pwd", "secret", "token", "jwt", "bearer", "authori", "cookie", "credential", "key"),
    *("signature", "cvv", "cvc", "otp", "ssn"),
)
_KEYS_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED: Final = 128
_MOST_WORDS: Final = 12


class SecretKeys:
    """Knows which keys are secret: the built-in ones and a contract's own.

    Attributes:
        stems: In lower case, one of these texts is in every name of a secret that is spelled
            as names are.
    """

    def __init__(self, own: Iterable[str]) -> None:
        """Take the contract's own keys, which match by whole words at a key's end."""
        own = tuple(own)
        self._words = _WORDS.union(filter(None, map(_plain, own)))
        longest = (max(_WORD.findall(key), key=len, default="") for key in own)
        self.stems = (*_STEMS, *filter(None, map(str.casefold, longest)))
        self._answers: dict[str, Secrecy] = {}

    def secrecy(self, key: str) -> Secrecy:
        """Say whether what has this name may be shown.

        ``count`` is for names such as ``max_tokens``: a number is how many there are, anything
        else are the tokens themselves.
        """
        answer = self._answers.get(key)
        if answer is None:
            answer = self._find(key)
            # Keys may come from outside.
            if len(self._answers) < _KEYS_REMEMBERED and len(key) <= _LONGEST_REMEMBERED:
                self._answers[key] = answer
        return answer

    def _find(self, key: str) -> Secrecy:
        plain = _plain(key)
        if plain.rstrip(_DIGITS).endswith(_ENDINGS):
            return "secret"
        endings = _word_endings(key)
        if not self._words.isdisjoint(endings):
            return "secret"
        counted = plain.endswith(_COUNTED) or not _COUNTED_WORDS.isdisjoint(endings)
        return "count" if counted else "open"


def _plain(key: str) -> str:
    """Return a key without case and separators: ``X-Api-Key`` is ``xapikey``."""
    return _NOT_ALPHANUMERIC.sub("", key.casefold())


def _word_endings(key: str) -> set[str]:
    """Return what a key ends with, by words: ``userPin`` ends with ``pin``, ``spin`` does not.

    ``user_pin_2`` ends with ``pin``, too. More words than a name has are left out: a text may
    have got in a key's place.
    """
    words = [_plain(word) for word in _WORD.findall(key)[-_MOST_WORDS:]]
    endings = {"".join(words[start:]) for start in range(len(words))}
    return endings | {ending.rstrip(_DIGITS) for ending in endings} | {_plain(key)}
