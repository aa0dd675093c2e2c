"""A cloud assembly: its stacks' templates, and what their resources refer to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from intentlog.errors import IntentlogError

_STACK = "aws:cloudformation:stack"
_NESTED = "cdk:cloud-assembly"


class AssemblyError(IntentlogError):
    """A folder is no cloud assembly, or one of its files cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a template.

    ``attributes`` are those beside its properties: ``DeletionPolicy``, ``DependsOn``, ``Metadata``.
    """

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where the construct is in the tree: ``drawing-agent-alerts/Digest/Topic``."""
        path: str = self.attributes.get("Metadata", {}).get("aws:cdk:path", "")
        return path or f"{self.stack}/{self.logical_id}"


@dataclass(frozen=True, kw_only=True)
class Template:
    """One stack's template. ``region`` is None where the stack is for any."""

    stack: str
    body: Mapping[str, Any]
    region: str | None = None

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """The resources by their logical ids."""
        return {
            logical_id: Resource(
                stack=self.stack,
                logical_id=logical_id,
                type=body["Type"],
                properties=body.get("Properties", {}),
                attributes={
                    key: value for key, value in body.items() if key not in {"Type", "Properties"}
                },
            )
            for logical_id, body in self.body.get("Resources", {}).items()
        }


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The templates of an assembly, by the names of their stacks."""

    templates: Mapping[str, Template]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these CloudFormation types, in the order of the templates."""
        for template in self.templates.values():
            for resource in template.resources.values():
                if resource.type in types:
                    yield resource

    def referred(self, stack: str, value: object) -> Resource | None:
        """Return the resource that a property's value stands for, in its stack or another.

        Follows ``Ref``, ``Fn::GetAtt``, and ``Fn::ImportValue`` of what a stack here exports.
        A value that stands for none of the assembly's resources gives None.
        """
        template = self.templates.get(stack)
        match value:
            case {"Ref": str(logical_id)} if template is not None:
                return template.resources.get(logical_id)
            case {"Fn::GetAtt": [str(logical_id), *_]} if template is not None:
                return template.resources.get(logical_id)
            case {"Fn::GetAtt": str(path)} if template is not None:
                return template.resources.get(path.partition(".")[0])
            case {"Fn::ImportValue": str(name)} if name in self._exports:
                return self.referred(*self._exports[name])
            case _:
                return None

    @cached_property
    def _exports(self) -> dict[str, tuple[str, object]]:
        return {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in template.body.get("Outputs", {}).values()
            if isinstance(output.get("Export", {}).get("Name"), str)
        }


def read_assembly(directory: str | Path) -> Assembly:
    """Read the assembly that ``cdk synth`` wrote to a folder, with those nested in it.

    Raises:
        AssemblyError: There is none, or a file of it cannot be read.
    """
    folder = Path(directory)
    if not (folder / "manifest.json").is_file():
        raise AssemblyError(
            f"{directory}: no cloud assembly there (manifest.json is missing); "
            "make one with `cdk synth --output DIRECTORY`"
        )
    return Assembly(templates={template.stack: template for template in _templates(folder)})


def _templates(folder: Path) -> Iterator[Template]:
    artifacts: dict[str, Any] = _json(folder / "manifest.json").get("artifacts", {})
    for name, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact.get("type") == _STACK:
            region = artifact.get("environment", "").rpartition("/")[2]
            yield Template(
                stack=properties.get("stackName", name),
                body=_json(folder / properties["templateFile"]),
                region=None if region in {"", "unknown-region"} else region,
            )
        elif artifact.get("type") == _NESTED:
            yield from _templates(folder / properties["directoryName"])


def _json(file: Path) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{file}: cannot be read: {error}") from None
    return body
