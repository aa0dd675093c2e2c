"""The results as tables."""

from collections.abc import Iterator

from benchmarks.pages.aims import aims_table
from benchmarks.pages.tables import Row, Table

from .cases import FLOOR, GROUPS, LEANEST_PEER, Case
from .imports import MODULES
from .results import Results


def tables(results: Results) -> Iterator[Table]:
    """Yield every table."""
    yield aims_table(results.aims)
    yield _events(results)
    yield Table("below-the-level", ("A call below the level", "ns"), [*_disabled(results)])
    yield _exceptions(results)
    yield _threads(results)
    yield Table("others", ("What else", "measured"), [*_others(results)])
    yield _imports(results)


def _events(results: Results) -> Table:
    rows = [
        (
            case.title,
            _micro(results.median("event", name)),
            _micro(results.best("event", name)),
            *(_floors(results, name) if results.has("event", FLOOR) else ("", "")),
        )
        for name, case in _measured(results, "event")
    ]
    header = ("An event, written", "median, µs", "best, µs", "median, F", "best, F")
    return Table("events", header, rows)


def _floors(results: Results, case: str) -> Row:
    return f"{results.floors(case):.1f}", f"{results.best_floors(case):.1f}"


def _disabled(results: Results) -> Iterator[Row]:
    for name, case in _measured(results, "disabled"):
        if name != "nothing":
            yield case.title, f"{results.disabled(name):.0f}"


def _exceptions(results: Results) -> Table:
    rows = [
        (
            case.title,
            _micro(results.median("exception", name)),
            _micro(results.best("exception", name)),
        )
        for name, case in _measured(results, "exception")
    ]
    return Table("exceptions", ("An exception, logged", "median, µs", "best, µs"), rows)


def _threads(results: Results) -> Table:
    leanest = results.median("threads", LEANEST_PEER, "lines_per_second")
    rows = []
    for name, case in _measured(results, "threads"):
        lines = results.median("threads", name, "lines_per_second")
        rows.append((case.title, f"{lines:,.0f}", f"{lines / leanest:.1f}"))
    header = ("Four threads", "lines a second", "to structlog's leanest")
    return Table("threads", header, rows)


def _others(results: Results) -> Iterator[Row]:
    for name, case in _measured(results, "slowest"):
        p50, p99, p999, cpu = (
            _micro(results.median("slowest", name, f"{share}_ns"))
            for share in ("p50", "p99", "p999", "p999_cpu")
        )
        yield f"{case.title}: half, 99 %, 99.9 % within", f"{p50}, {p99}, {p999} µs"
        yield f"{case.title}: 99.9 % within, of the processor's time", f"{cpu} µs"
    for group in ("harder", "queued", "redaction"):
        for name, case in _measured(results, group):
            title = "intentlog, redaction of a clean event" if group == "redaction" else case.title
            yield title, f"{_micro(results.median(group, name))} µs"
    written, seconds = results.processes["written"], results.processes["seconds"]
    counts = ", ".join(f"{results.processes[w]:.0f} {w}" for w in ("torn", "lost", "twice"))
    yield f"four processes, {written:,.0f} lines in one file, {seconds:.0f} s", counts
    before, after = results.memory["kilobytes_before"], results.memory["kilobytes_after"]
    events = f"{results.memory['events']:,.0f} events"
    yield f"resident memory, before and after {events}", f"{before:,.0f}, {after:,.0f} kB"


def _imports(results: Results) -> Table:
    rows = [
        (
            MODULES[module],
            f"{results.imported(module):.0f}",
            f"{results.imported(module, 'ms'):.0f}",
        )
        for module in results.imports
    ]
    header = ("An import, in a new process", "of the processor, ms", "of the clock, ms")
    return Table("imports", header, rows)


def _measured(results: Results, group: str) -> Iterator[tuple[str, Case]]:
    """Yield the cases of a group, the quickest first where that is what they are compared by."""
    cases = [(n, case) for n, case in GROUPS[group].cases.items() if results.has(group, n)]
    if group in {"event", "exception"}:
        cases.sort(key=lambda named: results.median(group, named[0]))
    yield from cases


def _micro(nanoseconds: float) -> str:
    return f"{nanoseconds / 1000:.1f}"
