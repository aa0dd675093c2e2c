"""A line longer than the CloudWatch agent takes is cut to valid JSON that says so."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import intentlog
from intentlog.contract import Contract, load
from intentlog.render.record_schema import record_schema

ROOT = Path(__file__).parents[2]
AGENT_TAKES = 262_144 - 26  # bytes of an event, less what it counts for itself

LONG: list[tuple[str, dict[str, Any]]] = [
    ("x" * 300_000, {}),
    ("é✓😀" * 100_000, {}),
    ('"\\\x00\n' * 100_000, {"a": '"\x01' * 200_000}),
    ("m", {"a": "x" * 5_000_000}),
    ("m", {f"k{n}": "x" * 2_000 for n in range(1_000)}),
    ("m", {"a": [["x" * 500] * 50] * 50}),
    ("m", {"a": {"b": {"c": ["😀" * 30_000] * 20}}}),
    ("m", {"x" * 300_000: 1, "\udc80" * 300_000: 2}),
    ("m", {"user_id": "u" * 300_000, "trace_id": ["t" * 1000] * 1000}),
]


@pytest.mark.parametrize("contract", ["drawing-agent", "chimera"])
@pytest.mark.parametrize(("message", "data"), LONG, ids=range(len(LONG)))
def test_long_line_is_cut(
    tmp_path: Path, contract: str, message: str, data: dict[str, Any]
) -> None:
    """By every door: one line, short enough, valid by the schema, saying what was cut."""
    described: Contract = load(ROOT / "contracts" / f"{contract}.toml")
    intentlog.init_logging(described, log_dir=tmp_path, console="off")
    with intentlog.bind_context(request="r"):
        intentlog.get_logger("code_monet.auth").info(message, **data)
        logging.getLogger("code_monet.auth").info(message, extra=data)
        intentlog.get_logger("code_monet.auth").error("m", exc_info=ValueError(message), **data)
    intentlog.shutdown()

    file = tmp_path / next(iter(described.streams.values())).file
    lines = file.read_bytes().split(b"\n")[:-1]
    assert len(lines) == 3
    for line in lines:
        record = json.loads(line)
        assert len(line) <= AGENT_TAKES
        assert "[cut" in line.decode()
        Draft202012Validator(record_schema(described)).validate(record)
        assert record["level"] in {"INFO", "ERROR"}


def test_line_that_just_fits_is_whole(agent: Contract, tmp_path: Path) -> None:
    """Nothing is cut that need not be, and one character more is."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    log = intentlog.get_logger("x").info
    log("m", a="x")
    room = 262_144 - 200 - len((tmp_path / "app.log").read_bytes()) + 1
    log("m", a="x" * room)
    log("m", a="x" * (room + 1))

    whole, cut = (tmp_path / "app.log").read_text(encoding="utf-8").splitlines()[1:]
    assert json.loads(whole)["extra"]["a"] == "x" * room
    assert json.loads(cut)["extra"]["a"].endswith("more characters]")
