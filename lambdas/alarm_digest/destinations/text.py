"""What comes from outside, made harmless and short enough, for whatever destination."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

LONGEST_LINK = 2_500
"""Characters of the longest URL that is linked to."""

# What is not seen but acts: control characters, directions of writing, invisible letters and
# tags (Unicode Technical Report 36, "Unicode Security Considerations"), and halves of surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%-._~"  # RFC 3986; whatever else is percent-encoded


def plain(text: str) -> str:
    r"""Show what is unseen as what it is, ``\u202e``; line breaks stay, tabs become spaces."""
    broken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), broken)


def line(text: str) -> str:
    """Return a text made harmless, in one line."""
    return " ".join(plain(text).split())


def units(text: str) -> int:
    """Return the length as UTF-16 counts it: no destination counts more for a character."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def octets(text: str) -> int:
    """Return the length in bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def fit(
    text: str,
    size: int,
    escape: Callable[[str], str] = str,
    measure: Callable[[str], int] = units,
) -> str:
    """Escape a text, cut so that it is not longer than ``size`` then; what is cut ends in ``…``.

    Cutting comes before escaping: half an escape would be none.
    """
    kept = text[:size]
    whole = escape(kept)
    if len(kept) == len(text) and measure(whole) <= size:
        return whole
    fits = bisect_right(range(len(kept)), size, key=lambda end: measure(escape(kept[:end] + "…")))
    return escape(kept[: fits - 1] + "…") if fits else ""


def joined(parts: Iterable[str], size: int, separator: str = "\n") -> str:
    """Join the parts that have room, in their order; a part has room whole or not at all."""
    kept = ""
    for part in filter(None, parts):
        longer = f"{kept}{separator}{part}" if kept else part
        if units(longer) <= size:
            kept = longer
    return kept


def address(place: str) -> str | None:
    """Return a place as a URL that can be linked to, or None: only https, only what URLs have."""
    if len(place) > LONGEST_LINK:
        return None
    try:
        parts = urlsplit(place)
        secure = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    url = quote(place, safe=_URL_CHARACTERS, errors="replace")
    return url if secure and len(url) <= LONGEST_LINK else None
