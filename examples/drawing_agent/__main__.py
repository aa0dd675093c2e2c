"""Serves the application: ``python -m examples.drawing_agent --port 8000``."""

import argparse
import logging
import signal
import sys
from pathlib import Path

import uvicorn

from intentlog import init_logging
from intentlog.contract import ContractError

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "contracts" / "drawing-agent.toml"


def main() -> None:
    """Set up logging, then serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m examples.drawing_agent", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0: any that is free")
    parser.add_argument("--log-dir", type=Path, default=Path("build/drawing-agent/logs"))
    parser.add_argument("--contract", type=Path, default=CONTRACT)
    options = parser.parse_args()

    # All that an application does about logging; its modules use `logging` as ever.
    try:
        init_logging(options.contract, log_dir=options.log_dir)
    except ContractError as error:
        parser.error(str(error))

    logging.getLogger("uvicorn.error").addFilter(_without_colours)
    # Once it has stopped, uvicorn raises the signal again: that must end this process by way of
    # `atexit`, where the logger writes what it still has.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "code_monet.main:app",
        app_dir=str(HERE),
        port=options.port,
        log_config=None,  # uvicorn's own lines then come out like all others
        access_log=False,  # one line a request is enough, and these have the query string
    )


def _without_colours(record: logging.LogRecord) -> bool:
    """Drop uvicorn's ``extra`` for its own console formatter."""
    vars(record).pop("color_message", None)
    return True


if __name__ == "__main__":
    main()
