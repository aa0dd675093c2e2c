"""The heart of the product: what the logger writes is what the deployed filters count.

Lines come from the real logger, patterns from the synthesized templates; neither knows the other.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import intentlog
from intentlog.contract import LEVELS, Contract, ContractError, Record, load, validate
from intentlog.expression import FilterPattern

CONTRACTS = sorted((Path(__file__).parents[2] / "contracts").glob("*.toml"))


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Leave ``logging`` as it was found."""
    yield
    intentlog.shutdown()


def written(contract: Contract, log_dir: Path) -> dict[str, list[str]]:
    """Log at every level in every category, and every event; return the lines of each stream."""
    intentlog.init_logging(contract, log_dir=log_dir, log_level="DEBUG", console="off")
    names = [c.loggers[0] for c in contract.categories.values() if c.loggers] or ["anything"]
    for name in names:
        for level in LEVELS:
            logging.getLogger(name).log(logging.getLevelName(level), "It happened")
    for name, event in contract.events.items():
        logging.getLogger(event.logger).log(logging.getLevelName(event.level), name)
    intentlog.shutdown()
    files = {name: log_dir / stream.file for name, stream in contract.streams.items()}
    return {name: file.read_text().splitlines() for name, file in files.items() if file.exists()}


def counted(contract: Contract, log_dir: Path, templates: dict[str, Any]) -> dict[str, int]:
    """Count, for each deployed metric, the lines of its log group that its filter matches."""
    lines = written(contract, log_dir)
    by_group = {group: lines[stream] for stream, group in contract.log_groups.items()}
    counts = {}
    for resource in templates[f"{contract.service}-alerts"]["Resources"].values():
        if resource["Type"] == "AWS::Logs::MetricFilter":
            properties = resource["Properties"]
            pattern = FilterPattern.parse(properties["FilterPattern"])
            (transformation,) = properties["MetricTransformations"]
            counts[transformation["MetricName"]] = sum(
                pattern.matches(line) for line in by_group[properties["LogGroupName"]]
            )
    return counts


def test_filters_count_the_lines_that_the_logger_writes(
    drawing_agent: Contract, tmp_path: Path, templates: dict[str, Any]
) -> None:
    """Seven categories at five levels: seven lines at ERROR, one auth line at WARNING."""
    assert counted(drawing_agent, tmp_path, templates) == {"ErrorCount": 7, "AuthFailureCount": 1}


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_no_metric_counts_nothing(path: Path, tmp_path: Path, templates: dict[str, Any]) -> None:
    """Each filter of each contract matches something that its logger can write."""
    counts = counted(load(path), tmp_path, templates)

    assert counts
    assert [metric for metric, count in counts.items() if not count] == []


def test_a_field_renamed_in_the_logger_alone_is_noticed(
    drawing_agent: Contract, tmp_path: Path, templates: dict[str, Any]
) -> None:
    """Deployed filters on ``level`` count nothing once lines say ``severity``."""
    renamed = msgspec.structs.replace(
        drawing_agent,
        record=Record(
            fields=("timestamp", "severity", "category", "logger", "message"),
            names={"level": "severity"},
        ),
        streams={
            name: msgspec.structs.replace(stream, where="")
            for name, stream in drawing_agent.streams.items()
        },
        metrics={},
        alarms={},
        queries={},
        dashboard=None,
    )

    assert counted(validate(renamed), tmp_path, templates) == {
        "ErrorCount": 0,
        "AuthFailureCount": 0,
    }


def test_a_field_renamed_in_the_contract_alone_is_refused(drawing_agent: Contract) -> None:
    """Everything that still asks for ``level`` is named."""
    record = Record(
        fields=("timestamp", "severity", "category", "logger", "message"),
        optional=("user_id", "trace_id"),
        data="extra",
        names={"level": "severity"},
    )

    with pytest.raises(ContractError) as raised:
        validate(msgspec.structs.replace(drawing_agent, record=record))

    wrong = [problem.where for problem in raised.value.problems]
    assert wrong == [
        "streams.errors.where",
        "metrics.ErrorCount.where",
        "metrics.AuthFailureCount.where",
        "queries.errors-by-category.text",
        "queries.auth-failures.text",
        "queries.user-activity.text",
        "queries.errors-over-time.text",
        "queries.category.text",
    ]


def test_a_category_dropped_from_the_contract_is_refused(drawing_agent: Contract) -> None:
    """A filter on a category that no line will have again is an error, not a flat line."""
    categories = {k: v for k, v in drawing_agent.categories.items() if k != "auth"}

    with pytest.raises(
        ContractError, match=r'metrics\.AuthFailureCount\.where: no category "auth"'
    ):
        validate(msgspec.structs.replace(drawing_agent, categories=categories))
