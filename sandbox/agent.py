"""Stands in for the CloudWatch agent, which cannot run here: from files to log groups.

It reads the *generated* agent configuration, so what the demo delivers is what the configuration
says. A key that it does not know is an error: the real agent might act on it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

from intentlog.errors import IntentlogError
from sandbox.agent_time import TimestampFormat
from sandbox.ingestion import EVENT_OVERHEAD_BYTES, Event, batches
from sandbox.tail import Tail

# The agent cuts a longer event and says so at its end.
MAX_MESSAGE_BYTES: Final = 262_144 - EVENT_OVERHEAD_BYTES
TRUNCATED: Final = "[Truncated...]"

_KNOWN_KEYS: Final = {
    "auto_removal",
    "encoding",
    "file_path",
    "filters",
    "log_group_class",
    "log_group_name",
    "log_stream_name",
    "multi_line_start_pattern",
    "retention_in_days",
    "timestamp_format",
    "timezone",
}


class AgentError(IntentlogError):
    """The agent's configuration, a line, or the service's answer is not what it must be."""


class AgentStandIn:
    """Delivers the lines of the configured files to their log groups, as often as asked.

    Args:
        config: The agent configuration, JSON text.
        logs_client: A boto3 ``logs`` client.
        root: Where the host's folders are here, as ``{"/home/ec2-user/data/logs": tmp_path}``.
        instance_id: For ``{instance_id}`` in stream names.
        hostname: For ``{hostname}``. Default: ``instance_id``.

    Raises:
        AgentError: The configuration has what the stand-in does not do, or a path outside ``root``.
    """

    def __init__(
        self,
        config: str,
        *,
        logs_client: Any,
        root: Mapping[str, Path],
        instance_id: str,
        hostname: str | None = None,
    ) -> None:
        names = {"{instance_id}": instance_id, "{hostname}": hostname or instance_id}
        logs = json.loads(config)["logs"]
        self._client = logs_client
        self._sources = [
            _Source(entry, logs.get("log_stream_name", "{instance_id}"), root=root, names=names)
            for entry in logs["logs_collected"]["files"]["collect_list"]
        ]
        self._streams: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def deliver_once(self) -> dict[str, int]:
        """Send what is new in every file and return the number of events by log group.

        Raises:
            AgentError: A line without a time, a log group that does not exist, or events that the
                service refused. What was not delivered is read again the next time.
        """
        counts: dict[str, int] = {}
        for source in self._sources:
            counts.setdefault(source.group, 0)
            while lines := source.tail.lines():
                counts[source.group] += self._send(source, source.events(lines))
                source.tail.commit()
        return counts

    def close(self) -> None:
        """Close the files."""
        for source in self._sources:
            source.tail.close()

    def _send(self, source: "_Source", events: list[Event]) -> int:
        if events:
            self._create_stream(source.group, source.stream)
        for batch in batches(events):
            answer = self._client.put_log_events(
                logGroupName=source.group,
                logStreamName=source.stream,
                logEvents=[
                    {"timestamp": event.time_ms, "message": event.message} for event in batch
                ],
            )
            if refused := answer.get("rejectedLogEventsInfo"):
                raise AgentError(f"{source.group}: events were refused for their time: {refused}")
        return len(events)

    def _create_stream(self, group: str, stream: str) -> None:
        """Create the stream when it is missing, and never the group: the stack owns that."""
        if (group, stream) in self._streams:
            return
        try:
            self._client.create_log_stream(logGroupName=group, logStreamName=stream)
        except self._client.exceptions.ResourceAlreadyExistsException:
            pass
        except self._client.exceptions.ResourceNotFoundException as error:
            raise AgentError(f"no log group {group!r}: deploy the stack that owns it") from error
        self._streams.add((group, stream))


def deliver(
    config: str, *, logs_client: Any, root: Mapping[str, Path], instance_id: str
) -> dict[str, int]:
    """Deliver everything that is in the configured files once; see ``AgentStandIn``."""
    with AgentStandIn(config, logs_client=logs_client, root=root, instance_id=instance_id) as agent:
        return agent.deliver_once()


class _Source:
    """One entry of the ``collect_list``: where to read, what to keep, where to send it."""

    def __init__(
        self,
        entry: dict[str, Any],
        default_stream: str,
        *,
        root: Mapping[str, Path],
        names: Mapping[str, str],
    ) -> None:
        self.path: str = entry["file_path"]
        if unknown := entry.keys() - _KNOWN_KEYS:
            raise AgentError(f"{self.path}: the stand-in does not know {sorted(unknown)}")
        if entry.get("auto_removal"):
            raise AgentError(f"{self.path}: the stand-in deletes no files (auto_removal)")
        try:
            self._time = TimestampFormat(
                entry["timestamp_format"], timezone=entry.get("timezone", "LOCAL")
            )
        except ValueError as error:
            raise AgentError(f"{self.path}: {error}") from error
        self.group = _filled(entry["log_group_name"], names)
        self.stream = _filled(entry.get("log_stream_name", default_stream), names)
        self.tail = Tail(_local(self.path, root))
        self._starts = self._start_test(entry.get("multi_line_start_pattern"))
        self._keeps = [
            (rule["type"] == "include", re.compile(rule["expression"]))
            for rule in entry.get("filters", [])
        ]

    def events(self, lines: list[str]) -> list[Event]:
        """Turn lines into the events that pass the filters."""
        return [
            Event(self._time_of(text), _cut(text))
            for text in self._joined(lines)
            if all(bool(rule.search(text)) is wanted for wanted, rule in self._keeps)
        ]

    def _start_test(self, pattern: str | None) -> Callable[[str], bool]:
        if pattern is None:
            return lambda line: not line[:1].isspace()
        if pattern == "{timestamp_format}":
            return lambda line: self._time.time_ms(line) is not None
        compiled = re.compile(pattern)
        return lambda line: compiled.search(line) is not None

    def _joined(self, lines: list[str]) -> Iterator[str]:
        """Join lines that continue an event to the line that began it; leave out empty ones."""
        event: list[str] = []
        for line in lines:
            if event and self._starts(line):
                yield "\n".join(event)
                event = []
            if event or line.strip():
                event.append(line)
        if event:
            yield "\n".join(event)

    def _time_of(self, text: str) -> int:
        time_ms = self._time.time_ms(text)
        if time_ms is None:
            raise AgentError(
                f"{self.path}: no time that matches {self._time.text!r} in this line; the agent "
                f"would give it the time of its collection: {text[:200]!r}"
            )
        return time_ms


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= MAX_MESSAGE_BYTES:
        return text
    return data[: MAX_MESSAGE_BYTES - len(TRUNCATED)].decode(errors="ignore") + TRUNCATED


def _filled(text: str, names: Mapping[str, str]) -> str:
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    if "{" in text:
        raise AgentError(f"{text!r}: a placeholder that the stand-in does not know")
    return text


def _local(path: str, root: Mapping[str, Path]) -> Path:
    """The local file for a path on the host, by the longest prefix in ``root``."""
    if "*" in path:
        raise AgentError(f"{path}: the stand-in does not follow wildcards")
    for folder in sorted(root, key=len, reverse=True):
        if PurePosixPath(path).is_relative_to(folder):
            return Path(root[folder]) / PurePosixPath(path).relative_to(folder)
    raise AgentError(f"{path} is in none of the mapped folders: {', '.join(sorted(root))}")
