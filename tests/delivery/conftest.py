"""What the tests of the delivery share: a strict service on loopback, contracts, lines."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intentlog.contract import Contract, load
from sandbox.strict_logs import StrictLogs

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
def contract_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small contract's path: one stream, delivered by the process at once."""
    path = tmp_path_factory.mktemp("contract") / "shop.toml"
    path.write_text(SHOP)
    return path


@pytest.fixture(scope="session")
def shop(contract_file: Path) -> Contract:
    """Return the small contract."""
    return load(contract_file)


SHOP = """
service   = "shop"
namespace = "Shop"

[files.rotation]
by            = "process"
max_megabytes = 1
keep          = 100

[streams.app]
file           = "app.log"
log_group      = "/shop/app"
retention_days = 30
purpose        = "All lines"

[delivery]
by            = "process"
batch_events  = 100
batch_seconds = 0.2
"""


def line(number: int, *, at: datetime | None = None, text: str = "") -> str:
    """Return a line of the shop as its logger would write it, without the newline."""
    when = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    record = {"timestamp": when, "level": "INFO", "logger": "shop", "message": f"{number}{text}"}
    return json.dumps(record, separators=(",", ":"))


Ship = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ship(contract_file: Path, tmp_path: Path) -> Ship:
    """Return what runs ``intentlog ship`` over the test's directory."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, "--contract", contract_file, "--log-dir", tmp_path, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


COMMAND = [sys.executable, "-m", "intentlog.cli.intentlog", "ship"]
