"""The WSGI middleware: one line a request, and its context on every other one."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.logger.context import current_context

Lines = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def logging_to_file(agent: Contract, tmp_path: Path) -> None:
    """Log by the drawing-agent's contract."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")


class Parts:
    """A response that is made part by part, and closed."""

    def __init__(self, fails: bool = False) -> None:
        self._parts = self._made(fails)
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        """Log that it is closed."""
        logging.getLogger("x").info("closed")
        self.closed = True

    def _made(self, fails: bool) -> Iterator[bytes]:
        logging.getLogger("x").info("part")
        yield b"one"
        if fails:
            raise LookupError("no second part")
        yield b"two"


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """Answer as the path says."""
    logging.getLogger("x").info("called")
    if environ["PATH_INFO"] == "/fail":
        raise LookupError("no such canvas")
    if environ["PATH_INFO"] == "/session":
        intentlog.bind_context(user_id=42)
    start_response("404 Not Found" if environ["PATH_INFO"] == "/no" else "200 OK", [])
    return Parts(fails=environ["PATH_INFO"] == "/broken")


def ask(wrapped: Any, path: str, **environ: str) -> tuple[list[bytes], list[Any]]:
    """Send a request as a server does; return the body's parts and what was started."""
    whole: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": "/app", **environ}
    setup_testing_defaults(whole)
    started: list[Any] = []
    response = wrapped(whole, lambda *given: started.extend(given))
    try:
        parts = list(response)
    finally:
        response.close()
        response.close()
    return parts, started


def test_request_is_one_line(lines: Lines) -> None:
    """The line comes when the response is closed; all lines have the request's context."""
    parts, started = ask(intentlog.WSGIMiddleware(app), "/pictures", HTTP_X_REQUEST_ID="abc")

    assert parts == [b"one", b"two"]
    assert started == ["200 OK", [("X-Request-Id", "abc")]]
    assert [line["message"] for line in lines("app.log")] == [
        *("called", "part", "closed", "GET /app/pictures")
    ]
    assert {line["extra"]["request_id"] for line in lines("app.log")} == {"abc"}
    data = lines("app.log")[-1]["extra"]
    assert (data["method"], data["route"], data["status"]) == ("GET", "/app/pictures", 200)
    assert lines("app.log")[-1]["category"] == "http"
    assert dict(current_context()) == {}


def test_status_route_and_user(lines: Lines) -> None:
    """The status is a number; route and user are what the application says."""
    ask(intentlog.WSGIMiddleware(app, route=lambda _: "/{any}", user=lambda _: "ada"), "/no")
    ask(intentlog.WSGIMiddleware(app), "/session")

    ends = [line for line in lines("app.log") if line["logger"] == "code_monet.http"]
    assert [(line["user_id"], line["extra"]["status"]) for line in ends] == [
        ("ada", 404),
        (42, 200),
    ]
    assert ends[0]["extra"]["route"] == "/{any}"


@pytest.mark.parametrize(
    ("path", "message"), [("/fail", "no such canvas"), ("/broken", "no second part")]
)
def test_failure_is_an_error(path: str, message: str, lines: Lines) -> None:
    """An exception is on the line, and leaves the application as it came."""
    with pytest.raises(LookupError, match=message):
        ask(intentlog.WSGIMiddleware(app), path)

    line = lines("app.log")[-1]
    assert line["level"] == "ERROR"
    assert line["extra"]["exception"]["message"] == message
    assert dict(current_context()) == {}
