"""What an engine says when it cannot answer, though nothing is wrong with the question."""

from intentlog.errors import IntentlogError


class BackendError(IntentlogError):
    """An engine failed: no access, no such place, throttled, timed out. Exit code 3."""
