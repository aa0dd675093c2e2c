"""Whether a service may put what it delivers into a queue: by the queue's policy, and its key's.

Sources: SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic"; EventBridge
User Guide, "Using resource-based policies", section on SQS; SQS Developer Guide, "Configure KMS
permissions for AWS services".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from intentlog.assembly.keys import is_set, key_of, lacking_for_service
from intentlog.assembly.policy import Document, Request, allows
from intentlog.assembly.resolver import Resolver
from intentlog.assembly.template import Resource

from .alarm_actions import policies_of
from .finding import Finding, error

_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True, slots=True)
class Sender:
    """What puts messages into a queue.

    Attributes:
        service: The service, as people call it: ``SNS``.
        principal: The same, as policies do: ``sns.amazonaws.com``.
        kind: What the resource is: ``topic``.
        resource: The topic or rule that the service acts for.
    """

    service: str
    principal: str
    kind: str
    resource: Resource


def deliverable(resolver: Resolver, sender: Sender, queue: Resource) -> Iterator[Finding]:
    """Check that a queue's policy lets a sender in, and that it may use the queue's key."""
    yield from _policy(resolver, sender, queue)
    yield from _key(resolver, sender, queue)


def _policy(resolver: Resolver, sender: Sender, queue: Resource) -> Iterator[Finding]:
    attached = policies_of(resolver, queue, ("AWS::SQS::QueuePolicy",), "Queues")
    attached += policies_of(resolver, queue, ("AWS::SQS::QueueInlinePolicy",), "Queue")
    documents: list[Document] = [
        (policy.stack, policy.properties.get("PolicyDocument")) for policy in attached
    ]
    request = Request(
        action="sqs:SendMessage",
        resource=resolver.arn(queue),
        principals=(sender.principal,),
        context=_context(resolver, sender.resource),
    )
    if not allows(resolver, documents, request):
        yield error(
            "queue-policy",
            queue,
            f"{sender.service} cannot deliver to it: its policy does not allow {sender.principal} "
            f"sqs:SendMessage from {sender.kind} {sender.resource.path}; add a statement that "
            f"does, with that {sender.kind} as aws:SourceArn",
        )


def _key(resolver: Resolver, sender: Sender, queue: Resource) -> Iterator[Finding]:
    value = queue.properties.get("KmsMasterKeyId")
    if not is_set(value):
        return
    service, principal = sender.service, sender.principal
    if resolver.text(queue.stack, value).endswith("alias/aws/sqs"):
        message = (
            f"{service} cannot deliver to it: it is encrypted with alias/aws/sqs, whose policy "
            f"nobody can change; use a key of your own that lets {principal} in, or SSE-SQS"
        )
        yield error("queue-key", queue, message)
        return
    key = key_of(resolver, queue.stack, value)
    if key is None:
        return
    context = _context(resolver, sender.resource)
    if lacking := lacking_for_service(resolver, key, (principal,), _KEY_ACTIONS, context):
        yield error(
            "queue-key",
            queue,
            f"{service} cannot deliver to it: the policy of key {key.path} does not allow "
            f"{principal} {' and '.join(lacking)}; add a statement that does",
        )


def _context(resolver: Resolver, source: Resource) -> Mapping[str, str]:
    return {
        "aws:securetransport": "true",
        "aws:sourceaccount": resolver.account(source.stack),
        "aws:sourcearn": resolver.arn(source),
    }
