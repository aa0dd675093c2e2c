"""The archive in the sandbox: the same queries over the same lines as from files."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from intentlog.errors import BackendError
from intentlog.query import QueryError, athena, local, parse
from intentlog.query.athena import Cost, DeclinedError, Place
from intentlog.query.examples import Case, cases_of
from intentlog.query.table import Table
from intentlog.query.trino_sql import Archive
from sandbox.server import Sandbox

CONTRACTS = sorted((Path(__file__).parents[2] / "contracts").glob("*.toml"))
# Neither a file nor an archive knows when CloudWatch got its lines.
CASES = [
    case
    for file in CONTRACTS
    for case in cases_of(file)
    if "@ingestionTime" not in case.contract.queries[case.query].text
]
HOUR = "2026-01-15-10"
START, END = 1768471200000, 1768474799999  # that hour
LINE = '{"timestamp":"2026-01-15T10:30:45.123Z","level":"INFO","message":"one"}\n'


def _packed(lines: str) -> bytes:
    return gzip.compress(lines.encode(), mtime=0)


def _place(sandbox: Sandbox, name: str, hours: dict[str, str]) -> Place:
    """Make an archive of lines by the hour."""
    s3, glue = sandbox.client("s3"), sandbox.client("glue")
    bucket, table = f"archive-{name}", name.replace("-", "_")
    s3.create_bucket(Bucket=bucket)
    for hour, lines in hours.items():
        key = f"{table}/dt={hour}/lines.gz"
        s3.put_object(Bucket=bucket, Key=key, Body=_packed(lines))
    glue.create_database(DatabaseInput={"Name": f"logs_{table}"})
    glue.create_table(
        DatabaseName=f"logs_{table}",
        TableInput={
            "Name": table,
            "PartitionKeys": [{"Name": "dt", "Type": "string"}],
            "StorageDescriptor": {
                "Location": f"s3://{bucket}/{table}/",
                "Columns": [{"Name": "message", "Type": "string"}],
                "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                "SerdeInfo": {
                    "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
                },
            },
        },
    )
    client = sandbox.client("athena")
    answers = {"OutputLocation": f"s3://{bucket}/answers/"}
    client.create_work_group(Name=table, Configuration={"ResultConfiguration": answers})
    return Place(
        workgroup=table,
        archive=Archive((f"logs_{table}", table), partition_format="%Y-%m-%d-%H"),
        athena=client,
        glue=glue,
        s3=s3,
    )


def _ask(place: Place, text: str, *, agree: Callable[[Cost], bool] = lambda _: True) -> Table:
    return athena.run(parse(text), place, agree=agree, start=START, end=END)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.contract.service}-{case.name}")
def test_same_table_from_the_archive_and_from_a_file(
    sandbox: Sandbox, tmp_path: Path, case: Case
) -> None:
    """Each saved query of the contracts answers alike: columns, order, texts of values."""
    text = case.contract.queries[case.query].filled(case.example.parameters)
    place = _place(sandbox, f"{case.contract.service}-{case.query}", {HOUR: case.example.lines})
    file = tmp_path / "lines.jsonl"
    file.write_text(case.example.lines)

    there = _ask(place, text)

    here = local.run(parse(text), local.Lines(paths=[file], record=case.contract.record))
    assert there == here
    assert there.objects() == list(case.example.expected)


def test_only_the_hours_of_the_time_are_paid_for(sandbox: Sandbox) -> None:
    """The cost is told before anything runs: the size of the files of those hours."""
    hours = {
        "2026-01-15-08": LINE * 9,
        HOUR: LINE,
        "2026-01-15-12": LINE * 2,
        "2026-01-16-00": LINE,
    }
    place = _place(sandbox, "paid", hours)
    told: list[Cost] = []

    def agree(cost: Cost) -> bool:
        told.append(cost)
        return True

    table = _ask(place, "fields message", agree=agree)

    # Late lines lie up to two hours later.
    assert [cost.scanned for cost in told] == [len(_packed(LINE)) + len(_packed(LINE * 2))]
    assert told[0].dollars == pytest.approx(10 / 2**20 * 5)  # the least that is paid
    assert table.rows == [("one",)] * 3


def test_who_declines_pays_nothing(sandbox: Sandbox) -> None:
    """No query is started."""
    place = _place(sandbox, "declined", {HOUR: LINE})
    before = place.athena.list_query_executions()["QueryExecutionIds"]
    with pytest.raises(DeclinedError, match="nothing is paid"):
        _ask(place, "fields message", agree=lambda _: False)
    assert place.athena.list_query_executions()["QueryExecutionIds"] == before


def test_table_that_is_not_there(sandbox: Sandbox) -> None:
    """Glue's own words say what is missing."""
    place = _place(sandbox, "there", {HOUR: LINE})
    other = Place(
        archive=Archive(("logs_there", "elsewhere")),
        athena=place.athena,
        glue=place.glue,
        s3=place.s3,
    )
    with pytest.raises(BackendError, match=r"the archive: .*EntityNotFound"):
        _ask(other, "fields message")


def test_query_that_fails(sandbox: Sandbox) -> None:
    """A query that Athena cannot run is a failure, not an empty answer."""
    place = _place(sandbox, "fails", {HOUR: LINE})
    with pytest.raises(BackendError, match="Athena: the query ended as FAILED"):
        _ask(place, "lookup users id as message OUTPUT name")


def test_patterns_of_the_archive(sandbox: Sandbox) -> None:
    """Words with a digit become tokens, as in files."""
    place = _place(sandbox, "patterns", {HOUR: LINE.replace("one", "order 17 of u4 took 3 s")})
    table = _ask(place, "pattern message")
    assert [row[0] for row in table.rows] == ["order <Token-1> of <Token-2> took <Token-3> s"]


def test_regular_expression_that_the_archive_lacks(sandbox: Sandbox) -> None:
    """It is refused with its place before anybody is asked to pay."""
    place = _place(sandbox, "ungreedy", {HOUR: LINE})

    def agree(cost: Cost) -> bool:
        raise AssertionError(cost)

    with pytest.raises(QueryError, match="the flag U of a regular expression is not in the archiv"):
        _ask(place, "filter message like /(?U)o+/", agree=agree)
