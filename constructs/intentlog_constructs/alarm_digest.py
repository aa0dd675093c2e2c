"""From a topic to a posted message: SNS → SQS → Lambda, and a queue for what cannot be posted."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from intentlog.contract import Contract

_TIMEOUT = Duration.seconds(30)
# "Working with SQS": six times the function's timeout, and the batch window on top.
_VISIBILITY_SECONDS = 6 * 30
_ATTEMPTS = 5

# The public layer of Powertools for AWS Lambda (Python) v3; the account is that of its makers.
_POWERTOOLS = (
    "arn:{partition}:lambda:{region}:017000801446:layer:"
    "AWSLambdaPowertoolsPythonV3-python313-arm64:27"
)


class AlarmDigest(Construct):
    """A topic for alarms, whose notifications are gathered and posted to a webhook as one message.

    The webhook's URL is a secret that somebody puts after the first deploy. What cannot be posted
    is tried again and then kept 14 days in the dead-letter queue.

    Attributes:
        topic: Where alarms are published.
        queue: Where notifications wait.
        dead_letter_queue: Where those end that could not be posted.
        function: The Lambda function that posts.
        secret: The secret that holds the webhook's URL.
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
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(_VISIBILITY_SECONDS + batch_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letter_queue, max_receive_count=_ATTEMPTS
            ),
        )
        self.topic = self._topic(contract)
        self.topic.add_subscription(subscriptions.SqsSubscription(self.queue))
        self.secret = secretsmanager.Secret(
            self,
            "Webhook",
            description=f"URL of the webhook that takes the alarm digests of {contract.service}",
            removal_policy=removal_policy,
        )
        self.function = self._function(contract, webhook)
        self.secret.grant_read(self.function)
        self.function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                # SQS has no more than 10 at once for a function that waits for no window.
                batch_size=1000 if batch_seconds else 10,
                max_batching_window=Duration.seconds(batch_seconds) if batch_seconds else None,
                report_batch_item_failures=True,
            )
        )

    def _topic(self, contract: Contract) -> sns.Topic:
        topic = sns.Topic(
            self, "Topic", display_name=f"Alarms of {contract.service}", enforce_ssl=True
        )
        # A topic policy takes the place of the default one, which let the account's alarms in.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        return topic

    def _function(self, contract: Contract, webhook: str) -> lambda_.Function:
        stack = Stack.of(self)
        layer = _POWERTOOLS.format(partition=stack.partition, region=stack.region)
        with _code(contract) as code:
            return lambda_.Function(
                self,
                "Function",
                description=f"Posts the alarm digests of {contract.service}",
                architecture=lambda_.Architecture.ARM_64,
                runtime=lambda_.Runtime.PYTHON_3_13,
                handler="alarm_digest.handler.handler",
                code=lambda_.Code.from_asset(code),
                layers=[lambda_.LayerVersion.from_layer_version_arn(self, "Powertools", layer)],
                memory_size=256,
                timeout=_TIMEOUT,
                environment={
                    "POWERTOOLS_SERVICE_NAME": contract.service,
                    "WEBHOOK_KIND": webhook,
                    "WEBHOOK_SECRET_ARN": self.secret.secret_arn,
                },
                log_group=logs.LogGroup(
                    self,
                    "FunctionLogs",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
            )


@contextmanager
def _code(contract: Contract) -> Iterator[str]:
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
