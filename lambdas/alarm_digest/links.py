"""Links into the AWS console, made without asking anybody.

The encoding is the console's own, as in ``runtime/intentlog/render/console.py``, of which this
package must not import anything; a test compares the two.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9_.-]")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")
_XRAY = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")


def region_of(arn: str) -> str:
    """Return the region of an ARN, empty if it has none."""
    parts = arn.split(":")
    region = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 -- arn:PARTITION:SERVICE:REGION:
    return region if _REGION.fullmatch(region) else ""


def alarm_url(region: str, name: str) -> str:
    """Return where an alarm is shown."""
    return f"{_cloudwatch(region)}alarmsV2:alarm/{quote(name, safe='', errors='replace')}"


def trace_url(region: str, trace: str) -> str:
    """Return where X-Ray shows a trace; empty if it is no X-Ray trace id."""
    return f"{_cloudwatch(region)}xray:traces/{trace}" if _XRAY.fullmatch(trace) else ""


def insights_url(
    region: str, log_groups: Sequence[str], query: str, *, start: datetime, end: datetime
) -> str:
    """Return where Logs Insights has a query filled in, over a given time."""
    sources = "".join(f"~'{_escaped(group)}" for group in log_groups)
    detail = (
        f"~(end~'{_time(end)}~start~'{_time(start)}~timeType~'ABSOLUTE~tz~'UTC"
        f"~editorString~'{_escaped(query)}~source~({sources}))"
    )
    state = quote(f"?queryDetail={detail}", safe="*").replace("%", "$")
    return f"{_cloudwatch(region)}logsV2:logs-insights{state}"


def _time(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return _escaped(text.replace("+00:00", "Z"))


def _escaped(text: str) -> str:
    return "".join(
        char
        if _PLAIN.match(char)
        else "".join(f"*{byte:02x}" for byte in char.encode("utf-8", "replace"))
        for char in text
    )


def _cloudwatch(region: str) -> str:
    if region.startswith("cn-"):
        host = f"{region}.console.amazonaws.cn"
    elif region.startswith("us-gov-"):
        host = f"{region}.console.amazonaws-us-gov.com"
    else:
        host = f"{region}.console.aws.amazon.com"
    return f"https://{host}/cloudwatch/home?region={region}#"
