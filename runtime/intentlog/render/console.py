"""Links into the AWS console."""

import re
from collections.abc import Sequence
from urllib.parse import quote

_PLAIN = re.compile(r"[A-Za-z0-9_.-]")


def dashboard_url(region: str, name: str) -> str:
    """Return where a dashboard is shown."""
    return f"{_cloudwatch(region)}dashboards/dashboard/{quote(name, safe='')}"


def insights_url(
    region: str, log_groups: Sequence[str], query: str, *, last_minutes: int = 60
) -> str:
    """Return where Logs Insights has a query filled in, over the last minutes.

    The console keeps its state behind ``#`` in a form of its own: values are joined by ``~``,
    strings begin with ``'`` and escape as ``*2a``, and all of it is per cent encoding with ``$``.
    """
    sources = "".join(f"~'{_escaped(group)}" for group in log_groups)
    detail = (
        f"~(end~0~start~-{last_minutes * 60}~timeType~'RELATIVE~unit~'seconds"
        f"~editorString~'{_escaped(query)}~source~({sources}))"
    )
    state = quote(f"?queryDetail={detail}", safe="*").replace("%", "$")
    return f"{_cloudwatch(region)}logsV2:logs-insights{state}"


def _escaped(text: str) -> str:
    return "".join(
        char if _PLAIN.match(char) else "".join(f"*{byte:02x}" for byte in char.encode("utf-8"))
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
