"""One account watches another: the sink here, the link there."""

from typing import Any

import aws_cdk as cdk
import msgspec
import pytest
from aws_cdk.assertions import Template

from intentlog.contract import Contract, ContractError, Environment
from intentlog.render import shared_log_groups
from intentlog_constructs import MonitoringLink, MonitoringSink
from stacks import add_monitoring_link

SINK = "arn:aws:oam:us-east-1:999999999999:sink/0c5e2c4c-11b6-4a2e-8a0e-2b0cf0d4a9c7"
ENVIRONMENT = Environment(region="us-east-1", account="123456789012", monitoring_sink=SINK)


def of_type(stack: cdk.Stack, type_: str) -> list[dict[str, Any]]:
    """Return the properties of a stack's resources of a type."""
    found = Template.from_stack(stack).find_resources(type_)
    return [resource["Properties"] for resource in found.values()]


def sink_statement(**props: Any) -> dict[str, Any]:
    """Return the only statement of a sink's policy."""
    stack = cdk.Stack()
    MonitoringSink(stack, "Sink", **props)
    (sink,) = of_type(stack, "AWS::Oam::Sink")
    (statement,) = sink["Policy"]["Statement"]
    found: dict[str, Any] = statement
    return found


def test_the_link_shares_what_all_contracts_name(
    drawing_agent: Contract, chimera: Contract
) -> None:
    """One link for both applications: an account has one to a sink."""
    stack = add_monitoring_link(
        cdk.App(), contracts=[drawing_agent, chimera], environment=ENVIRONMENT
    )

    assert stack is not None
    assert stack.stack_name == "monitoring-link"
    assert of_type(stack, "AWS::Oam::Link") == [
        {
            "SinkIdentifier": SINK,
            "LabelTemplate": "$AccountName",
            "ResourceTypes": ["AWS::Logs::LogGroup", "AWS::CloudWatch::Metric"],
            "LinkConfiguration": {
                "LogGroupConfiguration": {
                    "Filter": (
                        "LogGroupName IN ('/drawing-agent/app', '/drawing-agent/errors', "
                        "'Chimera', 'Chimera/executions')"
                    )
                },
                "MetricConfiguration": {"Filter": "Namespace IN ('DrawingAgent', 'Chimera')"},
            },
        }
    ]


def test_prefixed_names_are_shared(drawing_agent: Contract) -> None:
    """Those that the environment's log groups and metrics have."""
    environment = msgspec.structs.replace(ENVIRONMENT, prefix="test-")
    stack = add_monitoring_link(cdk.App(), contracts=[drawing_agent], environment=environment)

    assert stack is not None
    assert stack.stack_name == "test-monitoring-link"
    (link,) = of_type(stack, "AWS::Oam::Link")
    filters = link["LinkConfiguration"]
    assert filters["MetricConfiguration"]["Filter"] == "Namespace IN ('test-DrawingAgent')"
    assert "'/test-drawing-agent/app'" in filters["LogGroupConfiguration"]["Filter"]


def test_nothing_is_shared_unless_the_environment_says_so(drawing_agent: Contract) -> None:
    """No sink, no stack; nor for contracts that deliver nothing."""
    none = msgspec.structs.replace(ENVIRONMENT, monitoring_sink=None)
    streams = {
        name: msgspec.structs.replace(stream, log_group=None)
        for name, stream in drawing_agent.streams.items()
    }
    silent = msgspec.structs.replace(drawing_agent, streams=streams)

    assert add_monitoring_link(cdk.App(), contracts=[drawing_agent], environment=none) is None
    assert add_monitoring_link(cdk.App(), contracts=[silent], environment=ENVIRONMENT) is None


def test_a_contract_without_metrics_shares_log_groups_alone(drawing_agent: Contract) -> None:
    """A filter on no namespace would be refused, and no filter would share all of them."""
    stack = cdk.Stack()
    contract = msgspec.structs.replace(drawing_agent, metrics={})
    MonitoringLink(stack, "Link", sink=SINK, contracts=[contract])

    (link,) = of_type(stack, "AWS::Oam::Link")
    assert link["ResourceTypes"] == ["AWS::Logs::LogGroup"]
    assert list(link["LinkConfiguration"]) == ["LogGroupConfiguration"]


def test_a_sink_of_another_region_is_told(drawing_agent: Contract) -> None:
    """OAM links within a region only; CloudFormation would say so when it deploys."""
    environment = msgspec.structs.replace(ENVIRONMENT, region="eu-west-1")

    with pytest.raises(
        ContractError,
        match="monitoring_sink: the sink is in us-east-1; this environment is in eu-west-1",
    ):
        add_monitoring_link(cdk.App(), contracts=[drawing_agent], environment=environment)


def test_more_names_than_a_link_takes_are_told(drawing_agent: Contract) -> None:
    """A filter has 2,000 characters at most."""
    errors = drawing_agent.streams["errors"]
    streams = {
        str(n): msgspec.structs.replace(errors, log_group=f"/drawing-agent/{n:03}")
        for n in range(100)
    }
    contract = msgspec.structs.replace(drawing_agent, streams=streams)

    with pytest.raises(ContractError, match=r"100 names make a filter of 2,\d+ characters"):
        shared_log_groups([contract])


def test_a_sink_admits_the_organization() -> None:
    """Every account of it, to share metrics and log groups and nothing else."""
    assert sink_statement(organization="o-0123456789") == {
        "Effect": "Allow",
        "Action": ["oam:CreateLink", "oam:UpdateLink"],
        "Principal": "*",
        "Resource": "*",
        "Condition": {
            "ForAllValues:StringEquals": {
                "oam:ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"]
            },
            "StringEquals": {"aws:PrincipalOrgID": "o-0123456789"},
        },
    }


def test_a_sink_admits_named_accounts() -> None:
    """And none beside them; what they may share can be widened."""
    statement = sink_statement(accounts=["123456789012"], shares=["AWS::XRay::Trace"])

    assert statement["Principal"] == {"AWS": ["123456789012"]}
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"oam:ResourceTypes": ["AWS::XRay::Trace"]}
    }


def test_a_sink_for_everybody_is_refused() -> None:
    """Neither accounts nor an organization: any account could send what it likes."""
    with pytest.raises(ValueError, match="accounts or an organization"):
        MonitoringSink(cdk.Stack(), "Sink")
