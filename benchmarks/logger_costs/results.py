"""What was measured, as ``logger.json`` has it, and what is made of it: medians, bests, aims."""

from collections.abc import Iterator
from itertools import chain
from statistics import median

import msgspec

from benchmarks.pages.aims import Aim

from .cases import FLOOR, GROUPS, INTENTLOG, LEANEST_PEER
from .imports import NOT_WANTED

Figures = dict[str, float]


class Results(msgspec.Struct, kw_only=True):
    """Everything that one run measured.

    Attributes:
        machine: What it ran on.
        versions: The packages that took part, by their names.
        rounds: How often each case was measured, each time in a new process.
        seconds: How long, each time.
        measured: Each round's figures, by group and case.
        skipped: Why a case is missing, by its name.
        imports: Each round's figures, by module.
        brought_along: What ``import intentlog`` imports and should not.
        processes: What became of the lines of four processes.
        memory: What a process grew by.
        summary: Medians and bests of ``measured``; ``floors`` are the ratios to the floor.
        aims: Each aim, and whether it is met.
    """

    machine: dict[str, str]
    versions: dict[str, str]
    rounds: int
    seconds: float
    measured: dict[str, dict[str, list[Figures]]]
    skipped: dict[str, str]
    imports: dict[str, list[Figures]]
    brought_along: list[str]
    processes: Figures
    memory: Figures
    summary: dict[str, dict[str, Figures]] = {}
    aims: list[Aim] = []

    def has(self, group: str, case: str) -> bool:
        """Say whether a case was measured."""
        return bool(self.measured.get(group, {}).get(case))

    def median(self, group: str, case: str, figure: str = "ns") -> float:
        """Return a figure's median over the rounds."""
        return median(figures[figure] for figures in self.measured[group][case])

    def best(self, group: str, case: str) -> float:
        """Return the nanoseconds a call of the quickest batch of all rounds."""
        return min(figures["best_ns"] for figures in self.measured[group][case])

    def floors(self, case: str) -> float:
        """Return how many floors an event costs, median by median."""
        return self.median("event", case) / self.median("event", FLOOR)

    def best_floors(self, case: str) -> float:
        """Return how many floors an event costs, best by best: a busy machine disturbs it less."""
        return self.best("event", case) / self.best("event", FLOOR)

    def disabled(self, case: str) -> float:
        """Return the nanoseconds of a call below the level, without the benchmark's own call."""
        return self.median("disabled", case) - self.median("disabled", "nothing")

    def imported(self, module: str, figure: str = "cpu_ms") -> float:
        """Return the milliseconds of an import, median by median: of the processor, or ``ms``."""
        return median(figures[figure] for figures in self.imports[module])

    def waited(self) -> float:
        """Return which share of the time other programs had the processor."""
        rounds = list(chain.from_iterable(self.measured["event"].values()))
        return 1 - sum(f["cpu_ns"] for f in rounds) / sum(f["mean_ns"] for f in rounds)


def with_summary(results: Results) -> Results:
    """Return results with what is made of them."""
    summary = {
        group: {case: _summed_up(results, group, case) for case in cases}
        for group, cases in results.measured.items()
    }
    return msgspec.structs.replace(results, summary=summary, aims=list(aims(results)))


def _summed_up(results: Results, group: str, case: str) -> Figures:
    figures = {name: results.median(group, case, name) for name in results.measured[group][case][0]}
    if "best_ns" in figures:
        figures["best_ns"] = results.best(group, case)
    if group == "event" and results.has("event", FLOOR):
        figures["floors"] = results.floors(case)
        figures["best_floors"] = results.best_floors(case)
    return {name: round(value, 3) for name, value in figures.items()}


def aims(results: Results) -> Iterator[Aim]:
    """Yield every aim of the logger."""
    if results.has("event", FLOOR):
        yield Aim("an event by get_logger", results.floors(INTENTLOG), 2.5, "F")
        yield Aim("an event by logging", results.floors("intentlog_stdlib"), 6, "F")
        yield Aim("an event by structlog", results.floors("intentlog_structlog"), 8, "F")
    yield Aim("an event by get_logger, to the quickest peer's", _to_quickest(results), 1, "times")
    yield Aim("a call below the level, a message alone", results.disabled("bare"), 100, "ns")
    yield Aim("a call below the level, four data fields", results.disabled(INTENTLOG), 100, "ns")
    yield Aim(
        "99.9 % of the events by get_logger take at most",
        results.median("slowest", INTENTLOG, "p999_ns") / 1000,
        40,
        "µs",
    )
    yield Aim(
        "an exception, eleven frames deep", results.median("exception", INTENTLOG) / 1000, 40, "µs"
    )
    yield Aim(
        "looking for secrets in a clean event", results.median("redaction", INTENTLOG), 1200, "ns"
    )
    yield Aim(
        "lines a second of four threads, to structlog's leanest",
        results.median("threads", INTENTLOG, "lines_per_second")
        / results.median("threads", LEANEST_PEER, "lines_per_second"),
        1.5,
        "times",
        at_least=True,
    )
    for what in ("torn", "lost", "twice"):
        yield Aim(f"lines of four processes: {what}", results.processes[what], 0, "lines")
    yield Aim("importing the logger, with bytecode", results.imported("intentlog"), 60, "ms")
    yield Aim(
        f"modules that it brings along of {', '.join(NOT_WANTED)}",
        len(results.brought_along),
        0,
        "modules",
    )
    yield Aim("memory that it grows by", growth(results), 1.0, "MB")


def growth(results: Results) -> float:
    """Return the megabytes that a process grew by while it logged."""
    memory = results.memory
    return (memory["kilobytes_after"] - memory["kilobytes_before"]) / 1024


def _to_quickest(results: Results) -> float:
    peers = [
        case
        for case in results.measured["event"]
        if case != FLOOR and not GROUPS["event"].cases[case].is_ours
    ]
    return results.median("event", INTENTLOG) / min(results.median("event", c) for c in peers)
