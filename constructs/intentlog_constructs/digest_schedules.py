"""What runs the digest function by the clock: every minute for what waits, and once a day."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import allow, assumed_by, policy

from .acknowledgment import acknowledge, acknowledge_role

_SWEEP_SECONDS = 60
_DAILY_SECONDS = 6 * 3600


class DigestSchedules:
    """Runs the function with ``{"digest": "sweep"}`` and ``{"digest": "daily"}``.

    A run that cannot be begun, or that fails, ends in the queue for missed runs. The next minute
    brings another sweep, so nothing is tried twice.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        function: lambda_.CfnFunction,
        missed: sqs.CfnQueue,
        daily_at: str | None,
        timezone: str,
        key_arn: str | None,
    ) -> None:
        """Define the schedules, their role, and what becomes of a run that fails.

        Args:
            scope: What its resources belong to.
            contract: The application's contract.
            function: The digest function.
            missed: The queue for runs that were missed.
            daily_at: When the daily digest is posted, ``07:00``. None: never.
            timezone: The time zone of ``daily_at``: an IANA name.
            key_arn: The key that encrypts the queue, if one does.
        """
        self._scope = scope
        self._function = function
        self._missed = missed
        self._role = self._role_of(contract, key_arn)
        self._schedule("Sweep", "rate(1 minute)", "UTC", "sweep", _SWEEP_SECONDS)
        if daily_at is not None:
            hour, minute = map(int, daily_at.split(":"))
            self._schedule(
                "Daily", f"cron({minute} {hour} * * ? *)", timezone, "daily", _DAILY_SECONDS
            )
        lambda_.CfnEventInvokeConfig(
            self._scope,
            "FailedRuns",
            function_name=function.ref,
            qualifier="$LATEST",
            maximum_retry_attempts=0,
            maximum_event_age_in_seconds=_DAILY_SECONDS,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=missed.attr_arn
                )
            ),
        )

    def _schedule(
        self, construct_id: str, expression: str, timezone: str, digest: str, age: int
    ) -> None:
        schedule = scheduler.CfnSchedule(
            self._scope,
            construct_id,
            description=f"Runs the alarm digest: {digest}",
            schedule_expression=expression,
            schedule_expression_timezone=timezone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self._function.attr_arn,
                role_arn=self._role.attr_arn,
                input=Stack.of(self._scope).to_json_string({"digest": digest}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=age, maximum_retry_attempts=2
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self._missed.attr_arn
                ),
            ),
        )
        acknowledge(
            schedule,
            "CKV_AWS_297",
            because="it says when a function runs and one word beside it: nothing to keep secret",
        )

    def _role_of(self, contract: Contract, key_arn: str | None) -> iam.CfnRole:
        trust = assumed_by("scheduler.amazonaws.com")
        # EventBridge Scheduler user guide, "Confused deputy prevention".
        trust["Statement"][0]["Condition"] = {
            "StringEquals": {"aws:SourceAccount": Stack.of(self._scope).account}
        }
        document = policy(
            allow(["lambda:InvokeFunction"], [self._function.attr_arn]),
            allow(["sqs:SendMessage"], [self._missed.attr_arn]),
            *([allow(["kms:Decrypt", "kms:GenerateDataKey"], [key_arn])] if key_arn else []),
        )
        role = iam.CfnRole(
            self._scope,
            "Role",
            description=f"Runs the alarm digest of {contract.service} by the clock",
            assume_role_policy_document=trust,
            policies=[iam.CfnRole.PolicyProperty(policy_name="Run", policy_document=document)],
        )
        acknowledge_role(role)
        return role
