"""The digest in the form that a webhook takes. What comes from outside is escaped and cut."""

from collections.abc import Callable
from typing import Any

from .digest import AlarmSummary, Digest

# Slack API, "Reference: blocks": 50 blocks a message, 3,000 characters a section's text.
_SLACK_BLOCKS = 50
_SLACK_TEXT = 3_000
_SLACK_HEADER = 150
_SIGNS = {"ALARM": "🔴", "OK": "🟢"}

Payload = dict[str, Any]


def as_json(digest: Digest) -> Payload:
    """Return the digest as plain data: ``service``, ``title``, ``alarms``."""
    return {
        "service": digest.service,
        "title": digest.title,
        "alarms": [
            {
                "name": summary.last.alarm,
                "state": summary.last.state,
                "states": list(summary.states),
                "reason": summary.last.reason,
                "purpose": summary.last.purpose,
                "time": summary.last.time,
                "links": dict(summary.last.links),
            }
            for summary in digest.alarms
        ],
    }


def as_slack(digest: Digest) -> Payload:
    """Return the digest in Slack's Block Kit; alarms beyond 50 blocks are counted."""
    shown = digest.alarms[: _SLACK_BLOCKS - 2]
    blocks: list[Payload] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _cut(digest.title, _SLACK_HEADER)},
        },
        *(_slack_section(_slack_text(summary)) for summary in shown),
    ]
    if hidden := len(digest.alarms) - len(shown):
        blocks.append(_slack_section(f"and {hidden} more"))
    return {"text": _slack_escaped(digest.title), "blocks": blocks}


def _slack_section(text: str) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, _SLACK_TEXT)}}


def _slack_text(summary: AlarmSummary) -> str:
    last = summary.last
    states = " → ".join(summary.states)
    lines = [
        f"{_SIGNS.get(last.state, '⚪')} *{_slack_escaped(last.alarm)}* {_slack_escaped(states)}",
        _slack_escaped(last.purpose),
        _slack_escaped(_cut(last.reason, _SLACK_TEXT // 3)),
        _slack_escaped(last.time),
        " · ".join(_slack_link(label, place) for label, place in last.links.items()),
    ]
    return "\n".join(line for line in lines if line)


def _slack_link(label: str, place: str) -> str:
    """Write a link, or a place that is none, which then says what it is."""
    if place.startswith("https://") and not set(place) & set("<>|"):
        return f"<{_slack_escaped(place)}|{label}>"
    return _slack_escaped(f"{label}: {place}")


def _slack_escaped(text: str) -> str:
    """Escape what Slack reads as markup, mentions and links ("Formatting text", Slack API)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


RENDERERS: dict[str, Callable[[Digest], Payload]] = {"json": as_json, "slack": as_slack}
"""What each kind of webhook takes (``webhook`` of ``environments.toml``)."""
