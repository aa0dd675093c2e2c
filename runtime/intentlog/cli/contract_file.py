"""Which contract a command is about."""

import os
from pathlib import Path

from intentlog.contract import ContractError, Problem


def contract_path(given: Path | None) -> Path:
    """Return the contract that was given, or that of INTENTLOG_CONTRACT, or the only one here.

    Raises:
        ContractError: There is none, or more than one.
    """
    if given is not None:
        return given
    if named := os.environ.get("INTENTLOG_CONTRACT"):
        return Path(named)
    found = sorted(Path("contracts").glob("*.toml"))
    if len(found) == 1:
        return found[0]
    there = ", ".join(map(str, found)) or "no contracts/*.toml here"
    raise ContractError("contract", [Problem("--contract", f"which one? {there}")])
