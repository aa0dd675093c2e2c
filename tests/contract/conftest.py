"""What the tests of contracts share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MINIMAL = """\
service = "shop"
namespace = "Shop"
record.fields = ["timestamp", "level", "message"]
streams.app.file = "app.log"
"""


@pytest.fixture
def minimal() -> str:
    """Return the shortest contract there can be."""
    return MINIMAL


@pytest.fixture
def drawing_agent() -> Path:
    """Return the path of a shipped contract."""
    return ROOT / "contracts" / "drawing-agent.toml"


@pytest.fixture
def chimera() -> Path:
    """Return the path of a shipped contract."""
    return ROOT / "contracts" / "chimera.toml"
