"""The delivery proof as a validation of the CDK: a break ends the synth."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
import jsii

from intentlog.assembly import RULES, findings, read_stage
from intentlog.contract import Contract


@jsii.implements(cdk.IPolicyValidationPlugin)
class DeliveryProof:
    """Walks every way from a line to a person, and names the link that is missing.

    ``cdk.Validations.of(app).add_plugins(DeliveryProof(contracts=[contract]))``. A finding that is
    as it should be is acknowledged where it is: ``cdk.Validations.of(construct).acknowledge(
    cdk.Acknowledgment(id="Delivery-Proof::alarm-metric", reason="..."))``.
    """

    def __init__(self, *, contracts: Sequence[Contract]) -> None:
        """Prepare the proof.

        Args:
            contracts: The contracts that the stacks are made of, with the environment's prefix.
        """
        self._contracts = tuple(contracts)

    @property
    def name(self) -> str:
        """What the report calls it."""
        return "Delivery Proof"

    @property
    def rule_ids(self) -> list[str]:
        """The rules that it evaluates."""
        return list(RULES)

    @property
    def version(self) -> str:
        """The version of the rules."""
        return "1.0.0"

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Prove each stage's templates, which nothing outside of the stage can mend."""
        stages: dict[Path, dict[str, str]] = defaultdict(dict)
        for stack in context.stack_templates:
            file = Path(stack.template_path)
            stages[file.parent][file.name] = stack.stack_construct_path
        found = [
            violation
            for folder, files in stages.items()
            for violation in self._violations(folder, files)
        ]
        success = all(violation.severity != "error" for violation in found)
        return cdk.PolicyValidationPluginReport(success=success, violations=found)

    def _violations(self, folder: Path, files: Mapping[str, str]) -> Iterator[cdk.PolicyViolation]:
        """Yield what is wrong with a folder's templates: files, and their stacks' paths."""
        assembly = read_stage(folder, files)
        for finding in findings(assembly, self._contracts):
            file = assembly.templates[finding.stack].file
            of_a_resource = bool(finding.logical_id)
            yield cdk.PolicyViolation(
                rule_name=finding.rule,
                description=finding.message if of_a_resource else str(finding),
                severity=finding.severity,
                violating_resources=[
                    cdk.PolicyViolatingResource(
                        construct_path=None if of_a_resource else files[file],
                        resource_logical_id=finding.logical_id or None,
                        template_path=str(folder / file),
                        locations=[],
                    )
                ],
            )
