"""Metrics within lines, as CloudWatch's embedded metric format has them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import intentlog
from intentlog.contract import Contract, ContractError, parse
from intentlog.logger.encoding import LONGEST_LINE
from intentlog.render.record_schema import record_schema

SHOP = """
service = "shop"
namespace = "Shop"
record.fields = ["timestamp", "level", "message"]
streams.app = { file = "app.log", log_group = "/shop/app", retention_days = 30 }

[streams.errors]
file = "error.log"
log_group = "/shop/errors"
where = 'level = "ERROR"'

[metrics.Errors]
stream = "app"
where = 'level = "ERROR"'
embedded = true

[metrics.Latency]
stream = "app"
value = "data.duration_ms"
unit = "Milliseconds"
embedded = true
"""


@pytest.fixture
def shop() -> Contract:
    """Return a contract with metrics that are embedded."""
    return parse(SHOP)


def read(path: Path) -> list[dict[str, Any]]:
    """Return a file's lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_line_carries_its_metrics(shop: Contract, tmp_path: Path) -> None:
    """A line has the metrics that it counts for, once: in the metric's own stream."""
    intentlog.init_logging(shop, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger("x")
    logger.info("asked")
    logger.info("served", duration_ms=1.5)
    logger.error("failed", duration_ms=2)

    asked, served, failed = read(tmp_path / "app.log")
    assert "_aws" not in asked
    directive = served.pop("_aws")
    assert directive.pop("Timestamp") == pytest.approx(
        1000 * intentlog_time(served["timestamp"]), abs=1
    )
    assert directive == {
        "CloudWatchMetrics": [
            {
                "Namespace": "Shop",
                "Dimensions": [[]],
                "Metrics": [{"Name": "Latency", "Unit": "Milliseconds"}],
            }
        ]
    }
    assert served["Latency"] == 1.5
    assert (failed["Errors"], failed["Latency"]) == (1, 2)
    assert "_aws" not in read(tmp_path / "error.log")[0]
    for line in read(tmp_path / "app.log"):
        Draft202012Validator(record_schema(shop)).validate(line)


def intentlog_time(timestamp: str) -> float:
    """Return a line's time in seconds since the epoch."""
    from datetime import datetime  # noqa: PLC0415

    return datetime.fromisoformat(timestamp).timestamp()


@pytest.mark.parametrize("value", ["'1'", "True", "None", "[]"])
def test_no_number_is_no_metric(shop: Contract, tmp_path: Path, value: str) -> None:
    """What is no number is data, and no metric."""
    intentlog.init_logging(shop, log_dir=tmp_path, console="off")
    intentlog.get_logger("x").info("served", duration_ms=eval(value))  # noqa: S307 -- of this file

    assert "_aws" not in read(tmp_path / "app.log")[0]


def test_too_long_line_goes_without(shop: Contract, tmp_path: Path) -> None:
    """The agent's limit holds for the line with its metrics."""
    intentlog.init_logging(shop, log_dir=tmp_path, console="off")
    texts = ["x" * 60_000, "y" * 60_000, "z" * 60_000, "w" * 60_000, "v" * 21_700]
    intentlog.get_logger("x").info("served", duration_ms=1.5, texts=texts)

    (line,) = (tmp_path / "app.log").read_bytes().splitlines()
    assert 261_600 < len(line) <= LONGEST_LINE
    assert "_aws" not in json.loads(line)


def test_embedded_metric_has_no_filter() -> None:
    """A filter's name is refused, and so is a name that a field has."""
    with pytest.raises(ContractError, match=r"metrics\.Errors\.filter: an embedded metric has no"):
        parse(SHOP.replace("embedded = true\n\n[", 'embedded = true\nfilter = "f"\n\n['))
    with pytest.raises(ContractError, match='"level" is a field of the record'):
        parse(SHOP.replace("metrics.Errors", "metrics.level"))
