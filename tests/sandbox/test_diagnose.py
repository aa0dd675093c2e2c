"""``diagnose`` on CloudWatch Logs: the same questions, answered by the service's own filter."""

import gzip
import json
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.server import Sandbox

CONTRACT = """
service   = "asked"
namespace = "Asked"
[record]
fields   = ["timestamp", "level", "category", "logger", "message"]
optional = ["user_id"]
[streams.all]
file      = "all.log"
log_group = "/asked/all"
"""


@pytest.fixture
def group(tmp_path: Path) -> str:
    """A log group of the test's own."""
    return f"/asked/{tmp_path.name}"


@pytest.fixture
def contract(tmp_path: Path, sandbox: Sandbox, group: str) -> Path:
    """A contract and its log group, with three lines of this minute."""
    path = tmp_path / "asked.toml"
    path.write_text(CONTRACT.replace("/asked/all", group))
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = int(time.time() * 1000)
    lines = [
        {"level": "INFO", "message": "Started", "user_id": 42},
        {"level": "ERROR", "message": "Failed", "user_id": 42},
        {"level": "ERROR", "message": "Failed", "user_id": 7},
    ]
    logs.put_log_events(
        logGroupName=group,
        logStreamName="one",
        logEvents=[
            {"timestamp": now + number, "message": json.dumps(line)}
            for number, line in enumerate(lines)
        ],
    )
    return path


DIAGNOSE = [str(Path(sys.executable).with_name("diagnose"))]


def there(contract: Path) -> list[str]:
    """Return the options that ask the sandbox about a contract."""
    return ["--source", "cloudwatch", "--contract", str(contract)]


