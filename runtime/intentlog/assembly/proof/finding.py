"""What the proof finds: a rule, the resource that breaks it, and the link that is missing."""

from dataclasses import dataclass
from typing import Literal

from intentlog.assembly.template import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One break on the way from a line to a person.

    Attributes:
        rule: The rule's id, one of ``RULES``.
        severity: A warning does not fail the synth.
        resource: The path of the construct that it is about.
        message: What is missing, and what to do.
        stack: The name of the resource's stack; the first of a contract that lacks a resource.
        logical_id: The resource's id in the stack's template; empty where there is none.
    """

    rule: str
    severity: Literal["error", "warning"]
    resource: str
    message: str
    stack: str
    logical_id: str = ""

    def __str__(self) -> str:
        return f"{self.resource}: {self.message}"


def error(rule: str, resource: Resource, message: str) -> Finding:
    """Say that something would fail, mostly without anybody being told."""
    return _finding(rule, "error", resource, message)


def warning(rule: str, resource: Resource, message: str) -> Finding:
    """Say that something will be noticed late."""
    return _finding(rule, "warning", resource, message)


def _finding(
    rule: str, severity: Literal["error", "warning"], resource: Resource, message: str
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        resource=resource.path,
        message=message,
        stack=resource.stack,
        logical_id=resource.logical_id,
    )
