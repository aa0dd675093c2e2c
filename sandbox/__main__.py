"""Keeps a sandbox running for one's own AWS CLI, cdk and diagnose: ``python -m sandbox``."""

import argparse
import shlex
import signal
import sys
import threading
from pathlib import Path

from sandbox.limits import NOT_EMULATED
from sandbox.server import Sandbox, SandboxError


def main() -> int:
    """Start a sandbox, say how to use it, and stay until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=_port, default=4566, help="default: %(default)s")
    parser.add_argument("--directory", type=Path, default=Path("build/sandbox"), help="for its log")
    arguments = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with Sandbox(arguments.directory, port=arguments.port) as sandbox:
            _say(_introduction(sandbox))
            ended.wait()
    except (OSError, SandboxError) as error:
        _say(str(error))
        return 3
    _say("stopped")
    return 0


def _port(text: str) -> int:
    """Read a port; argparse tells what is none."""
    port = int(text)
    if not 1 <= port <= 65_535:  # noqa: PLR2004 -- the ports that there are
        raise argparse.ArgumentTypeError(f"{port} is no port: 1 to 65535")
    return port


def _introduction(sandbox: Sandbox) -> str:
    """What a user needs to know: the limits, the variables, the log."""
    limits = [f"#   - {line}" for line in NOT_EMULATED]
    exports = [f"export {name}={shlex.quote(text)}" for name, text in sandbox.environment().items()]
    return "\n".join(
        [
            f"# Sandbox on {sandbox.endpoint_url}, log in {sandbox.log_file}. Not emulated:",
            *limits,
            "# For aws, cdk and diagnose in another shell (first: unset AWS_PROFILE):",
            *exports,
            "# Ctrl-C stops it; nothing is kept.",
        ]
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
