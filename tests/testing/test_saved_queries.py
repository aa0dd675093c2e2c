"""Saved queries in an application's own tests: ``answer`` and the fixture ``saved_query``."""

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from intentlog.contract import ContractError
from intentlog.query import QueryError
from intentlog.testing import answer, capture_logs

CONTRACTS = Path(__file__).parents[2] / "contracts"
AGENT = CONTRACTS / "drawing-agent.toml"
TESTS = """
import pytest

pytest_plugins = ["intentlog.testing"]

@pytest.mark.saved_queries(CONTRACT)
def test_query(saved_query):
    saved_query.check()
"""
WITHOUT_EXAMPLE = """
[streams.all]
file = "all.log"
log_group = "/all"

[queries.latest]
title = "Latest"
text = "limit 1"
"""


def test_what_the_logger_writes_is_what_a_saved_query_finds() -> None:
    """A query over lines of the real logger answers in texts, as CloudWatch would."""
    with capture_logs(AGENT) as logs:
        logging.getLogger("code_monet.tools").info("Tool use: draw_path")
        logging.getLogger("code_monet.tools").info("Tool use: draw_path")
        logging.getLogger("code_monet.http").info("Tool use: none")

    assert answer("agent-tool-usage", logs, AGENT) == [{"tool_name": "draw_path", "calls": "2"}]
    assert answer("user-activity", logs, AGENT, parameters={"user": "7"}) == []
    assert answer("stats count(*) as n by category | sort n", logs, AGENT) == [
        {"category": "http", "n": "1"},
        {"category": "agent", "n": "2"},
    ]


def test_malformed_query() -> None:
    """A test with a malformed query is told where it is wrong."""
    with pytest.raises(QueryError, match=r"did you mean stats\?|stats"):
        answer("stat count(*)", [], AGENT)


def test_a_name_that_is_none() -> None:
    """One word is a saved query's name, and the near one is told."""
    with pytest.raises(
        ContractError, match='no query "user-actvity"; did you mean "user-activity"'
    ):
        answer("user-actvity", [], AGENT)


def _run(folder: Path, tests: str) -> tuple[int, str]:
    (folder / "test_shop.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_example_is_a_test(tmp_path: Path) -> None:
    """One test function runs once for each example, and fails with the rows that differ."""
    wrong = AGENT.read_text().replace('tool_name = "draw_path", calls = "2"', 'calls = "3"')
    (tmp_path / "agent.toml").write_text(wrong)
    code, output = _run(tmp_path, TESTS.replace("CONTRACT", "'agent.toml'"))
    assert code == 1
    assert "1 failed, 8 passed" in output
    assert "test_query[agent-agent-tool-usage[0]]" in output
    assert '+{"calls":"2","tool_name":"draw_path"}' in output


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("", "which ones? @pytest.mark.saved_queries('contracts/x.toml')"),
        ("@pytest.mark.saved_queries('nope.toml')", "nope.toml: cannot be read: "),
        ("@pytest.mark.saved_queries('none.toml')", "none.toml: no saved query has an example"),
    ],
)
def test_a_wrong_mark_fails_its_test_only(tmp_path: Path, mark: str, said: str) -> None:
    """With a sentence and no frames of pytest's; the other tests run."""
    head = AGENT.read_text().partition("[categories")[0]
    (tmp_path / "none.toml").write_text(head + WITHOUT_EXAMPLE)
    tests = TESTS.replace("@pytest.mark.saved_queries(CONTRACT)", mark)
    code, output = _run(tmp_path, f"{tests}\ndef test_other() -> None: pass\n")
    assert code == 1
    assert re.search("1 passed.*, 1 error", output)
    assert f"\n{said}" in output
    assert "pluggy" not in output
