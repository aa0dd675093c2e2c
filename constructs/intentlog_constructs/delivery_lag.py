"""The alarm on lines that a process delivers late."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from intentlog.contract import DELIVERY_LAG, Contract

_LATE = (
    "Lines of {service} reach CloudWatch more than {seconds} seconds late: other alarms ring late, "
    "too. They are in its files, and none is lost.\n"
    "Runbook: docs/operations.md#lines-arrive-late"
)
_PERIOD_SECONDS = 300


class DeliveryLag(Construct):
    """Rings when the lines that a shipper delivers are late.

    The shipper says once a minute how late they were, after it has delivered some. One that
    delivers nothing says nothing, and the alarm stays as it was: that nothing arrives at all is
    what an alarm with ``stream`` and ``within_minutes`` tells.

    Attributes:
        alarm: The alarm, ``<service>-delivery-lag``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        topic_arn: str | None = None,
    ) -> None:
        """Define the alarm.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract; its process delivers.
            topic_arn: SNS topic that is told when it begins and when it ends.
                Default: nobody is told.
        """
        super().__init__(scope, construct_id)
        seconds = contract.delivery.lag_seconds
        actions = [topic_arn] if topic_arn else []
        self.alarm = cloudwatch.CfnAlarm(
            self,
            "Late",
            alarm_name=contract.alarm_name("delivery-lag"),
            alarm_description=_LATE.format(service=contract.service, seconds=seconds),
            namespace=contract.namespace,
            metric_name=DELIVERY_LAG,
            statistic="Maximum",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=seconds,
            treat_missing_data="ignore",
            alarm_actions=actions,
            ok_actions=actions,
        )
