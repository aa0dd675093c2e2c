"""Many processes: no line is lost, written twice or torn, however they began and ended."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = str(ROOT / "contracts" / "drawing-agent.toml")
Lines = Callable[[str], list[dict[str, Any]]]
HEAD = f"""
import multiprocessing, os, signal, sys, threading, time
import intentlog

def begin(mode="direct"):
    intentlog.init_logging({CONTRACT!r}, log_dir=sys.argv[1], console="off",
                           async_writes=mode == "async")

log = intentlog.get_logger("code_monet.auth")
"""


def program(tmp_path: Path, code: str) -> list[str]:
    """Write a program that logs; return the command that runs it."""
    file = tmp_path / "program.py"
    file.write_text(HEAD + code, encoding="utf-8")
    return [sys.executable, str(file), str(tmp_path)]


def run(tmp_path: Path, code: str) -> None:
    """Run a program that logs, to its end."""
    done = subprocess.run(
        program(tmp_path, code), check=False, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


def counted(records: list[dict[str, Any]]) -> Counter[tuple[Any, Any]]:
    """Return how often there is a line of each worker and number."""
    return Counter((record["extra"]["worker"], record["extra"]["n"]) for record in records)


@pytest.mark.parametrize("mode", ["direct", "async"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing(tmp_path: Path, lines: Lines, method: str, mode: str) -> None:
    """A forked child goes on with what its parent has set up; another sets up its own."""
    code = f"""
def work(worker):
    if {method!r} != "fork":
        begin({mode!r})
    for n in range(100):
        log.info("m", worker=worker, n=n)

if __name__ == "__main__":
    begin({mode!r})
    for n in range(100):
        log.info("m", worker=0, n=n)  # queued, when the children begin
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=work, args=(number,)) for number in (1, 2, 3)]
    for child in children: child.start()
    for n in range(100, 200):
        log.info("m", worker=0, n=n)
    for child in children: child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
"""
    run(tmp_path, code)

    expected = {(worker, n) for worker in (0, 1, 2, 3) for n in range(200 if worker == 0 else 100)}
    assert counted(lines("app.log")) == dict.fromkeys(expected, 1)


@pytest.mark.parametrize("mode", ["direct", "async"])
def test_forks_of_a_process_with_threads(tmp_path: Path, lines: Lines, mode: str) -> None:
    """A child that is forked while threads log logs, too, and ends by itself."""
    code = f"""
begin({mode!r})
stop = threading.Event()

def chatter(worker):
    n = 0
    while not stop.is_set():
        log.info("m", worker=worker, n=n)
        n += 1
        time.sleep(0.0005)

threads = [threading.Thread(target=chatter, args=(f"t{{k}}",)) for k in range(3)]
for thread in threads: thread.start()
for worker in range(15):
    child = os.fork()
    if child == 0:
        for n in range(20): log.info("m", worker=worker, n=n)
        stop.set()
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
"""
    run(tmp_path, code)

    found = counted(lines("app.log"))
    assert set(found.values()) == {1}
    assert {key for key in found if isinstance(key[0], int)} == {
        (worker, n) for worker in range(15) for n in range(20)
    }


def test_many_processes_append_to_one_file(tmp_path: Path, lines: Lines) -> None:
    """Four processes with long and short lines: none torn, lost or doubled."""
    code = """
begin()
worker = sys.argv[2]
for n in range(4000):
    log.info("m", worker=worker, n=n, text="x" * (n * 37 % 3000))
"""
    command = program(tmp_path, code)
    processes = [subprocess.Popen([*command, str(number)]) for number in range(4)]

    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0, 0]
    found = counted(lines("app.log"))
    assert found == {(str(worker), n): 1 for worker in range(4) for n in range(4000)}


def test_killed_process_has_written_what_it_logged(tmp_path: Path, lines: Lines) -> None:
    """With direct writes, whatever a call has returned from is in the file, also after kill -9."""
    code = """
begin()
for n in range(10**9):
    log.info("m", worker=0, n=n)
    os.write(1, b"%d\\n" % n)
"""
    with subprocess.Popen(program(tmp_path, code), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith(b"300"):
            pass
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split(b"\n")
    acknowledged = max([300, *(int(number) for number in rest[:-1])])

    written = [record["extra"]["n"] for record in lines("app.log")]
    assert written == list(range(len(written)))
    assert len(written) >= acknowledged + 1


@pytest.mark.parametrize("mode", ["direct", "async"])
def test_terminated_process_has_written_what_it_logged(
    tmp_path: Path, lines: Lines, mode: str
) -> None:
    """SIGTERM at any moment, also with a queue that is never empty."""
    code = f"""
begin({mode!r})
for n in range(10**9):
    log.info("m", worker=0, n=n)
    os.write(1, b"%d\\n" % n)
"""
    with subprocess.Popen(program(tmp_path, code), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith(b"500"):
            pass
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read().split(b"\n")
    acknowledged = max([500, *(int(number) for number in rest[:-1])])

    written = [record["extra"]["n"] for record in lines("app.log")]
    assert process.returncode == -signal.SIGTERM
    assert written == list(range(len(written)))
    assert len(written) >= acknowledged + 1


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["direct", "async"])
def test_gunicorn(tmp_path: Path, lines: Lines, mode: str) -> None:
    """Workers that gunicorn forks of a loaded application: a line of each request, and its own."""
    code = f"""
begin({mode!r})
log.info("loaded")

def answer(environ, start_response):
    log.info("answered", n=environ["PATH_INFO"])
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]

app = intentlog.WSGIMiddleware(answer)
"""
    program(tmp_path, code)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = [sys.executable, "-c", "from gunicorn.app.wsgiapp import run; run()"]
    options = ["--preload", "--workers=3", f"--bind=127.0.0.1:{port}", "--no-control-socket"]
    start = f"import sys; sys.argv[1:] = [{str(tmp_path)!r}]"
    (tmp_path / "served.py").write_text(f"{start}\nfrom program import app\n", encoding="utf-8")
    with subprocess.Popen([*server, *options, "served:app"], cwd=tmp_path) as process:
        try:
            wait_for(port)
            for number in range(60):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("GET", f"/{number}")
                assert connection.getresponse().status == 200
                connection.close()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0

    written = lines("app.log")
    messages = Counter(record["message"] for record in written)
    assert messages["loaded"] == 1
    assert messages["answered"] == 60
    assert {m: c for m, c in messages.items() if m.startswith("GET")} == {
        f"GET /{number}": 1 for number in range(60)
    }
    assert sum(record["logger"].startswith("gunicorn") for record in written) == 0
    assert json.dumps(written)


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(os.strerror(110))
