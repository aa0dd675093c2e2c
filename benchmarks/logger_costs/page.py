"""``docs/performance.md`` and its picture, from the results."""

from pathlib import Path
from typing import Final

import msgspec

from benchmarks.pages.blocks import filled
from benchmarks.pages.tables import as_markdown

from .plot import svg
from .results import Results
from .tables import tables

DOCS: Final = Path(__file__).parents[2] / "docs"
DATA: Final = DOCS / "performance.json"


def write(results: Results) -> None:
    """Write the results, the page's tables and its picture into ``docs/``."""
    DATA.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
    for name, text in files(results).items():
        (DOCS / name).write_text(text, encoding="utf-8")


def files(results: Results) -> dict[str, str]:
    """Return the texts of the page and the picture, by their names; prose stays as it is."""
    blocks = {table.name: as_markdown(table) for table in tables(results)}
    blocks["machine"] = _machine(results)
    return {
        "performance.md": filled(DOCS / "performance.md", blocks),
        "performance.svg": svg(results),
    }


def _machine(results: Results) -> str:
    machine = results.machine
    packages = ", ".join(f"{name} {number}" for name, number in results.versions.items())
    skipped = "".join(f" Not measured: {case} ({why})." for case, why in results.skipped.items())
    return (
        f"{machine['processor']}, {machine['processors']} processors, {machine['system']}, "
        f"{machine['file_system']}; Python {machine['python']}; {packages}. Other programs had the "
        f"processor for {results.waited():.0%} of the time.{skipped}\n"
    )
