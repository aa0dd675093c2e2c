"""What contracts that are deployed together must not share."""

from collections.abc import Iterator, Mapping

from .model import Contract
from .problem import ContractError, Problem, join


def conflicts(contracts: Mapping[str, Contract]) -> list[ContractError]:
    """Return what each contract takes from one before it: service, log groups, metrics.

    Args:
        contracts: The contracts by what messages call them.
    """
    owners: dict[tuple[str, str], str] = {}
    errors: list[ContractError] = []
    for source, contract in contracts.items():
        problems = []
        for where, kind, name in _claims(contract):
            owner = owners.setdefault((kind, name), source)
            if owner != source:
                problems.append(Problem(where, f'"{name}" is the {kind} of {owner} already'))
        if problems:
            errors.append(ContractError(source, problems))
    return errors


def _claims(contract: Contract) -> Iterator[tuple[str, str, str]]:
    yield "service", "service", contract.service
    for stream, group in contract.log_groups.items():
        yield join("streams", stream) + ".log_group", "log group", group
    for metric in contract.metrics:
        yield join("metrics", metric), "metric", f"{contract.namespace}/{metric}"
