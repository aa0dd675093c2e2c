"""The stack that counts, alarms and tells."""

import aws_cdk as cdk
from constructs import Construct

from intentlog.contract import Contract, Environment
from intentlog_constructs import (
    AlarmDigest,
    ContractAlarms,
    ContractMetricFilters,
    DeliveryLag,
    DigestWatch,
)

from .logs import REMOVAL


class AlertsStack(cdk.Stack):
    """Metric filters, alarms, and the digest that says when one rings."""

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
            f"{contract.service}-alerts",
            description=f"Metric filters, alarms and alarm digests of {contract.service}",
            env=env,
        )
        ContractMetricFilters(self, "Metrics", contract=contract)
        if contract.alarms:
            self._alarms(contract, environment, key_arn)

    def _alarms(self, contract: Contract, environment: Environment, key_arn: str | None) -> None:
        notifications = environment.notifications
        digest = AlarmDigest(
            self,
            "Digest",
            contract=contract,
            notifications=notifications,
            key_arn=key_arn,
            removal_policy=REMOVAL[environment.removal],
        )
        ContractAlarms(
            self,
            "Alarms",
            contract=contract,
            topic_arn=digest.topic.ref,
            log_alarms=environment.log_alarms,
        )
        if contract.delivery.by == "process" and contract.log_groups:
            DeliveryLag(self, "Lag", contract=contract, topic_arn=digest.topic.ref)
        if notifications.email is not None:
            DigestWatch(
                self,
                "DigestWatch",
                contract=contract,
                dead_letter_queue=digest.dead_letter_queue,
                missed_runs=digest.missed_runs,
                email=notifications.email,
                key_arn=key_arn,
            )
        for name, secret in digest.secrets.items():
            cdk.CfnOutput(
                self,
                f"{''.join(word.capitalize() for word in name.split('-'))}Secret",
                description=f"Put there what {name} needs: aws secretsmanager put-secret-value",
                value=secret.ref,
            )
        cdk.CfnOutput(
            self,
            "DeadLetters",
            description="Notifications that could not be posted",
            value=digest.dead_letter_queue.ref,
        )
