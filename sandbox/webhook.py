"""A webhook that keeps what it is sent: the other end of the digest, on loopback."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class WebhookReceiver:
    """Takes JSON posts on 127.0.0.1 for as long as the ``with`` block lasts.

    Attributes:
        url: Where to post.
        received: Every payload so far that was taken, in order.
        status: What it answers; 200 until somebody wants a failure.
        refused: How many posts were answered otherwise.
    """

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.refused = 0
        self._arrived: queue.Queue[dict[str, Any]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/digest"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, seconds: float) -> dict[str, Any] | None:
        """Return the next payload that nobody waited for yet, or None when time is up."""
        try:
            return self._arrived.get(timeout=seconds)
        except queue.Empty:
            return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.status)
                self.end_headers()
                if receiver.status == 200:  # noqa: PLR2004
                    payload = json.loads(body)
                    receiver.received.append(payload)
                    receiver._arrived.put(payload)
                else:
                    receiver.refused += 1

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet: the payloads are what counts."""

        return Handler
