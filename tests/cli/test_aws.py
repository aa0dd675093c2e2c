"""``diagnose`` beside AWS: pointers, prices, interruptions, refusals; as processes of their own."""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.cli.aws import Answer, Refused, Request, ScriptedAws
from tests.cli.terminal import DIAGNOSE, ROOT, Terminal

UUID = "8e27a704-fdee-43f6-a850-08509e88d0c7"
POINTER = "CmEKJgoiMTIzNDU2Nzg5MDEyOi9kcmF3aW5nLWFnZW50L2FwcBAEEjUaGAIGTn8AAAAA"
MOMENT = 1_768_473_045_123  # 2026-01-15 10:30:45.123
ARCHIVE = ["--source", "archive", "--since", "2026-01-15", "--until", "2026-01-16"]
CHIMERA = {"INTENTLOG_CONTRACT": str(ROOT / "contracts" / "chimera.toml")}
TERABYTE = 2**40

Scripted = Callable[..., ScriptedAws]


@pytest.fixture
def aws() -> Iterator[Scripted]:
    """What starts an AWS with the answers of a test."""
    started: list[ScriptedAws] = []

    def start(answers: dict[str, Answer], bucket: dict[str, int] | None = None) -> ScriptedAws:
        started.append(ScriptedAws(answers, bucket))
        return started[-1]

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def diagnose(server: ScriptedAws, *arguments: str) -> "subprocess.Popen[str]":
    """Ask, from a pipe."""
    contract = {"INTENTLOG_CONTRACT": str(ROOT / "contracts" / "drawing-agent.toml")}
    return subprocess.Popen(
        [DIAGNOSE, *arguments],
        env=os.environ | contract | server.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt(asked: "subprocess.Popen[str]", begun: Callable[[], object]) -> None:
    """Press Ctrl-C when it has begun: it ends as interrupted commands do, without a traceback."""
    deadline = time.monotonic() + 60
    while not begun():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    asked.send_signal(signal.SIGINT)
    _, said = asked.communicate(timeout=60)
    assert asked.returncode == 130
    assert "Traceback" not in said


# A pointer of CloudWatch --------------------------------------------------------------------------


def rows(*moments: int, cut: int | None = None) -> list[list[dict[str, str]]]:
    """Return lines as GetQueryResults has them, which may cut off long ones."""
    return [
        [
            {"field": "@timestamp", "value": f"2026-01-15 10:30:{moment / 1000 % 60:06.3f}"},
            {"field": "level", "value": "INFO"},
            {"field": "message", "value": f"line {moment}"},
            {"field": "@message", "value": f'{{"message":"line {moment}"}}'[:cut]},
            {"field": "@ptr", "value": POINTER if moment == MOMENT else f"other-{moment}"},
        ]
        for moment in moments
    ]


@pytest.mark.parametrize("pointer", [POINTER, UUID], ids=["AWS", "sandbox"])
def test_around_a_pointer_that_cloudwatch_gave(aws: Scripted, pointer: str) -> None:
    """It says nothing itself: CloudWatch is asked for its line, and then for the time around it."""

    def answer(request: Request) -> Request:
        before = request["queryId"] == "0"
        found = rows(MOMENT - 7) if before else rows(MOMENT, MOMENT + 5, cut=12)
        return {"status": "Complete", "results": found, "statistics": {}}

    numbers = itertools.count()
    server = aws(
        {
            "GetLogRecord": {"logRecord": {"@timestamp": str(MOMENT), "@message": "{}"}},
            "StartQuery": lambda _: {"queryId": str(next(numbers))},
            "GetQueryResults": answer,
        }
    )
    asked = diagnose(server, "around", pointer, "--source", "cloudwatch", "--csv")
    output, _ = asked.communicate(timeout=60)
    lines = [line.split(",") for line in output.splitlines()]

    assert asked.returncode == 0
    assert server.called("GetLogRecord") == [{"logRecordPointer": pointer}]
    message = lines[0].index("message")
    assert [(line[0], line[message]) for line in lines[1:]] == [
        ("", f"line {MOMENT - 7}"),
        (">", f"line {MOMENT}"),
        ("", f"line {MOMENT + 5}"),
    ]
    before, after = server.called("StartQuery")
    assert before["endTime"] == after["startTime"] == MOMENT // 1000


def test_a_pointer_that_cloudwatch_does_not_know(aws: Scripted) -> None:
    """A line is no longer there, or the pointer is another account's."""

    def refuse(_: Request) -> Request:
        raise Refused("InvalidParameterException", "the pointer is invalid")

    asked = diagnose(aws({"GetLogRecord": refuse}), "around", POINTER, "--source", "cloudwatch")
    _, said = asked.communicate(timeout=60)

    assert asked.returncode == 3
    assert "the pointer is invalid" in said
    assert "Traceback" not in said


# What an answer of the archive costs --------------------------------------------------------------


def archive(aws: Scripted, *states: str, size: int) -> ScriptedAws:
    """Start an AWS whose archive has one file of that day, and whose queries go through states."""
    left = list(states)

    def execution(_: Request) -> Request:
        state = left.pop(0) if len(left) > 1 else left[0]
        status = {"State": state}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": size}}}

    cells = [{"VarCharValue": "n"}], [{"VarCharValue": "7"}]
    return aws(
        {
            "GetTable": {
                "Table": {
                    "Name": "executions",
                    "PartitionKeys": [{"Name": "day"}],
                    "Parameters": {"projection.day.format": "yyyy-MM-dd"},
                    "StorageDescriptor": {"Location": "s3://b/executions/"},
                }
            },
            "StartQueryExecution": {"QueryExecutionId": "q"},
            "GetQueryExecution": execution,
            "StopQueryExecution": {},
            "GetQueryResults": {"ResultSet": {"Rows": [{"Data": data} for data in cells]}},
        },
        {"executions/day=2026-01-15/one.gz": size, "executions/day=2025-01-15/old.gz": TERABYTE},
    )


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 2)])
def test_who_asks_for_much_is_asked_whether_to_pay(
    aws: Scripted, terminal: type[Terminal], typed: str, code: int
) -> None:
    """The price is that of the days that are read; No asks nothing of Athena."""
    server = archive(aws, "QUEUED", "RUNNING", "SUCCEEDED", size=TERABYTE)
    asked = terminal(
        "query", "stats count(*) as n", *ARCHIVE, columns=100, **(CHIMERA | server.variables)
    )
    asked.read_until("Ask it? [y/N]")
    assert server.called("StartQueryExecution") == []
    asked.type(typed)

    assert asked.ended() == code
    assert "1,048,576.0 MB to scan, $5.0000" in asked.text
    assert bool(server.called("StartQueryExecution")) == (code == 0)
    assert ("nothing is paid" in asked.text) == (code == 2)


