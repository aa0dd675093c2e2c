"""Every template whole, as a reviewer sees it; what in it matters is asserted elsewhere."""

import json
import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

PARTS = {
    "chimera": ("alerts", "archive", "host", "insights", "logs"),
    "drawing-agent": ("alerts", "host", "insights", "logs"),
}
STACKS = [f"{service}-{part}" for service in PARTS for part in PARTS[service]]
_HASH = re.compile(r"[0-9a-f]{64}")


@pytest.mark.parametrize("stack", STACKS)
def test_the_template_is_the_reviewed_one(
    stack: str, templates: dict[str, Any], snapshot: SnapshotAssertion
) -> None:
    """A change of a template shows in its snapshot, asset hashes aside."""
    template = json.loads(_HASH.sub("<asset hash>", json.dumps(templates[stack])))

    assert template == snapshot(extension_class=JSONSnapshotExtension)


def test_the_stacks_are_those_that_are_promised(templates: dict[str, Any]) -> None:
    """Stack ids are the service and the part."""
    assert sorted(templates) == STACKS


def test_no_stack_imports_what_another_exports(templates: dict[str, Any]) -> None:
    """Names come from the contract, so stacks can be deployed and deleted apart."""
    text = json.dumps(templates)

    assert "Fn::ImportValue" not in text
    assert '"Export"' not in text
