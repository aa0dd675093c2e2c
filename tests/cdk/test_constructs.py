"""Every construct works alone, in somebody else's app."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import constructs
import pytest
from aws_cdk.assertions import Template

import intentlog_constructs
from intentlog.contract import Contract
from intentlog_constructs import (
    AlarmDigest,
    ContractAlarms,
    ContractDashboard,
    ContractLogGroups,
    ContractMetricFilters,
    DeliveryPolicy,
    LoggingHost,
    SavedQueries,
)

Make = Callable[[cdk.Stack, Contract], object]


@pytest.mark.parametrize(
    ("make", "type_", "count"),
    [
        (lambda s, c: ContractLogGroups(s, "It", contract=c), "AWS::Logs::LogGroup", 2),
        (lambda s, c: ContractMetricFilters(s, "It", contract=c), "AWS::Logs::MetricFilter", 2),
        (lambda s, c: ContractAlarms(s, "It", contract=c), "AWS::CloudWatch::Alarm", 1),
        (lambda s, c: AlarmDigest(s, "It", contract=c), "AWS::Lambda::Function", 1),
        (lambda s, c: LoggingHost(s, "It", contract=c), "AWS::EC2::LaunchTemplate", 1),
        (lambda s, c: DeliveryPolicy(s, "It", contract=c), "AWS::IAM::ManagedPolicy", 1),
        (lambda s, c: SavedQueries(s, "It", contract=c), "AWS::Logs::QueryDefinition", 9),
        (lambda s, c: ContractDashboard(s, "It", contract=c), "AWS::CloudWatch::Dashboard", 1),
    ],
)
def test_a_construct_works_alone(
    make: Make, type_: str, count: int, drawing_agent: Contract
) -> None:
    """Given a contract and nothing else, also in a stack that knows no account or region."""
    stack = cdk.Stack()

    make(stack, drawing_agent)

    Template.from_stack(stack).resource_count_is(type_, count)


def test_every_construct_is_exported() -> None:
    """What a module of the package defines can be imported from the package."""
    package = Path(intentlog_constructs.__file__).parent
    defined = {
        line.removeprefix("class ").partition("(")[0]
        for file in package.glob("*.py")
        for line in file.read_text().splitlines()
        if line.startswith("class ") and "(Construct)" in line
    }

    assert defined | {"DeliveryProof"} == set(intentlog_constructs.__all__)


def test_a_source_root_does_not_shadow_the_package_constructs() -> None:
    """An ``__init__.py`` in ./constructs would break aws_cdk everywhere."""
    assert not (Path(__file__).parents[2] / "constructs" / "__init__.py").exists()
    assert "site-packages" in str(constructs.__file__)
