"""Which log group each stream goes to."""

from intentlog.contract import Contract, ContractError, Problem


def log_groups(contract: Contract, instead: str | None) -> dict[str, str]:
    """Return the log group of each stream that has one.

    Args:
        contract: The contract.
        instead: Replaces the contract's only log group. Default: the contract's.

    Raises:
        ContractError: The contract has none, or several and one is to be replaced.
    """
    groups = contract.log_groups
    if not groups:
        problem = Problem("streams", "none has a log_group, so there is nowhere to deliver to")
        raise ContractError(contract.service, [problem])
    if instead is None:
        return groups
    if len(groups) > 1:
        there = ", ".join(groups.values())
        problem = Problem("cloudwatch_log_group", f"replaces which one? there are: {there}")
        raise ContractError(contract.service, [problem])
    return dict.fromkeys(groups, instead)
