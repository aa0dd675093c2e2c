"""Pages of the documentation whose marked blocks a benchmark writes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_BLOCK: Final = re.compile(r"(<!-- BEGIN ([a-z-]+) -->\n).*?(<!-- END -->)", re.DOTALL)


def filled(page: Path, blocks: Mapping[str, str]) -> str:
    """Return a page with new texts in its marked blocks; prose stays as it is."""
    text = page.read_text(encoding="utf-8")
    return _BLOCK.sub(lambda found: found[1] + blocks[found[2]] + found[3], text)
