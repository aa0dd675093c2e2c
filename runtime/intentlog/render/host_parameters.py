"""What Systems Manager keeps for a host: the host looks there, nobody has to log in."""

from typing import Final

from intentlog.contract import Contract, ContractError, Problem

from .agent import agent_config
from .logrotate import logrotate_config
from .names import agent_parameter

PARAMETER_BYTES: Final = 8192
"""What an advanced parameter holds (Systems Manager quotas); a standard one holds half of it."""


def rotation_parameter(contract: Contract) -> str:
    """Return the SSM parameter that holds logrotate's configuration."""
    return f"/{contract.service}/logrotate"


def host_parameters(contract: Contract) -> dict[str, str]:
    """Return each parameter's text, by its name; rotation only where logrotate rotates.

    Raises:
        ContractError: There are more streams than a parameter can hold.
    """
    parameters = {agent_parameter(contract): agent_config(contract)}
    if contract.files.rotation.by == "logrotate":
        parameters[rotation_parameter(contract)] = logrotate_config(contract)
    problems = [
        Problem(
            "streams",
            f"the parameter {name} would hold {size:,} bytes; Systems Manager takes "
            f"{PARAMETER_BYTES:,}: have fewer streams, or a shorter files.host_directory",
        )
        for name, text in parameters.items()
        if (size := len(text.encode())) > PARAMETER_BYTES
    ]
    if problems:
        raise ContractError(contract.service, problems)
    return parameters
