"""Metrics within lines: CloudWatch's embedded metric format.

Source: CloudWatch User Guide, "Specification: Embedded metric format".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from intentlog.contract import Contract, matcher, number_at

from .encoding import LONGEST_LINE
from .record import Fields
from .sinks import Sink

_ONE: Final = 1


class MetricSink:
    """Writes each line with the metrics of its stream that it counts for.

    Only the lines of a metric's own stream have them: CloudWatch would count the line of a second
    log group again. A line that is too long for them goes without: it is worth more than a number.
    """

    reads_fields = True

    def __init__(self, contract: Contract, stream: str, sink: Sink) -> None:
        """Take the stream whose metrics are written, and where its lines go."""
        self._sink = sink
        self._timestamp = contract.record.name_of("timestamp")
        self._namespace = contract.namespace
        self._metrics = [
            (
                name,
                metric.unit,
                matcher(metric.where),
                number_at(metric.value) if metric.value else lambda _fields: _ONE,
            )
            for name, metric in contract.metrics.items()
            if metric.embedded and metric.stream == stream
        ]

    def write(self, fields: Fields, line: bytes, /) -> None:
        """Write a line."""
        found = list(self._found(fields))
        if found:
            members = {"_aws": self._directive(fields, found)} | {
                name: value for name, _, value in found
            }
            longer = line[:-2] + b"," + msgspec.json.encode(members)[1:] + b"\n"
            line = longer if len(longer) <= LONGEST_LINE else line
        self._sink.write(fields, line)

    def close(self) -> None:
        """Close the sink."""
        self._sink.close()

    def _found(self, fields: Fields) -> Iterator[tuple[str, str, float]]:
        for name, unit, matches, number in self._metrics:
            if matches(fields) and (value := number(fields)) is not None:
                yield name, unit, value

    def _directive(self, fields: Fields, found: list[tuple[str, str, float]]) -> Fields:
        moment = datetime.fromisoformat(str(fields[self._timestamp]))
        metrics = [{"Name": name, "Unit": unit} for name, unit, _ in found]
        directive = {"Namespace": self._namespace, "Dimensions": [[]], "Metrics": metrics}
        return {
            "Timestamp": int(moment.timestamp() * 1000),
            "CloudWatchMetrics": [directive],
        }


def with_metrics(contract: Contract, stream: str, sink: Sink) -> Sink:
    """Return a sink of a stream that also writes the stream's embedded metrics, if it has any."""
    if any(m.embedded and m.stream == stream for m in contract.metrics.values()):
        return MetricSink(contract, stream, sink)
    return sink
