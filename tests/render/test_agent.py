"""The agent's configuration: right by the agent's own schema, and for every line of the logger."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentlog import StructuredFormatter
from intentlog.contract import Contract, load
from intentlog.render import agent_config, user_data
from sandbox.agent_time import TimestampFormat

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT.parent / "shared" / "schemas" / "amazon-cloudwatch-agent.schema.json"
AGENT = load(ROOT / "contracts" / "drawing-agent.toml")
MICROSECONDS = msgspec.structs.replace(
    AGENT, record=msgspec.structs.replace(AGENT.record, timestamp="microseconds")
)
FORMS = {"milliseconds": AGENT, "microseconds": MICROSECONDS}
HEADER_BYTES = 200
"""What the agent adds to an event, at most."""

moments = st.integers(min_value=0, max_value=253_000_000_000_000_000).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
# Texts that look like what the agent looks for, and texts that do not.
texts = st.text(max_size=40) | st.sampled_from(
    ["2001-01-01T00:00:00.000Z", '"timestamp":"2001-01-01T00:00:00.000Z"', "\n 2001-01-01", "%f"]
)
names = st.text(min_size=1, max_size=20).filter(lambda name: name not in logging.LogRecord.__dict__)
data = st.dictionaries(names, texts | st.integers() | st.floats() | st.none(), max_size=4)


def collected(contract: Contract) -> list[dict[str, Any]]:
    """Return what the agent collects."""
    config = json.loads(agent_config(contract))
    found: list[dict[str, Any]] = config["logs"]["logs_collected"]["files"]["collect_list"]
    return found


def agents_time(contract: Contract) -> TimestampFormat:
    """Return how the agent reads the time of a line."""
    (said,) = {(entry["timestamp_format"], entry["timezone"]) for entry in collected(contract)}
    return TimestampFormat(said[0], timezone=said[1])


def line(contract: Contract, message: str, *, moment: datetime, **extra: object) -> str:
    """Return the line that the logger makes of an event."""
    record = logging.LogRecord("code_monet.http", logging.INFO, __file__, 1, message, None, None)
    record.created = moment.timestamp()
    record.__dict__ |= extra
    return StructuredFormatter(contract).format(record)


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the agent's schema is not beside the project")
@pytest.mark.parametrize(
    "contract",
    [AGENT, MICROSECONDS, load(ROOT / "contracts" / "chimera.toml")],
    ids=["drawing-agent", "microseconds", "chimera"],
)
def test_the_agents_own_schema_takes_it(contract: Contract) -> None:
    """Every key and value, by the schema of the agent's repository."""
    schema = json.loads(SCHEMA.read_text())

    jsonschema.Draft7Validator(schema).validate(json.loads(agent_config(contract)))


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the agent's schema is not beside the project")
@pytest.mark.parametrize(
    ("key", "value"), [("auto_removal", "yes"), ("timezone", "Mars"), ("colour", "red")]
)
def test_the_schema_would_tell(key: str, value: str) -> None:
    """It is no schema that takes anything."""
    schema = json.loads(SCHEMA.read_text())
    config = json.loads(agent_config(AGENT))
    config["logs"]["logs_collected"]["files"]["collect_list"][0][key] = value

    assert list(jsonschema.Draft7Validator(schema).iter_errors(config))


@settings(deadline=None)
@given(moment=moments, message=texts, extra=data)
@pytest.mark.parametrize("form", FORMS)
def test_the_agent_reads_the_exact_millisecond(
    form: str, moment: datetime, message: str, extra: dict[str, object]
) -> None:
    """Of every line, whatever stands in it: the first time in it is the event's."""
    contract = FORMS[form]
    text = line(contract, message, moment=moment, extra_data=extra)

    written = json.loads(text)["timestamp"]
    millisecond = (datetime.fromisoformat(written) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )
    assert agents_time(contract).time_ms(text) == millisecond
    assert abs(millisecond - moment.timestamp() * 1000) <= 1


@settings(deadline=None)
@given(message=texts, extra=data)
def test_no_line_joins_the_one_before(message: str, extra: dict[str, object]) -> None:
    """To the agent, a line that begins with white space is the rest of an event."""
    text = line(AGENT, message, moment=datetime.now(UTC), extra_data=extra)

    assert text[0] == "{"
    assert "\n" not in text


@pytest.mark.parametrize(
    "message", ["x" * 1_000_000, "é" * 1_000_000, "😀" * 500_000, '"\\' * 400_000]
)
def test_no_line_is_longer_than_the_agent_takes(message: str) -> None:
    """It would be cut in the middle, and be no JSON any more."""
    text = line(AGENT, message, moment=datetime.now(UTC))

    assert len(text.encode()) + len("\n") <= 262_144 - HEADER_BYTES
    assert json.loads(text)["level"] == "INFO"


def test_the_agent_removes_nothing() -> None:
    """Rotated files go when logrotate says so; the agent would remove what it has just read."""
    assert {entry["auto_removal"] for entry in collected(AGENT)} == {False}


def test_the_agent_finds_no_rotated_file() -> None:
    """It collects the file by its name, which a rotated one is not; it follows that by itself."""
    paths = [entry["file_path"] for entry in collected(AGENT)]

    assert paths == [
        "/home/ec2-user/data/logs/app.log",
        "/home/ec2-user/data/logs/error.log",
    ]


@pytest.mark.parametrize("minutes", [1, 5, 60])
def test_logrotate_looks_as_often_as_the_contract_says(minutes: int) -> None:
    """``maxsize`` acts only then: the distribution's own timer runs once a day."""
    rotation = msgspec.structs.replace(AGENT.files.rotation, check_minutes=minutes)
    files = msgspec.structs.replace(AGENT.files, rotation=rotation)

    script = user_data(msgspec.structs.replace(AGENT, files=files), region="us-east-1")

    (timer,) = re.findall(r"logrotate-drawing-agent\.timer <<'UNIT'\n(.*?)UNIT", script, re.DOTALL)
    assert f"OnUnitActiveSec={minutes}min\n" in timer
    assert f"OnActiveSec={minutes}min\n" in timer
    assert "logrotate-drawing-agent.timer" in script.partition("systemctl enable --now refresh")[2]
