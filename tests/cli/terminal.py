"""``diagnose`` in a real pseudo-terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIAGNOSE = str(Path(sys.executable).with_name("diagnose"))
_PATIENCE = 60.0


class Terminal:
    """A command that runs in a terminal of some width."""

    def __init__(self, *arguments: str, columns: int = 100, **variables: str) -> None:
        mine, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        environment = {
            name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}
        }
        contract = str(ROOT / "contracts" / "drawing-agent.toml")
        self.process = subprocess.Popen(
            [DIAGNOSE, *arguments],
            env=environment
            | {"TERM": "xterm-256color", "INTENTLOG_CONTRACT": contract}
            | variables,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        self._mine = mine
        self.text = ""

    def read_until(self, text: str) -> None:
        """Wait until something is shown."""
        deadline = time.monotonic() + _PATIENCE
        while text not in self.text:
            assert self._read(), f"it ended; it had shown:\n{self.text}"
            assert time.monotonic() < deadline, self.text

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._mine, text.encode())

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        while self._read():
            pass
        return self.process.wait(_PATIENCE)

    def close(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        os.close(self._mine)

    def _read(self) -> bool:
        try:
            block = os.read(self._mine, 2**16)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.text += block.decode()
        return bool(block)
