"""What the tests of the delivery share: a strict service on loopback, and contracts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from intentlog.contract import Contract, load
from sandbox.strict_logs import StrictLogs
from tests.delivery.shop import CONTRACT

ROOT = Path(__file__).parents[2]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictLogs]:
    """A CloudWatch Logs on loopback that keeps every limit; AWS clients find no other."""
    with StrictLogs() as service:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, text in service.environment().items():
            monkeypatch.setenv(name, text)
        yield service


@pytest.fixture(scope="session")
def bot() -> Contract:
    """Return chimera's contract: the process rotates and delivers."""
    return load(ROOT / "contracts" / "chimera.toml")


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a small contract: one stream, delivered by the process at once."""
    path = tmp_path_factory.mktemp("contract") / "shop.toml"
    path.write_text(CONTRACT)
    return path


@pytest.fixture(scope="session")
def shop(shop_file: Path) -> Contract:
    """Return the small contract."""
    return load(shop_file)
