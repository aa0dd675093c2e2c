"""What a contract promises and no template makes."""

from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver
from intentlog.contract import Contract

from .alarm_names import ALARMS
from .finding import Finding
from .log_groups import GROUP
from .metrics import emitted


def promises(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check that what each contract names is there; one with no stack here is not looked at."""
    for contract in contracts:
        stacks = resolver.assembly.templates
        own = [stack for stack in stacks if stack.startswith(f"{contract.service}-")]
        for where, what in _promised(resolver, contract) if own else ():
            yield Finding(
                rule="contract",
                severity="error",
                resource=f"{contract.service}: {where}",
                message=f"no {what} is in the assembly; make it of the contract",
                stack=own[0],
            )


def _promised(resolver: Resolver, contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield each key path of a contract that has no resource, and what there should be."""
    known = emitted(resolver, [contract])
    for stream, group in contract.log_groups.items():
        if group not in _names(resolver, GROUP):
            yield (f"streams.{stream}", f'log group "{group}"')
    for metric in contract.metrics:
        if (contract.namespace, metric) not in known:
            what = f"metric filter that emits {contract.namespace}/{metric}"
            yield (f"metrics.{metric}", what)
    alarms = _names(resolver, *ALARMS)
    for name, alarm in contract.alarms.items():
        # Alarms on late lines are made only where there are log alarms.
        if alarm.kind != "lag" and contract.alarm_name(name) not in alarms:
            yield (f"alarms.{name}", f'alarm "{contract.alarm_name(name)}"')
    queries = {
        resolver.text(query.stack, query.properties.get("Name"))
        for query in resolver.of_type("AWS::Logs::QueryDefinition")
    }
    for name, query in contract.queries.items():
        title = f"{contract.service}/{query.title}"
        if title not in queries:
            yield (f"queries.{name}", f'saved query "{title}"')


def _names(resolver: Resolver, *types: str) -> set[str]:
    return {resolver.name(resource) for resource in resolver.of_type(*types)}
