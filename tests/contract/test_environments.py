"""``environments.toml``: where contracts are deployed."""

from pathlib import Path

import pytest

from intentlog.contract import ContractError, Environment, load_environment


def problems(path: Path, text: str, name: str = "dev") -> list[str]:
    """Return what is reported of a file."""
    path.write_text(text)
    with pytest.raises(ContractError) as raised:
        load_environment(path, name)
    return [str(problem) for problem in raised.value.problems]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a test writes its environments."""
    return tmp_path / "environments.toml"


def test_shipped_environments_are_fine(drawing_agent: Path) -> None:
    """Each shipped environment can be chosen, and only production keeps what it holds."""
    path = drawing_agent.parents[1] / "environments.toml"

    removal = {name: load_environment(path, name).removal for name in ("dev", "prod", "sandbox")}

    assert removal == {"dev": "destroy", "prod": "retain", "sandbox": "destroy"}


def test_region_is_enough(file: Path) -> None:
    """Everything else has a default."""
    file.write_text('dev.region = "us-gov-west-1"')

    assert load_environment(file, "dev") == Environment(region="us-gov-west-1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ['no environment "dev"; there are none']),
        ('Dev.region = "us-east-1"', ['no environment "dev"; did you mean "Dev"?']),
        ("dev = 5", ["dev: expected a table, as in [dev]"]),
        ("[dev]", ["dev.region: is missing; expected an AWS region, such as us-east-1"]),
        (
            'dev.region = "Frankfurt"',
            ['dev.region: "Frankfurt" is not allowed; expected an AWS region, such as us-east-1'],
        ),
        (
            'dev = { region = "us-east-1", account = 123456789012 }',
            ["dev.account: expected a string, not an integer"],
        ),
        (
            'dev = { region = "us-east-1", account = "١٢٣٤٥٦٧٨٩٠١٢" }',
            ['dev.account: "١٢٣٤٥٦٧٨٩٠١٢" is not allowed; expected a string of 12 digits'],
        ),
        (
            'dev = { region = "us-east-1", prefix = "aws-" }',
            [
                (
                    'dev.prefix: "aws-" is not allowed; expected lower-case letters, digits and '
                    "hyphens, a letter first, at most 20, not aws or ssm first"
                )
            ],
        ),
        (
            'dev = { region = "us-east-1", removal = "delete" }',
            ['dev.removal: "delete" is not allowed; expected one of destroy, retain'],
        ),
        (
            '["a b"]\nregion = 1\n[dev]\nregion = "us-east-1"\nnotifications.batch_seconds = 61',
            [
                '"a b".region: expected a string, not an integer',
                (
                    "dev.notifications.batch_seconds: "
                    "61 is not allowed; expected an integer at least 0, at most 60"
                ),
            ],
        ),
    ],
)
def test_mistake_is_told(file: Path, text: str, told: list[str]) -> None:
    """Every mistake of every environment is told, with its place."""
    assert problems(file, text) == told
