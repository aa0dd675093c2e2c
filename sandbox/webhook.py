"""A webhook that keeps what it is sent: the other end of the digest, on loopback."""

import json
import queue
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class WebhookReceiver:
    """Takes JSON posts on 127.0.0.1 for as long as the ``with`` block lasts.

    Attributes:
        url: Where to post.
        received: Every payload so far that was taken, in order.
        times: When each of them was taken, in seconds of ``time.monotonic()``.
        status: What it answers; 200 until somebody wants a failure.
        failing: The share of posts that it refuses all the same, with 503.
        refused: How many posts were answered otherwise.
    """

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.status = 200
        self.failing = 0.0
        self.refused = 0
        self._arrived: queue.Queue[dict[str, Any]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        # It looks for the end twice a second by default, and every test would wait for that.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
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
        chance = random.Random(1)  # noqa: S311 - the same failures each time

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 503 if chance.random() < receiver.failing else receiver.status
                if status == 200:  # noqa: PLR2004
                    payload = json.loads(body)
                    receiver.times.append(time.monotonic())
                    receiver.received.append(payload)
                    receiver._arrived.put(payload)
                else:
                    receiver.refused += 1
                # Told last: whoever has the answer finds what was taken.
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet: the payloads are what counts."""

        return Handler
