"""An AWS that answers as a test has written down: real HTTP on loopback.

The sandbox has no query that goes on until it is stopped, no archive that is dear, no token that
has expired and no pointers of CloudWatch's kind; so these answers are written by hand, after the
API references of CloudWatch Logs, Athena, Glue and S3.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Request: TypeAlias = dict[str, Any]
Answer: TypeAlias = Request | Callable[[Request], Request]


class Refused(Exception):  # noqa: N818 -- what AWS does
    """An answer that is an error of AWS."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ScriptedAws(ThreadingHTTPServer):
    """Answers operations by their names, such as ``StartQuery``.

    Attributes:
        answers: What each operation answers, or what makes the answer of its request.
        bucket: Keys and sizes of the objects that S3 lists.
        calls: The operations and their requests, in the order in which they came.
    """

    daemon_threads = True

    def __init__(self, answers: dict[str, Answer], bucket: dict[str, int] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.bucket = bucket or {}
        self.calls: list[tuple[str, Request]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a command that asks here."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nowhere",
        }

    def called(self, operation: str) -> list[Request]:
        """Return the requests of an operation."""
        return [request for name, request in self.calls if name == operation]


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedAws
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((operation, request))
        answer = self.server.answers[operation]
        try:
            self._send(200, json.dumps(answer(request) if callable(answer) else answer))
        except Refused as refused:
            self._send(400, json.dumps({"__type": refused.code, "message": str(refused)}))

    def do_GET(self) -> None:
        contents = "".join(
            f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"
            for key, size in sorted(self.server.bucket.items())
        )
        self._send(200, f"<ListBucketResult><Name>b</Name>{contents}</ListBucketResult>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
