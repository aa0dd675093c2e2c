"""Saved queries on their examples: those of the shipped contracts, and what is said of others."""

import json
from pathlib import Path

import msgspec
import pytest

from intentlog.contract import Contract, ContractError, Example, load
from intentlog.query.examples import Case, ask, cases, cases_of, without_example

CONTRACTS = sorted((Path(__file__).parents[2] / "contracts").glob("*.toml"))
CHIMERA, AGENT = map(load, CONTRACTS)
LINES = "".join(
    json.dumps(
        {
            "timestamp": f"2026-01-15T10:30:4{second}.000Z",
            "level": "ERROR",
            "category": category,
            "user_id": 42,
        }
    )
    + "\n"
    for second, category in enumerate(["auth", "agent", "auth"])
)
ALL_LEVELS = "there are: DEBUG, INFO, WARNING, ERROR, CRITICAL"
COUNTED = ({"category": "auth", "errors": "2"}, {"category": "agent", "errors": "1"})


def _case(*expected: dict[str, str], query: str = "errors-by-category") -> Case:
    return Case(AGENT, query, Example(lines=LINES, expected=expected), f"{query}[0]")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for file in CONTRACTS for case in cases_of(file)]
)
def test_shipped_queries_answer_as_their_examples_say(case: Case) -> None:
    """Each saved query of the contracts does what it is there for."""
    case.check()


@pytest.mark.parametrize("file", CONTRACTS, ids=lambda file: file.stem)
def test_every_shipped_query_has_an_example(file: Path) -> None:
    """Nothing that is deployed is untested."""
    assert without_example(load(file), cases_of(file)) == []


def test_difference() -> None:
    """What is missing, and what is there instead, is shown row by row."""
    with pytest.raises(AssertionError) as caught:
        _case({"category": "auth", "errors": "3"}, COUNTED[1]).check()
    assert '-{"category":"auth","errors":"3"}' in str(caught.value)
    assert '+{"category":"auth","errors":"2"}' in str(caught.value)


def test_order_counts_where_the_query_says_one() -> None:
    """Sorted rows are compared in order; others as they come."""
    assert _case(*COUNTED).difference() == ""
    assert _case(*COUNTED[::-1]).difference() != ""
    saved = AGENT.queries["errors-by-category"]
    text = "stats count(*) as errors by category"
    unsorted = msgspec.structs.replace(saved, text=text)
    contract = msgspec.structs.replace(AGENT, queries={"by-category": unsorted})
    for expected in (COUNTED, COUNTED[::-1]):
        example = Example(lines=LINES, expected=expected)
        assert Case(contract, "by-category", example, "").difference() == ""


def test_parameters() -> None:
    """An example may give a parameter another value than its default."""
    found = {}
    for user in ("42", "43"):
        example = Example(lines=LINES, expected=(), parameters={"user": user})
        found[user] = len(Case(AGENT, "user-activity", example, "").answer().rows)
    assert found == {"42": 3, "43": 0}


def _beside(folder: Path, files: dict[str, str]) -> Path:
    contract = folder / "agent.toml"
    contract.write_text(CONTRACTS[1].read_text())
    beside = folder / "agent.examples"
    beside.mkdir()
    for name, content in files.items():
        (beside / name).write_text(content)
    return contract


