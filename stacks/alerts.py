"""The stack that counts, alarms and tells."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Environment
from intentlog_constructs import AlarmDigest, ContractAlarms, ContractMetricFilters

from .logs import REMOVAL


class AlertsStack(cdk.Stack):
    """Metric filters, alarms, and the digest that says when one rings."""

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        environment: Environment,
        env: cdk.Environment,
    ) -> None:
        super().__init__(
            scope,
            f"{contract.service}-alerts",
            description=f"Metric filters, alarms and alarm digests of {contract.service}",
            env=env,
        )
        ContractMetricFilters(self, "Metrics", contract=contract)
        cdk.CfnOutput(
            self,
            "ContractHash",
            description="The contract that is deployed",
            value=contract.digest(),
        )
        if contract.alarms:
            self._alarms(contract, environment)

    def _alarms(self, contract: Contract, environment: Environment) -> None:
        digest = AlarmDigest(
            self,
            "Digest",
            contract=contract,
            webhook=environment.notifications.webhook,
            batch_seconds=environment.notifications.batch_seconds,
            removal_policy=REMOVAL[environment.removal],
        )
        ContractAlarms(self, "Alarms", contract=contract, topic_arn=digest.topic.ref)
        cdk.CfnOutput(
            self,
            "WebhookSecret",
            description="Put the webhook's URL there: aws secretsmanager put-secret-value",
            value=digest.secret.ref,
        )
        cdk.CfnOutput(
            self,
            "DeadLetters",
            description="Notifications that could not be posted",
            value=digest.dead_letter_queue.ref,
        )