@pytest.mark.parametrize(
    ("size", "pay", "code"),
    [(2**30, [], 0), (TERABYTE, ["--pay", "6"], 0), (TERABYTE, [], 2)],
    ids=["cheap", "allowed", "dear"],
)
def test_without_a_terminal_nobody_can_say_yes(
    aws: Scripted, size: int, pay: list[str], code: int
) -> None:
    """What is cheap, or allowed before, is asked; what is dear is not."""
    server = archive(aws, "SUCCEEDED", size=size)
    asked = diagnose(
        server,
        *("query", "stats count(*) as n", "--csv", *ARCHIVE, *pay),
        *("--contract", CHIMERA["INTENTLOG_CONTRACT"]),
    )
    output, said = asked.communicate(timeout=60)

    assert asked.returncode == code
    assert (output == "n\n7\n") == (code == 0)
    assert ("that is more than --pay 0.1" in said) == (code == 2)
    assert len(server.called("StartQueryExecution")) == (code == 0)


@pytest.mark.parametrize(
    ("partitions", "code", "told"),
    [
        ([{"Values": ["2026-01-15"]}], 0, "1,024.0 MB to scan"),
        ([{"Values": ["2026-Jan-15"]}], 2, '"2026-Jan-15" is no time in a known form'),
        ([], 2, "it has no partition yet"),
    ],
)
def test_a_table_of_a_crawler_is_asked_as_its_partitions_are_written(
    aws: Scripted, partitions: list[Request], code: int, told: str
) -> None:
    """It says no form of projection: taking one for granted would find nothing, silently."""
    server = archive(aws, "SUCCEEDED", size=2**30)
    table = server.answers["GetTable"]
    assert isinstance(table, dict)
    table["Table"]["Parameters"] = {}
    server.answers["GetPartitions"] = {"Partitions": partitions}
    asked = diagnose(
        server,
        *("query", "stats count(*) as n", "--csv", *ARCHIVE),
        *("--contract", CHIMERA["INTENTLOG_CONTRACT"]),
    )
    output, said = asked.communicate(timeout=60)

    assert (asked.returncode, output) == (code, "n\n7\n" if code == 0 else "")
    assert told in said
    for request in server.called("StartQueryExecution"):
        assert "BETWEEN '2026-01-15' AND '2026-01-17'" in request["QueryString"]


