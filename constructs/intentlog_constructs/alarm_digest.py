"""From a topic to a posted message: SNS → SQS → Lambda, and a queue for what cannot be posted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from aws_cdk import AssetStaging, Aws, FileAssetPackaging, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import allow, assumed_by, digest_log_group, over_tls_only, policy

from .acknowledgment import acknowledge, acknowledge_aws_key, acknowledge_role
from .alarm_topic import AlarmTopic

_TIMEOUT_SECONDS = 30
# AWS Lambda, "Using Lambda with Amazon SQS": six times the timeout, and the batch window on top.
_VISIBILITY_SECONDS = 6 * _TIMEOUT_SECONDS
_ATTEMPTS = 5
_DEAD_LETTER_SECONDS = 14 * 24 * 3600
# The same: fewer than two concurrent runs cannot be asked for, and the queue is read without
# being throttled only if the function may run at least as often.
_CONCURRENT_READS = 2

# The public layer of Powertools for AWS Lambda (Python) v3; the account is that of its makers.
_POWERTOOLS = "017000801446:layer:AWSLambdaPowertoolsPythonV3-python314-arm64:27"


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
        reserved_concurrency: int = 5,
        key_arn: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the way from an alarm to a message.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            webhook: What the webhook takes. Default: Slack's form.
            batch_seconds: How long notifications are gathered into one message. Default: 30.
            reserved_concurrency: Runs that the function keeps for itself, and at most has.
                Default: 5; 0 for none of its own.
            key_arn: The key that encrypts topic, queues, secret and the function's log group; its
                policy must let CloudWatch, CloudWatch Logs and SNS use it. Default: keys of AWS,
                and a topic that is not encrypted at rest.
            removal_policy: What becomes of the secret when the stack goes. Default: it stays.
        """
        super().__init__(scope, construct_id)
        self._contract = contract
        self._key_arn = key_arn
        self.topic = AlarmTopic(self, "Alarms", contract=contract, key_arn=key_arn).topic
        self.dead_letter_queue = self._dead_letter_queue()
        self.queue = self._queue(batch_seconds)
        self._subscribe()
        self.secret = secretsmanager.CfnSecret(
            self,
            "Webhook",
            description=f"URL of the webhook that takes the alarm digests of {contract.service}",
            kms_key_id=key_arn,
        )
        self.secret.apply_removal_policy(removal_policy)
        acknowledge(
            self.secret,
            "AwsSolutions-SMG4",
            "NIST.800.53.R5-SecretsManagerRotationEnabled",
            because="a webhook's URL can only be changed by whoever owns the webhook",
        )
        if key_arn is None:
            acknowledge_aws_key(
                self.secret, "NIST.800.53.R5-SecretsManagerUsingKMSKey", "CKV_AWS_149"
            )
            for queue in (self.queue, self.dead_letter_queue):
                acknowledge_aws_key(queue, "CKV_AWS_27")
        self.function = self._function(webhook, reserved_concurrency)
        self._acknowledge_function()
        if key_arn is None:
            acknowledge_aws_key(self.function, "CKV_AWS_173")
        if not reserved_concurrency:
            acknowledge(
                self.function,
                "NIST.800.53.R5-LambdaConcurrency",
                "CKV_AWS_115",
                because="the environment says `reserved_concurrency = 0`, for a small account",
            )
        self._read_queue(batch_seconds)

    def _dead_letter_queue(self) -> sqs.CfnQueue:
        queue = sqs.CfnQueue(
            self,
            "DeadLetters",
            message_retention_period=_DEAD_LETTER_SECONDS,
            kms_master_key_id=self._key_arn,
            sqs_managed_sse_enabled=self._key_arn is None or None,
        )
        document = policy(over_tls_only("sqs:*", queue.attr_arn))
        sqs.CfnQueuePolicy(self, "DeadPolicy", queues=[queue.ref], policy_document=document)
        return queue

    def _queue(self, batch_seconds: int) -> sqs.CfnQueue:
        return sqs.CfnQueue(
            self,
            "Queue",
            kms_master_key_id=self._key_arn,
            sqs_managed_sse_enabled=self._key_arn is None or None,
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

    def _function(self, webhook: str, reserved_concurrency: int) -> lambda_.CfnFunction:
        stack = Stack.of(self)
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
        return lambda_.CfnFunction(
            self,
            "Function",
            description=f"Posts the alarm digests of {self._contract.service}",
            architectures=["arm64"],
            runtime="python3.14",
            handler="alarm_digest.handler.handler",
            code=self._code(),
            layers=[f"arn:{Aws.PARTITION}:lambda:{stack.region}:{_POWERTOOLS}"],
            role=self._role(log_group).attr_arn,
            memory_size=256,
            timeout=_TIMEOUT_SECONDS,
            reserved_concurrent_executions=reserved_concurrency or None,
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=log_group.ref),
            environment=lambda_.CfnFunction.EnvironmentProperty(
                variables={
                    "POWERTOOLS_SERVICE_NAME": self._contract.service,
                    "WEBHOOK_KIND": webhook,
                    "WEBHOOK_SECRET_ARN": self.secret.ref,
                }
            ),
            kms_key_arn=self._key_arn,
        )

    def _code(self) -> lambda_.CfnFunction.CodeProperty:
        stack = Stack.of(self)
        # The hash is that of the files' names and contents: the same on every machine.
        staged = AssetStaging(
            self, "Code", source_path=str(_source()), exclude=["__pycache__", "*.pyc"]
        )
        _make_readable(Path(staged.absolute_staged_path))
        location = stack.synthesizer.add_file_asset(
            file_name=staged.relative_staged_path(stack),
            packaging=FileAssetPackaging.ZIP_DIRECTORY,
            source_hash=staged.asset_hash,
        )
        return lambda_.CfnFunction.CodeProperty(
            s3_bucket=location.bucket_name, s3_key=location.object_key
        )

    def _role(self, log_group: logs.CfnLogGroup) -> iam.CfnRole:
        document = policy(*self._may(log_group))
        role = iam.CfnRole(
            self,
            "FunctionRole",
            description=f"The alarm digests of {self._contract.service}",
            assume_role_policy_document=assumed_by("lambda.amazonaws.com"),
            policies=[iam.CfnRole.PolicyProperty(policy_name="Digest", policy_document=document)],
        )
        acknowledge_role(role)
        acknowledge(
            role, "AwsSolutions-IAM5[Resource::*]", because="X-Ray has no resources to be named"
        )
        return role

    def _may(self, log_group: logs.CfnLogGroup) -> Sequence[dict[str, Any]]:
        queue = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        traces = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
        return (
            allow(queue, [self.queue.attr_arn]),
            allow(["secretsmanager:GetSecretValue"], [self.secret.ref]),
            # A log group's ARN ends with ":*", which covers its streams.
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.attr_arn]),
            # X-Ray has no resources that could be named.
            allow(traces, ["*"]),
            *([allow(["kms:Decrypt"], [self._key_arn])] if self._key_arn else []),
        )

    def _acknowledge_function(self) -> None:
        acknowledge(
            self.function,
            "NIST.800.53.R5-LambdaDLQ",
            "CKV_AWS_116",
            because="a queue invokes it, which has a dead-letter queue of its own",
        )
        acknowledge(
            self.function,
            "NIST.800.53.R5-LambdaInsideVPC",
            "CKV_AWS_117",
            because="it calls AWS and a public webhook, nothing in a VPC",
        )

    def _read_queue(self, batch_seconds: int) -> None:
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


def _source() -> Path:
    """Return the folder that holds the function's package, in an installation or a checkout."""
    here = Path(__file__).parent
    packaged = here / "lambdas"
    return packaged if packaged.is_dir() else here.parents[1] / "lambdas"


def _make_readable(staged: Path) -> None:
    """Let everybody read the copy, as Lambda does by another user than that of the checkout.

    The asset's hash knows nothing of modes, so they must be the same from every checkout.
    """
    if staged.samefile(_source()):  # staging is switched off: the checkout is not ours to change
        return
    for path in (staged, *staged.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
