"""The results as a picture."""

from benchmarks.pages.bars import GAP, MARGIN, TOP, WIDTH, Bar, Panel, drawn, picture

from .cases import FLOOR, GROUPS, INTENTLOG
from .results import Results


def svg(results: Results) -> str:
    """Return the picture."""
    half = (WIDTH - 2 * MARGIN - 40) // 2
    whole = WIDTH - 2 * MARGIN
    events = Panel("One event", _events(results), MARGIN, whole, 240, 124)
    exceptions = Panel(
        "One exception, eleven frames deep", _exceptions(results), MARGIN, half, 220, 60
    )
    threads = Panel(
        "Four threads, lines a second: more is better",
        _threads(results),
        MARGIN + half + 40,
        half,
        160,
        70,
    )
    below = TOP + events.height + GAP
    height = below + max(exceptions.height, threads.height) + MARGIN
    content = (*drawn(events, TOP), *drawn(exceptions, below), *drawn(threads, below))
    return picture("What a log call costs", _subtitle(results), height, content)


def _subtitle(results: Results) -> str:
    return (
        "Context, four data fields, in the file when the call returns; intentlog redacts, too. "
        f"Median of {results.rounds}; Python {results.machine['python']}, "
        f"{results.machine['processors']} processors."
    )


def _events(results: Results) -> list[Bar]:
    def text(name: str) -> str:
        return f"{results.median('event', name) / 1000:.1f} µs · {results.floors(name):.1f} F"

    values = {n: results.median("event", n) / 1000 for n in results.measured["event"]}
    return [_bar("event", n, values[n], text(n)) for n in sorted(values, key=values.__getitem__)]


def _exceptions(results: Results) -> list[Bar]:
    names = [name for name in results.measured["exception"] if name != "raised_only"]
    values = {name: results.median("exception", name) / 1000 for name in names}
    ordered = sorted(names, key=values.__getitem__)
    return [_bar("exception", name, values[name], f"{values[name]:.0f} µs") for name in ordered]


def _threads(results: Results) -> list[Bar]:
    names = [name for name in results.measured["threads"] if name != FLOOR]
    values = {name: results.median("threads", name, "lines_per_second") for name in names}
    return [_bar("threads", name, values[name], f"{values[name]:,.0f}") for name in names]


def _bar(group: str, name: str, value: float, text: str) -> Bar:
    case = GROUPS[group].cases[name]
    kind = "floor" if name == FLOOR else "ours" if name.startswith(INTENTLOG) else "peer"
    return Bar(case.title, value, text, kind)
