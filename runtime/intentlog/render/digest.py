"""What the digest function is told of the contract: where lines are, and what they call things."""

import json
from typing import Any, Final

from intentlog.contract import Contract

from .prices import INGESTION

_MOST_BYTES: Final = 2_000
"""What log source and destinations may have of the 4 KB that a function's variables may have."""
_FAILURES = ("ERROR", "CRITICAL")


def log_source(contract: Contract) -> str:
    """Return the variable ``LOG_GROUPS`` as JSON: what ``alarm_digest.source.LogSource`` has.

    A field that no line has is ``null``. Of the metrics that alarms watch, those that do not fit
    into a function's variables are left out: the digest shows errors for them.
    """
    record = contract.record
    names = set(record.all_fields)

    def own(field: str) -> str | None:
        return name if (name := record.name_of(field)) in names else None

    asked = asked_groups(contract)
    source: dict[str, Any] = {
        "groups": asked,
        "others": [group for group in contract.log_groups.values() if group not in asked],
        "level": own("level"),
        "category": own("category"),
        "logger": own("logger"),
        "message": record.name_of("message"),
        "user": own("user_id"),
        "trace": own("trace_id"),
        "data": record.data,
        "errors": _FAILURES,
        "metrics": {},
        "usd_per_gigabyte": INGESTION.usd,
    }
    for name, lines in _metrics(contract).items():
        more = source | {"metrics": source["metrics"] | {name: lines}}
        if len(_json(more).encode()) <= _MOST_BYTES:
            source = more
    return _json(source)


def asked_groups(contract: Contract) -> list[str]:
    """Return the log groups that a digest asks: every line once, and no line in two of them."""
    groups = contract.log_groups
    whole = [group for name, group in groups.items() if not contract.streams[name].where]
    return whole[:1] or list(groups.values())


def _metrics(contract: Contract) -> dict[str, dict[str, str]]:
    """Return the lines of each metric that an alarm watches."""
    watched = dict.fromkeys(alarm.metric for alarm in contract.alarms.values() if alarm.metric)
    return {
        name: {
            "group": contract.log_groups[contract.metrics[name].stream],
            "where": contract.metrics[name].where,
        }
        for name in watched
    }


def _json(source: dict[str, Any]) -> str:
    return json.dumps(source, ensure_ascii=False, separators=(",", ":"))
