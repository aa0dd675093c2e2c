"""What `cdk synth` wrote: read, walked, compared. Knows templates, not CDK."""

from .template import Assembly, AssemblyError, Resource, Template, read_assembly

__all__ = ["Assembly", "AssemblyError", "Resource", "Template", "read_assembly"]
