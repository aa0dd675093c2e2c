"""What every destination shows the same way."""

from alarm_digest.message import Message, Section, Status

SIGNS: dict[Status, str] = {
    "ringing": "🔴",
    "flapping": "🟠",
    "resolved": "🟢",
    "unknown": "⚪",
    "report": "",
}
WORDS: dict[Status, str] = {
    "ringing": "rings",
    "flapping": "is flapping",
    "resolved": "is resolved",
    "unknown": "(to look at)",
    "report": "",
}


def facts(section: Section) -> list[tuple[str, str]]:
    """Return the facts that tell people something; programs are promised a few more."""
    return [
        (name, value)
        for name, value in section.facts
        if name != "Changed" and not (name == "States" and "→" not in value)
    ]


def headline(message: Message) -> str:
    """Return the message in one line; a reminder says that it is one."""
    title = message.title or message.service or "Alarm digest"
    return f"Reminder: {title}" if message.reminder else title


def heading(section: Section) -> str:
    """Return what a section is about, and how that stands: ``🔴 high-error-rate rings``."""
    words = (SIGNS[section.status], section.title or "-", WORDS[section.status])
    return " ".join(filter(None, words))
