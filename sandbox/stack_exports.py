"""Keeps an export that another stack imports, where MiniStack lets an update take it away.

A deletion of the exporting stack MiniStack refuses by itself.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks


def install() -> None:
    """Put the check behind the resolution of a stack's outputs; once a process."""
    native = stacks._resolve_stack_outputs

    def resolve(*arguments: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        outputs, exports = native(*arguments)
        *_, stack_id = arguments
        _refuse_to_change_what_is_imported(stack_id, exports)
        return outputs, exports

    stacks._resolve_stack_outputs = resolve


def _refuse_to_change_what_is_imported(stack_id: str, exports: dict[str, Any]) -> None:
    for name, old in list(cloudformation._exports.items()):
        if old.get("StackId") != stack_id or exports.get(name, {}).get("Value") == old["Value"]:
            continue
        if importer := _importer(name):
            verb = "update" if name in exports else "delete"
            raise ValueError(f"Cannot {verb} export {name} as it is in use by {importer}.")


def _importer(export: str) -> str | None:
    for name, stack in list(cloudformation._stacks.items()):
        gone = "DELETE" in stack.get("StackStatus", "")
        if not gone and export in handlers._imported_export_names(stack, name):
            return str(name)
    return None
