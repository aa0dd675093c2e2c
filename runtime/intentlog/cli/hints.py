"""What to try where a text was searched for in lines, and none has it."""

from __future__ import annotations

import glob
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intentlog.query.table import Table

    from .asking import Asker

_SPECIAL: Final = re.compile(r"[\\.^$*+?{}\[\]()|/]")


def hints(asker: Asker, answer: Table, texts: Sequence[str]) -> Iterator[str]:
    """Yield what to try after an answer without rows, a sentence each.

    Args:
        asker: Asked.
        answer: The answer.
        texts: What was searched for.
    """
    for text in texts:
        if text.lower() != text.upper():
            pattern = _SPECIAL.sub(r"\\\g<0>", text)
            query = f"filter @message like /(?i){pattern}/"
            yield f"capitals count; else (options as here): diagnose query {shlex.quote(query)}"
    if texts and answer.statistics.unreadable:
        files = " ".join(_searchable(asker)) or "FILE"
        grep = f"zgrep -F -e {shlex.quote(texts[0])} {files}"
        yield f"lines that are no JSON were not searched; in them: {grep}"


def _searchable(asker: Asker) -> Iterator[str]:
    """Yield files as a shell takes them; not those that can be read only once."""
    if not asker.options.file:
        yield from (f"{shlex.quote(str(file))}*" for file in asker.written_files())
    for file in asker.options.file or ():
        if Path(file).is_file():
            yield shlex.quote(file)
        elif glob.has_magic(file):
            yield file
