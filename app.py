"""The CDK app: the contracts in one environment.

``cdk synth -c contracts=a.toml,b.toml -c env=dev -c environments=mine.toml`` takes others than
``cdk.json`` names.
"""

import os
import sys

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from intentlog.contract import (
    Contract,
    ContractError,
    Problem,
    conflicts,
    load,
    load_environment,
)
from intentlog_constructs import DeliveryProof
from stacks import add_application, add_monitoring_link


def main() -> None:
    """Synthesize every stack; mistakes end it with a message each and exit code 2."""
    app = cdk.App()
    try:
        environment = load_environment(_context(app, "environments"), _context(app, "env"))
        contracts = _contracts(_context(app, "contracts").split(","))
        account = os.environ.get("CDK_DEFAULT_ACCOUNT")
        for contract in contracts:
            add_application(app, contract=contract, environment=environment, account=account)
        add_monitoring_link(app, contracts=contracts, environment=environment, account=account)
    except* ContractError as errors:
        for error in errors.exceptions:
            sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    proof = DeliveryProof(
        contracts=[contract.with_prefix(environment.prefix) for contract in contracts]
    )
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(), NIST80053R5Checks(), proof)
    _synthesize(app)


def _synthesize(app: cdk.App) -> None:
    """Write the assembly; findings, which are printed already, end it with exit code 1."""
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        raise SystemExit(1) from None


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
