"""Every template whole, as a reviewer sees it; what in it matters is asserted elsewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

STACKS = [
    f"{service}-{part}"
    for service in ("chimera", "drawing-agent")
    for part in ("alerts", "host", "insights", "logs")
]
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


def test_cfn_lint_finds_nothing(templates: dict[str, Any], tmp_path: Path) -> None:
    """Templates are what CloudFormation takes, in cfn-lint's opinion."""
    for stack, template in templates.items():
        (tmp_path / f"{stack}.template.json").write_text(json.dumps(template))

    # W3005: the CDK itself names a dependency that a reference already makes.
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    command = [cfn_lint, "--ignore-checks", "W3005", "--template"]
    result = subprocess.run(
        [*command, *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stdout) == (0, "")
