"""The real logrotate with the generated configuration, while four processes write at full speed."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from intentlog.contract import parse
from intentlog.delivery.stream_files import stream_files
from intentlog.render.agent import host_path
from intentlog.render.logrotate import logrotate_config
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import CONTRACT, GROUP, SHIP

LOGROTATE = shutil.which("logrotate", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
ROTATIONS = 20
PROCESS = 'by            = "process"\nmax'
DAILY = 'by = "logrotate"\nevery = "daily"\nmax'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(LOGROTATE is None, reason="needs logrotate: apt-get install logrotate"),
]

_WRITER = """
import logging, signal, sys, time
import intentlog
intentlog.init_logging(sys.argv[1], log_dir=sys.argv[2], console="off")
logger, stopped, number = logging.getLogger("writer"), [], 0
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
while not stopped:
    for _ in range(500):  # at full speed; the pause lets two cores deliver them, too
        logger.info("%s %d", sys.argv[3], number)
        number += 1
    time.sleep(0.2)
print(number)
"""


def test_twenty_forced_rotations_lose_and_repeat_nothing(tmp_path: Path, logs: StrictLogs) -> None:
    """Rename and create, compressed a round later; the shipper follows all the while."""
    text = CONTRACT.replace(PROCESS, DAILY)
    file = tmp_path / "shop.toml"
    directory = tmp_path / "logs"
    directory.mkdir()
    file.write_text(f'{text}\n[files]\nhost_directory = "{directory}"\n')
    contract = parse(file.read_text())
    assert str(host_path(contract, "app")) == str(directory / "app.log")
    configuration = tmp_path / "logrotate.conf"
    configuration.write_text(f"su root root\n{logrotate_config(contract)}")
    shipper = subprocess.Popen([*SHIP, "--contract", file, "--log-dir", directory])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, file, directory, f"w{n}"], stdout=subprocess.PIPE
        )
        for n in range(4)
    ]
    try:
        _until((directory / "app.log").exists)
        for _ in range(ROTATIONS):
            time.sleep(1.2)  # writers notice within a second; the timer is one of minutes
            _rotate(configuration, tmp_path / "state")
    finally:
        for writer in writers:
            writer.terminate()
    written = {f"w{n}": int(writer.communicate(timeout=30)[0]) for n, writer in enumerate(writers)}
    expected = {f"{name} {n}" for name, count in written.items() for n in range(count)}
    _until(lambda: len(_written(logs)) >= len(expected))
    shipper.terminate()
    assert shipper.wait(60) == 0

    arrived = Counter(json.loads(text)["message"] for text in _written(logs))
    assert expected - set(arrived) == set()
    assert {text: count for text, count in arrived.items() if count > 1} == {}
    files = stream_files(directory / "app.log")
    assert len(files) == ROTATIONS + 1
    assert sum(file.compressed for file in files) == ROTATIONS - 1  # delaycompress
    assert logs.refusals == []


def test_size_and_day_decide_without_force(tmp_path: Path) -> None:
    """``maxsize`` rotates a file that is too long, though it was rotated today."""
    contract = parse(
        CONTRACT.replace(PROCESS, DAILY) + f'\n[files]\nhost_directory = "{tmp_path}"\n'
    )
    configuration, state = tmp_path / "logrotate.conf", tmp_path / "state"
    configuration.write_text(f"su root root\n{logrotate_config(contract)}")
    path = tmp_path / "app.log"
    path.write_text("short\n")
    _rotate(configuration, state, force=False)
    assert not (tmp_path / "app.log.1").exists()
    path.write_text("x" * 1_100_000 + "\n")
    _rotate(configuration, state, force=False)

    assert (tmp_path / "app.log.1").stat().st_size == 1_100_001
    assert path.read_bytes() == b""


def _rotate(configuration: Path, state: Path, *, force: bool = True) -> None:
    assert LOGROTATE
    arguments = ["--force"] if force else []
    done = subprocess.run(
        [LOGROTATE, *arguments, "--state", state, configuration],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _written(logs: StrictLogs) -> list[str]:
    """Return the writers' lines: the shipper says something of itself at its end."""
    return [text for text in logs.messages(GROUP) if '"intentlog":' not in text]
