"""The delivery proof: from a line to a person, every link is there and lets the next one in.

The usual breaks are silent: everything deploys, the alarm rings, and nobody is told. The proof
walks the templates, before anything is deployed, and names each link that is missing.
"""

from .finding import Finding
from .prove import findings
from .rules import RULES

__all__ = ["RULES", "Finding", "findings"]
