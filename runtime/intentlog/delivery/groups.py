"""Which log group each stream goes to."""

from intentlog.contract import Contract, ContractError, Problem


def log_groups(contract: Contract, instead: str | None) -> dict[str, str]:
    """Return the log group of each stream that has one.

    Args:
        contract: The contract.
        instead: Replaces the contract's log group, and likewise the beginning of those below it:
            with ``Staging`` for ``Chimera``, ``Chimera/executions`` becomes
            ``Staging/executions``. Default: the contract's.

    Raises:
        ContractError: The contract has none, or several and one is to be replaced that the others
            are not below.
    """
    groups = contract.log_groups
    if not groups:
        problem = Problem("streams", "none has a log_group, so there is nowhere to deliver to")
        raise ContractError(contract.service, [problem])
    if instead is None:
        return groups
    top = min(groups.values(), key=len)
    if any(not f"{group}/".startswith(f"{top}/") for group in groups.values()):
        there = ", ".join(groups.values())
        problem = Problem("cloudwatch_log_group", f"replaces which one? there are: {there}")
        raise ContractError(contract.service, [problem])
    return {stream: instead + group.removeprefix(top) for stream, group in groups.items()}
