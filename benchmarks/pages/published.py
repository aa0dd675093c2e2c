"""What a benchmark writes into ``docs/``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

DOCS: Final = Path(__file__).parents[2] / "docs"


def publish(data: str, results: msgspec.Struct, texts: Mapping[str, str]) -> None:
    """Write results as JSON, and the texts that were made of them.

    Args:
        data: The name of the JSON file.
        results: What was measured.
        texts: The other files' texts, by their names.
    """
    (DOCS / data).write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    for name, text in texts.items():
        (DOCS / name).write_text(text, encoding="utf-8")
