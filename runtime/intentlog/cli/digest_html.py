"""What a destination makes of its payload, as a page of HTML that looks like it does there."""

import json
import re
from collections.abc import Callable
from html import escape
from string import Template
from typing import Any

Payload = Any

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$kind</title>
<style>
body { margin: 0; padding: 20px; width: 680px; background: #fff; color: #1d1c1d;
  font: 15px/1.45 "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; overflow-wrap: anywhere }
pre, code { font: 12px/1.5 Menlo, Consolas, "DejaVu Sans Mono", monospace }
pre { margin: 4px 0; padding: 8px; white-space: pre-wrap; border-radius: 4px }
a { color: #1264a3; text-decoration: none }
h1 { margin: 0 0 8px; font-size: 18px }
.who { display: flex; gap: 10px; align-items: center; margin-bottom: 6px; font-weight: bold }
.who i { width: 36px; height: 36px; border-radius: 6px; background: #4a154b; color: #fff;
  font: bold 18px/36px sans-serif; text-align: center }
.who small { padding: 0 4px; border-radius: 3px; background: #e8e8e8; font-weight: normal }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 8px 0 }
.context, .note { margin: 4px 0; color: #616061; font-size: 13px }
.block { margin: 8px 0 }
$style
</style>
<body class="$kind">
<div class="who"><i>i</i><span>intentlog <small>$badge</small></span></div>
$body
</body>
</html>
""")
_STYLES = {
    "slack": """pre, code { background: #f8f8f8; border: 1px solid #ddd }
code { padding: 1px 3px; border-radius: 3px; color: #c01343 } pre { color: #1d1c1d }""",
    "teams": """body { background: #f5f5f5; font-family: "Segoe UI", Arial, sans-serif }
.card { padding: 12px 16px; border-radius: 6px; background: #fff; box-shadow: 0 1px 3px #0003 }
.who i { background: #5b5fc7; border-radius: 50% } .run { white-space: pre-wrap; margin: 4px 0 }
.container { margin: 10px -16px; padding: 10px 16px; border-top: 1px solid #ddd }
.attention { background: #fde7e9 } .good { background: #e5f5e5 } .warning { background: #fff4ce }
.emphasis { background: #f0f0f0 } .mono { font: 12px/1.5 "DejaVu Sans Mono", monospace }""",
    "discord": """body { background: #313338; color: #dbdee1 } a { color: #00a8fc }
pre { background: #2b2d31; border: 1px solid #1e1f22 } .who small { background: #5865f2 }
.who i { background: #5865f2; border-radius: 50% } .facts { grid-template-columns: repeat(3, 1fr) }
.embed { margin: 8px 0; padding: 10px 14px; border-left: 4px solid; border-radius: 4px;
  background: #2b2d31; font-size: 14px } .facts .wide { grid-column: 1 / -1 }
.context { color: #b5bac1 }""",
    "google-chat": """.card { border: 1px solid #dadce0; border-radius: 8px }
.who i { background: #1a73e8; border-radius: 50% } .card > div { padding: 10px 16px }
.card > div + div { border-top: 1px solid #dadce0 } .label { color: #5f6368; font-size: 12px }
.button { display: inline-block; margin: 4px 8px 0 0; padding: 5px 14px; border-radius: 16px;
  background: #e8f0fe; color: #1967d2; font-size: 13px } font { font-size: 13px }""",
    "pagerduty": """.who i { background: #048a24 } .event { margin: 8px 0; padding: 12px 16px;
  border: 1px solid #dde3ea; border-left: 5px solid #d13438; border-radius: 4px }
.resolve { border-left-color: #048a24 } dl { display: grid; grid-template-columns: 110px 1fr;
  gap: 4px 12px; margin: 8px 0; font-size: 13px } dt { color: #616061 } dd { margin: 0 }
.severity { padding: 1px 8px; border-radius: 10px; background: #d13438; color: #fff;
  font-size: 12px }""",
    "webhook": "pre { background: #f6f8fa; border: 1px solid #d0d7de }",
    "email": ".who i { background: #616061 } pre { background: none; font-size: 13px }",
}

_MRKDWN = re.compile(
    r"```\n?(?P<pre>.*?)\n?```\n?|`(?P<code>[^`\n]+)`|<(?P<url>[^|>]+)\|(?P<label>[^>]*)>"
    r"|(?<!\w)\*(?P<b>[^*\n]+)\*|(?<!\w)_(?P<i>[^_\n]+)_(?!\w)|(?P<br>\n)",
    re.DOTALL,
)
_MARKDOWN = re.compile(
    r"```\n?(?P<pre>.*?)\n?```\n?|\[(?P<label>(?:\\.|[^\]\\])*)\]\(<(?P<url>[^>]*)>\)"
    r"|\*\*(?P<b>(?:\\.|[^*\\])+)\*\*|\\(?P<plain>.)|(?P<br>\n)|(?P<other>[^\\`\[*\n]+|.)",
    re.DOTALL,
)


def page(kind: str, payload: Payload) -> str:
    """Return a page without scripts or anything from elsewhere.

    Args:
        kind: The kind of destination.
        payload: What it gets: data, or text for e-mail.
    """
    look = "slack" if kind == "slack-bot" else kind
    badge = {"email": "E-MAIL", "webhook": "WEBHOOK"}.get(look, "APP")
    body = _BODIES[look](payload)
    return _PAGE.substitute(kind=look, badge=badge, style=_STYLES[look], body=body)


def _slack(payload: Payload) -> str:
    return "\n".join(_slack_block(block) for block in payload["blocks"])


def _slack_block(block: Payload) -> str:
    if block["type"] == "header":
        return f"<h1>{escape(block['text']['text'])}</h1>"
    if block["type"] == "context":
        return f'<div class="context">{_mrkdwn(block["elements"][0]["text"])}</div>'
    fields = "".join(f"<div>{_mrkdwn(field['text'])}</div>" for field in block.get("fields", ()))
    facts = f'<div class="facts">{fields}</div>' if fields else ""
    return f'<div class="block">{_mrkdwn(block["text"]["text"])}{facts}</div>'


def _mrkdwn(text: str) -> str:
    """Read what Slack reads; what it does not is escaped already."""

    def tag(found: re.Match[str]) -> str:
        name = str(found.lastgroup)
        if name == "label":
            return f'<a href="{found["url"]}">{found["label"]}</a>'
        return "<br>" if name == "br" else f"<{name}>{found[name]}</{name}>"

    return _MRKDWN.sub(tag, text.replace('"', "&quot;"))


def _teams(payload: Payload) -> str:
    card = payload["attachments"][0]["content"]
    return f'<div class="card">{"".join(map(_teams_element, card["body"]))}</div>'


def _teams_element(element: Payload) -> str:
    if element["type"] == "Container":
        items = "".join(map(_teams_element, element["items"]))
        return f'<div class="container {element["style"]}">{items}</div>'
    return f'<div class="run">{"".join(map(_teams_run, element["inlines"]))}</div>'


def _teams_run(run: Payload) -> str:
    text = escape(run["text"])
    if "selectAction" in run:
        return f'<a href="{escape(run["selectAction"]["url"])}">{text}</a>'
    if run.get("size") == "Large":
        return f"<h1>{text}</h1>"
    if run.get("fontType") == "Monospace":
        return f'<span class="mono">{text}</span>'
    if run.get("weight") == "Bolder":
        return f"<b>{text}</b>"
    return f'<span class="note">{text}</span>' if run.get("isSubtle") else text


def _discord(payload: Payload) -> str:
    embeds = "".join(map(_discord_embed, payload["embeds"]))
    return f"<div>{_markdown(payload['content'])}</div>{embeds}"


def _discord_embed(embed: Payload) -> str:
    fields = "".join(
        f'<div class="{"" if field["inline"] else "wide"}"><b>{_markdown(field["name"])}</b><br>'
        f"{_markdown(field['value'])}</div>"
        for field in embed.get("fields", ())
    )
    return (
        f'<div class="embed" style="border-color: #{embed["color"]:06x}">'
        f"<b>{_markdown(embed['title'])}</b><div>{_markdown(embed.get('description', ''))}</div>"
        f'<div class="facts">{fields}</div>'
        f'<div class="context">{escape(embed.get("footer", {}).get("text", ""))}</div></div>'
    )


def _markdown(text: str) -> str:
    def tag(found: re.Match[str]) -> str:
        name = str(found.lastgroup)
        if name == "url":
            return f'<a href="{escape(found["url"])}">{_markdown(found["label"])}</a>'
        if name == "b":
            return f"<b>{_markdown(found['b'])}</b>"
        if name == "pre":
            return f"<pre>{escape(found['pre'])}</pre>"
        return "<br>" if name == "br" else escape(found[name])

    return _MARKDOWN.sub(tag, text)


def _google_chat(payload: Payload) -> str:
    card = payload["cardsV2"][0]["card"]
    head = card["header"]
    about = f"<b>{escape(head['title'])}</b><div class='label'>{escape(head['subtitle'])}</div>"
    sections = (
        f"<div><b>{section.get('header', '')}</b>{''.join(map(_widget, section['widgets']))}</div>"
        for section in card["sections"]
    )
    return f'<div class="card"><div>{about}</div>{"".join(sections)}</div>'


def _widget(widget: Payload) -> str:
    """Show a widget, whose texts are HTML that is Google Chat's and escaped already."""
    if fact := widget.get("decoratedText"):
        label = f'<div class="label">{fact["topLabel"]}</div>'
        return f'<div class="block">{label}{fact["text"]}</div>'
    if buttons := widget.get("buttonList"):
        return "".join(
            f'<a class="button" href="{escape(button["onClick"]["openLink"]["url"])}">'
            f"{escape(button['text'])}</a>"
            for button in buttons["buttons"]
        )
    return f'<div class="block">{widget["textParagraph"]["text"]}</div>'


def _pagerduty(payload: Payload) -> str:
    return "".join(map(_pagerduty_event, payload))


def _pagerduty_event(event: Payload) -> str:
    if event["event_action"] == "resolve":
        return f'<div class="event resolve"><b>Resolved</b> {escape(event["dedup_key"])}</div>'
    payload = event["payload"]
    details = "".join(
        f"<dt>{escape(name)}</dt><dd>{_listed(value)}</dd>"
        for name, value in payload["custom_details"].items()
    )
    links = " · ".join(
        f'<a href="{escape(link["href"])}">{escape(link["text"])}</a>' for link in event["links"]
    )
    return (
        f'<div class="event"><span class="severity">{payload["severity"]}</span> '
        f"<b>{escape(payload['summary'])}</b><dl>{details}</dl>{links}</div>"
    )


def _listed(value: str | list[str]) -> str:
    lines = value.splitlines() if isinstance(value, str) else value
    return "<br>".join(map(escape, lines))


def _webhook(payload: Payload) -> str:
    return f"<pre>{escape(json.dumps(payload, ensure_ascii=False, indent=2))}</pre>"


def _email(payload: Payload) -> str:
    subject, _, text = payload.partition("\n\n")
    return f"<h1>{escape(subject)}</h1><pre>{escape(text)}</pre>"


_BODIES: dict[str, Callable[[Payload], str]] = {
    "slack": _slack,
    "teams": _teams,
    "discord": _discord,
    "google-chat": _google_chat,
    "pagerduty": _pagerduty,
    "webhook": _webhook,
    "email": _email,
}
