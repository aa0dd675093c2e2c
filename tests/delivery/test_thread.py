"""Delivery by a thread of the application itself, which it never disturbs.

Each application is a process of its own: what is tested is how it begins, forks and ends.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from intentlog.contract import Contract
from intentlog.delivery.cloudwatch import CloudWatch
from intentlog.delivery.directory import Shipper
from intentlog.delivery.status import status
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import GROUP

pytestmark = pytest.mark.slow
_BEGIN = """
import os, sys, time, signal
import intentlog
intentlog.init_logging(sys.argv[1], log_dir=sys.argv[2], console="off", enable_cloudwatch=True)
logger = intentlog.get_logger("shop")
"""


def application(shop_file: Path, directory: Path, code: str) -> "subprocess.Popen[str]":
    """Start an application that logs and delivers."""
    return subprocess.Popen(
        [sys.executable, "-c", _BEGIN + code, str(shop_file), str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> str:
    """Wait for its end, which is a good one, and return what it said."""
    output, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, "")
    return output


def messages(logs: StrictLogs) -> list[str]:
    """Return the application's own messages that have arrived."""
    records = [json.loads(text) for text in logs.messages(GROUP)]
    return [record["message"] for record in records if record.get("logger") == "shop"]


def written(directory: Path) -> list[dict[str, object]]:
    """Return the records in the file."""
    return [json.loads(text) for text in (directory / "app.log").read_text().splitlines()]


def test_what_is_logged_to_the_end_is_delivered(
    tmp_path: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """The last line before the exit, too."""
    ended(application(shop_file, tmp_path, 'for n in range(500): logger.info(f"{n}")'))

    assert messages(logs) == [str(n) for n in range(500)]


def test_a_file_that_another_service_delivers_is_a_warning(
    tmp_path: Path, shop_file: Path, logs: StrictLogs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The application logs on; its lines are in the file, as the warning is."""
    ended(application(shop_file, tmp_path, 'logger.info("a")'))
    other = tmp_path_factory.mktemp("other") / "till.toml"
    other.write_text(shop_file.read_text().replace('"shop"', '"till"'))
    ended(application(other, tmp_path, 'time.sleep(1); logger.info("b")'))

    assert messages(logs) == ["a"]
    (warning,) = [r for r in written(tmp_path) if r["message"] == "delivery_ended"]
    assert "app.log: it is delivered for shop, not for till" in str(warning)
    assert written(tmp_path)[-1]["message"] == "b"


@pytest.mark.parametrize("fault", ["refused", "hang", "denied", "throttled"])
def test_an_exit_while_the_endpoint_fails_takes_a_few_seconds_and_loses_nothing(
    tmp_path: Path, shop_file: Path, shop: Contract, logs: StrictLogs, fault: str
) -> None:
    """The lines are in the file, for whoever delivers them next."""
    with logs.faults.during(fault):  # type: ignore[arg-type]
        time.sleep(0.15)
        ended(application(shop_file, tmp_path, 'logger.info("a"); logger.info("b")'))
        assert messages(logs) == []
        (found,) = status(shop, tmp_path)
        assert (found.lines >= 2, bool(found.last_error)) == (True, True)
    assert [r["message"] for r in written(tmp_path) if r["logger"] == "shop"] == ["a", "b"]
    shipper = Shipper(shop, tmp_path, CloudWatch())
    shipper.begin()
    assert shipper.flush(10)
    shipper.close()

    assert messages(logs) == ["a", "b"]


def test_a_failure_is_a_warning_a_minute_in_the_log(
    tmp_path: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Calls go on as ever; the reason stands where everything else stands."""
    code = """
for n in range(30):
    logger.info(f"{n}")
    time.sleep(0.1)
"""
    with logs.faults.during("denied"):
        ended(application(shop_file, tmp_path, code))

    records = written(tmp_path)
    assert [r["message"] for r in records if r["logger"] == "shop"] == [str(n) for n in range(30)]
    (warning,) = [record for record in records if record["logger"] == "intentlog"]
    assert (warning["level"], warning["message"]) == ("WARNING", "delivery_failing")
    assert warning["extra"] == {
        "stream": "app",
        "error": "AccessDeniedException: not authorized to perform this",
    }


def test_of_prefork_workers_one_delivers_for_all(
    tmp_path: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """As gunicorn with preload: the lines of master and workers arrive once."""
    code = """
logger.info("master")
children = []
for worker in range(4):
    child = os.fork()
    if not child:
        for n in range(50):
            logger.info(f"{worker} {n}")
        sys.exit()
    children.append(child)
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
logger.info("end")
"""
    ended(application(shop_file, tmp_path, code))

    expected = ["master", *(f"{worker} {n}" for worker in range(4) for n in range(50)), "end"]
    assert sorted(messages(logs)) == sorted(expected)


@pytest.mark.parametrize("delay", [0.05, 4.0], ids=["while it connects", "while it delivers"])
def test_a_worker_takes_over_from_a_killed_master(
    tmp_path: Path, shop_file: Path, logs: StrictLogs, delay: float
) -> None:
    """Its parent's lock and connection are not its own: what comes later is delivered once."""
    code = f"""
logger.info("master")
time.sleep({delay})
if not os.fork():
    os.kill(os.getppid(), signal.SIGKILL)
    logger.info("worker")
    time.sleep(7)
    logger.info("end")
    sys.exit()
time.sleep(60)
"""
    process = application(shop_file, tmp_path, code)
    assert process.wait(60) == -9
    deadline = time.monotonic() + 30
    while "end" not in messages(logs) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.communicate(timeout=60)

    assert messages(logs) == ["master", "worker", "end"]


def test_a_killed_process_leaves_its_lines_to_the_next(
    tmp_path: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """A line whose call returned is delivered."""
    with logs.faults.during("hang"):
        process = application(
            shop_file, tmp_path, 'logger.info("a"); os.kill(os.getpid(), signal.SIGKILL)'
        )
        process.communicate(timeout=60)
    ended(application(shop_file, tmp_path, 'logger.info("b")'))

    assert messages(logs) == ["a", "b"]


def test_shutdown_ends_the_thread(tmp_path: Path, shop_file: Path, logs: StrictLogs) -> None:
    """And another set-up begins another one: nothing is delivered twice."""
    code = """
import threading
logger.info("a")
intentlog.shutdown()
assert [t.name for t in threading.enumerate()] == ["MainThread"], threading.enumerate()
intentlog.init_logging(sys.argv[1], log_dir=sys.argv[2], console="off", enable_cloudwatch=True)
logger.info("b")
"""
    ended(application(shop_file, tmp_path, code))

    assert messages(logs) == ["a", "b"]
