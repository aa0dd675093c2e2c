"""The way to the sandbox that can be cut."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from sandbox.gateway import Gateway


class Answers(BaseHTTPRequestHandler):
    """Answers every request, on a connection that is kept."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway to a server on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Gateway(f"http://127.0.0.1:{server.server_port}") as gateway:
            yield gateway
        server.shutdown()


def connect(gateway: Gateway) -> http.client.HTTPConnection:
    """Return a connection through the gateway."""
    return http.client.HTTPConnection(str(urlsplit(gateway.url).netloc), timeout=10)


def answer(connection: http.client.HTTPConnection) -> bytes:
    """Ask, and return the answer."""
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_it_passes_on(gateway: Gateway) -> None:
    """Several requests on one connection, and several connections."""
    first, second = connect(gateway), connect(gateway)

    assert [answer(first), answer(first), answer(second)] == [b"ok"] * 3
    assert gateway.broken == 0
    first.close()
    second.close()


def test_an_outage_breaks_what_is_open_and_what_is_new(gateway: Gateway) -> None:
    """And when it is over, a new connection works."""
    connection = connect(gateway)
    assert answer(connection) == b"ok"

    with gateway.outage():
        for broken in (connection, connect(gateway)):
            with pytest.raises((OSError, http.client.HTTPException)):
                answer(broken)
            broken.close()

    assert gateway.broken == 2
    again = connect(gateway)
    assert answer(again) == b"ok"
    again.close()
