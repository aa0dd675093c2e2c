"""An SNS topic that alarms may publish to."""

from aws_cdk import Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import over_tls_only, policy

from .acknowledgment import acknowledge


class AlarmTopic(Construct):
    """A topic for the alarms of this account, and nobody else.

    Attributes:
        topic: The topic; its ``ref`` is the ARN.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        contract: Contract,
        key_arn: str | None = None,
        email: str | None = None,
    ) -> None:
        """Define the topic.

        Args:
            scope: The stack or construct it belongs to.
            construct_id: Its id there.
            contract: The application's contract.
            key_arn: The key that encrypts it; its policy must let CloudWatch use it.
                Default: it is not encrypted at rest, for CloudWatch may not use AWS's own key.
            email: An address that is told, once its owner has confirmed. Default: none.
        """
        super().__init__(scope, construct_id)
        self.topic = sns.CfnTopic(
            self,
            "Topic",
            display_name=f"Alarms of {contract.service}",
            kms_master_key_id=key_arn,
        )
        if key_arn is None:
            acknowledge(
                self.topic,
                "NIST.800.53.R5-SNSEncryptedKMS",
                "CKV_AWS_26",
                because='the environment says `encryption = "aws-owned"`, and CloudWatch may not '
                "publish to a topic that AWS's own key encrypts",
            )
        # This takes the place of the default policy, which let the account's alarms in.
        alarms = {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Action": "sns:Publish",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Resource": self.topic.ref,
            "Condition": {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        }
        document = policy(alarms, over_tls_only("sns:Publish", self.topic.ref))
        sns.CfnTopicPolicy(self, "TopicPolicy", topics=[self.topic.ref], policy_document=document)
        if email is not None:
            sns.CfnSubscription(
                self, "Email", topic_arn=self.topic.ref, protocol="email", endpoint=email
            )
