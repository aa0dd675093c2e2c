"""The dashboard of a contract."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import dashboard_body


class ContractDashboard(Construct):
    """The dashboard that the contract's rows describe, named like the service.

    Attributes:
        dashboard: The dashboard.
    """

    def __init__(self, scope: Construct, construct_id: str, *, contract: Contract) -> None:
        """Define the dashboard.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.

        Raises:
            ValueError: The contract has no dashboard.
        """
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        arn_prefix = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        body = dashboard_body(contract, region=stack.region, alarm_arn_prefix=arn_prefix)
        self.dashboard = cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=contract.service,
            dashboard_body=stack.to_json_string(body),
        )
