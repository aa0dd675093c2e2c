"""Checks of where lines go: files, log groups, and whoever rotates and collects them."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from . import aws_limits
from .fields import expression_problems
from .model import Contract, Stream
from .problem import Problem, join

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_ROTATED = re.compile(r"\.[0-9]+(\.gz)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSAFE_ON_HOST = re.compile(r"[*?\[\]{}\"'\\]")


def check_streams(contract: Contract) -> Iterator[Problem]:
    """Check the streams: names, files, log groups, expressions."""
    files: dict[str, str] = {}
    groups: dict[str, str] = {}
    for name, stream in contract.streams.items():
        where = join("streams", name)
        yield from name_problems("stream", where, name)
        yield from _file(where, name, stream, files)
        yield from _log_group(where, name, stream, groups)
        yield from expression_problems(contract, f"{where}.where", stream.where)
    yield from _rotated_files(contract)


def check_files(contract: Contract) -> Iterator[Problem]:
    """Check the directories and the rotation."""
    files = contract.files
    for key, directory in (
        ("directory", files.directory),
        ("host_directory", files.host_directory),
    ):
        if directory and _CONTROL.search(directory):
            yield Problem(f"files.{key}", f'"{directory}" is no directory name')
    if files.rotation.by == "process" and files.rotation.every is not None:
        yield Problem(
            "files.rotation.every",
            'with by = "process" files are rotated by size alone; leave it out',
        )
    if contract.delivery.by == "agent" and contract.log_groups:
        yield from _host_directory(contract)


def name_problems(kind: str, where: str, name: str) -> Iterator[Problem]:
    """Check a name that becomes part of an id: of a stream, of a query."""
    if not _NAME.fullmatch(name):
        yield Problem(where, f'"{name}" cannot name a {kind}; use letters, digits, - and _')


def _host_directory(contract: Contract) -> Iterator[Problem]:
    files = contract.files
    if files.host_directory and not PurePosixPath(files.host_directory).is_absolute():
        yield Problem(
            "files.host_directory",
            f'"{files.host_directory}" is relative: the agent on the host needs an absolute path',
            ("delivery",),
        )
    elif _UNSAFE_ON_HOST.search(directory := str(contract.host_directory)):
        key = "directory" if files.host_directory is None else "host_directory"
        yield Problem(
            f"files.{key}",
            f'"{directory}" has characters that the agent or logrotate reads otherwise: '
            "none of * ? [ ] { } \" ' \\ is allowed",
            ("delivery", "files.host_directory"),
        )


def _file(where: str, name: str, stream: Stream, taken: dict[str, str]) -> Iterator[Problem]:
    file = stream.file
    if other := taken.get(file.casefold()):
        yield Problem(
            f"{where}.file",
            f'"{file}" is the file of stream "{other}" already',
            (join("streams", other) + ".file",),
        )
    taken.setdefault(file.casefold(), name)


def _rotated_files(contract: Contract) -> Iterator[Problem]:
    for name, stream in contract.streams.items():
        for other, owner in contract.streams.items():
            rest = stream.file.removeprefix(owner.file)
            if owner.file and rest != stream.file and _ROTATED.fullmatch(rest):
                yield Problem(
                    join("streams", name) + ".file",
                    f'"{stream.file}" is what a rotated file of stream "{other}" is called',
                )


def _log_group(where: str, name: str, stream: Stream, taken: dict[str, str]) -> Iterator[Problem]:
    group = stream.log_group
    if stream.retention_days not in aws_limits.RETENTION_DAYS:
        steps = ", ".join(map(str, aws_limits.RETENTION_DAYS))
        yield Problem(
            f"{where}.retention_days",
            f"CloudWatch does not offer {stream.retention_days} days; allowed: {steps}",
        )
    if stream.anomaly_detection and (group is None or stream.log_class != "standard"):
        what = "only a log group of the standard class looks for anomalies"
        yield Problem(f"{where}.anomaly_detection", what, (f"{where}.log_class",))
    if group is None:
        return
    if complaint := aws_limits.log_group_complaint(group):
        yield Problem(f"{where}.log_group", complaint)
    elif other := taken.get(group):
        yield Problem(
            f"{where}.log_group",
            f'"{group}" is the log group of stream "{other}" already: '
            "a line of both would be counted twice",
        )
    taken.setdefault(group, name)
