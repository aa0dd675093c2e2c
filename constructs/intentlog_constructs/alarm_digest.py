"""From a topic to posted messages: SNS → SQS → Lambda, its memory, and queues for what fails."""

from collections.abc import Iterator
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract, Notifications
from intentlog.render import allow, digest_log_group, log_source, over_tls_only, policy

from .acknowledgment import acknowledge, acknowledge_aws_key, acknowledge_streams
from .alarm_events import AlarmEvents
from .alarm_topic import AlarmTopic
from .arn import arn_prefix
from .digest_destinations import DigestDestinations
from .digest_function import TIMEOUT_SECONDS, DigestFunction
from .digest_schedules import DigestSchedules

# AWS Lambda, "Using Lambda with Amazon SQS": six times the timeout, and the batch window on top.
_VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS
_ATTEMPTS = 5
_DEAD_LETTER_SECONDS = 14 * 24 * 3600
# The same: fewer than two concurrent runs cannot be asked for, and the queue is read without
# being throttled only if the function may run at least as often.
_CONCURRENT_READS = 2
_KEY_ATTRIBUTE = "service"
_EXPIRY_ATTRIBUTE = "expires"


class AlarmDigest(Construct):
    """A topic for alarms, whose notifications are gathered, explained and posted as one message.

    What a destination needs to be reached is a secret that somebody puts after the first deploy.
    What cannot be posted is tried again and then kept 14 days in the dead-letter queue.

    Attributes:
        topic: Where alarms are published; its ``ref`` is the ARN.
        queue: Where notifications wait.
        dead_letter_queue: Where those end that could not be posted.
        missed_runs: Where runs by the clock end that failed.
        secrets: The secrets by the names of their destinations; a ``ref`` is the ARN.
        table: What the function remembers: open incidents, and what each destination was told.
        function: The Lambda function that posts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        notifications: Notifications | None = None,
        key_arn: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the way from an alarm to a message.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            notifications: Where and how often digests are posted. Default: to a webhook of
                Slack's, named ``webhook``.
            key_arn: The key that encrypts topics, queues, secrets, the table and the function's
                log group; its policy must let CloudWatch, CloudWatch Logs and SNS use it.
                Default: keys of AWS, and topics that are not encrypted at rest.
            removal_policy: What becomes of the secrets when the stack goes. Default: they stay.
        """
        super().__init__(scope, construct_id)
        notifications = notifications or Notifications()
        self._contract = contract
        self._notifications = notifications
        self._key_arn = key_arn
        self.topic: sns.CfnTopic = AlarmTopic(
            self, "Alarms", contract=contract, key_arn=key_arn
        ).topic
        self.dead_letter_queue = self._kept_queue("DeadLetters")
        self.missed_runs = self._kept_queue("MissedRuns")
        acknowledge(
            self.missed_runs,
            "AwsSolutions-SQS3",
            because="it is the dead-letter queue of schedules and of the function's own runs",
        )
        self.queue = self._queue()
        events = self._alarm_events()
        self._policies(events)
        self.table = self._table()
        self._destinations = DigestDestinations(
            Construct(self, "Destinations"),
            contract=contract,
            destinations=notifications.posted_to,
            key_arn=key_arn,
            removal_policy=removal_policy,
        )
        self.secrets = self._destinations.secrets
        made = DigestFunction(
            Construct(self, "Function"),
            contract=contract,
            variables=self._variables(),
            may=list(self._may()),
            reserved_concurrency=notifications.reserved_concurrency,
            log_group=self._log_group(),
            key_arn=key_arn,
        )
        acknowledge_streams(made.role, self._groups())
        self.function = made.function
        self._read_queue()
        DigestSchedules(
            Construct(self, "Schedules"),
            contract=contract,
            function=self.function,
            missed=self.missed_runs,
            daily_at=notifications.daily_at,
            timezone=notifications.timezone,
            key_arn=key_arn,
        )

    def _kept_queue(self, construct_id: str) -> sqs.CfnQueue:
        queue = sqs.CfnQueue(
            self,
            construct_id,
            message_retention_period=_DEAD_LETTER_SECONDS,
            kms_master_key_id=self._key_arn,
            sqs_managed_sse_enabled=self._key_arn is None or None,
        )
        if self._key_arn is None:
            acknowledge_aws_key(queue, "CKV_AWS_27")
        return queue

    def _queue(self) -> sqs.CfnQueue:
        queue = sqs.CfnQueue(
            self,
            "Queue",
            kms_master_key_id=self._key_arn,
            sqs_managed_sse_enabled=self._key_arn is None or None,
            visibility_timeout=_VISIBILITY_SECONDS + self._notifications.batch_seconds,
            redrive_policy={
                "deadLetterTargetArn": self.dead_letter_queue.attr_arn,
                "maxReceiveCount": _ATTEMPTS,
            },
        )
        if self._key_arn is None:
            acknowledge_aws_key(queue, "CKV_AWS_27")
        return queue

    def _alarm_events(self) -> AlarmEvents | None:
        names = self._notifications.alarm_names_beginning
        if not names:
            return None
        return AlarmEvents(
            Construct(self, "AlarmEvents"),
            contract=self._contract,
            names_beginning=names,
            queue=self.queue,
            dead_letter_queue=self.dead_letter_queue,
        )

    def _policies(self, events: AlarmEvents | None) -> None:
        """Let the topic and the rule deliver, over TLS only, and subscribe the queue."""
        from_topic = _deliver("NotificationsOfTheTopic", "sns", self.queue, self.topic.ref)
        statements = {"Queue": [from_topic], "DeadLetters": [], "MissedRuns": []}
        if events is not None:
            rule = events.rule.attr_arn
            for queue, name in ((self.queue, "Queue"), (self.dead_letter_queue, "DeadLetters")):
                statements[name].append(_deliver("EventsOfTheRule", "events", queue, rule))
        made = {
            name: sqs.CfnQueuePolicy(
                self,
                f"{name}Policy",
                queues=[queue.ref],
                policy_document=policy(*statements[name], over_tls_only("sqs:*", queue.attr_arn)),
            )
            for name, queue in (
                ("Queue", self.queue),
                ("DeadLetters", self.dead_letter_queue),
                ("MissedRuns", self.missed_runs),
            )
        }
        subscription = sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=self.topic.ref,
            protocol="sqs",
            endpoint=self.queue.attr_arn,
        )
        subscription.add_resource_dependency(made["Queue"])

    def _table(self) -> dynamodb.CfnTable:
        table = dynamodb.CfnTable(
            self,
            "State",
            key_schema=[{"attributeName": _KEY_ATTRIBUTE, "keyType": "HASH"}],
            attribute_definitions=[{"attributeName": _KEY_ATTRIBUTE, "attributeType": "S"}],
            billing_mode="PAY_PER_REQUEST",
            sse_specification=dynamodb.CfnTable.SSESpecificationProperty(
                sse_enabled=True, sse_type="KMS", kms_master_key_id=self._key_arn
            )
            if self._key_arn
            else None,
            time_to_live_specification=dynamodb.CfnTable.TimeToLiveSpecificationProperty(
                attribute_name=_EXPIRY_ATTRIBUTE, enabled=True
            ),
        )
        table.apply_removal_policy(RemovalPolicy.DESTROY)
        acknowledge(
            table,
            "AwsSolutions-DDB3",
            "NIST.800.53.R5-DynamoDBPITREnabled",
            "NIST.800.53.R5-DynamoDBInBackupPlan",
            "CKV_AWS_28",
            because="what it holds is told within the hour: lost, it costs a message told twice, "
            "and restored it would be out of date",
        )
        if self._key_arn is None:
            acknowledge_aws_key(table, "CKV_AWS_119")
        return table

    def _log_group(self) -> logs.CfnLogGroup:
        log_group = logs.CfnLogGroup(
            self,
            "FunctionLogs",
            log_group_name=digest_log_group(self._contract),
            retention_in_days=30,
            kms_key_id=self._key_arn,
        )
        log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        if self._key_arn is None:
            acknowledge_aws_key(
                log_group, "NIST.800.53.R5-CloudWatchLogGroupEncrypted", "CKV_AWS_158"
            )
        return log_group

    def _variables(self) -> dict[str, str]:
        return {
            "POWERTOOLS_METRICS_NAMESPACE": "Intentlog/Digest",
            "DESTINATIONS": self._destinations.variable(),
            "STATE_TABLE": self.table.ref,
            "WINDOW_SECONDS": str(60 * self._notifications.window_minutes),
            "REMIND_SECONDS": str(60 * self._notifications.remind_minutes),
            "LOG_GROUPS": log_source(self._contract),
        }

    def _may(self) -> Iterator[dict[str, Any]]:
        """Yield what the function may do, besides logging and tracing."""
        queue = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        yield allow(queue, [self.queue.attr_arn])
        yield allow(["sqs:SendMessage"], [self.missed_runs.attr_arn])
        yield allow(["dynamodb:GetItem", "dynamodb:PutItem"], [self.table.attr_arn])
        yield from self._destinations.may()
        lines = ("logs:StartQuery", "logs:DescribeLogStreams")
        yield allow(lines, [f"{group}:*" for group in self._groups()])
        # None of these can be limited to a resource: those on alarms could, but would then leave
        # out composite alarms (CloudWatch API reference, DescribeAlarms).
        answers = ("logs:GetQueryResults", "logs:StopQuery", "cloudwatch:GetMetricData")
        alarms = ("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms")
        yield allow([*answers, *alarms], ["*"])
        if self._key_arn:
            yield allow(["kms:Decrypt", "kms:GenerateDataKey"], [self._key_arn])

    def _groups(self) -> list[str]:
        """Return the ARNs of the service's log groups, which evidence is looked for in."""
        prefix = arn_prefix(self, "logs")
        return [f"{prefix}:log-group:{group}" for group in self._contract.log_groups.values()]

    def _read_queue(self) -> None:
        batch_seconds = self._notifications.batch_seconds
        lambda_.CfnEventSourceMapping(
            self,
            "QueueReader",
            event_source_arn=self.queue.attr_arn,
            function_name=self.function.ref,
            # A function that waits for no window is given 10 records at most.
            batch_size=1000 if batch_seconds else 10,
            maximum_batching_window_in_seconds=batch_seconds,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=_CONCURRENT_READS
            ),
        )


def _deliver(sid: str, service: str, queue: sqs.CfnQueue, source: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Resource": queue.attr_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
