"""Saved queries: on log groups that are there, in fields that the contract has.

Source: CloudWatch Logs API, PutQueryDefinition.
"""

from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping
from intentlog.contract import Contract, Parameter, Query
from intentlog.contract.fields import query_problems
from intentlog.expression import PARAMETER

from .finding import Finding, error
from .log_groups import group_name, missing_group

_INSIGHTS = "CWLI"


def queries(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check each saved query."""
    for resource in resolver.of_type("AWS::Logs::QueryDefinition"):
        groups = listed(resource.properties.get("LogGroupNames"))
        for value in groups:
            if (name := missing_group(resolver, resource.stack, value)) is not None:
                message = f'no log group "{name}" is in the assembly: it finds nothing'
                yield error("query-log-group", resource, f"{message}; name one that is")
        contract = _contract(resolver, resource, contracts)
        if (
            contract is not None
            and resource.properties.get("QueryLanguage", _INSIGHTS) == _INSIGHTS
        ):
            text = resolver.text(resource.stack, resource.properties.get("QueryString"))
            for problem in text_problems(contract, text, _parameters(resolver, resource)):
                yield error("query-field", resource, f"{problem}, says its contract")


def text_problems(
    contract: Contract, text: str, parameters: dict[str, Parameter] | None = None
) -> list[str]:
    """Return what is wrong with a query's text: its syntax, its fields, its parameters.

    Args:
        contract: The contract whose lines it asks.
        text: The query; nothing is wrong with one that is not known before the deploy.
        parameters: The declared parameters. Default: those that the text has.
    """
    if is_open(text):
        return []
    if parameters is None:
        parameters = {name: Parameter(default="") for name in PARAMETER.findall(text)}
    query = Query(title="it", text=text, parameters=parameters)
    return [problem.what for problem in query_problems(contract, "query", query)]


def contract_of(contracts: Sequence[Contract], groups: Sequence[str]) -> Contract | None:
    """Return the contract that one of the log groups belongs to."""
    for contract in contracts:
        if not set(groups).isdisjoint(contract.log_groups.values()):
            return contract
    return None


def _contract(
    resolver: Resolver, resource: Resource, contracts: Sequence[Contract]
) -> Contract | None:
    """Return the contract of a query: that of its folder, or else of its log groups."""
    name = resolver.text(resource.stack, resource.properties.get("Name"))
    for contract in contracts:
        if name.startswith(f"{contract.service}/"):
            return contract
    values = listed(resource.properties.get("LogGroupNames"))
    return contract_of(
        contracts, [group_name(resolver.text(resource.stack, value)) for value in values]
    )


def _parameters(resolver: Resolver, resource: Resource) -> dict[str, Parameter]:
    found = {}
    for entry in listed(resource.properties.get("Parameters")):
        name = mapping(entry).get("Name")
        if isinstance(name, str):
            default = resolver.text(resource.stack, mapping(entry).get("DefaultValue", ""))
            found[name] = Parameter(default=default)
    return found
