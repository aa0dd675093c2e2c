"""Copies of templates that tests break, one link at a time."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

from intentlog.assembly import Assembly

Bodies = dict[str, dict[str, Any]]
Change = Callable[[Bodies], None]


def broken(assembly: Assembly, *changes: Change) -> Assembly:
    """Return an assembly whose templates have been changed; the given one stays as it is."""
    bodies: Bodies = {name: copy.deepcopy(dict(t.body)) for name, t in assembly.templates.items()}
    for change in changes:
        change(bodies)
    return Assembly(
        templates={
            name: dataclasses.replace(template, body=bodies[name])
            for name, template in assembly.templates.items()
        }
    )


def put(construct: str, *keys: str | int, value: object) -> Change:
    """Set a property of a construct; in a list of statements, a key is a ``Sid``."""

    def change(bodies: Bodies) -> None:
        inner, last = _reach(bodies, construct, keys)
        inner[last] = value

    return change


def drop(construct: str, *keys: str | int) -> Change:
    """Remove a property of a construct."""

    def change(bodies: Bodies) -> None:
        inner, last = _reach(bodies, construct, keys)
        del inner[last]

    return change


def swap(construct: str, *keys: str | int, old: str, new: str) -> Change:
    """Replace a text within a property of a construct; it must be there."""

    def change(bodies: Bodies) -> None:
        inner, last = _reach(bodies, construct, keys)
        assert old in inner[last]
        inner[last] = inner[last].replace(old, new)

    return change


def remove(construct: str) -> Change:
    """Remove a construct's resource."""

    def change(bodies: Bodies) -> None:
        stack, logical_id = _find(bodies, construct)
        del bodies[stack]["Resources"][logical_id]

    return change


def add(stack: str, logical_id: str, type_: str, **properties: object) -> Change:
    """Add a resource to a stack."""

    def change(bodies: Bodies) -> None:
        bodies[stack]["Resources"][logical_id] = {"Type": type_, "Properties": properties}

    return change


def _reach(bodies: Bodies, construct: str, keys: tuple[str | int, ...]) -> tuple[Any, Any]:
    stack, logical_id = _find(bodies, construct)
    inner: Any = bodies[stack]["Resources"][logical_id]["Properties"]
    for key in keys[:-1]:
        inner = inner[_step(inner, key)]
    return inner, _step(inner, keys[-1])


def _step(inner: Any, key: str | int) -> str | int:
    if isinstance(inner, list) and isinstance(key, str):
        return next(index for index, item in enumerate(inner) if item.get("Sid") == key)
    return key


def _find(bodies: Bodies, construct: str) -> tuple[str, str]:
    return next(
        (stack, logical_id)
        for stack, body in bodies.items()
        for logical_id, resource in body["Resources"].items()
        if resource.get("Metadata", {}).get("aws:cdk:path") == construct
    )
