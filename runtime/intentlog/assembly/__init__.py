"""What `cdk synth` wrote: read, walked, compared, proven. Knows templates, not CDK."""

from .proof import RULES, Finding, findings
from .template import (
    Assembly,
    AssemblyError,
    Resource,
    Template,
    read_assembly,
    read_stage,
)

__all__ = [
    "RULES",
    "Assembly",
    "AssemblyError",
    "Finding",
    "Resource",
    "Template",
    "findings",
    "read_assembly",
    "read_stage",
]
