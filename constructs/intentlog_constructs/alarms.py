"""The alarms of a contract."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from intentlog.contract import Contract

_MISSING_DATA = {
    "not breaching": "notBreaching",
    "breaching": "breaching",
    "ignore": "ignore",
    "missing": "missing",
}


class ContractAlarms(Construct):
    """One alarm for each alarm of the contract: a metric's sum beyond a threshold.

    Attributes:
        alarms: The alarms by their names in the contract.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        topic_arn: str | None = None,
    ) -> None:
        """Define the alarms.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
            topic_arn: SNS topic that is told when an alarm begins and when it ends.
                Default: nobody is told.
        """
        super().__init__(scope, construct_id)
        actions = [topic_arn] if topic_arn else []
        self.alarms = {
            name: cloudwatch.CfnAlarm(
                self,
                name,
                alarm_name=contract.alarm_name(name),
                alarm_description=alarm.purpose or None,
                namespace=contract.namespace,
                metric_name=alarm.metric,
                statistic="Sum",
                period=alarm.within_minutes * 60,
                evaluation_periods=1,
                comparison_operator="GreaterThanThreshold",
                threshold=alarm.more_than,
                treat_missing_data=_MISSING_DATA[alarm.missing_data],
                alarm_actions=actions,
                ok_actions=actions,
            )
            for name, alarm in contract.alarms.items()
        }
