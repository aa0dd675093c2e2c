"""The lines that are asked: as the application logs them, made once, and the same compressed."""

import gzip
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

LINES: Final = 2_500_000
_SHARE: Final = 0.5  # of lines that have a user, or a trace


def make(file: Path, count: int = LINES) -> None:
    """Write the lines, and the same compressed, unless they are there."""
    if file.exists() and file.with_suffix(".jsonl.gz").exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    print(f"making {count:,} lines", flush=True)
    with file.open("w") as plain, gzip.open(f"{file}.gz", "wt", compresslevel=3) as packed:
        for block in _blocks(count):
            plain.write(block)
            packed.write(block)


def _blocks(count: int) -> Iterator[str]:
    some = random.Random(7)  # noqa: S311 -- the same lines everywhere
    categories = ("auth", "agent", "websocket", "drawing", "workspace", "system", "http")
    levels = ("DEBUG",) * 20 + ("INFO",) * 65 + ("WARNING",) * 10 + ("ERROR",) * 4 + ("CRITICAL",)
    paths = ["/api/" + f"{some.getrandbits(1000):x}"[: some.randint(135, 235)] for _ in range(500)]
    began = datetime(2026, 1, 15, tzinfo=UTC)
    for first in range(0, count, 1000):
        block = []
        for number in range(first, first + 1000):
            stamp = (began + timedelta(milliseconds=30 * number)).isoformat(timespec="milliseconds")
            category = some.choice(categories)
            user = f'"user_id":{some.randint(1, 500)},' if some.random() < _SHARE else ""
            trace = (
                f'"trace_id":"1-{some.getrandbits(32):08x}-{some.getrandbits(96):024x}",'
                if some.random() < _SHARE
                else ""
            )
            block.append(
                f'{{"timestamp":"{stamp[:-6]}Z","level":"{some.choice(levels)}",'
                f'"category":"{category}","logger":"code_monet.{category}",'
                f'"message":"Tool use: step {number % 997}",{user}{trace}"extra":'
                f'{{"duration_ms":{some.random() * 100:.3f},"path":"{some.choice(paths)}"}}}}\n'
            )
        yield "".join(block)


def counted(file: Path) -> dict[str, int]:
    """Count the errors of each category by reading every line, for what answers are held to."""
    found: Counter[str] = Counter()
    with file.open("rb") as lines:
        for line in lines:
            if b'"level":"ERROR"' in line:
                found[msgspec.json.decode(line)["category"]] += 1
    return dict(found)