def diagnose(sandbox: Sandbox, contract: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the sandbox, as with its exported variables."""
    return subprocess.run(
        [*DIAGNOSE, *arguments, *there(contract)],
        env=sandbox.child_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_pointer_that_was_told_is_taken(sandbox: Sandbox, contract: Path) -> None:
    """The ``@ptr`` of ``--json``, of lines and of a query's rows, names a line to ``around``."""
    (line,) = json.loads(diagnose(sandbox, contract, "logs-search", "Started", "--json").stdout)
    query = 'filter level = "ERROR" | fields message | limit 1'
    (row,) = json.loads(diagnose(sandbox, contract, "query", query, "--json").stdout)
    around = diagnose(sandbox, contract, "around", line["@ptr"], "-n", "1", "--json")
    middle = diagnose(sandbox, contract, "around", row["@ptr"], "-n", "5", "--json")

    assert around.returncode == 0, around.stderr
    assert [(each.get(""), each["message"]) for each in json.loads(around.stdout)] == [
        (">", "Started"),
        (None, "Failed"),
    ]
    # All three are of one second, and each is shown once.
    shown = [(each.get(""), each["message"]) for each in json.loads(middle.stdout)]
    assert shown == [(None, "Started"), (None, "Failed"), (">", "Failed")]
    assert sorted(row) == ["@ptr", "message"]


def test_questions_are_answered_by_cloudwatch(sandbox: Sandbox, contract: Path, group: str) -> None:
    """Errors, one user, a text; and none."""
    errors = diagnose(sandbox, contract, "logs-errors", "60")
    user = diagnose(sandbox, contract, "logs-user", "42", "60")
    text = diagnose(sandbox, contract, "logs-search", "Star", "60")
    nothing = diagnose(sandbox, contract, "logs-search", "nowhere", "60")

    counts = [len(result.stdout.splitlines()) for result in (errors, user, text, nothing)]
    assert counts == [3, 3, 2, 0]  # with the names of columns
    assert errors.stderr.startswith(f"# asked: CloudWatch Logs, {group}, since ")
    assert [result.returncode for result in (errors, user, text, nothing)] == [0, 0, 0, 1]


def test_a_missing_log_group_is_a_backend_error(sandbox: Sandbox, tmp_path: Path) -> None:
    """Exit code 3, and what CloudWatch said."""
    path = tmp_path / "other.toml"
    path.write_text(CONTRACT.replace("/asked/all", "/asked/nothing"))

    result = diagnose(sandbox, path, "logs", "60")

    assert result.returncode == 3
    assert 'no log group "/asked/nothing"; ' in result.stderr
    assert "Traceback" not in result.stderr


def test_timeline_and_context_are_those_of_files(
    sandbox: Sandbox, contract: Path, tmp_path: Path
) -> None:
    """One user's lines and what is around one of them: from CloudWatch as from a file."""
    user = json.loads(diagnose(sandbox, contract, "user", "42", "--json").stdout)
    pointer = user[0]["@ptr"]
    around = diagnose(sandbox, contract, "around", user[0]["@timestamp"], "-n", "5", "--json")
    file = tmp_path / "all.log"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in user))
    here = subprocess.run(
        [*DIAGNOSE, "logs", "--file", str(file), "--contract", str(contract), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert [row["message"] for row in user] == ["Started", "Failed"]
    assert pointer in {row["@ptr"] for row in json.loads(around.stdout)}
    assert [row["message"] for row in json.loads(here.stdout)] == ["Started", "Failed"]


def test_tail_shows_lines_as_they_arrive(sandbox: Sandbox, contract: Path, group: str) -> None:
    """By StartLiveTail, filtered by the service."""
    command = [*DIAGNOSE, "tail", "-f", "--level", "ERROR", "--jsonl", *there(contract)]
    logs = sandbox.client("logs")
    with subprocess.Popen(
        command, env=sandbox.child_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        latest = [json.loads(process.stdout.readline())["message"] for _ in range(2)]
        # The session is opened right after the latest lines; each put is a new chance.
        for number in range(200):
            now = int(time.time() * 1000)
            lines = [{"level": level, "message": f"New {number}"} for level in ("INFO", "ERROR")]
            logs.put_log_events(
                logGroupName=group,
                logStreamName="one",
                logEvents=[{"timestamp": now, "message": json.dumps(line)} for line in lines],
            )
            if select.select([process.stdout], [], [], 0.2)[0]:
                break
        shown = json.loads(process.stdout.readline())
        process.terminate()

    assert latest == ["Failed", "Failed"]
    assert (shown["level"], shown["message"][:3]) == ("ERROR", "New")


def test_an_archive_answers_in_the_same_words(sandbox: Sandbox, tmp_path: Path) -> None:
    """From its partitions of the time, as its table says they are; the cost is told before."""
    s3, glue, athena = (sandbox.client(name) for name in ("s3", "glue", "athena"))
    s3.create_bucket(Bucket="asked-archive")
    events = [
        {"timestamp": f"2026-01-15T10:3{n}:00.000Z", "level": level, "message": f"Number {n}"}
        for n, level in enumerate(("INFO", "ERROR", "ERROR"))
    ]
    packed = gzip.compress("".join(f"{json.dumps(event)}\n" for event in events).encode())
    s3.put_object(Bucket="asked-archive", Key="lines/when=2026-01-15-10/one.gz", Body=packed)
    glue.create_database(DatabaseInput={"Name": "asked"})
    glue.create_table(
        DatabaseName="asked",
        TableInput={
            "Name": "lines",
            "PartitionKeys": [{"Name": "when", "Type": "string"}],
            "Parameters": {"projection.when.format": "yyyy-MM-dd-HH"},
            "StorageDescriptor": {
                "Location": "s3://asked-archive/lines/",
                "Columns": [{"Name": "message", "Type": "string"}],
                "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                "SerdeInfo": {
                    "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
                },
            },
        },
    )
    output = {"OutputLocation": "s3://asked-archive/answers/"}
    athena.create_work_group(Name="asked", Configuration={"ResultConfiguration": output})
    path = tmp_path / "asked.toml"
    path.write_text(CONTRACT)
    asked = ["logs-errors", "--since", "2026-01-15T10:00", "--until", "2026-01-15T11:00", "--json"]
    where = ["--source", "archive", "--workgroup", "asked", "--contract", str(path)]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [*DIAGNOSE, *asked, *where, *more]
        environment = sandbox.child_environment()
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    found = run("--archive", "asked.lines")
    declined = run("--archive", "asked.lines", "--pay", "0")
    missing = run("--archive", "asked.line")
    unnamed = run()

    assert [row["message"] for row in json.loads(found.stdout)] == ["Number 1", "Number 2"]
    assert "MB to scan, $0.0000" in found.stderr
    assert (declined.returncode, missing.returncode, unnamed.returncode) == (2, 3, 2)
    assert "nothing is paid" in declined.stderr
    assert "say which with --archive DATABASE.TABLE" in unnamed.stderr
