"""The CDK app: the contracts in one environment.

``cdk synth -c contracts=a.toml,b.toml -c env=dev`` takes others than ``cdk.json`` names.
"""

import os
import sys

import aws_cdk as cdk

from intentlog.contract import (
    Contract,
    ContractError,
    Problem,
    conflicts,
    load,
    load_environment,
)
from stacks import add_application


def main() -> None:
    """Synthesize every stack; mistakes end it with a message each and exit code 2."""
    app = cdk.App()
    try:
        environment = load_environment("environments.toml", _context(app, "env"))
        for contract in _contracts(_context(app, "contracts").split(",")):
            add_application(
                app,
                contract=contract,
                environment=environment,
                account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            )
    except* ContractError as errors:
        for error in errors.exceptions:
            sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    app.synth()


def _context(app: cdk.App, key: str) -> str:
    value = app.node.try_get_context(key)
    if not isinstance(value, str) or not value.strip(" ,"):
        what = (
            f"the context has no {key}: let cdk run this, which reads cdk.json, or pass -c {key}="
        )
        raise ContractError("cdk", [Problem("", what)])
    return value.strip()


def _contracts(paths: list[str]) -> list[Contract]:
    """Read the contracts; all their problems are raised together."""
    contracts: dict[str, Contract] = {}
    errors: list[ContractError] = []
    for path in filter(None, map(str.strip, paths)):
        try:
            contracts[path] = load(path)
        except ContractError as error:
            errors.append(error)
    errors += conflicts(contracts)
    if errors:
        raise ExceptionGroup("contracts", errors)
    return list(contracts.values())


if __name__ == "__main__":
    main()
