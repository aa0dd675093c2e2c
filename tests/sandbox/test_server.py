"""Starting and stopping: loopback only, no child and no file left, whatever ends the parent."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.limits import NOT_EMULATED
from sandbox.server import Sandbox, SandboxError

ROOT = Path(__file__).parents[2]

ON_LINUX = pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
PARENT = """
import sys, time
from pathlib import Path
from sandbox.server import Sandbox
with Sandbox(Path(sys.argv[1])) as sandbox:
    print(sandbox.port, flush=True)
    time.sleep(60)
"""


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _group_members(leader: int) -> list[int]:
    """The living processes of a process group."""
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            members.append(int(entry.parent.name))
    return members


def _listening_addresses(pids: list[int]) -> set[str]:
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    addresses = set()
    for table in ("tcp", "tcp6"):
        for row in Path("/proc/net", table).read_text().splitlines()[1:]:
            cells = row.split()
            if cells[3] == "0A" and cells[9] in inodes:
                addresses.add(cells[1].partition(":")[0])
    return addresses


@ON_LINUX
def test_opens_loopback_only_and_leaves_nothing(tmp_path: Path) -> None:
    """Every listening socket is on 127.0.0.1; after the end only the log is there."""
    with Sandbox(tmp_path) as sandbox:
        assert sandbox._process is not None  # noqa: SLF001 - whose children are counted
        leader = sandbox._process.pid  # noqa: SLF001
        assert _listening_addresses(_group_members(leader)) == {"0100007F"}
    assert _group_members(leader) == []
    assert not _listens(sandbox.port)
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.log"]


def test_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves the parent no time to clean up; the emulator does it."""
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _listens(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _listens(port)
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.log"]


def test_emulator_is_not_started_by_hand() -> None:
    """Outside a process group of its own it would end its neighbours."""
    command = [sys.executable, "-m", "sandbox.emulator", "/nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "use python -m sandbox" in done.stderr) == (1, True)


def test_says_when_the_port_is_taken(tmp_path: Path) -> None:
    """Another program's port is not taken for a healthy sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port} is taken"):
            Sandbox(tmp_path, port=port).start()


def test_shows_the_log_when_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error ends with what the process said last."""
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(
        SandboxError, match=r"ended with 1; the end of .*emulator.log:\n(?s:.*)'encodings'"
    ):
        Sandbox(tmp_path).start()
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.log"]


def test_hides_the_callers_own_aws_settings(tmp_path: Path) -> None:
    """A profile or a session token would take the client to a real account."""
    base = {"AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "token", "HOME": "/home/me"}
    sandbox = Sandbox(tmp_path, port=4566)
    expected = {"HOME": "/home/me", **sandbox.environment()}
    assert sandbox.child_environment(base) == expected
    assert expected["AWS_ENDPOINT_URL"] == "http://localhost:4566"


def test_keeps_no_state(tmp_path: Path) -> None:
    """What one run creates, the next does not have."""
    for _ in range(2):
        with Sandbox(tmp_path) as sandbox:
            sandbox.client("logs").create_log_group(logGroupName="/once")


def test_command_says_what_to_export_and_stops_on_interrupt(tmp_path: Path) -> None:
    """``python -m sandbox`` stays until Ctrl-C."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--directory", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not (said and "Ctrl-C" in said[-1]):
            said.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert (process.returncode, rest) == (0, "stopped\n")
    text = "".join(said)
    assert f"export AWS_ENDPOINT_URL=http://localhost:{port}\n" in text
    assert all(line in text for line in NOT_EMULATED)


def test_command_fails_on_a_taken_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3: a backend failed."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        arguments = ["sandbox", "--port", port, "--directory", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", arguments)
        assert main() == 3
    for number, handler in before.items():
        signal.signal(number, handler)
    assert "is taken" in capsys.readouterr().out


@pytest.mark.parametrize("port", ["0", "99999", "web"])
def test_command_tells_what_is_no_port(port: str) -> None:
    """A mistake of the user is a line and exit code 2, not a traceback."""
    command = [sys.executable, "-m", "sandbox", "--port", port]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 2
    assert "argument --port: " in result.stderr
    assert "Traceback" not in result.stderr
