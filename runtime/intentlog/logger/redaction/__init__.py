"""What must never reach a file: secrets by the name of their key, and by what they look like.

To import it compiles its patterns, which takes longer than all the rest of the logger: it is done
when logging is set up.
"""

from .redactor import REDACTED, Redactor

__all__ = ["REDACTED", "Redactor"]
