"""A way to the sandbox that can be cut: for what somebody else's network does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self
from urllib.parse import urlsplit

_BYTES = 65_536


class Gateway:
    """A port on loopback that passes connections on, or breaks them.

    Attributes:
        url: What to reach it by, in place of what it passes on to.
        broken: How many connections it has broken.
    """

    def __init__(self, endpoint_url: str) -> None:
        """Listen, and pass on to an endpoint on loopback."""
        to = urlsplit(endpoint_url)
        self._to = (to.hostname or "localhost", to.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.broken = 0
        self._cut = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="gateway", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone would leave the thread waiting for a connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._break()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Break every connection, those that are open and new ones, in a ``with`` block."""
        self._cut = True
        self._break()
        try:
            yield
        finally:
            self._cut = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # it is closed
                return
            if self._cut:
                self.broken += 1
                client.close()
                continue
            try:
                server = socket.create_connection(self._to)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(_BYTES):
                target.sendall(part)
        self._close(source, target)

    def _break(self) -> None:
        with self._lock:
            ends = list(self._open)
        self.broken += len(ends) // 2
        self._close(*ends)

    def _close(self, *ends: socket.socket) -> None:
        for end in ends:
            with self._lock:
                self._open.discard(end)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
