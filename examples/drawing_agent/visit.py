"""Visits the application as three people would: ``python -m examples.drawing_agent.visit URL``."""

import argparse
import http.client
import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

MONET, MORISOT, PISSARRO = (
    "claude.monet@example.com",
    "berthe.morisot@example.com",
    "camille.pissarro@example.com",
)
_BEYOND_THE_PALETTE = "a haystack in ultraviolet"


@dataclass(kw_only=True)
class Visit:
    """What was done, and so what the logs must show."""

    requests: int = 0
    """HTTP requests that were answered."""
    connections: int = 0
    """WebSocket connections that were opened."""
    prompts: int = 0
    """Turns that the agent was asked for, by WebSocket or HTTP."""
    refusals: int = 0
    """Sign-ins that were refused: each one WARNING in category auth."""
    errors: int = 0
    """What failed: each one line at ERROR."""
    user_ids: list[int] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    """Tokens, links, sessions and addresses that were used: none may be in any log."""


def visit(base_url: str, *, failures: int = 0) -> Visit:
    """Visit the application, the same way every time.

    Args:
        base_url: Where it listens, such as ``http://127.0.0.1:8000``.
        failures: How many more requests to make that fail, each with one line at ERROR.
    """
    done = Visit()
    monet, morisot, pissarro = (
        _Visitor(base_url, email, done) for email in (MONET, MORISOT, PISSARRO)
    )
    monet.sign_in()
    morisot.sign_in()
    pissarro.sign_in_at_the_third_attempt()

    with monet.workspace("giverny") as prompt:
        prompt("water lilies in violet")
        prompt("a haystack in ochre")
    with morisot.workspace("bougival") as prompt:
        prompt("sunrise in vermilion")
    with pissarro.workspace("giverny") as prompt:
        prompt("a road in cobalt")
        prompt(_BEYOND_THE_PALETTE, fails=True)

    monet.get("/workspaces/giverny/drawing.svg")
    morisot.get("/workspaces/bougival/thumbnail.svg")
    morisot.get("/gallery", expect=404)

    for number in range(failures):
        if number % 3:
            monet.fail_at_drawing()
        else:
            monet.fail_at_a_thumbnail()
    return done


class _Prompt:
    """Asks the agent for a turn and waits for it."""

    def __init__(self, connection: ClientConnection, done: Visit) -> None:
        self._connection, self._done = connection, done

    def __call__(self, text: str, *, fails: bool = False) -> None:
        self._connection.send(text)
        outcome = json.loads(self._connection.recv(timeout=10))
        if bool(outcome["error"]) != fails:
            raise RuntimeError(f"{text!r}: {outcome}")
        self._done.prompts += 1
        self._done.errors += fails


class _Visitor:
    """Somebody with a browser."""

    def __init__(self, base_url: str, email: str, done: Visit) -> None:
        self._base_url, self._email, self._done = base_url, email, done
        self._headers: dict[str, str] = {}
        self._requests = itertools.count(1)
        done.secrets.append(email)

    def sign_in(self) -> None:
        self._follow(self._ask_for_link())

    def sign_in_at_the_third_attempt(self) -> None:
        link = self._ask_for_link()
        self._refused(link + "x")
        self._follow(link)
        self._refused(link)  # a link works once

    def get(self, path: str, *, expect: int = 200) -> bytes:
        return self._request("GET", path, expect=expect)

    @contextmanager
    def workspace(self, name: str) -> Iterator[_Prompt]:
        url = f"ws{self._base_url.removeprefix('http')}/workspaces/{name}/agent"
        with connect(url, additional_headers=self._all_headers(), proxy=None) as connection:
            self._done.connections += 1
            yield _Prompt(connection, self._done)

    def fail_at_drawing(self) -> None:
        self._done.prompts += 1
        self._done.errors += 1
        body = {"prompt": _BEYOND_THE_PALETTE}
        self._request("POST", "/workspaces/giverny/turns", body=body, expect=500)

    def fail_at_a_thumbnail(self) -> None:
        self._done.errors += 1
        self.get("/workspaces/untouched/thumbnail.svg", expect=500)

    def _ask_for_link(self) -> str:
        answer = self._request("POST", "/auth/links", body={"email": self._email}, expect=202)
        url: str = json.loads(answer)["magic_link"]
        link = url.removeprefix(self._base_url)
        self._done.secrets += [link, link.rpartition("token=")[2]]
        return link

    def _follow(self, link: str) -> None:
        session = json.loads(self.get(link))
        self._headers = {"Authorization": f"Bearer {session['session_id']}"}
        self._done.user_ids.append(session["user_id"])
        self._done.secrets.append(session["session_id"])

    def _refused(self, link: str) -> None:
        self.get(link, expect=401)
        self._done.refusals += 1

    def _request(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, expect: int
    ) -> bytes:
        connection = http.client.HTTPConnection(urlsplit(self._base_url).netloc, timeout=10)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, self._all_headers())
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != expect:
            # Not the whole path: that of a magic link is a secret.
            where = path.partition("?")[0]
            raise RuntimeError(f"{method} {where}: {response.status} instead of {expect}")
        self._done.requests += 1
        return answer

    def _all_headers(self) -> dict[str, str]:
        """Return the session and a trace of its own, as a load balancer would add it."""
        root = f"1-{next(self._requests):08x}-{self._email.encode().hex()[:24]:0<24}"
        return {**self._headers, "X-Amzn-Trace-Id": f"Root={root};Sampled=1"}


def main() -> None:
    """Visit an application that is running, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m examples.drawing_agent.visit")
    parser.add_argument("base_url", help="such as http://127.0.0.1:8000")
    parser.add_argument("--failures", type=int, default=0, help="more requests that fail")
    options = parser.parse_args()
    try:
        done = visit(options.base_url, failures=options.failures)
    except OSError as error:
        sys.exit(f"{options.base_url}: {error.strerror or error}")
    sys.stdout.write(
        f"{done.requests} requests, {done.connections} connections, {done.prompts} prompts, "
        f"{done.refusals} sign-ins refused, {done.errors} errors\n"
    )


if __name__ == "__main__":
    main()
