"""``docs/performance.md`` and its picture, from the results."""

from typing import Final

from benchmarks.pages.blocks import filled
from benchmarks.pages.machine import in_words
from benchmarks.pages.published import DOCS, publish
from benchmarks.pages.tables import as_markdown

from .plot import svg
from .results import Results
from .tables import tables

DATA: Final = DOCS / "performance.json"


def write(results: Results) -> None:
    """Write the results, the page's tables and its picture into ``docs/``."""
    publish(DATA.name, results, files(results))


def files(results: Results) -> dict[str, str]:
    """Return the texts of the page and the picture, by their names; prose stays as it is."""
    blocks = {table.name: as_markdown(table) for table in tables(results)}
    blocks["machine"] = _machine(results)
    return {
        "performance.md": filled(DOCS / "performance.md", blocks),
        "performance.svg": svg(results),
    }


def _machine(results: Results) -> str:
    skipped = "".join(f" Not measured: {case} ({why})." for case, why in results.skipped.items())
    words = in_words(results.machine, results.versions)
    waited = f"Other programs had the processor for {results.waited():.0%} of the time."
    return f"{words} {waited}{skipped}\n"
