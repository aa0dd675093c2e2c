"""Card numbers, told from other long numbers by their issuer, their length and Luhn's check."""

import re
from typing import Final

from .named import REDACTED

_NUMBERS: Final = re.compile(
    r"(?:(?<![\w.-])|(?<=_)|(?<=[A-Za-z][-.]))(?<!\d[ _-])\d(?:[ -]?\d){12,}+(?![^\W_]|\.\d)"
)
"""Numbers side by side that have the digits of a card's together, and are no part of another."""

_GROUP: Final = re.compile(r"\d+")
_PRINTED: Final = (1, 3, 4, 5)  # in how many groups: 4-6-5 and 4-6-4, 4-4-4-4, 4-4-4-4-3
_ALONE: Final = 8
"""More groups of digits are a table of numbers: there is no card within it, except at its ends."""

# Issuer and length (ISO/IEC 7812): Visa, Mastercard, American Express, Diners Club, Discover,
# JCB, UnionPay.
_ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}"
    r"|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14,17}"
)
_DOUBLED: Final = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))


def is_card(digits: str) -> bool:
    """Say whether digits, with spaces or hyphens between them, are a card's number."""
    number = digits.replace(" ", "").replace("-", "")
    return _ISSUED.fullmatch(number) is not None and _checks(number)


def _checks(number: str) -> bool:
    """Do Luhn's check."""
    values = [int(digit) for digit in reversed(number)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0


def without_cards(text: str) -> str:
    """Return a text without the numbers of cards, in groups as they are printed, or in one."""
    return _NUMBERS.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    numbers = match[0]
    if is_card(numbers):
        return REDACTED
    groups = [group.span() for group in _GROUP.finditer(numbers)]
    pieces: list[str] = []
    done = first = 0
    while first < len(groups):
        last = _card_at(numbers, groups, first)
        if last is None:
            first += 1
            continue
        pieces += numbers[done : groups[first][0]], REDACTED
        done, first = groups[last][1], last + 1
    return "".join((*pieces, numbers[done:]))


def _card_at(numbers: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """Return the last group of the card that begins with a group, if one does."""
    for count in _PRINTED:
        last = first + count - 1
        if last < len(groups) and (
            count == 1 or first == 0 or last == len(groups) - 1 or len(groups) <= _ALONE
        ):
            number = numbers[groups[first][0] : groups[last][1]]
            lengths = [end - start for start, end in groups[first : last + 1]]
            if _is_printed(lengths) and is_card(number):
                return last
    return None


def _is_printed(lengths: list[int]) -> bool:
    if len(lengths) == 1:
        return True
    return lengths in ([4, 6, 5], [4, 6, 4]) or (
        lengths[:4] == [4, 4, 4, 4] and lengths[4:] in ([], [3])
    )
