"""Who watches the watchman: an alarm on what the digest could not post."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract

from .alarm_topic import AlarmTopic

_DESCRIPTION = (
    "Alarm digests of {service} could not be posted: alarms ring and nobody reads of them. "
    "They are kept 14 days in the dead-letter queue.\n"
    "Runbook: docs/operations.md#digests-that-could-not-be-posted"
)


class DigestWatch(Construct):
    """Tells somebody by e-mail when notifications end in the dead-letter queue.

    It shares nothing but the key with the digest that it watches: a topic of its own, no queue,
    no function, no webhook.

    Attributes:
        alarm: The alarm, ``<service>-undelivered-digests``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        dead_letter_queue: sqs.CfnQueue,
        email: str,
        key_arn: str | None = None,
    ) -> None:
        """Define the alarm and its topic.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            dead_letter_queue: The queue that must stay empty.
            email: The address that is told, once its owner has confirmed.
            key_arn: The key that encrypts the topic. Default: it is not encrypted at rest.
        """
        super().__init__(scope, construct_id)
        topic = AlarmTopic(self, "Alarms", contract=contract, key_arn=key_arn, email=email).topic
        self.alarm = cloudwatch.CfnAlarm(
            self,
            "Undelivered",
            alarm_name=f"{contract.service}-undelivered-digests",
            alarm_description=_DESCRIPTION.format(service=contract.service),
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(
                    name="QueueName", value=dead_letter_queue.attr_queue_name
                )
            ],
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.ref],
            ok_actions=[topic.ref],
        )
