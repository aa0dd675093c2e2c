"""The JSON Schema of a contract's lines, for whoever reads them."""

from typing import Any, Final

from intentlog.contract import AUDIT_FIELD, LEVELS, Contract

_DIGITS: Final = {"milliseconds": 3, "microseconds": 6}
_TEXT: Final = {"type": "string"}


def record_schema(contract: Contract) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that every line of a contract's logger is valid by."""
    record = contract.record
    digits = _DIGITS[record.timestamp]
    own: dict[str, Any] = {
        "timestamp": {
            "type": "string",
            "format": "date-time",
            "pattern": rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{{digits}}}Z$",
        },
        "level": {"enum": list(LEVELS)},
        "category": {"enum": list(contract.category_names)},
        "logger": _TEXT,
        "message": _TEXT,
        "service": {"const": contract.service},
    }
    kinds = {record.name_of(field): kind for field, kind in own.items()}
    kinds[record.data] = _data()
    properties = {name: kinds.get(name, {}) for name in record.all_fields} | _metrics(contract)
    if contract.audit:
        properties[AUDIT_FIELD] = _link()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of {contract.service}",
        "type": "object",
        "properties": properties,
        "required": list(record.fields),
        "additionalProperties": False,
        "$defs": {"exception": _exception()},
    }


def _metrics(contract: Contract) -> dict[str, Any]:
    embedded = [name for name, metric in contract.metrics.items() if metric.embedded]
    if not embedded:
        return {}
    return {"_aws": {"type": "object"}, **{name: {"type": "number"} for name in embedded}}


def _link() -> dict[str, Any]:
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    return {
        "type": "object",
        "description": "Chains a record of the audit trail to the one before.",
        "properties": {"seq": {"type": "integer", "minimum": 1}, "prev": digest, "hash": digest},
        "required": ["seq", "prev", "hash"],
        "additionalProperties": False,
    }


def _data() -> dict[str, Any]:
    logged = {"type": "object", "required": ["type", "message", "stack_trace"]}
    exception = {"if": logged, "then": {"$ref": "#/$defs/exception"}}
    return {
        "type": "object",
        "description": "What the caller passed.",
        "properties": {"exception": exception},
    }


def _exception() -> dict[str, Any]:
    itself = {"$ref": "#/$defs/exception"}
    return {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "message": _TEXT,
            "stack_trace": _TEXT,
            "notes": {"type": "array", "items": _TEXT},
            "relation": {"enum": ["cause", "context"]},
            "cause": itself,
            "exceptions": {"type": "array", "items": {"anyOf": [itself, _TEXT]}},
        },
        "required": ["type", "message", "stack_trace"],
        "additionalProperties": False,
    }
