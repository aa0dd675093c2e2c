"""The command ``intentlog contract``, run as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from intentlog.cli.intentlog import app
from intentlog.contract import load
from intentlog.render.event_functions import event_functions

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from intentlog.cli.intentlog import main; main()"]


def intentlog(*arguments: str | bytes) -> tuple[int, str, str]:
    """Run the command: exit code, standard output, standard error."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80", "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_shipped_contracts_are_fine() -> None:
    """Each file gets a line of what it has and one of its disk, and the exit code is 0."""
    chimera, agent = (load(ROOT / "contracts" / f"{n}.toml") for n in ("chimera", "drawing-agent"))

    assert intentlog(
        "contract", "check", "contracts/chimera.toml", "contracts/drawing-agent.toml"
    ) == (
        0,
        (
            "contracts/chimera.toml: fine "
            f"(2 streams, 4 metrics, 4 alarms, 6 queries; {chimera.digest()})\n"
            "contracts/chimera.toml: its files take 6.6 GB at most\n"
            "contracts/drawing-agent.toml: fine "
            f"(2 streams, 2 metrics, 1 alarm, 9 queries; {agent.digest()})\n"
            "contracts/drawing-agent.toml: its files take 1.9 GB at most, besides what is written "
            "in 5 minutes\n"
        ),
        "",
    )


def test_problems_are_listed(tmp_path: Path) -> None:
    """Every problem of every file is a line, what is fine is said too, and the exit code is 2."""
    text = (ROOT / "contracts" / "drawing-agent.toml").read_text()
    good, bad, none = tmp_path / "good.toml", tmp_path / "bad.toml", tmp_path / "none.toml"
    good.write_text(text)
    bad.write_text(text.replace('"ErrorCount"', '"ErorCount"').replace("= 90", "= 91"))

    code, out, err = intentlog("contract", "check", str(bad), str(none), str(good))

    assert (code, err) == (2, "")
    assert out.splitlines() == [
        (
            f"{bad}: streams.errors.retention_days: CloudWatch does not offer 91 days; allowed: "
            "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, "
            "2557, 2922, 3288, 3653"
        ),
        f'{bad}: alarms.high-error-rate.metric: no metric "ErorCount"; did you mean "ErrorCount"?',
        f"{none}: cannot be read: No such file or directory",
        f"{good}: fine (2 streams, 2 metrics, 1 alarm, 9 queries; {load(good).digest()})",
        f"{good}: its files take 1.9 GB at most, besides what is written in 5 minutes",
    ]


def test_broken_examples_are_told(tmp_path: Path) -> None:
    """Lines that are none, of a query that is none, without an answer: nothing would be tested."""
    text = (ROOT / "contracts" / "drawing-agent.toml").read_text()
    typing, alone = tmp_path / "typing.toml", tmp_path / "alone.toml"
    typing.write_text(text.replace('{"timestamp":"2026-01-15T10:30:46.020Z"', "rubbish", 1))
    alone.write_text(text)
    (tmp_path / "alone.examples").mkdir()
    (tmp_path / "alone.examples" / "category.jsonl").write_text("")

    code, out, err = intentlog("contract", "check", str(typing))

    assert (code, err) == (1, "")
    assert out.splitlines() == [  # and not that it is fine
        f"{typing}: queries.errors-by-category: errors-by-category[0]: line 2 is no JSON object"
    ]
    code, out, err = intentlog("contract", "check", str(alone), str(typing))
    assert (code, err) == (2, "")
    assert "category.json should have its answer" in out
    assert "line 2 is no JSON object" in out


def test_small_files_are_told_in_megabytes(tmp_path: Path) -> None:
    """0.0 GB would be no bound."""
    text = (ROOT / "contracts" / "chimera.toml").read_text()
    small = tmp_path / "small.toml"
    small.write_text(text.replace("max_megabytes = 100", "max_megabytes = 1"))

    code, out, _ = intentlog("contract", "check", str(small))

    assert code == 0
    assert out.splitlines()[1] == f"{small}: its files take 66 MB at most"


