"""CloudWatch Logs on loopback, stricter than the emulator: it keeps every limit of the service.

It checks what the service checks before it takes a batch, signatures included, and lets go wrong
what its ``Faults`` say. It keeps what it took; before an emulator, it also hands that on.
``python -m sandbox.strict_logs`` runs it in a process of its own until its standard input ends.
"""

import argparse
import gzip
import hashlib
import hmac
import http.client
import json
import re
import select
import socket
import struct
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, NamedTuple, Self

import msgspec

from .faults import Faults
from .ingestion import Event, problem, rejected

SECRET: Final = "sandbox"  # noqa: S105 -- of nobody
_TARGET: Final = "Logs_20140328."
_LONGEST_BODY: Final = 8 << 20
_SIGNATURE_SECONDS: Final = 300
_HANG_LOOK_SECONDS: Final = 0.05
_AUTHORIZATION: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/(\d{8})/([a-z0-9-]+)/logs/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)


class Taken(NamedTuple):
    """An event that was taken.

    Attributes:
        group: Its log group.
        stream: Its log stream.
        timestamp: In milliseconds since the epoch.
        message: Its text.
        batch: The number of its batch, from 0.
    """

    group: str
    stream: str
    timestamp: int
    message: str
    batch: int


class RefusalError(Exception):
    """The answer to a request that the service does not take."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class _Put(msgspec.Struct, rename="camel"):
    log_group_name: str
    log_stream_name: str
    log_events: list["_InputLogEvent"]


class _InputLogEvent(msgspec.Struct, gc=False):
    timestamp: int
    message: str


class StrictLogs:
    """Serves on 127.0.0.1 for as long as the ``with`` block lasts.

    Attributes:
        url: The address for AWS clients.
        faults: What goes wrong.
        taken: The events that were taken, in their order; empty if they are not kept.
        batches: How many events each batch had that was taken.
        unanswered: Numbers of batches that were taken, but whose answer was broken off.
        refusals: The batches that were refused as a whole, and why: a client keeps the limits.
        groups: The log groups that there are, with their retention in days.
        streams: The log streams, each with its group.
    """

    def __init__(
        self,
        faults: Faults | None = None,
        *,
        before: str | None = None,
        keep: bool = True,
        ahead_seconds: float = 0.0,
    ) -> None:
        """Listen on a free port.

        Args:
            faults: What goes wrong. Default: nothing.
            before: The address of an emulator that takes what is taken, too.
            keep: Whether the events are kept, or only counted.
            ahead_seconds: How far its clock, which judges times and signatures, is ahead of this
                host's.
        """
        self.faults = faults or Faults()
        self.taken: list[Taken] = []
        self.batches: list[int] = []
        self.unanswered: set[int] = set()
        self.refusals: list[str] = []
        self.groups: dict[str, int | None] = {}
        self.streams: set[tuple[str, str]] = set()
        self._before = before
        self._keep = keep
        self._ahead_seconds = ahead_seconds
        self._newest: dict[int, int] = {}  # the last batch of each connection's thread
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener = _listening(0)
        self._port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._listener.close()

    def environment(self) -> dict[str, str]:
        """Return the variables that point AWS clients here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def time(self) -> float:
        """Return what time it is here, in seconds since the epoch."""
        return time.time() + self._ahead_seconds

    def messages(self, group: str) -> list[str]:
        """Return the messages that a log group has."""
        with self._lock:
            return [event.message for event in self.taken if event.group == group]

    def answer(self, target: str, body: bytes) -> dict[str, Any]:
        """Return the answer to a request of an operation.

        Raises:
            RefusalError: It is not taken.
        """
        operation = target.removeprefix(_TARGET)
        operations: dict[str, Callable[[bytes], dict[str, Any]]] = {
            "PutLogEvents": self._put_log_events,
            "CreateLogGroup": self._create_log_group,
            "CreateLogStream": self._create_log_stream,
            "PutRetentionPolicy": self._put_retention_policy,
        }
        if operation not in operations:
            raise RefusalError("UnknownOperationException", target)
        return operations[operation](body)

    def _put_log_events(self, body: bytes) -> dict[str, Any]:
        try:
            put = msgspec.json.decode(body, type=_Put)
        except msgspec.MsgspecError as error:
            raise RefusalError("SerializationException", str(error)) from error
        events = [Event(event.timestamp, event.message) for event in put.log_events]
        with self._lock:
            self._check_there(put.log_group_name, put.log_stream_name)
            if wrong := _empty(events) or problem(events):
                self.refusals.append(wrong)
                raise RefusalError("InvalidParameterException", wrong)
            good, information = rejected(events, int(self.time() * 1000))
            number = self._newest[threading.get_ident()] = len(self.batches)
            self.batches.append(len(events[good]))
            if self._keep:
                names = put.log_group_name, put.log_stream_name
                self.taken += [Taken(*names, *event, number) for event in events[good]]
        return {"rejectedLogEventsInfo": information} if information else {}

    def _check_there(self, group: str, stream: str) -> None:
        for name, there in (
            ("group", group in self.groups),
            ("stream", (group, stream) in self.streams),
        ):
            if not there:
                raise RefusalError(
                    "ResourceNotFoundException", f"The specified log {name} does not exist."
                )

    def _create_log_group(self, body: bytes) -> dict[str, Any]:
        group = json.loads(body)["logGroupName"]
        with self._lock:
            if not re.fullmatch(r"[.\-_/#A-Za-z0-9]{1,512}", group):
                raise RefusalError("InvalidParameterException", f"logGroupName: {group}")
            if group in self.groups:
                raise RefusalError(
                    "ResourceAlreadyExistsException", "The specified log group already exists"
                )
            self.groups[group] = None
        return {}

    def _create_log_stream(self, body: bytes) -> dict[str, Any]:
        given = json.loads(body)
        group, stream = given["logGroupName"], given["logStreamName"]
        with self._lock:
            if not re.fullmatch(r"[^:*]{1,512}", stream):
                raise RefusalError("InvalidParameterException", f"logStreamName: {stream}")
            if group not in self.groups:
                raise RefusalError(
                    "ResourceNotFoundException", "The specified log group does not exist."
                )
            if (group, stream) in self.streams:
                raise RefusalError(
                    "ResourceAlreadyExistsException", "The specified log stream already exists"
                )
            self.streams.add((group, stream))
        return {}

    def _put_retention_policy(self, body: bytes) -> dict[str, Any]:
        given = json.loads(body)
        with self._lock:
            if given["logGroupName"] not in self.groups:
                raise RefusalError(
                    "ResourceNotFoundException", "The specified log group does not exist."
                )
            self.groups[given["logGroupName"]] = given["retentionInDays"]
        return {}

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if self.faults.now() == "refused":
                self._listener.close()
                while self.faults.now() == "refused" and not self._stopping.is_set():
                    time.sleep(_HANG_LOOK_SECONDS)
                self._listener = _listening(self._port)
            if select.select([self._listener], [], [], _HANG_LOOK_SECONDS)[0]:
                connection, address = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self._serve, args=(connection, address), daemon=True
                ).start()

    def _serve(self, connection: socket.socket, address: object) -> None:
        try:
            no_server: Any = None
            _handler(self)(connection, address, no_server)
        except OSError:  # the client, or a fault, has ended it
            pass
        finally:
            connection.close()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, or let go wrong what is to go wrong with it."""
        body = request.rfile.read(int(request.headers["Content-Length"]))
        fault = self.faults.strike()
        if fault == "hang":
            while self.faults.now() == "hang" and not self._stopping.is_set():
                time.sleep(_HANG_LOOK_SECONDS)
        if fault in {"refused", "reset", "hang"}:
            _reset(request.connection)
            return
        if fault == "page":
            _send(request, 200, "text/html", b"<html>Please log in</html>")
            return
        status, answer = self._answered(request, body, fault)
        if fault == "reset_after":
            if threading.get_ident() in self._newest:
                self.unanswered.add(self._newest[threading.get_ident()])
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
            _reset(request.connection)
            return
        _send(request, status, "application/x-amz-json-1.1", json.dumps(answer).encode())

    def _answered(
        self, request: BaseHTTPRequestHandler, body: bytes, fault: str | None
    ) -> tuple[int, dict[str, Any]]:
        failure = _FAILURES.get(fault or "")
        try:
            if failure:
                raise failure
            _check_signature(request.path, request.headers, body, self.time())
            answer = self.answer(request.headers["X-Amz-Target"], _plain(request.headers, body))
            return self._handed_on(request, body) if self._before else (200, answer)
        except RefusalError as error:
            return error.status, {"__type": error.code, "message": error.message}

    def _handed_on(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        address = urllib.parse.urlsplit(self._before or "").netloc
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("POST", "/", body, dict(request.headers))
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        finally:
            connection.close()


def _send(request: BaseHTTPRequestHandler, status: int, kind: str, content: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


_FAILURES: Final = {
    "error_as_200": RefusalError("InternalFailure", "We encountered an internal error.", 200),
    "error": RefusalError("InternalFailure", "We encountered an internal error.", 500),
    "throttled": RefusalError("ThrottlingException", "Rate exceeded"),
    "denied": RefusalError("AccessDeniedException", "not authorized to perform this"),
}


def _handler(logs: StrictLogs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(logs.time() if timestamp is None else timestamp, usegmt=True)

        def do_POST(self) -> None:
            logs.handle(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet: what was taken is what counts."""

    return Handler


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener


