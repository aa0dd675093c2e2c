"""Who watches the watchman: alarms on what the digest could not post, and on runs it missed."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract

from .alarm_topic import AlarmTopic

_UNDELIVERED = (
    "Alarm digests of {service} could not be posted: alarms ring and nobody reads of them. "
    "They are kept 14 days in the dead-letter queue.\n"
    "Runbook: docs/operations.md#digests-that-could-not-be-posted"
)
_MISSED = (
    "The alarm digest of {service} fails when the clock runs it: reminders, what waits for the "
    "end of a window, and the daily digest are not posted.\n"
    "Runbook: docs/operations.md#digests-that-could-not-be-posted"
)


class DigestWatch(Construct):
    """Tells somebody by e-mail when notifications or runs end in a dead-letter queue.

    It shares nothing but the key with the digest that it watches: a topic of its own, no queue,
    no function, no destination.

    Attributes:
        alarm: The alarm on notifications, ``<service>-undelivered-digests``.
        missed: The alarm on runs by the clock, ``<service>-missed-digest-runs``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        dead_letter_queue: sqs.CfnQueue,
        missed_runs: sqs.CfnQueue,
        email: str,
        key_arn: str | None = None,
    ) -> None:
        """Define the alarms and their topic.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            dead_letter_queue: The queue of notifications, which must stay empty.
            missed_runs: The queue of missed runs, which must, too.
            email: The address that is told, once its owner has confirmed.
            key_arn: The key that encrypts the topic. Default: it is not encrypted at rest.
        """
        super().__init__(scope, construct_id)
        topic = AlarmTopic(self, "Alarms", contract=contract, key_arn=key_arn, email=email).topic
        self._topic = topic.ref
        self._service = contract.service
        self.alarm = self._alarm(
            "Undelivered", "undelivered-digests", _UNDELIVERED, dead_letter_queue
        )
        self.missed = self._alarm("MissedRuns", "missed-digest-runs", _MISSED, missed_runs)

    def _alarm(
        self, construct_id: str, name: str, description: str, queue: sqs.CfnQueue
    ) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            construct_id,
            alarm_name=f"{self._service}-{name}",
            alarm_description=description.format(service=self._service),
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="QueueName", value=queue.attr_queue_name)
            ],
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",
            alarm_actions=[self._topic],
            ok_actions=[self._topic],
        )