def test_contracts_are_checked_against_each_other(tmp_path: Path) -> None:
    """Two contracts that cannot be deployed together are told, the same file twice is not."""
    original = ROOT / "contracts" / "chimera.toml"
    copy = tmp_path / "copy.toml"
    copy.write_text(original.read_text().replace("Chimera", "Other"))

    code, out, _ = intentlog("contract", "check", str(original), str(copy), str(copy))

    assert code == 2
    assert out.splitlines()[4:] == [
        f'{copy}: service: "chimera" is the service of {original} already'
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_file_name_of_other_encoding(tmp_path: Path) -> None:
    """A file name that is not UTF-8 is shown with escapes."""
    path = os.fsencode(tmp_path) + b"/caf\xe9\n.toml"

    code, out, _ = intentlog("contract", "check", path)

    assert (code, out) == (
        2,
        f"{tmp_path}/caf\\udce9\\n.toml: cannot be read: No such file or directory\n",
    )


def test_schema_is_valid() -> None:
    """The schema is JSON Schema, with the title that editors show."""
    code, out, err = intentlog("contract", "schema")

    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["title"] == "intentlog contract"
    Draft202012Validator.check_schema(document)


def test_events_prints_the_module() -> None:
    """Standard output is the module, and nothing else."""
    contract = ROOT / "contracts" / "chimera.toml"

    expected = event_functions(load(contract))
    assert intentlog("contract", "events", "contracts/chimera.toml") == (0, expected, "")


def test_events_check_compares(tmp_path: Path) -> None:
    """A module that is up to date is no word; any other is a line that says what to do."""
    module = tmp_path / "events.py"
    check = ("contract", "events", "contracts/chimera.toml", "--check", str(module))
    command = "`intentlog contract events contracts/chimera.toml`"
    stale = (1, f"{module}: is not what {command} prints\n", "")

    assert intentlog(*check) == stale
    module.write_text(event_functions(load(ROOT / "contracts" / "chimera.toml")))
    assert intentlog(*check) == (0, "", "")
    module.write_text(module.read_text() + "\n")
    assert intentlog(*check) == stale
    module.write_bytes(b"\xff")
    assert intentlog(*check) == stale


def test_events_of_a_wrong_contract(tmp_path: Path) -> None:
    """Problems go to standard error: standard output may be a module."""
    file = tmp_path / "none.toml"

    assert intentlog("contract", "events", str(file)) == (
        2,
        "",
        f"{file}: cannot be read: No such file or directory\n",
    )


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str) -> None:
    """Help says in a line each what there is, and is no mistake."""
    result = CliRunner().invoke(app, ["contract", flag], prog_name="intentlog")

    assert result.exit_code == 0
    assert result.stdout == (
        "Usage: intentlog contract [OPTIONS] COMMAND [ARGS]...\n"
        "\n"
        "  Check contracts, or print the schema of their format.\n"
        "\n"
        "Options:\n"
        "  -h, --help  Show this message and exit.\n"
        "\n"
        "Commands:\n"
        "  check   Check contracts: one line per problem, exit code 2 if any.\n"
        "  schema  Print the JSON Schema of the format, or of a contract's lines.\n"
        "  events  Print a Python module with a typed function for each event.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Usage: intentlog [OPTIONS] COMMAND [ARGS]..."),
        (("contract",), "Usage: intentlog contract [OPTIONS] COMMAND [ARGS]..."),
        (("nope",), "No such command 'nope'."),
        (("contract", "chekc"), "No such command 'chekc'."),
        (("contract", "check"), "Missing argument"),
        (("contract", "check", "--strict", "x.toml"), "No such option"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    """Wrong usage is exit code 2 and a sentence, never a traceback."""
    result = CliRunner().invoke(app, arguments, prog_name="intentlog")

    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert said in result.output
