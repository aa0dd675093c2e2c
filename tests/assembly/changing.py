"""Assemblies of a few resources, and what a review says of their changes."""

from collections.abc import Mapping
from typing import Any

from intentlog.assembly import Assembly, Template
from intentlog.assembly.changes import changes

GROUP = "AWS::Logs::LogGroup"
ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
LOG_ALARM = "AWS::CloudWatch::LogAlarm"
MUTE = "AWS::CloudWatch::AlarmMuteRule"
QUEUE = "AWS::SQS::Queue"
ROLE = "AWS::IAM::Role"
KEEP = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}

Body = dict[str, Any]


def assembly(**stacks: Mapping[str, Body]) -> Assembly:
    """An assembly of these stacks; ``_`` in their names is a hyphen."""
    return Assembly(
        templates={
            name.replace("_", "-"): Template(
                stack=name.replace("_", "-"), body={"Resources": resources}
            )
            for name, resources in stacks.items()
        }
    )


def resource(kind: str, attributes: Body | None = None, **properties: Any) -> Body:
    """A resource of a template."""
    return {"Type": kind, "Properties": properties, **(attributes or {})}


def said(before: Assembly, after: Assembly) -> list[str]:
    """What is said, dangerous changes with a mark in front."""
    return [("! " if one.danger else "") + str(one) for one in changes(before, after)]


def said_of(old: Body, new: Body) -> list[str]:
    """What is said of one resource that changes."""
    return said(assembly(shop={"It": old}), assembly(shop={"It": new}))


def said_of_properties(kind: str, old: Body, new: Body, **both: Any) -> list[str]:
    """The same, of its properties."""
    return said_of(resource(kind, **both, **old), resource(kind, **both, **new))


def window(cron: str, duration: str) -> Body:
    """The rule of a mute rule."""
    return {"Schedule": {"Expression": cron, "Duration": duration, "Timezone": "UTC"}}
