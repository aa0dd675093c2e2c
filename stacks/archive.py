"""The stack that keeps lines for years."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Environment
from intentlog_constructs import LogArchive

from .logs import REMOVAL


class ArchiveStack(cdk.Stack):
    """The archive, apart from the log groups: it outlives what it is fed from."""

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        environment: Environment,
        key_arn: str | None,
        env: cdk.Environment,
    ) -> None:
        super().__init__(
            scope,
            f"{contract.service}-archive",
            description=f"Archive of the logs of {contract.service}",
            env=env,
        )
        archive = LogArchive(
            self,
            "Archive",
            contract=contract,
            key_arn=key_arn,
            removal_policy=REMOVAL[environment.removal],
        )
        cdk.CfnOutput(self, "Bucket", description="The archive's bucket", value=archive.bucket.ref)
        cdk.CfnOutput(
            self,
            "Workgroup",
            description="Ask the archive in this Athena workgroup",
            value=archive.workgroup.ref,
        )
