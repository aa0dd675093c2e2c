"""Where the lines are: what the stack tells the function, and what is none of that."""

import json
from pathlib import Path

import pytest

from alarm_digest.source import LogSource, MetricLines, load
from intentlog.contract import load as load_contract
from intentlog.render import log_source

CONTRACTS = Path(__file__).parents[2] / "contracts"


def test_the_stack_tells_what_the_function_reads() -> None:
    """The agent's fields, and the group that has all of its lines."""
    found = load(log_source(load_contract(CONTRACTS / "drawing-agent.toml")))

    assert found == LogSource(
        groups=("/drawing-agent/app",),
        others=("/drawing-agent/errors",),
        user="user_id",
        trace="trace_id",
        data="extra",
        metrics={"ErrorCount": MetricLines(group="/drawing-agent/app", where='level = "ERROR"')},
    )


def test_a_contract_that_renames_fields_is_understood() -> None:
    """The trading bot has modules and events, no categories, and no users."""
    found = load(log_source(load_contract(CONTRACTS / "chimera.toml")))

    assert (found.part, found.message, found.category) == ("module", "event", None)
    assert (found.user, found.trace) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"groups": 7}',
        '{"groups": ["/a"], "unheard-of": 1}',
        '{"groups": ["/a"], "metrics": {"m": {"group": "/a"}}}',
        '{"groups": ["/a"], "metrics": {"m": 1}}',
    ],
)
def test_what_is_none_is_a_value_error(text: str) -> None:
    """It is caught where the function begins, and says which variable it is."""
    with pytest.raises(ValueError, match="LOG_GROUPS"):
        load(text)


def test_what_is_not_said_has_its_default() -> None:
    """Only the groups are needed."""
    assert load(json.dumps({"groups": ["/a"]})) == LogSource(groups=("/a",))