def test_examples_in_files(tmp_path: Path) -> None:
    """Examples that are too long for the contract stand in files beside it."""
    files = {
        "category.jsonl": LINES,
        "category.json": "[]",
        "category.two.jsonl": LINES,
        "category.two.json": '[{"level": "ERROR"}]',
    }
    contract = _beside(tmp_path, files)
    found = {case.name: case for case in cases_of(contract)}
    assert found["category"].example.expected == ()
    assert found["category.two"].query == "category"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"categry.jsonl": LINES}, 'no query "categry"; did you mean "category"'),
        ({"category.jsonl": LINES}, r"category\.json should have its answer"),
        ({"category.jsonl": LINES, "category.json": "[{"}, "is no array of objects of texts"),
        ({"category.jsonl": LINES, "category.json": '[{"n": 1}]'}, "is no array of objects"),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """A misspelled query or a missing answer is told: it would test nothing."""
    with pytest.raises(ContractError, match=message):
        cases_of(_beside(tmp_path, files))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('rubbish {"level":', "line 4 is no JSON object"),
        ('["ERROR"]', "line 4 is no JSON object"),
        (
            '{"timestamp":"yesterday","level":"ERROR"}',
            'line 4: timestamp: "yesterday" is no time',
        ),
        ('{"levle":"ERROR"}', 'line 4: no field "levle"; did you mean "level"?'),
        ('{"level":"WARN"}', 'line 4: level: no level "WARN"; did you mean "WARNING"?'),
        ('{"level":null,"category":"auth"}', f'line 4: level: no level "null"; {ALL_LEVELS}'),
        ('{"category":"atuh"}', 'line 4: category: no category "atuh"; did you mean "auth"?'),
    ],
)
def test_a_mistake_in_the_lines_fails(wrong: str, said: str) -> None:
    """Else the test would pass for want of a line, as one that expects no row always does."""
    example = Example(lines=LINES + wrong, expected=COUNTED)
    case = Case(AGENT, "errors-by-category", example, "errors-by-category[0]")
    assert case.mistakes() == [said]
    with pytest.raises(AssertionError, match="its lines are not such as are logged"):
        case.check()


def test_a_field_by_its_usual_name_is_told_what_the_contract_calls_it() -> None:
    """Also where another name is near; and the names of a chain or metric are not offered."""
    fields = ("timestamp", "sev", "levels")
    record = msgspec.structs.replace(AGENT.record, fields=fields, names={"level": "sev"})
    contract = msgspec.structs.replace(AGENT, record=record)
    example = Example(lines='{"level":"ERROR"}', expected=())
    assert Case(contract, "category", example, "").mistakes() == [
        'line 1: no field "level"; it is called "sev" here'
    ]
    (told,) = Case(CHIMERA, "category", Example(lines='{"zzz":1}', expected=()), "").mistakes()
    assert "_audit" not in told


def test_every_field_that_the_logger_writes_is_known() -> None:
    """That of the audit chain and those of embedded metrics, too; a time may be a number."""
    lines = '{"timestamp":1768473045123,"level":"INFO","_audit":{"seq":1},"_aws":{},"Turns":1}'
    metric = msgspec.structs.replace(AGENT.metrics["ErrorCount"], embedded=True)
    contract = msgspec.structs.replace(AGENT, metrics={"Turns": metric}, audit=CHIMERA.audit)
    example = Example(lines=lines, expected=())
    assert Case(contract, "category", example, "").mistakes() == []
    assert Case(AGENT, "category", example, "").mistakes() != []


def test_the_order_of_columns_counts_in_files(tmp_path: Path) -> None:
    """They are what the command printed. In TOML the keys of a table have no order."""
    right = [{"category": "auth", "errors": "2"}, {"category": "agent", "errors": "1"}]
    wrong = [dict(reversed(row.items())) for row in right]
    files = {}
    for name, rows in (("right", right), ("wrong", wrong)):
        files[f"errors-by-category.{name}.jsonl"] = LINES
        files[f"errors-by-category.{name}.json"] = json.dumps(rows)
    found = {case.name: case for case in cases_of(_beside(tmp_path, files))}
    assert found["errors-by-category.right"].difference() == ""
    assert "-columns: errors, category\n+columns: category, errors" in (
        found["errors-by-category.wrong"].difference()
    )
    assert _case(*wrong).difference() == ""


def test_what_the_command_printed_may_have_pointers(tmp_path: Path) -> None:
    """`intentlog query run --json` names each line by its @ptr."""
    rows = ask(AGENT, AGENT.queries["category"].filled(), LINES, pointers=True)
    files = {"category.jsonl": LINES, "category.json": json.dumps(rows.objects())}
    (case,) = [each for each in cases_of(_beside(tmp_path, files)) if each.in_order]
    assert [len(row.pop("@ptr")) for row in rows.objects()] == [26, 26]
    assert case.difference() == ""


def test_untested_queries() -> None:
    """A saved query without any example is found."""
    bare = {name: msgspec.structs.replace(q, examples=()) for name, q in AGENT.queries.items()}
    contract: Contract = msgspec.structs.replace(AGENT, queries=bare)
    assert without_example(contract, list(cases(contract))) == list(AGENT.queries)
