"""Messages to render: one as it should be, and any that somebody hostile could bring about."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st

from alarm_digest.message import Link, Message, Section

DASHBOARD = "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards:name=shop"

MESSAGE = Message(
    service="shop",
    title="shop: 1 alarm rings, 1 resolved",
    status="ringing",
    sections=(
        Section(
            key="arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-payments-fail",
            title="shop-payments-fail",
            status="ringing",
            summary="Payments fail for customers",
            facts=(
                ("States", "OK → ALARM"),
                ("Changed", "2026-11-25T10:00:00.000+0000"),
                ("Reason", "Threshold Crossed: 1 datapoint [57.0] was greater than 10.0."),
                ("Lines", "57 (payment 41, http 16)"),
            ),
            samples=("PaymentError: card <declined> & *retried*",),
            sparkline="▁▁▂▁▁▃█▇",
            links=(
                Link(label="Runbook", place="docs/operations.md#payments"),
                Link(label="Dashboard", place=DASHBOARD),
            ),
            notes=("1 of 2 queries answered.",),
        ),
        Section(key="slow", title="shop-slow", status="resolved", summary="Pages are slow"),
    ),
    links=(Link(label="Alarms", place="https://console.aws.amazon.com/alarms"),),
)

HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<@U012345>",
    "<#C012345>",
    "<https://evil.example|Dashboard>",
    "[Dashboard](https://evil.example)",
    "@everyone",
    "@here",
    "<@&123>",
    "<users/all>",
    "<at>everyone</at>",
    "<a href='https://evil.example'>x</a>",
    "<script>alert(1)</script>",
    "{{DATE(2026-01-01T00:00:00Z)}}",
    "javascript:alert(1)",
    "https://user@evil.example/",
    "https://evil.example/a|b>c<d) e",
    "https://[",
    "```",
    "`x`",
    "*bold* _it_ ~no~ ||spoiler||",
    "# Heading\n> quote\n- item",
    "&amp;&lt;",
    "\u202egnp.exe\u202c",
    "\u2066\u2069\u200f",
    "\x00\x1b[31mred\x07\x85",
    "\ud83d",
    "\U000e0041",
    "👩‍👩‍👧",
    "\r\n\t\u2028",
    "",
)

_ANY = st.text(st.characters(exclude_categories=()), max_size=30)
TEXTS = st.one_of(
    _ANY,
    st.lists(st.one_of(_ANY, st.sampled_from(HOSTILE)), max_size=6).map(" ".join),
    st.builds(
        lambda part, times: (part * times)[:300_000],
        st.sampled_from(HOSTILE),
        st.sampled_from([1, 50, 500, 20_000]),
    ),
)
_LINKS = st.builds(Link, label=TEXTS, place=TEXTS)
_SECTIONS = st.builds(
    Section,
    key=TEXTS,
    title=TEXTS,
    status=st.sampled_from(["ringing", "flapping", "resolved", "unknown", "report"]),
    summary=TEXTS,
    facts=st.lists(st.tuples(TEXTS, TEXTS), max_size=4).map(tuple),
    samples=st.lists(TEXTS, max_size=3).map(tuple),
    sparkline=st.sampled_from(["", "▁▂█", "`<!channel>" * 300]),
    links=st.lists(_LINKS, max_size=3).map(tuple),
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)
MESSAGES = st.builds(
    Message,
    service=TEXTS,
    title=TEXTS,
    status=st.sampled_from(["ringing", "flapping", "resolved", "unknown", "report"]),
    sections=st.one_of(
        st.lists(_SECTIONS, max_size=3).map(tuple),
        st.builds(lambda section, times: (section,) * times, _SECTIONS, st.sampled_from([60, 400])),
    ),
    links=st.lists(_LINKS, max_size=3).map(tuple),
    reminder=st.booleans(),
)
"""Any message: whatever stands in it, however long, however many incidents."""

# Making a long message shorter takes Hypothesis minutes, and tells little more.
NOT_SHORTENED = settings(
    deadline=None, max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)


def storm(incidents: int) -> Message:
    """Return a message about many alarms, each with much to say."""
    section = MESSAGE.sections[0]
    return Message(
        service="shop",
        title=f"shop: {incidents} alarms ring",
        status="ringing",
        sections=tuple(
            Section(
                key=f"key-{number}",
                title=f"shop-alarm-{number}",
                status="ringing",
                summary=section.summary,
                facts=section.facts,
                samples=("x" * 2_000,) * 3,
                links=section.links,
            )
            for number in range(incidents)
        ),
    )


def strings(value: Any) -> Iterator[str]:
    """Yield every text within a payload, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def unseen(text: str) -> set[str]:
    """Return what is in a text that cannot be seen but acts, as Unicode's tables say."""
    directions = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return {
        character
        for character in text
        if unicodedata.bidirectional(character) in directions
        or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    } - {"\n"}
