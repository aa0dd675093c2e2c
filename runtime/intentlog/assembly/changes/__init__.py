"""What changes between two assemblies, in words, for whoever reviews a pull request."""

from .compare import KINDS, Change, changes
from .markdown import LONGEST, NOTHING, markdown

__all__ = ["KINDS", "LONGEST", "NOTHING", "Change", "changes", "markdown"]
