"""E-mail by SNS, as plain text: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html."""

import time
from dataclasses import dataclass
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from alarm_digest.aws import client
from alarm_digest.message import Link, Message, Section
from alarm_digest.post import PostError

from .appearance import WORDS, facts, headline
from .size import fitted
from .text import address, octets

_SUBJECT = 100
_OCTETS = 256 * 1024


class Mail(NamedTuple):
    """What is published: SNS makes the e-mail of it."""

    subject: str
    text: str


def payload(message: Message) -> Mail:
    """Return the message as plain text, whose subject is ASCII and one line."""
    return fitted(message, _rendered, lambda mail: octets(mail.text) <= _OCTETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """A topic of SNS whose subscriptions are e-mail addresses."""

    name: str
    topic: str

    def post(self, message: Message, *, thread: str | None = None, deadline: float) -> None:
        """Publish a message.

        Raises:
            PostError: SNS did not take it.
        """
        del thread
        if time.monotonic() >= deadline:
            raise PostError("there was no time left to post")
        mail = payload(message)
        try:
            client("sns").publish(TopicArn=self.topic, Subject=mail.subject, Message=mail.text)
        except ClientError as error:
            raise PostError(f"SNS answered {error.response['Error']['Code']}") from None
        except BotoCoreError as error:
            raise PostError(f"SNS cannot be reached: {type(error).__name__}") from None


def _rendered(message: Message) -> Mail:
    title = headline(message)
    parts = [title, *(_incident(section) for section in message.sections)]
    if message.links:
        parts.append("\n".join(_links(message.links)))
    return Mail(subject=_subject(title), text="\n\n".join(parts) + "\n")


def _subject(title: str) -> str:
    """Write a subject as SNS takes it: printable ASCII that begins with no space, 100 at most."""
    ascii_only = title.encode("ascii", "replace").decode().strip()
    if len(ascii_only) > _SUBJECT:
        ascii_only = ascii_only[: _SUBJECT - 3] + "..."
    return ascii_only


def _incident(section: Section) -> str:
    title = f"{section.title} {WORDS[section.status]}"
    lines = [title, "-" * min(len(title), 72)]
    lines += [_quiet(section.summary), section.sparkline]
    lines += [f"{name}: {_quiet(value)}" for name, value in facts(section)]
    lines += [f"\n    {_indented(_quiet(sample))}" for sample in section.samples]
    lines += [f"({_quiet(note)})" for note in section.notes]
    links = _links(section.links)
    return "\n".join(filter(None, [*lines, "\n" + "\n".join(links) if links else ""]))


def _links(links: tuple[Link, ...]) -> list[str]:
    return [f"{link.label}: {address(link.place) or _quiet(link.place)}" for link in links]


def _quiet(text: str) -> str:
    """Keep mail programs from making links of what stands in a log line."""
    return text.replace("://", "[:]//").replace("www.", "www[.]")


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")
