"""What was measured, as ``query.json`` has it, and what is made of it."""

from collections.abc import Iterator

import msgspec

from benchmarks.pages.aims import Aim

from .answerers import BY_HAND, OURS
from .measuring import Measured


class Asked(msgspec.Struct):
    """What answers over one file took.

    Attributes:
        bytes: The file's size.
        processes: What whole processes took.
        alone: What the answer alone took within them, imports left out.
    """

    bytes: int
    processes: Measured
    alone: Measured


class Results(msgspec.Struct, kw_only=True):
    """Everything that one run measured.

    Attributes:
        machine: What it ran on.
        versions: What took part, by name.
        lines: How many lines were asked.
        rounds: How often each answer was measured, in a new process each time.
        files: What answers took, by the kind of the file: ``plain``, ``gzip``.
        small: What does not depend on how many lines there are, or on a few only.
        skipped: Why one is missing, by its name.
        aims: Each aim, and how it came out.
    """

    machine: dict[str, str]
    versions: dict[str, str]
    lines: int
    rounds: int
    files: dict[str, Asked]
    small: dict[str, float]
    skipped: dict[str, str]
    aims: list[Aim] = []


def with_aims(results: Results) -> Results:
    """Return results with what is made of them."""
    return msgspec.structs.replace(results, aims=list(_aims(results)))


def _aims(results: Results) -> Iterator[Aim]:
    for kind, asked in results.files.items():
        found = asked.processes
        what = f"{kind}, to the best SQL by hand"
        yield Aim(what, _to_best_by_hand(found, "seconds"), 1.2, "times")
        cpu = _to_best_by_hand(found, "cpu_seconds")
        yield Aim(f"{what}, processor time", cpu, 1.2, "times")
        yield Aim(f"{kind}, peak memory", found[OURS]["megabytes"], 200, "MB")
        if kind == "plain" and "jq" in found:
            faster = found["jq"]["seconds"] / found[OURS]["seconds"]
            yield Aim("plain, faster than jq", faster, 15, "times", at_least=True)
    small = results.small
    yield Aim("parse and compile", small["parse_and_compile_ms"], 5, "ms")
    yield Aim("a question over 10 MB", small["local_10_mb_ms"], 600, "ms")
    yield Aim("diagnose --help", small["diagnose_help_ms"], 200, "ms")
    yield Aim("100 saved-query tests", small["hundred_saved_query_tests_seconds"], 10, "s")


def _to_best_by_hand(found: Measured, figure: str) -> float:
    """Return how many times as much ours takes as the SQL by hand that takes least of it."""
    best = min(took[figure] for name, took in found.items() if BY_HAND in name)
    return found[OURS][figure] / best
