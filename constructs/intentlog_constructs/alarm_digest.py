"""From a topic to a posted message: SNS → SQS → Lambda, and a queue for what cannot be posted."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from aws_cdk import AssetStaging, Aws, CfnResource, FileAssetPackaging, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import allow, assumed_by, over_tls_only, policy

_TIMEOUT_SECONDS = 30
# AWS Lambda, "Using Lambda with Amazon SQS": six times the timeout, and the batch window on top.
_VISIBILITY_SECONDS = 6 * _TIMEOUT_SECONDS
_ATTEMPTS = 5
_DEAD_LETTER_SECONDS = 14 * 24 * 3600

# The public layer of Powertools for AWS Lambda (Python) v3; the account is that of its makers.
_POWERTOOLS = "017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27"


class AlarmDigest(Construct):
    """A topic for alarms, whose notifications are gathered and posted to a webhook as one message.

    The webhook's URL is a secret that somebody puts after the first deploy. What cannot be posted
    is tried again and then kept 14 days in the dead-letter queue.

    Attributes:
        topic: Where alarms are published; its ``ref`` is the ARN.
        queue: Where notifications wait.
        dead_letter_queue: Where those end that could not be posted.
        secret: The secret that holds the webhook's URL; its ``ref`` is the ARN.
        function: The Lambda function that posts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        webhook: Literal["slack", "json"] = "slack",
        batch_seconds: int = 30,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the way from an alarm to a message.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract; it travels with the function.
            webhook: What the webhook takes. Default: Slack's form.
            batch_seconds: How long notifications are gathered into one message. Default: 30.
            removal_policy: What becomes of the secret when the stack goes. Default: it stays.
        """
        super().__init__(scope, construct_id)
        self.topic = self._topic(contract)
        self.dead_letter_queue = self._dead_letter_queue()
        self.queue = self._queue(batch_seconds)
        self._subscribe()
        description = f"URL of the webhook that takes the alarm digests of {contract.service}"
        self.secret = CfnResource(
            self,
            "Webhook",
            type="AWS::SecretsManager::Secret",
            properties={"Description": description},
        )
        self.secret.apply_removal_policy(removal_policy)
        self.function = self._function(contract, webhook)
        self._read_queue(batch_seconds)

    def _topic(self, contract: Contract) -> sns.CfnTopic:
        topic = sns.CfnTopic(self, "Topic", display_name=f"Alarms of {contract.service}")
        # This takes the place of the default policy, which let the account's alarms in.
        alarms = {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Action": "sns:Publish",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Resource": topic.ref,
            "Condition": {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        }
        document = policy(alarms, over_tls_only("sns:Publish", topic.ref))
        sns.CfnTopicPolicy(self, "TopicPolicy", topics=[topic.ref], policy_document=document)
        return topic

    def _dead_letter_queue(self) -> sqs.CfnQueue:
        queue = sqs.CfnQueue(
            self,
            "DeadLetters",
            message_retention_period=_DEAD_LETTER_SECONDS,
            sqs_managed_sse_enabled=True,
        )
        document = policy(over_tls_only("sqs:*", queue.attr_arn))
        sqs.CfnQueuePolicy(self, "DeadPolicy", queues=[queue.ref], policy_document=document)
        return queue

    def _queue(self, batch_seconds: int) -> sqs.CfnQueue:
        return sqs.CfnQueue(
            self,
            "Queue",
            sqs_managed_sse_enabled=True,
            visibility_timeout=_VISIBILITY_SECONDS + batch_seconds,
            redrive_policy={
                "deadLetterTargetArn": self.dead_letter_queue.attr_arn,
                "maxReceiveCount": _ATTEMPTS,
            },
        )

    def _subscribe(self) -> None:
        topic = {
            "Sid": "NotificationsOfTheTopic",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Resource": self.queue.attr_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self.topic.ref}},
        }
        document = policy(topic, over_tls_only("sqs:*", self.queue.attr_arn))
        allowed = sqs.CfnQueuePolicy(
            self, "QueuePolicy", queues=[self.queue.ref], policy_document=document
        )
        subscription = sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=self.topic.ref,
            protocol="sqs",
            endpoint=self.queue.attr_arn,
        )
        subscription.add_resource_dependency(allowed)

    def _function(self, contract: Contract, webhook: str) -> CfnResource:
        stack = Stack.of(self)
        log_group = logs.CfnLogGroup(self, "FunctionLogs", retention_in_days=30)
        return CfnResource(
            self,
            "Function",
            type="AWS::Lambda::Function",
            properties={
                "Description": f"Posts the alarm digests of {contract.service}",
                "Architectures": ["arm64"],
                "Runtime": "python3.13",
                "Handler": "alarm_digest.handler.handler",
                "Code": self._code(contract),
                "Layers": [f"arn:{Aws.PARTITION}:lambda:{stack.region}:{_POWERTOOLS}"],
                "Role": self._role(contract, log_group).attr_arn,
                "MemorySize": 256,
                "Timeout": _TIMEOUT_SECONDS,
                "LoggingConfig": {"LogGroup": log_group.ref},
                "Environment": {
                    "Variables": {
                        "POWERTOOLS_SERVICE_NAME": contract.service,
                        "WEBHOOK_KIND": webhook,
                        "WEBHOOK_SECRET_ARN": self.secret.ref,
                    }
                },
            },
        )

    def _code(self, contract: Contract) -> dict[str, str]:
        stack = Stack.of(self)
        with _source_and_contract(contract) as folder:
            staged = AssetStaging(self, "Code", source_path=folder)
        location = stack.synthesizer.add_file_asset(
            file_name=staged.relative_staged_path(stack),
            packaging=FileAssetPackaging.ZIP_DIRECTORY,
            source_hash=staged.asset_hash,
        )
        return {"S3Bucket": location.bucket_name, "S3Key": location.object_key}

    def _role(self, contract: Contract, log_group: logs.CfnLogGroup) -> iam.CfnRole:
        queue = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        document = policy(
            allow(queue, [self.queue.attr_arn]),
            allow(["secretsmanager:GetSecretValue"], [self.secret.ref]),
            # A log group's ARN ends with ":*", which covers its streams.
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.attr_arn]),
        )
        return iam.CfnRole(
            self,
            "FunctionRole",
            description=f"The alarm digests of {contract.service}",
            assume_role_policy_document=assumed_by("lambda.amazonaws.com"),
            policies=[iam.CfnRole.PolicyProperty(policy_name="Digest", policy_document=document)],
        )

    def _read_queue(self, batch_seconds: int) -> None:
        CfnResource(
            self,
            "QueueReader",
            type="AWS::Lambda::EventSourceMapping",
            properties={
                "EventSourceArn": self.queue.attr_arn,
                "FunctionName": self.function.ref,
                # A function that waits for no window is given 10 records at most.
                "BatchSize": 1000 if batch_seconds else 10,
                "MaximumBatchingWindowInSeconds": batch_seconds,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        )


@contextmanager
def _source_and_contract(contract: Contract) -> Iterator[str]:
    """Give a folder with the function's source and the contract, the same bytes every time."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            _source(), Path(folder) / "alarm_digest", ignore=shutil.ignore_patterns("__pycache__")
        )
        (Path(folder) / "contract.json").write_bytes(contract.canonical_json())
        yield folder


def _source() -> Path:
    """Return the function's source: packaged beside this module, or in a checkout's lambdas/."""
    here = Path(__file__).parent
    packaged = here / "lambdas" / "alarm_digest"
    return packaged if packaged.is_dir() else here.parents[1] / "lambdas" / "alarm_digest"
