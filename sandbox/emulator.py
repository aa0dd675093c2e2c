"""Runs MiniStack with the completions: the process that ``sandbox.server.Sandbox`` starts.

Standard input is the parent's lifeline. It ends when the parent ends, however that happens (SIGKILL
included), and then the scratch folder and the whole process group go: MiniStack and its Lambda
workers.
"""

import os
import shutil
import signal
import sys
import threading

from ministack import app

from sandbox import completions


def main() -> None:
    """Serve until killed or until standard input ends."""
    if os.getpgrp() != os.getpid() or len(sys.argv) != 2:  # noqa: PLR2004 - itself and the folder
        sys.exit("sandbox.emulator is started by sandbox.server.Sandbox: use python -m sandbox")
    # MiniStack reads the command line too, and knows nothing of the folder.
    scratch = sys.argv.pop()
    lifeline = threading.Thread(target=_die_with_the_parent, args=(scratch,), daemon=True)
    lifeline.start()
    completions.install()
    app.main()


def _die_with_the_parent(scratch: str) -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
