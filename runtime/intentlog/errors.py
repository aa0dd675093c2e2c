"""The root of every error that intentlog raises, and whose fault an error is."""


class IntentlogError(Exception):
    """Something intentlog was given is wrong; the message says what, where and what to do.

    Each room has its subclasses: ``ExpressionError`` (expression), ``ContractError`` (contract),
    ``QueryError`` and ``SourceError`` (query).
    The command lines print the message and exit 2; nothing else of theirs is shown to a user.
    """


class BackendError(IntentlogError):
    """An engine or a service cannot answer, though nothing is wrong with the question.

    No access, no such place, throttled, timed out. The command lines print it and exit 3.
    """
