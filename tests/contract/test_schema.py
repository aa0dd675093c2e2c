"""The JSON Schema that editors take agrees with what is read."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from intentlog.contract import Contract, ContractError, parse


@pytest.fixture
def schema() -> Draft202012Validator:
    """Return a validator of contracts."""
    return Draft202012Validator(msgspec.json.schema(Contract))


def _described(value: dict[str, Any]) -> bool:
    return any("description" in part or "$ref" in part for part in (value, *value.get("anyOf", [])))


def described(schema: dict[str, Any]) -> list[str]:
    """Return every key that the schema does not describe."""
    return [
        f"{name}.{key}"
        for name, table in schema["$defs"].items()
        for key, value in table["properties"].items()
        if not _described(value)
    ]


@pytest.mark.parametrize("name", ["drawing-agent.toml", "chimera.toml"])
def test_shipped_contracts_fit(
    schema: Draft202012Validator, drawing_agent: Path, name: str
) -> None:
    """An editor finds nothing wrong with what is shipped."""
    data = tomllib.loads((drawing_agent.parent / name).read_text())

    assert list(schema.iter_errors(data)) == []


@pytest.mark.parametrize(
    "line",
    [
        "colour = 1",
        "streams.app.colour = 1",
        "record.optional = ['a.b']",
        "alarms.x = { metric = 'M', more_than = -1, within_minutes = 5 }",
        "streams.b.file = '../b'",
        "categories.x.level = 'LOUD'",
    ],
)
def test_mistakes_do_not_fit(schema: Draft202012Validator, minimal: str, line: str) -> None:
    """What the reader refuses for its shape, an editor underlines."""
    text = f"{minimal}{line}\n"

    assert len(list(schema.iter_errors(tomllib.loads(text)))) == 1
    with pytest.raises(ContractError):
        parse(text)


def test_schema_is_one_itself(schema: Draft202012Validator) -> None:
    """The schema is valid by its own rules."""
    Draft202012Validator.check_schema(schema.schema)


def test_keys_are_described() -> None:
    """An editor shows what each key is for."""
    assert described(msgspec.json.schema(Contract)) == []
