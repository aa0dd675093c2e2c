"""The command ``intentlog ship``, run as a user, cron and systemd run it."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intentlog.delivery.lock import DirectoryLock, lock_file
from intentlog.delivery.state import load_state
from sandbox.strict_logs import RefusalError, StrictLogs
from tests.delivery.shop import GROUP, SHIP, line

pytestmark = pytest.mark.slow
WAIT_SECONDS = 30.0


@pytest.fixture
def directory(tmp_path: Path, logs: StrictLogs, shop_file: Path) -> Path:
    """Return a log directory with three lines; the environment points at the strict service."""
    assert logs.taken == []
    assert shop_file.exists()
    (tmp_path / "app.log").write_text("".join(f"{line(number)}\n" for number in range(3)))
    return tmp_path


def command(shop_file: Path, directory: Path, *arguments: str) -> list[str]:
    """Return a command line."""
    return [*SHIP, "--contract", str(shop_file), "--log-dir", str(directory), *arguments]


def run(shop_file: Path, directory: Path, *arguments: str) -> tuple[int, str, str]:
    """Run it to its end: exit code, standard output, standard error."""
    done = subprocess.run(
        command(shop_file, directory, *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_SECONDS * 2,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def delivered(logs: StrictLogs) -> list[str]:
    """Return the lines that have arrived, without what the shipper says of itself."""
    return [text for text in logs.messages(GROUP) if '"intentlog":' not in text]


def said(logs: StrictLogs, group: str = GROUP) -> list[str]:
    """Return what kinds of things the shipper said of itself in a log group."""
    events = [json.loads(text) for text in logs.messages(group) if '"intentlog":' in text]
    return [event["intentlog"] for event in events]


def until(logs: StrictLogs, count: int) -> None:
    """Wait until so many lines have arrived."""
    deadline = time.monotonic() + WAIT_SECONDS
    while len(delivered(logs)) < count:
        assert time.monotonic() < deadline, logs.batches
        time.sleep(0.02)


def test_once_delivers_what_is_there(directory: Path, shop_file: Path, logs: StrictLogs) -> None:
    """For cron: exit code 0, nothing printed; a second run finds nothing to do."""
    assert run(shop_file, directory, "--once") == (0, "", "")
    assert run(shop_file, directory, "--once") == (0, "", "")

    assert len(delivered(logs)) == 3


def test_once_says_what_it_could_not_deliver(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Exit code 3, and why; the lines are delivered the next time."""
    with logs.faults.during("denied"):
        code, _, error = run(shop_file, directory, "--once", "--seconds", "1")
    assert code == 3
    assert "app: AccessDeniedException: not authorized to perform this\n" in error
    assert error.endswith("not all could be delivered; it is still in the files\n")

    code, output, _ = run(shop_file, directory, "--status")
    assert code == 1
    assert output.startswith("app: 3 lines (")
    assert "app: last error: AccessDeniedException" in output

    assert run(shop_file, directory, "--once")[0] == 0
    assert len(delivered(logs)) == 3
    code, output, _ = run(shop_file, directory, "--status", "--json")
    (found,) = json.loads(output)
    assert code == 0
    assert (found["stream"], found["lines"], found["bytes"], found["seconds"]) == ("app", 0, 0, 0)
    assert (found["delivered"], found["last_error"]) == (3, "")


def test_status_of_a_directory_that_is_not_there(directory: Path, shop_file: Path) -> None:
    """Nothing to deliver would be a comfort: most likely its name is wrong."""
    missing = directory / "nope"
    code, output, errors = run(shop_file, missing, "--status")

    assert (code, output) == (2, "")
    assert errors == f"{missing}: there is no such directory\n"


def test_status_of_a_directory_that_nobody_delivered(directory: Path, shop_file: Path) -> None:
    """All that is there is behind; looking changes nothing."""
    before = {file.name for file in directory.iterdir()}
    code, output, _ = run(shop_file, directory, "--status", "--json")

    assert code == 0
    (found,) = json.loads(output)
    assert found["lines"] == 3
    assert found["bytes"] == (directory / "app.log").stat().st_size
    assert {file.name for file in directory.iterdir()} == before


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_what_is_there(
    directory: Path, shop_file: Path, logs: StrictLogs, end: signal.Signals
) -> None:
    """Lines of the last moment are delivered, then it exits with 0."""
    process = subprocess.Popen(command(shop_file, directory), stderr=subprocess.PIPE, text=True)
    until(logs, 3)
    with (directory / "app.log").open("a") as file:
        file.write(line(4) + "\n")
    process.send_signal(end)
    _, error = process.communicate(timeout=WAIT_SECONDS)

    assert (process.returncode, error) == (0, "")
    assert len(delivered(logs)) == 4


