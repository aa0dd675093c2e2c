"""Runs the application as a process of its own, as a demo or a test needs it."""

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

_ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"running on (http://127\.0\.0\.1:\d+) ")
_START_SECONDS = 15.0
_STOP_SECONDS = 10.0


class ApplicationError(Exception):
    """The application did not start, or did not stop as it should."""


@contextmanager
def running(
    log_dir: Path, contract: Path | None = None, *, stdout: Path | None = None
) -> Iterator[str]:
    """Run the application for the block, which gets its base URL; then stop it with SIGTERM.

    Args:
        log_dir: Where its log files go.
        contract: The contract that it logs by. Default: ``contracts/drawing-agent.toml``.
        stdout: The file that gets its standard output (and error). Default: ``stdout.log``
            beside the log files.

    Raises:
        ApplicationError: It did not start in time, or did not stop cleanly at SIGTERM.
    """
    output = stdout or log_dir / "stdout.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "examples.drawing_agent", "--port", "0"]
    command += ["--log-dir", str(log_dir.resolve())]
    command += ["--contract", str(contract.resolve())] if contract else []
    with (
        output.open("wb") as file,
        subprocess.Popen(command, cwd=_ROOT, stdout=file, stderr=subprocess.STDOUT) as process,  # noqa: S603
    ):
        try:
            yield _base_url(process, output)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
    if process.returncode:
        raise ApplicationError(f"stopped with {process.returncode}; see {output}")


def _base_url(process: subprocess.Popen[bytes], output: Path) -> str:
    """Wait until the application says where it listens, and answers there."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        address = _ADDRESS.search(output.read_text())
        if address and _is_healthy(address[1]):
            return address[1]
        time.sleep(0.02)
    raise ApplicationError(f"did not start; see {output}")


def _is_healthy(base_url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    finally:
        connection.close()
