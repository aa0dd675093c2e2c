"""Whatever may arrive in the queue, for hypothesis."""

import json
from typing import Any

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = [
    *("AlarmName", "AlarmArn", "AlarmDescription", "NewStateValue", "NewStateReason"),
    *("OldStateValue", "StateChangeTime", "Trigger", "AlarmRule", "TriggeringChildren"),
]
EVENT_MEMBERS = ["version", "id", "detail-type", "source", "time", "resources", "region"]
DETAIL_MEMBERS = ["alarmName", "state", "previousState", "configuration"]


def _some(names: list[str], *likely: str) -> st.SearchStrategy[dict[str, Any]]:
    values = JSON | st.sampled_from(likely) | st.just({"value": "ALARM", "timestamp": "x"})
    return st.dictionaries(st.sampled_from(names), values, max_size=len(names))


def _published(message: object) -> str:
    return json.dumps({"Type": "Notification", "Message": json.dumps(message)})


ANYTHING = st.one_of(
    st.text(),
    JSON.map(json.dumps),
    _some(MEMBERS, "ALARM", "a", "2026-11-22T10:00:00.000+0000").map(json.dumps),
    _some(MEMBERS, "ALARM", "a").map(_published),
    st.builds(
        lambda event, detail: json.dumps(event | {"source": "aws.cloudwatch", "detail": detail}),
        _some(EVENT_MEMBERS, "aws.cloudwatch"),
        _some(DETAIL_MEMBERS, "ALARM", "a"),
    ),
)
