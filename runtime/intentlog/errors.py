"""The root of every error that intentlog raises."""


class IntentlogError(Exception):
    """Something intentlog was given is wrong; the message says what, where and what to do.

    Each room has one subclass: ``ExpressionError`` (expression), ``ContractError`` (contract).
    The command lines print the message and exit 2; nothing else of theirs is shown to a user.
    """
