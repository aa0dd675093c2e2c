"""``docs/query-performance.md`` and its picture, from the results."""

from collections.abc import Iterator
from typing import Final

from benchmarks.pages.aims import aims_table
from benchmarks.pages.bars import GAP, MARGIN, TOP, WIDTH, Bar, Panel, drawn, picture
from benchmarks.pages.blocks import filled
from benchmarks.pages.machine import in_words
from benchmarks.pages.published import DOCS, publish
from benchmarks.pages.tables import Table, as_markdown

from .answerers import BY_HAND, OURS
from .measuring import Measured
from .results import Results

DATA: Final = DOCS / "query-performance.json"
PAGE: Final = "query-performance.md"
PICTURE: Final = "query-performance.svg"


def write(results: Results) -> None:
    """Write the results, the page's tables and its picture into ``docs/``."""
    publish(DATA.name, results, files(results))


def files(results: Results) -> dict[str, str]:
    """Return the texts of the page and the picture, by their names; prose stays as it is."""
    blocks = {table.name: as_markdown(table) for table in tables(results)}
    blocks["machine"] = _machine(results)
    return {PAGE: filled(DOCS / PAGE, blocks), PICTURE: svg(results)}


def tables(results: Results) -> Iterator[Table]:
    """Yield every table."""
    yield aims_table(results.aims)
    for kind, asked in results.files.items():
        title = f"{results.lines:,} lines, {kind}, {asked.bytes / 1e6:,.0f} MB"
        header = (title, "wall, s", "processor, s", "peak, MB", "the answer alone, s")
        yield Table(kind, header, list(_rows(asked.processes, asked.alone)))


def _rows(found: Measured, alone: Measured) -> Iterator[tuple[str, ...]]:
    for name in _quickest_first(found):
        took = found[name]
        within = f"{alone[name]['seconds']:.2f}" if name in alone else ""
        figures = (f"{took['seconds']:.2f}", f"{took['cpu_seconds']:.2f}")
        yield name, *figures, f"{took['megabytes']:.0f}", within


def svg(results: Results) -> str:
    """Return the picture: a panel for each file."""
    top, parts = TOP, list[str]()
    for kind, asked in results.files.items():
        title = f"{kind}, {asked.bytes / 1e6:,.0f} MB"
        panel = Panel(title, _bars(asked.processes), MARGIN, WIDTH - 2 * MARGIN, 190, 130)
        parts += drawn(panel, top)
        top += panel.height + GAP
    height = top - GAP + MARGIN
    return picture("How long a question takes", _subtitle(results), height, parts)


def _bars(found: Measured) -> list[Bar]:
    return [
        Bar(
            name,
            found[name]["seconds"],
            f"{found[name]['seconds']:.2f} s · {found[name]['megabytes']:.0f} MB",
            "ours" if name == OURS else "floor" if BY_HAND in name else "peer",
        )
        for name in _quickest_first(found)
    ]


def _subtitle(results: Results) -> str:
    return (
        f"{results.lines:,} lines: errors by category; wall time and peak memory of the whole "
        f"process. Median of {results.rounds}; {results.machine['processors']} processors."
    )


def _quickest_first(found: Measured) -> list[str]:
    return sorted(found, key=lambda name: found[name]["seconds"])


def _machine(results: Results) -> str:
    skipped = "".join(f" Not measured: {why}." for why in results.skipped.values())
    words = in_words(results.machine, results.versions)
    return f"{words} The load when it began: {results.machine['load']}.{skipped}\n"
