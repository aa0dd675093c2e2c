"""Which resource before is which after."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from intentlog.assembly.template import Assembly, Resource

_SILENT_TYPES = frozenset({"AWS::CDK::Metadata"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The resources of two assemblies, side by side.

    Attributes:
        same: Those with the same logical id in the same stack.
        moved: Those that have another place in the templates, and the same name in AWS.
        gone: Those that are in the templates no more.
        new: Those that were not there before.
    """

    same: list[tuple[Resource, Resource]]
    moved: list[tuple[Resource, Resource]]
    gone: list[Resource]
    new: list[Resource]


def paired(before: Assembly, after: Assembly, name_of: Callable[[Resource], str]) -> Pairing:
    """Put the resources of two assemblies side by side.

    Args:
        before: The old assembly.
        after: The new one.
        name_of: Says a resource's name in AWS; empty where CloudFormation makes one up.
    """
    old, new = _by_place(before), _by_place(after)
    same = [(old[place], resource) for place, resource in new.items() if place in old]
    left = {place: resource for place, resource in old.items() if place not in new}
    added = {place: resource for place, resource in new.items() if place not in old}
    by_name = {
        (resource.type, name): resource
        for resource in added.values()
        if (name := name_of(resource))
    }
    moved = [
        (resource, by_name[resource.type, name_of(resource)])
        for resource in left.values()
        if (resource.type, name_of(resource)) in by_name
    ]
    for was, now in moved:
        left.pop(_place(was))
        added.pop(_place(now), None)
    return Pairing(same=same, moved=moved, gone=list(left.values()), new=list(added.values()))


def shown(assembly: Assembly) -> Iterator[Resource]:
    """Yield the resources that mean something, in the order of the templates."""
    for template in assembly.templates.values():
        for resource in template.resources.values():
            if resource.type not in _SILENT_TYPES:
                yield resource


def _by_place(assembly: Assembly) -> Mapping[tuple[str, str], Resource]:
    return {_place(resource): resource for resource in shown(assembly)}


def _place(resource: Resource) -> tuple[str, str]:
    return resource.stack, resource.logical_id
