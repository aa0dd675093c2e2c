"""The command ``intentlog review``, run as a pull request runs it."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from intentlog.cli.intentlog import app, main

ROOT = Path(__file__).parents[2]

LOGS: dict[str, Any] = {
    "App": {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": "/shop/all", "RetentionInDays": 30, "KmsKeyId": "arn"},
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    },
    "Key": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}},
}
ALERTS: dict[str, Any] = {
    "Errors": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"AlarmName": "shop-errors", "Threshold": 10, "AlarmActions": ["topic"]},
    }
}


def write(folder: Path, **stacks: dict[str, Any]) -> Path:
    """Write an assembly as ``cdk synth`` does."""
    folder.mkdir()
    artifacts = {}
    for name, resources in stacks.items():
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps({"Resources": resources}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/us-east-1",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    return folder


@pytest.fixture
def assemblies(tmp_path: Path) -> tuple[str, str]:
    """Before, and after a change that is mostly dangerous."""
    logs, alerts = copy.deepcopy(LOGS), copy.deepcopy(ALERTS)
    logs["App"]["Properties"] = {"LogGroupName": "/shop/all", "RetentionInDays": 90}
    del logs["Key"]
    alerts["Errors"]["Properties"]["Threshold"] = 100
    alerts["Slow"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"AlarmName": "shop-slow", "Threshold": 1},
    }
    old = write(tmp_path / "old", logs=LOGS, alerts=ALERTS)
    new = write(tmp_path / "new", logs=logs, alerts=alerts)
    return str(old), str(new)


def review(*arguments: str) -> tuple[int, str]:
    """Run the command: exit code, and all that is printed."""
    result = CliRunner().invoke(app, ["review", *arguments], prog_name="intentlog")
    return result.exit_code, result.output


COMMENT = """\
## What changes for logs

**3 dangerous**, 2 other. Cost a month: $1.66 → $0.71.

### Dangerous

- Log group `/shop/all` no longer encrypts lines with a key of the account: to read them takes no \
key
- Alarm `shop-errors` is loosened, `10` → `100`: it rings later, or not at all
- Encryption key `logs/Key` is in the templates no more and is deleted: without it nothing that it \
encrypted can be read

### Other changes

- Log group `/shop/all` keeps its lines longer, `30 days` → `90 days`: more is stored and paid for
- Alarm `shop-slow` is new

### Cost a month

| | before | after |
|---|---:|---:|
| Storage | $0.00 | $0.01 |
| Alarms | $0.10 | $0.20 |
| Encryption key | $1.00 | $0.00 |
| Encryption key, requests | $0.06 | $0.00 |
| **All of it** | **$1.66** | **$0.71** |

List prices of us-east-1 as of 2026-11-22, without the host; volumes are those that the contracts \
expect.
"""


def test_the_comment(assemblies: tuple[str, str]) -> None:
    """What is dangerous first, then the rest, then what it costs."""
    assert review(*assemblies) == (0, COMMENT)


def test_danger_can_be_a_failure(assemblies: tuple[str, str]) -> None:
    """Only if that is asked for: a review informs, and a person decides."""
    old, new = assemblies

    assert review(old, new, "--fail-on-danger") == (1, COMMENT)
    assert review(old, old, "--fail-on-danger")[0] == 0


def test_nothing_changes(assemblies: tuple[str, str]) -> None:
    """One sentence."""
    old, _ = assemblies

    assert review(old, old) == (0, "Nothing changes for logs, alarms or cost.\n")


def test_contracts_say_how_much(assemblies: tuple[str, str], tmp_path: Path) -> None:
    """A log group's volume is its stream's, by its name with the environment's prefix."""
    contract = tmp_path / "shop.toml"
    text = (
        'service = "shop"\nnamespace = "Shop"\n'
        '[record]\nfields = ["timestamp", "level", "message"]\n'
        '[streams.all]\nfile = "a.log"\nlog_group = "/shop/all"\ngigabytes_per_month = 101\n'
    )
    environments = tmp_path / "environments.toml"
    environments.write_text('[dev]\nregion = "us-east-1"\nprefix = "shop/"\n'.replace("/", "-"))
    prefixed = ("--env", "dev", "--environments", str(environments))

    contract.write_text(text)
    assert "$52.11 → $52.04" in review(*assemblies, "--contracts", f"{contract},")[1]
    assert "$1.66 → $0.71" in review(*assemblies, "--contracts", str(contract), *prefixed)[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["none", "none"],
            (
                "none: no cloud assembly there (manifest.json is missing); make one with "
                "`cdk synth --output DIRECTORY`\n"
            ),
        ),
        (["old", "broken"], "alerts.template.json: cannot be read: "),
        (["old", "old", "--contracts", "no.toml"], "no.toml: cannot be read: "),
    ],
)
def test_mistakes(
    arguments: list[str],
    said: str,
    assemblies: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A user's mistake is a sentence and exit code 2."""
    folder = Path(assemblies[0]).parent
    broken = write(folder / "broken", alerts=ALERTS)
    (broken / "alerts.template.json").write_text("{")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["intentlog", "review", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_it_runs_without_the_cdk(assemblies: tuple[str, str]) -> None:
    """Templates are files: neither CDK nor boto3 is imported to compare them."""
    code = (
        "import sys\n"
        f"sys.argv = ['intentlog', 'review', {assemblies[0]!r}, {assemblies[1]!r}]\n"
        "from intentlog.cli.intentlog import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "assert not {'aws_cdk', 'boto3'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
