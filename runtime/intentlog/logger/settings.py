"""Which contract the application logs by."""

import os
from pathlib import Path

from intentlog.contract import Contract, ContractError, Problem, load, validate

CONTRACT_VARIABLE = "INTENTLOG_CONTRACT"


def the_contract(contract: Contract | str | Path | None) -> Contract:
    """Return the contract that is given, read if it is a path, or what the variable names.

    Raises:
        ContractError: There is none, or it is invalid.
    """
    if isinstance(contract, Contract):
        return validate(contract)
    path = contract or os.environ.get(CONTRACT_VARIABLE)
    if not path:
        raise ContractError(
            "intentlog", [Problem("", f"no contract: pass one, or set {CONTRACT_VARIABLE}")]
        )
    return load(path)