def _reset(connection: socket.socket) -> None:
    """Break a connection: the other side gets ECONNRESET, not an end of file."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise ConnectionResetError


def _plain(headers: Message, body: bytes) -> bytes:
    if headers.get("Content-Type") != "application/x-amz-json-1.1":
        raise RefusalError("SerializationException", "unknown Content-Type")
    if headers.get("Content-Encoding") == "gzip":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError) as error:
            raise RefusalError("SerializationException", str(error)) from error
    if len(body) > _LONGEST_BODY:
        raise RefusalError("RequestEntityTooLargeException", f"{len(body)} bytes", 413)
    return body


def _empty(events: Sequence[Event]) -> str | None:
    """Say what is wrong with the count of events, or with one of them alone."""
    if not events:
        return "logEvents: Member must have length greater than or equal to 1"
    for number, (time_ms, message) in enumerate(events, start=1):
        if not message or message.isspace():
            return f"logEvents.{number}.message: must not be empty"
        if time_ms < 0:
            return f"logEvents.{number}.timestamp: must not be negative"
    return None


def _check_signature(path: str, headers: Message, body: bytes, now: float) -> None:
    """Sign the request as its client should have (Signature Version 4), and compare.

    Its time may be five minutes off.

    Raises:
        RefusalError: It is not signed, or wrongly.
    """
    match = _AUTHORIZATION.fullmatch(headers.get("Authorization") or "")
    if match is None:
        raise RefusalError("MissingAuthenticationTokenException", "Missing Authentication Token")
    day, region, names, signature = match.groups()
    canonical = "\n".join(
        [
            "POST",
            path,
            "",
            *(f"{name}:{' '.join((headers.get(name) or '').split())}" for name in names.split(";")),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{day}/{region}/logs/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    at = headers.get("X-Amz-Date") or ""
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(key.hex(), signature):
        raise RefusalError("InvalidSignatureException", "The signature does not match", 403)
    signed = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    if not at.startswith(day) or abs(signed - now) > _SIGNATURE_SECONDS:
        reason = "Signature expired" if signed < now else "Signature not yet current"
        raise RefusalError("InvalidSignatureException", f"{reason}: {at}")


def main() -> None:
    """Serve until standard input ends; print the address, and at the end what was taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the events, and print them")
    options = parser.parse_args()
    with StrictLogs(keep=options.keep) as logs:
        print(logs.url, flush=True)  # noqa: T201 -- that is what it is for
        sys.stdin.read()
        summary = {"events": sum(logs.batches), "batches": len(logs.batches)}
        print(json.dumps(summary | {"refusals": logs.refusals}))  # noqa: T201
        for event in logs.taken:
            print(json.dumps(event))  # noqa: T201


if __name__ == "__main__":
    main()
