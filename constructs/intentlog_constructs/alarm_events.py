"""Alarms that are not a contract's, told by EventBridge."""

from collections.abc import Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract


class AlarmEvents:
    """A rule that puts changes of state of alarms into a queue, by their names' beginnings.

    Attributes:
        rule: The rule; its ``attr_arn`` is whom the queue's policy must let in.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        names_beginning: Sequence[str],
        queue: sqs.CfnQueue,
        dead_letter_queue: sqs.CfnQueue,
    ) -> None:
        """Define the rule.

        Args:
            scope: What its resources belong to.
            contract: The application's contract.
            names_beginning: What the names of the alarms begin with.
            queue: Where notifications wait.
            dead_letter_queue: Where those end that EventBridge cannot deliver.
        """
        self.rule = events.CfnRule(
            scope,
            "Rule",
            description=f"Other alarms that the digest of {contract.service} tells",
            event_pattern={
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                "detail": {
                    "alarmName": [{"prefix": name} for name in names_beginning],
                    # That an alarm of anybody's is without data wakes nobody.
                    "state": {"value": ["ALARM", "OK"]},
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Queue",
                    arn=queue.attr_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=dead_letter_queue.attr_arn
                    ),
                )
            ],
        )
