"""From an application that delivers its own lines to its log groups: some policy allows it."""

from collections.abc import Iterator, Sequence

from intentlog.assembly.policy import Document, Request, allows
from intentlog.assembly.resolver import Resolver
from intentlog.assembly.values import listed, mapping
from intentlog.contract import Contract

from .finding import Finding, error
from .log_groups import GROUP

_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


def process_delivery(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check that a policy lets each application write that delivers by itself.

    Which role has the policy is known to whoever runs the application, outside of the assembly.
    """
    documents = _documents(resolver)
    for contract in contracts:
        if contract.delivery.by != "process":
            continue
        for name in contract.log_groups.values():
            for group in resolver.of_type(GROUP):
                if resolver.name(group) != name:
                    continue
                stream = resolver.arn(group).removesuffix("*") + "log-stream:any"
                requests = [Request(action=action, resource=stream) for action in _WRITE]
                if not any(
                    all(allows(resolver, [document], request) for request in requests)
                    for document in documents
                ):
                    message = f"{contract.service} cannot write to it: no policy allows "
                    message += f"{' and '.join(_WRITE)}; add one, as DeliveryPolicy does"
                    yield error("delivery-policy", group, message)


def _documents(resolver: Resolver) -> list[Document]:
    found: list[Document] = [
        (policy.stack, policy.properties.get("PolicyDocument"))
        for policy in resolver.of_type(*_POLICIES)
    ]
    for role in resolver.of_type("AWS::IAM::Role"):
        inline = listed(role.properties.get("Policies"))
        found += [(role.stack, mapping(policy).get("PolicyDocument")) for policy in inline]
    return found
