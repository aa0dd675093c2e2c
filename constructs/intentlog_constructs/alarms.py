"""The alarms of a contract, and when they are mute."""

from typing import TypedDict

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from intentlog.contract import Alarm, Contract
from intentlog.render import alarm_description, incident_rule, share_expression

from .acknowledgment import acknowledge
from .log_alarms import LogAlarms

_MISSING_DATA = {
    "not breaching": "notBreaching",
    "breaching": "breaching",
    "ignore": "ignore",
    "missing": "missing",
}
_MINUTE = 60


class Said(TypedDict):
    """What every kind of alarm has: its name, what it says, and whom it tells."""

    alarm_name: str
    alarm_description: str | None
    alarm_actions: list[str]
    ok_actions: list[str]


class ContractAlarms(Construct):
    """One alarm for each alarm of the contract, and one rule for each time they are mute.

    An alarm that is part of an incident (``any_of``) tells nobody by itself.

    Attributes:
        alarms: The alarms by their names in the contract. An alarm on ``lag_seconds`` is missing
            where there are no log alarms.
        mutes: The mute rules by their names in the contract.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        topic_arn: str | None = None,
        log_alarms: bool = False,
    ) -> None:
        """Define the alarms.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
            topic_arn: SNS topic that is told when an alarm begins and when it ends.
                Default: nobody is told.
            log_alarms: Whether the region has ``AWS::CloudWatch::LogAlarm``. Default: it has not,
                and alarms that would show lines are alarms on metrics that do not.
        """
        super().__init__(scope, construct_id)
        self._contract = contract
        self._topic = [topic_arn] if topic_arn else []
        self._logs = LogAlarms(self, contract=contract) if log_alarms else None
        self.alarms: dict[str, CfnResource] = {}
        # An incident's rule is refused while an alarm that it names is not there.
        for name, alarm in sorted(contract.alarms.items(), key=lambda item: bool(item[1].any_of)):
            if made := self._alarm(name, alarm):
                self.alarms[name] = made
                self._acknowledge(name, made)
        self.mutes = {name: self._mute(name) for name in contract.mutes}

    def _alarm(self, name: str, alarm: Alarm) -> CfnResource | None:
        if self._logs and (alarm.kind == "lag" or alarm.log_lines):
            return self._logs.alarm(name, said=self._said(name))
        if alarm.kind == "lag":
            return None
        kinds = {
            "band": self._band,
            "composite": self._incident,
            "ratio": self._share,
            "silence": self._silence,
            "threshold": self._threshold,
        }
        return kinds[alarm.kind](name, alarm)

    def _threshold(self, name: str, alarm: Alarm) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            name,
            **self._said(name),
            namespace=self._contract.namespace,
            metric_name=alarm.metric,
            statistic="Sum",
            period=_seconds(alarm),
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.more_than,
            treat_missing_data=_MISSING_DATA[alarm.missing_data],
        )

    def _share(self, name: str, alarm: Alarm) -> cloudwatch.CfnAlarm:
        expression = cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id="share",
            expression=share_expression(alarm),
            label=f"{alarm.metric}, per cent of {alarm.of}",
            return_data=True,
        )
        parts = [
            self._sum("part", alarm.metric, alarm, returned=False),
            self._sum("total", alarm.of, alarm, returned=False),
        ]
        return cloudwatch.CfnAlarm(
            self,
            name,
            **self._said(name),
            metrics=[expression, *parts],
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.more_than,
            treat_missing_data=_MISSING_DATA[alarm.missing_data],
        )

    def _band(self, name: str, alarm: Alarm) -> cloudwatch.CfnAlarm:
        band = cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id="band",
            expression=f"ANOMALY_DETECTION_BAND(watched, {alarm.outside_band:g})",
            label=f"{alarm.metric}, as expected",
            return_data=True,
        )
        return cloudwatch.CfnAlarm(
            self,
            name,
            **self._said(name),
            metrics=[self._sum("watched", alarm.metric, alarm, returned=True), band],
            threshold_metric_id="band",
            evaluation_periods=1,
            comparison_operator="LessThanLowerOrGreaterThanUpperThreshold",
            treat_missing_data=_MISSING_DATA[alarm.missing_data],
        )

    def _silence(self, name: str, alarm: Alarm) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            name,
            **self._said(name),
            namespace="AWS/Logs",
            metric_name="IncomingLogEvents",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="LogGroupName", value=self._contract.log_groups[str(alarm.stream)]
                )
            ],
            statistic="Sum",
            period=_seconds(alarm),
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=1,
            # CloudWatch Logs publishes no zero: that nothing arrives is that nothing is there.
            treat_missing_data="breaching",
        )

    def _incident(self, name: str, alarm: Alarm) -> cloudwatch.CfnCompositeAlarm:
        incident = cloudwatch.CfnCompositeAlarm(
            self,
            name,
            **self._said(name),
            alarm_rule=incident_rule(self._contract, alarm),
        )
        for part in alarm.any_of:
            incident.add_resource_dependency(self.alarms[part])
        return incident

    def _acknowledge(self, name: str, alarm: CfnResource) -> None:
        if not self._contract.pages(name):
            acknowledge(
                alarm,
                "NIST.800.53.R5-CloudWatchAlarmAction",
                because="it is part of an incident, whose alarm tells",
            )

    def _mute(self, name: str) -> cloudwatch.CfnAlarmMuteRule:
        mute = self._contract.mutes[name]
        alarms = [
            alarm
            for alarm in mute.alarms or self._contract.alarms
            if alarm in self.alarms and self._contract.pages(alarm)
        ]
        rule = cloudwatch.CfnAlarmMuteRule(
            self,
            f"mute-{name}",
            name=self._contract.alarm_name(name),
            description=mute.purpose or None,
            rule=cloudwatch.CfnAlarmMuteRule.RuleProperty(
                schedule=cloudwatch.CfnAlarmMuteRule.ScheduleProperty(
                    expression=f"cron({mute.cron})",
                    duration=f"PT{mute.minutes}M",
                    timezone=mute.timezone,
                )
            ),
            mute_targets=cloudwatch.CfnAlarmMuteRule.MuteTargetsProperty(
                alarm_names=[self._contract.alarm_name(alarm) for alarm in alarms]
            ),
        )
        for alarm in alarms:
            rule.add_resource_dependency(self.alarms[alarm])
        return rule

    def _sum(
        self, query_id: str, metric: str | None, alarm: Alarm, *, returned: bool
    ) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
        return cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id=query_id,
            metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
                metric=cloudwatch.CfnAlarm.MetricProperty(
                    namespace=self._contract.namespace, metric_name=metric
                ),
                period=_seconds(alarm),
                stat="Sum",
            ),
            return_data=returned,
        )

    def _said(self, name: str) -> Said:
        text = alarm_description(self._contract, name, region=Stack.of(self).region)
        actions = self._topic if self._contract.pages(name) else []
        return Said(
            alarm_name=self._contract.alarm_name(name),
            alarm_description=text or None,
            alarm_actions=actions,
            ok_actions=actions,
        )


def _seconds(alarm: Alarm) -> int:
    """Return what the checks have made sure of for every kind but an incident."""
    if alarm.within_minutes is None:
        raise ValueError("an alarm without within_minutes: the contract was not checked")
    return alarm.within_minutes * _MINUTE
