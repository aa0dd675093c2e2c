"""What a process grows by while it logs: ``python -m benchmarks.logger_costs.memory EVENTS DIR``.

The events are what fills memory if anything does: texts, users, traces, messages and keys that
were never there before, and exceptions. Needs ``/proc``, as Linux has it.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from . import ours

if TYPE_CHECKING:
    from intentlog.logger import BoundLogger

_WARM_UP: Final = 100_000
"""Events until everything is full that remembers something."""
_PART: Final = 100_000
_PAGE_KILOBYTES: Final = os.sysconf("SC_PAGE_SIZE") / 1024


def main() -> None:
    """Log so many events, and print the resident memory of the process along the way."""
    events, directory = int(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        file = Path(folder) / "app.log"
        logger = ours.door(file)
        _log(logger, range(min(events, _WARM_UP)))
        kilobytes = [_resident()]
        for start in range(0, events, _PART):
            _log(logger, range(_WARM_UP + start, _WARM_UP + min(start + _PART, events)))
            kilobytes.append(_resident())
            os.truncate(file, 0)
        figures = {
            "events": events,
            "kilobytes_before": kilobytes[0],
            "kilobytes_after": kilobytes[-1],
            "kilobytes_most": max(kilobytes),
        }
    print(json.dumps(figures))


def _log(logger: "BoundLogger", numbers: range) -> None:
    from intentlog import bind_context

    for number in numbers:
        with bind_context(user_id=number, trace_id=f"1-67431b2a-a006233531f9{number:012x}"):
            logger.info("User signed in", path=f"/auth/verify/{number}", method="magic_link")
        if number % 100 == 0:
            message = f"Tool use: {number}"
            logger.info(message, **{f"key_{number}": number})
        if number % 1000 == 0:
            try:
                raise ValueError(f"link {number} has expired")  # noqa: TRY301 -- one call is enough
            except ValueError:
                logger.exception("Sign-in failed")


def _resident() -> float:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * _PAGE_KILOBYTES


if __name__ == "__main__":
    main()
