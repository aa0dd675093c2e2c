"""The page of guarantees: each names tests that there are."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "delivery.md"


def test_every_guarantee_names_tests_that_there_are() -> None:
    """A test that is renamed takes its guarantee along."""
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE.read_text())

    missing = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^(def {name}\(|{name} = )", (HERE / file).read_text(), re.MULTILINE)
    ]
    assert missing == []
    rows = [row for row in PAGE.read_text().splitlines() if row.startswith("| ")][1:]
    assert [row for row in rows if "::" not in row] == []
