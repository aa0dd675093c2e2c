"""What must never reach a file: secrets by the name of their key, and by what they look like."""

from .plain import as_text
from .redactor import REDACTED, Redactor

__all__ = ["REDACTED", "Redactor", "as_text"]
