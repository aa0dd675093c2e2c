"""What roles may do: the policies that are theirs, and whose service takes them on."""

from collections.abc import Sequence

from .policy import Document, Request, allows
from .resolver import Resolver
from .template import Resource
from .values import listed, mapping

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


def role_of(resolver: Resolver, stack: str, value: object) -> Resource | None:
    """Return the role of the assembly that a value means."""
    return resolver.find(stack, value, "AWS::IAM::Role")


def lacking(resolver: Resolver, role: Resource, actions: Sequence[str], resource: str) -> list[str]:
    """Return those actions on a resource that no policy of a role allows.

    A policy that is not in the assembly may allow anything: with one, nothing is lacking.
    """
    documents = documents_of(resolver, role)
    if documents is None:
        return []
    return [
        action
        for action in actions
        if not allows(resolver, documents, Request(action=action, resource=resource))
    ]


def trusts(resolver: Resolver, role: Resource, *services: str) -> bool:
    """Tell whether one of the services can take on a role."""
    document = (role.stack, role.properties.get("AssumeRolePolicyDocument"))
    request = Request(action="sts:AssumeRole", principals=services)
    return allows(resolver, [document], request)


def documents_of(resolver: Resolver, role: Resource) -> list[Document] | None:
    """Return the policy documents of a role; None if one of them is outside of the assembly."""
    documents: list[Document] = [
        (role.stack, mapping(policy).get("PolicyDocument"))
        for policy in listed(role.properties.get("Policies"))
    ]
    for arn in listed(role.properties.get("ManagedPolicyArns")):
        managed = resolver.find(role.stack, arn, "AWS::IAM::ManagedPolicy")
        if managed is None:
            return None
        documents.append((managed.stack, managed.properties.get("PolicyDocument")))
    for policy in resolver.of_type(*_POLICIES):
        attached = policy.properties
        for value in (*listed(attached.get("Roles")), *listed(attached.get("RoleName"))):
            found = role_of(resolver, policy.stack, value)
            if found is not None and found.key == role.key:
                documents.append((policy.stack, attached.get("PolicyDocument")))
    return documents
