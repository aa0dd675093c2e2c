"""Alarms that ask the log group itself: ``AWS::CloudWatch::LogAlarm``."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import (
    LogQuery,
    allow,
    assumed_by,
    log_query,
    policy,
)

from .acknowledgment import acknowledge_role
from .arn import arn_prefix

_ASK = ("logs:GetQueryResults", "logs:StartQuery", "logs:StopQuery")


class LogAlarms:
    """Makes a contract's log alarms, and the roles that they share, in a construct."""

    def __init__(self, scope: Construct, *, contract: Contract) -> None:
        self._scope = scope
        self._contract = contract
        self._roles: dict[str, iam.CfnRole] = {}

    def alarm(self, name: str, *, said: Mapping[str, Any]) -> cloudwatch.CfnLogAlarm:
        """Make one alarm, which must be on late lines or show lines.

        Args:
            name: The alarm's name in the contract, and its construct id.
            said: Its name, description and actions.
        """
        query = log_query(self._contract, name)
        lines = self._contract.alarms[name].log_lines
        return cloudwatch.CfnLogAlarm(
            self._scope,
            name,
            **said,
            scheduled_query_configuration=self._scheduled(query),
            query_results_to_alarm=1,
            query_results_to_evaluate=1,
            comparison_operator="GreaterThanThreshold",
            threshold=query.threshold,
            # A query that finds nothing has no result, not 0.
            treat_missing_data="notBreaching",
            action_log_line_count=lines or None,
            action_log_line_role_arn=self._lines_role() if lines else None,
        )

    def _scheduled(
        self, query: LogQuery
    ) -> cloudwatch.CfnLogAlarm.ScheduledQueryConfigurationProperty:
        unit = "minute" if query.minutes == 1 else "minutes"
        return cloudwatch.CfnLogAlarm.ScheduledQueryConfigurationProperty(
            query_string=query.text,
            aggregation_expression=query.aggregation,
            log_group_identifiers=[query.log_group],
            schedule_configuration=cloudwatch.CfnLogAlarm.ScheduleConfigurationProperty(
                schedule_expression=f"rate({query.minutes} {unit})",
                start_time_offset=query.window_seconds,
            ),
            scheduled_query_role_arn=self._role("QueryRole", "logs.amazonaws.com", _ASK),
        )

    def _lines_role(self) -> str:
        return self._role("LinesRole", "cloudwatch.amazonaws.com", ("logs:GetQueryResults",))

    def _role(self, construct_id: str, service: str, actions: Sequence[str]) -> str:
        """Return the ARN of a role, made when the first alarm wants it."""
        if construct_id not in self._roles:
            prefix = arn_prefix(self._scope, "logs")
            groups = [f"{prefix}:log-group:{name}" for name in self._contract.log_groups.values()]
            document = policy(allow(actions, [f"{group}:*" for group in groups]))
            role = self._roles[construct_id] = iam.CfnRole(
                self._scope,
                construct_id,
                description=f"The log alarms of {self._contract.service}",
                assume_role_policy_document=assumed_by(service),
                policies=[
                    iam.CfnRole.PolicyProperty(policy_name="Query", policy_document=document)
                ],
            )
            acknowledge_role(role, log_groups=groups)
        return self._roles[construct_id].attr_arn