# Ctrl-C -------------------------------------------------------------------------------------------


def test_ctrl_c_stops_the_query_in_athena(aws: Scripted) -> None:
    """It would go on, and be paid."""
    server = archive(aws, "RUNNING", size=2**30)
    asked = diagnose(
        server,
        *("query", "stats count(*) as n", *ARCHIVE),
        *("--contract", CHIMERA["INTENTLOG_CONTRACT"]),
    )
    interrupt(asked, lambda: server.called("GetQueryExecution"))

    assert server.called("StopQueryExecution") == [{"QueryExecutionId": "q"}]


def test_a_busy_service_is_told_while_it_is_waited_for(aws: Scripted) -> None:
    """Once, where no terminal shows how far it is: silence would look like a fault."""
    refusals = iter(["LimitExceededException"] * 2)

    def start(_: Request) -> Request:
        if code := next(refusals, ""):
            raise Refused(code, "30 queries run")
        return {"queryId": "q"}

    complete = {"status": "Complete", "statistics": {}, "results": rows(MOMENT)}
    server = aws({"StartQuery": start, "GetQueryResults": complete})
    asked = diagnose(server, "logs", "30", "--source", "cloudwatch")
    _, said = asked.communicate(timeout=60)

    assert asked.returncode == 0
    assert said.count("# CloudWatch is busy; asking again\n") == 1


def test_ctrl_c_stops_the_query_in_cloudwatch(aws: Scripted) -> None:
    """It would go on, and count as one of those that may run at a time."""
    server = aws(
        {
            "StartQuery": {"queryId": "q"},
            "GetQueryResults": {"status": "Running", "results": [], "statistics": {}},
            "StopQuery": {"success": True},
        }
    )
    asked = diagnose(server, "logs", "30", "--source", "cloudwatch")
    interrupt(asked, lambda: server.called("GetQueryResults"))

    assert server.called("StopQuery") == [{"queryId": "q"}]


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ExpiredTokenException", "log in again"),
        ("UnrecognizedClientException", "are they this account's, and the region right?"),
        ("AccessDeniedException", "ask for a role that may"),
    ],
)
def test_a_refusal_says_what_to_do(aws: Scripted, code: str, advice: str) -> None:
    """AWS says what is wrong, but not what helps."""

    def refuse(_: Request) -> Request:
        raise Refused(code, "not with this token")

    asked = diagnose(aws({"StartQuery": refuse}), "logs", "30", "--source", "cloudwatch")
    _, said = asked.communicate(timeout=60)

    assert asked.returncode == 3
    assert "not with this token" in said
    assert advice in said
    assert "Traceback" not in said