def test_a_second_one_waits_and_takes_over(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Also when the first one is killed; with ``--once`` it says so, exit code 1."""
    first = subprocess.Popen(command(shop_file, directory))
    until(logs, 3)
    code, _, error = run(shop_file, directory, "--once")
    assert (code, error) == (1, f"{directory}: another process delivers it\n")
    second = subprocess.Popen(command(shop_file, directory))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    with (directory / "app.log").open("a") as file:
        file.write(line(4) + "\n")
    until(logs, 4)
    second.terminate()

    assert second.wait(WAIT_SECONDS) == 0
    assert len(delivered(logs)) == 4


def test_a_wrong_state_or_contract_is_told_in_a_line(directory: Path, shop_file: Path) -> None:
    """Exit code 2, no traceback, nothing delivered."""
    code, _, error = run(directory / "none.toml", directory, "--once")
    assert code == 2
    assert "none.toml" in error
    (directory / ".intentlog-ship.shop.json").write_text("no json")
    code, _, error = run(shop_file, directory, "--once")
    assert code == 2
    assert "remove it to deliver all files from their beginning" in error


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    """Whoever holds it is the only one, in the same process, too."""
    first, second = DirectoryLock(tmp_path, "shop"), DirectoryLock(tmp_path, "shop")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    child = os.fork()
    if not child:
        first.release()  # as a forked child does: the parent's stays
        os._exit(0)
    os.waitpid(child, 0)
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_once_says_of_itself_what_a_running_one_would(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """How late the lines were, at its end, so that their alarm works under cron; else nothing."""
    run(shop_file, directory, "--once")
    assert said(logs) == ["delivery-lag"]

    run(shop_file, directory, "--once")
    assert said(logs) == ["delivery-lag"]


def test_once_says_what_it_delivered_when_it_is_asked(directory: Path, shop_file: Path) -> None:
    """Of this run alone, refused lines included; these are told of without being asked, too."""
    old = datetime.now(UTC) - timedelta(days=20)
    with (directory / "app.log").open("a") as file:
        file.write(line(4, at=old) + "\n")

    code, output, error = run(shop_file, directory, "--once", "--verbose")
    assert (code, output) == (0, "app: 3 lines delivered, 1 refused\n")
    assert error == "intentlog ship: delivery_refused stream=app refused=1 dropped=0\n"
    assert run(shop_file, directory, "--once", "-v") == (
        0,
        "app: 0 lines delivered, 0 refused\n",
        "",
    )


def test_lines_that_others_deleted_are_told(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Nothing is left to do, but somebody should know: once, then it is in the status."""
    size = (directory / "app.log").stat().st_size
    with logs.faults.during("denied"):
        run(shop_file, directory, "--once", "--seconds", "1")
    (directory / "app.log").unlink()

    told = f"intentlog ship: delivery_destroyed stream=app destroyed={size}\n"
    assert run(shop_file, directory, "--once") == (0, "", told)
    assert run(shop_file, directory, "--once") == (0, "", "")
    assert f"{size} bytes destroyed by others" in run(shop_file, directory, "--status")[1]


def test_once_ends_in_time_while_the_endpoint_hangs(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Its call is broken off; ``--status`` says why, and the next run delivers."""
    with logs.faults.during("hang"):
        began = time.monotonic()
        code, _, error = run(shop_file, directory, "--once", "--seconds", "1")
        assert time.monotonic() - began < 10
    assert code == 3
    assert error.startswith("app: no answer within 1 s\n")
    assert "app: last error: no answer within 1 s" in run(shop_file, directory, "--status")[1]

    assert run(shop_file, directory, "--once")[0] == 0
    assert len(delivered(logs)) == 3


def test_a_signal_ends_it_in_time_while_the_endpoint_hangs(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """Before docker kills it, after ten seconds; nothing is lost."""
    with logs.faults.during("hang"):
        process = subprocess.Popen(command(shop_file, directory), stderr=subprocess.PIPE, text=True)
        while not logs.faults.struck["hang"]:
            time.sleep(0.05)
        began = time.monotonic()
        process.terminate()
        _, error = process.communicate(timeout=WAIT_SECONDS)
        assert time.monotonic() - began < 9.9
    assert (process.returncode, error) == (0, "")
    code, output, _ = run(shop_file, directory, "--status")
    assert (code, "last error: no answer within 5 s" in output) == (1, True)

    assert run(shop_file, directory, "--once")[0] == 0
    assert len(delivered(logs)) == 3


def test_a_directory_that_is_not_there_is_waited_for_but_not_with_once(
    directory: Path, shop_file: Path, logs: StrictLogs
) -> None:
    """It is not made: in a container, its owner would be the wrong one."""
    missing = directory / "later"
    assert run(shop_file, missing, "--once") == (2, "", f"{missing}: No such file or directory\n")
    assert not missing.exists()

    process = subprocess.Popen(command(shop_file, missing), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = f"delivery_waiting error={missing}: No such file or directory\n"
    assert process.stderr.readline() == f"intentlog ship: {told}"
    assert not missing.exists()
    missing.mkdir()
    (missing / "app.log").write_text(line(1) + "\n")
    until(logs, 1)
    process.terminate()
    _, error = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, error) == (0, "")


def test_a_directory_that_cannot_be_taken_is_told(directory: Path, shop_file: Path) -> None:
    """It is no other process that delivers it. Root may write everywhere, but not to a folder."""
    lock_file(directory, "shop").mkdir()

    assert run(shop_file, directory, "--once") == (2, "", f"{directory}: Is a directory\n")


def test_a_lock_file_that_was_removed_keeps_nobody_out(tmp_path: Path) -> None:
    """Whoever had it looks again, and finds that somebody else has the directory now."""
    first, second = DirectoryLock(tmp_path, "shop"), DirectoryLock(tmp_path, "shop")
    assert first.acquire()
    lock_file(tmp_path, "shop").unlink()
    assert second.acquire()
    assert not first.acquire()
    second.release()
    assert first.acquire()
    first.release()


WRONG_SETTINGS = {
    "AWS_DEFAULT_REGION=": "NoRegionError: You must specify a region; say which with --region, or "
    "set AWS_REGION",
    "AWS_REGION=not a region": "InvalidRegionError: Provided region_name 'not a region' doesn't "
    "match a supported format; --region and AWS_REGION take a name such as eu-central-1",
    "AWS_PROFILE=nope": "ProfileNotFound: The config profile (nope) could not be found; "
    "AWS_PROFILE, or --profile: aws configure list-profiles tells which there are",
    "AWS_ENDPOINT_URL=nonsense": "ValueError: Invalid endpoint: nonsense; AWS_ENDPOINT_URL takes "
    "an address such as http://localhost:4566",
}


@pytest.mark.parametrize("setting", WRONG_SETTINGS)
def test_once_tells_wrong_settings_at_once(
    directory: Path, shop_file: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """Exit code 2, and what to do: nobody will mend them within a minute."""
    monkeypatch.setenv(*setting.split("=", 1))
    began = time.monotonic()
    assert run(shop_file, directory, "--once") == (2, "", f"{WRONG_SETTINGS[setting]}\n")
    assert time.monotonic() - began < 20


def test_a_running_one_waits_for_settings_to_be_mended(
    directory: Path, shop_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a warning: the application that it stands beside goes on, too."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    process = subprocess.Popen(command(shop_file, directory), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = "intentlog ship: delivery_failing stream=app error=NoRegionError: You must specify a"
    assert process.stderr.readline().startswith(told)
    process.terminate()
    process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0


def test_the_status_says_who_delivers(directory: Path, shop_file: Path, logs: StrictLogs) -> None:
    """The process and since when; or that nobody does, also after it was killed."""
    assert run(shop_file, directory, "--status")[1].endswith("\nnobody delivers now\n")
    began = datetime.now(UTC).replace(microsecond=0)
    process = subprocess.Popen(command(shop_file, directory))
    until(logs, 3)
    code, output, _ = run(shop_file, directory, "--status")
    host, since = socket.gethostname(), output.strip().rpartition("since ")[2]
    assert (code, f"process {process.pid} on {host} delivers" in output) == (0, True)
    assert began <= datetime.fromisoformat(since) <= datetime.now(UTC)
    (found,) = json.loads(run(shop_file, directory, "--status", "--json")[1])
    assert (found["delivered_by"]["pid"], found["delivered_by"]["host"]) == (process.pid, host)
    process.kill()
    process.wait()

    assert run(shop_file, directory, "--status")[1].endswith("\nnobody delivers now\n")
    (found,) = json.loads(run(shop_file, directory, "--status", "--json")[1])
    assert found["delivered_by"] is None


def test_the_status_finds_fault_with_lines_that_are_late(directory: Path, shop_file: Path) -> None:
    """Exit code 1 after the contract's seconds, though nothing failed: nobody delivers."""
    assert run(shop_file, directory, "--status")[0] == 0
    late = line(0, at=datetime.now(UTC) - timedelta(seconds=301))
    (directory / "app.log").write_text(f"{late}\n{line(1)}\n")

    code, output, _ = run(shop_file, directory, "--status")
    assert code == 1
    assert "app: late: more than delivery.lag_seconds (300)\nnobody delivers now\n" in output


def test_two_services_with_one_file_are_refused(
    directory: Path, shop_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Exit code 2 whatever is asked for."""
    assert run(shop_file, directory, "--once")[0] == 0
    other = tmp_path_factory.mktemp("other") / "till.toml"
    other.write_text(shop_file.read_text().replace('"shop"', '"till"'))

    for asked in ("--once", "--status"):
        code, _, error = run(other, directory, asked)
        assert (code, "app.log: it is delivered for shop, not for till" in error) == (2, True)


class Talkative(StrictLogs):
    """Refuses everybody, and says what it should not."""

    def answer(self, target: str, body: bytes) -> dict[str, object]:
        """Refuse it: no fault of the service has such a text."""
        assert target
        assert body
        raise RefusalError("AccessDeniedException", "no: password=hunter2 pin=4711", 403)


def test_no_secret_of_an_error_reaches_a_file_or_a_message(
    directory: Path, shop_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is secret says the contract, as for lines."""
    contract = directory / "shop.toml"
    contract.write_text(shop_file.read_text() + '\n[redaction]\nkeys = ["pin"]\n')
    once = ("--once", "--seconds", "1")
    outputs: list[str] = []
    with Talkative() as logs:
        monkeypatch.setenv("AWS_ENDPOINT_URL", logs.url)
        outputs += run(contract, directory, *once)[1:]
        assert "app: AccessDeniedException: no: password=[redacted] pin=[redacted]" in outputs[-1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:hunter2@127.0.0.1:1")
    outputs += run(contract, directory, *once)[1:]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "user:hunter2@nowhere")
    outputs += run(contract, directory, *once)[1:]
    assert "ValueError: Invalid endpoint: ***@nowhere; " in outputs[-1]
    outputs += run(contract, directory, "--status")[1:]
    kept = [file.read_bytes().decode() for file in directory.glob(".intentlog-ship.*")]

    assert len(kept) == 3
    found = [text for text in (*outputs, *kept) if "hunter2" in text or "4711" in text]
    assert found == []


def test_two_things_at_once_are_not_asked_for(directory: Path, shop_file: Path) -> None:
    """One of them would not be done."""
    code, _, error = run(shop_file, directory, "--once", "--status")

    assert code == 2
    assert "--once, --status, --print-unit: choose one" in error


@pytest.mark.parametrize(
    ("age", "taken"), [(timedelta(), 55_000), (timedelta(days=20), 0)], ids=["young", "too old"]
)
def test_a_backlog_takes_no_more_memory_than_a_few_lines(
    directory: Path, shop_file: Path, logs: StrictLogs, age: timedelta, taken: int
) -> None:
    """60 MB, some of it compressed: what is in memory is a batch, however much there is to do."""
    few = peak_megabytes(shop_file, directory)
    at = datetime.now(UTC) - age
    lines = [line(number, at=at, text="x" * 1000) + "\n" for number in range(55_000)]
    with gzip.open(directory / "app.log.1.gz", "wt", compresslevel=1) as file:
        file.writelines(lines[:30_000])
    with (directory / "app.log").open("a") as file:
        file.writelines(lines[30_000:])
    many = peak_megabytes(shop_file, directory)

    assert len(delivered(logs)) == 3 + taken
    assert load_state(directory, "shop").streams["app"].rejected == 55_000 - taken
    assert many - few < 24


def peak_megabytes(shop_file: Path, directory: Path) -> float:
    """Deliver what is there, and return the most memory that it took, as the kernel counts it.

    Whoever starts a process leaves it its own peak: a small one starts it here.
    """
    code = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(process.pid, 0)
print(used.ru_maxrss)
sys.exit(bool(status))
"""
    once = command(shop_file, directory, "--once")
    done = subprocess.run([sys.executable, "-c", code, *once], stdout=subprocess.PIPE, check=True)
    return int(done.stdout) / 1024
