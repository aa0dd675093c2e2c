"""A template's values, read without trusting their shapes: whoever wrote one may have erred."""

import json
from collections.abc import Mapping
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value that is an object with text keys; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    """Return a list as it is, and one value as a list of it: IAM and SQS allow both."""
    if value is None or value == NO_VALUE:
        return []
    values = value if isinstance(value, list) else [value]
    return [item for item in values if item != NO_VALUE]


def number(value: object) -> float | None:
    """Return a number, also one that is written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def is_false(value: object) -> bool:
    """Tell whether a property is switched off; templates have ``false`` and ``"false"``."""
    return value is False or (isinstance(value, str) and value.casefold() == "false")


def is_intrinsic(value: object) -> bool:
    """Tell whether CloudFormation works a value out at deploy, as ``{"Fn::If": [...]}``."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    key = next(iter(value))
    return isinstance(key, str) and (key == "Ref" or key.startswith("Fn::"))


def parsed(value: object) -> object:
    """Return what a JSON text says; a value that is no JSON text stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
