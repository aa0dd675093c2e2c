"""The CDK app: the contracts in one environment.

``cdk synth -c contracts=a.toml,b.toml -c env=dev`` takes others than ``cdk.json`` names.
"""

import os
import sys

import aws_cdk as cdk

from intentlog.contract import ContractError, load, load_environment
from stacks import add_application


def main() -> None:
    """Synthesize every stack; a mistake in a contract ends it with a message and exit code 2."""
    app = cdk.App()
    contracts = str(app.node.try_get_context("contracts") or "")
    name = str(app.node.try_get_context("env") or "")
    try:
        environment = load_environment("environments.toml", name)
        for path in filter(None, (path.strip() for path in contracts.split(","))):
            add_application(
                app,
                contract=load(path),
                environment=environment,
                account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            )
    except ContractError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    app.synth()


if __name__ == "__main__":
    main()
