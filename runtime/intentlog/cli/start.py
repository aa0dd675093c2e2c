"""Where the command lines begin, before anything that takes time to import.

Ctrl-C ends a process that still imports without a traceback. Later it, and whatever else ends a
process in an orderly way, is an exception: what is temporary is removed.
"""

import gc
import signal
import sys
from importlib import import_module
from typing import NoReturn


def diagnose() -> None:
    """Run ``diagnose``."""
    _run(".diagnose")


def intentlog() -> None:
    """Run ``intentlog``."""
    _run(".intentlog")


def _run(module: str) -> None:
    # Who started this may want a signal to be ignored, as nohup does.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # what is imported is no garbage, and is not to be looked through for any
    main = import_module(module, __package__).main
    gc.freeze()
    gc.enable()
    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        main()
    finally:
        gc.freeze()  # memory goes with the process


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
