"""The real CDK CLI, pointed at the sandbox."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from sandbox.server import ACCOUNT, REGION, Sandbox, SandboxError

ROOT = Path(__file__).resolve().parent.parent
CLI = ROOT / "node_modules" / ".bin" / "cdk"
_TAIL = 30

Listener = Callable[[str], None]


def bootstrap(sandbox: Sandbox, *, listen: Listener = lambda _line: None) -> None:
    """Prepare the account and region for deploys (``cdk bootstrap``).

    Raises:
        SandboxError: The CLI failed; the message ends with what it printed.
    """
    # Outside of the project there is no app, which it would synthesize for nothing.
    run(sandbox, "bootstrap", f"aws://{ACCOUNT}/{REGION}", listen=listen, cwd=sandbox.directory)


def deploy(sandbox: Sandbox, outputs: Path, *options: str, listen: Listener) -> None:
    """Deploy every stack of the app (``cdk deploy --all``); outputs go to a JSON file.

    Raises:
        SandboxError: The CLI failed; the message ends with what it printed.
    """
    fixed = ("--all", "--require-approval", "never", "--concurrency", "4", "--progress", "events")
    run(sandbox, "deploy", *fixed, "--outputs-file", str(outputs), *options, listen=listen)


def run(sandbox: Sandbox, *arguments: str, listen: Listener, cwd: Path = ROOT) -> str:
    """Run the CLI in the environment ``sandbox`` and return what it printed, line by line too.

    Raises:
        SandboxError: It failed; the message ends with what it printed.
    """
    lines: list[str] = []
    command = [str(CLI), *arguments, "--context", "env=sandbox", "--no-color"]
    if not CLI.is_file():
        raise SandboxError(f"there is no CDK CLI at {CLI}: run `make setup`")
    with subprocess.Popen(  # noqa: S603 -- our own CLI and words
        command,
        cwd=cwd,
        env=sandbox.child_environment() | {"CI": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            listen(lines[-1])
    if process.returncode:
        tail = "\n".join(lines[-_TAIL:])
        raise SandboxError(f"cdk {arguments[0]} ended with {process.returncode}:\n{tail}")
    return "\n".join(lines)
