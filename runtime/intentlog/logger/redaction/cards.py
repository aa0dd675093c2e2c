"""Card numbers, told from other long numbers by their issuer, their length and Luhn's check."""

import re
from typing import Final

CARD: Final = re.compile(r"(?<![\w.-])(?<!\d )\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
"""What has the digits of a card number, in groups or not, and is no part of a longer number."""

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
