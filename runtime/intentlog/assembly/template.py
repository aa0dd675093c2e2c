"""A cloud assembly: its stacks' templates, and what their resources refer to."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from intentlog.errors import IntentlogError

from .values import mapping

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
    def key(self) -> tuple[str, str]:
        """What tells it from every other resource of the assembly."""
        return self.stack, self.logical_id

    @property
    def path(self) -> str:
        """Where the construct is in the tree: ``drawing-agent-alerts/Digest/Topic``."""
        path = mapping(self.attributes.get("Metadata")).get("aws:cdk:path")
        return path if isinstance(path, str) and path else f"{self.stack}/{self.logical_id}"


@dataclass(frozen=True, kw_only=True)
class Template:
    """One stack's template. ``region`` and ``account`` are None where the stack is for any.

    ``file`` is the name of its file in the assembly, if it was read from one.
    """

    stack: str
    body: Mapping[str, Any]
    region: str | None = None
    account: str | None = None
    file: str = ""

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """The resources by their logical ids."""
        return {
            logical_id: Resource(
                stack=self.stack,
                logical_id=logical_id,
                type=body["Type"],
                properties=mapping(body.get("Properties")),
                attributes={
                    key: value for key, value in body.items() if key not in {"Type", "Properties"}
                },
            )
            for logical_id, body in mapping(self.body.get("Resources")).items()
            if isinstance(mapping(body).get("Type"), str)
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

        Follows ``Ref``, ``Fn::GetAtt``, and ``Fn::ImportValue`` or ``Fn::GetStackOutput`` of what
        a stack here hands out. A value that stands for none of the assembly's resources gives None.
        """
        seen = set()
        while (output := self.handed_out(value)) is not None:
            if id(output) in seen:
                return None  # an output that imports itself
            seen.add(id(output))
            stack, value = output
        template = self.templates.get(stack)
        match value:
            case {"Ref": str(logical_id)} if template is not None:
                return template.resources.get(logical_id)
            case {"Fn::GetAtt": [str(logical_id), *_]} if template is not None:
                return template.resources.get(logical_id)
            case {"Fn::GetAtt": str(path)} if template is not None:
                return template.resources.get(path.partition(".")[0])
            case _:
                return None

    def handed_out(self, value: object) -> tuple[str, object] | None:
        """Return the stack and the value of the output that a value imports, if it is here."""
        match value:
            case {"Fn::ImportValue": str(name)}:
                return self._exports.get(name)
            case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(name)}}:
                return self._outputs.get((stack, name))
            case _:
                return None

    @cached_property
    def _outputs(self) -> dict[tuple[str, str], tuple[str, object]]:
        return {
            (stack, name): (stack, mapping(output).get("Value"))
            for stack, template in self.templates.items()
            for name, output in mapping(template.body.get("Outputs")).items()
        }

    @cached_property
    def _exports(self) -> dict[str, tuple[str, object]]:
        exports = {}
        for (stack, name), output in self._outputs.items():
            body = mapping(self.templates[stack].body["Outputs"][name])
            exported = mapping(body.get("Export")).get("Name")
            if isinstance(exported, str):
                exports[exported] = output
        return exports


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


def read_stage(directory: str | Path, files: Collection[str]) -> Assembly:
    """Read only these template files of an assembly's folder, and nothing nested in it.

    Args:
        directory: The folder with the manifest.
        files: The names of the template files in it.

    Raises:
        AssemblyError: There is no assembly, or a file of it cannot be read.
    """
    found = (template for template in _stacks(Path(directory)) if template.file in files)
    return Assembly(templates={template.stack: template for template in found})


def _templates(folder: Path) -> Iterator[Template]:
    yield from _stacks(folder)
    for artifact in _artifacts(folder).values():
        if artifact.get("type") == _NESTED:
            yield from _templates(folder / artifact.get("properties", {})["directoryName"])


def _stacks(folder: Path) -> Iterator[Template]:
    for name, artifact in _artifacts(folder).items():
        if artifact.get("type") == _STACK:
            properties = artifact.get("properties", {})
            place = artifact.get("environment", "").removeprefix("aws://")
            account, _, region = place.partition("/")
            file = properties["templateFile"]
            yield Template(
                stack=properties.get("stackName", name),
                body=_json(folder / file),
                region=None if region in {"", "unknown-region"} else region,
                account=None if account in {"", "unknown-account"} else account,
                file=file,
            )


def _artifacts(folder: Path) -> dict[str, Any]:
    artifacts: dict[str, Any] = _json(folder / "manifest.json").get("artifacts", {})
    return artifacts


def _json(file: Path) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{file}: cannot be read: {error}") from None
    return body
