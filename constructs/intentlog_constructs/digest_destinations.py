"""Where digests are posted to: a secret for each destination, a topic for each by e-mail."""

from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from intentlog.contract import Contract, Destination
from intentlog.render import allow, over_tls_only, policy

from .acknowledgment import acknowledge, acknowledge_aws_key

_HOLDS = {
    "pagerduty": "The integration (routing) key",
    "slack-bot": "The bot's token (xoxb-...)",
    "webhook": 'The URL, or {"url": "...", "key": "..."} to sign with',
}
_HOLDS_URL = "The webhook's URL"


class DigestDestinations:
    """What the digest function is told of its destinations, and may do to reach them.

    Attributes:
        secrets: The secrets by the names of their destinations; somebody puts the values.
        topics: The topics by the names of those that are told by e-mail.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        destinations: Mapping[str, Destination],
        key_arn: str | None,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Define the secrets and topics.

        Args:
            scope: What its resources belong to.
            contract: The application's contract.
            destinations: The destinations by their names.
            key_arn: The key that encrypts them. None: those of AWS.
            removal_policy: What becomes of the secrets when the stack goes.
        """
        self._scope = scope
        self._contract = contract
        self._destinations = destinations
        self._key_arn = key_arn
        self.secrets: dict[str, secretsmanager.CfnSecret] = {}
        self.topics: dict[str, sns.CfnTopic] = {}
        for name, destination in destinations.items():
            if destination.has_secret:
                self.secrets[name] = self._secret(name, removal_policy)
            else:
                self.topics[name] = self._topic(name, destination)

    def variable(self) -> str:
        """Return the function's variable ``DESTINATIONS``: JSON, in the order of the file."""
        return Stack.of(self._scope).to_json_string(list(self._told()))

    def may(self) -> Iterator[dict[str, Any]]:
        """Yield the statements that the function needs, but for those of the key."""
        if self.secrets:
            secrets = [secret.ref for secret in self.secrets.values()]
            yield allow(["secretsmanager:GetSecretValue"], secrets)
        if self.topics:
            yield allow(["sns:Publish"], [topic.ref for topic in self.topics.values()])

    def _told(self) -> Iterator[dict[str, str]]:
        for name, destination in self._destinations.items():
            told = {
                "name": name,
                "kind": destination.kind,
                "channel": destination.channel,
                "endpoint": destination.endpoint,
                "secret": self.secrets[name].ref if name in self.secrets else None,
                "topic": self.topics[name].ref if name in self.topics else None,
            }
            yield {key: value for key, value in told.items() if value is not None}

    def _secret(self, name: str, removal_policy: RemovalPolicy) -> secretsmanager.CfnSecret:
        kind = self._destinations[name].kind
        secret = secretsmanager.CfnSecret(
            self._scope,
            name,
            description=f"{_HOLDS.get(kind, _HOLDS_URL)}: where the alarm digests of "
            f"{self._contract.service} go ({name}, {kind})",
            kms_key_id=self._key_arn,
        )
        secret.apply_removal_policy(removal_policy)
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "NIST.800.53.R5-SecretsManagerRotationEnabled",
            because="a webhook's URL or a token can only be changed by whoever owns the other end",
        )
        if self._key_arn is None:
            acknowledge_aws_key(secret, "NIST.800.53.R5-SecretsManagerUsingKMSKey", "CKV_AWS_149")
        return secret

    def _topic(self, name: str, destination: Destination) -> sns.CfnTopic:
        topic = sns.CfnTopic(
            self._scope,
            name,
            display_name=f"Alarms of {self._contract.service}",
            # AWS's own key is enough here: the function publishes, not a service.
            kms_master_key_id=self._key_arn or "alias/aws/sns",
        )
        document = policy(over_tls_only("sns:Publish", topic.ref))
        sns.CfnTopicPolicy(
            self._scope, f"{name}-policy", topics=[topic.ref], policy_document=document
        )
        for number, address in enumerate(destination.addresses, 1):
            sns.CfnSubscription(
                self._scope,
                f"{name}-{number}",
                topic_arn=topic.ref,
                protocol="email",
                endpoint=address,
            )
        return topic
