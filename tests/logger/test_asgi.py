"""The ASGI middleware: one line a request, and its context on every other one."""

import asyncio
import logging
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

import intentlog
from intentlog.contract import Contract
from intentlog.logger.context import current_context

Lines = Callable[[str], list[dict[str, Any]]]
Message = MutableMapping[str, Any]
TRACE = "1-5759e988-bd862e3fe1be46a994272793"


@pytest.fixture(autouse=True)
def logging_to_file(agent: Contract, tmp_path: Path) -> None:
    """Log by the drawing-agent's contract."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")


async def show(request: Request) -> PlainTextResponse:
    """Log, and answer."""
    logging.getLogger("code_monet.drawing").info("shown")
    return PlainTextResponse(request.path_params["picture"])


async def sign_in(_request: Request) -> PlainTextResponse:
    """Find out who it is."""
    await asyncio.sleep(0)
    intentlog.bind_context(user_id=42)
    return PlainTextResponse("hello", status_code=201)


async def fail(_request: Request) -> PlainTextResponse:
    """Fail."""
    raise LookupError("no such canvas")


async def stream(_request: Request) -> StreamingResponse:
    """Answer in parts, and log with each."""

    async def parts() -> Any:
        for number in range(2):
            logging.getLogger("code_monet.drawing").info("part %d", number)
            yield b"part"

    return StreamingResponse(parts())


def served(**options: Any) -> intentlog.ASGIMiddleware:
    """Return an application behind the middleware."""
    routes = [
        Route("/pictures/{picture}", show),
        Route("/session", sign_in, methods=["POST"]),
        Route("/fail", fail),
        Route("/stream", stream),
        Mount("/api", routes=[Route("/pictures/{picture}", show)]),
    ]
    return intentlog.ASGIMiddleware(Starlette(routes=routes), **options)


async def ask(
    app: Any, path: str, method: str = "GET", kind: str = "http", **headers: str
) -> list[Message]:
    """Send a request, and return what was answered."""
    sent: list[Message] = []

    received: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not received:
            await asyncio.Event().wait()  # the client stays
        return received.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"token=secret",
        "headers": named,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    return sent


def test_request_is_one_line(lines: Lines) -> None:
    """Method, route, status and duration, in the contract's category for such lines."""
    asyncio.run(ask(served(), "/pictures/lily"))

    shown, line = lines("app.log")
    assert (shown["message"], shown["extra"]["request_id"]) == (
        "shown",
        line["extra"]["request_id"],
    )
    assert (line["level"], line["category"], line["logger"]) == ("INFO", "http", "code_monet.http")
    assert line["message"] == "GET /pictures/{picture}"
    data = line["extra"]
    assert data.pop("duration_ms") >= 0
    assert len(data.pop("request_id")) == 32
    assert data == {"method": "GET", "route": "/pictures/{picture}", "status": 200}
    assert dict(current_context()) == {}


def test_mounted_route_is_whole(lines: Lines) -> None:
    """What is mounted has its prefix."""
    asyncio.run(ask(served(), "/api/pictures/lily"))

    assert lines("app.log")[-1]["extra"]["route"] == "/api/pictures/{picture}"


def test_unknown_path_is_the_route(lines: Lines) -> None:
    """Where there is no route, the path is it, without its query."""
    asyncio.run(ask(served(), "/nowhere"))

    assert lines("app.log")[-1]["extra"]["route"] == "/nowhere"
    assert lines("app.log")[-1]["extra"]["status"] == 404


def test_user_found_on_the_way_is_on_the_line(lines: Lines) -> None:
    """What the application binds is on the request's line, and not on the next one's."""

    async def two() -> None:
        app = served()
        await ask(app, "/session", "POST")
        await ask(app, "/pictures/lily")

    asyncio.run(two())

    signed_in, _, shown = lines("app.log")
    assert (signed_in["user_id"], signed_in["extra"]["status"]) == (42, 201)
    assert "user_id" not in shown


def test_user_may_be_asked_for(lines: Lines) -> None:
    """A function of the application's says who it is; if it fails, nobody is."""
    asyncio.run(ask(served(user=lambda scope: len(scope["path"])), "/pictures/lily"))
    asyncio.run(ask(served(user=lambda scope: scope["no such"]), "/pictures/lily"))

    by_length, _, by_nobody = lines("app.log")[1:]
    assert by_length["user_id"] == 14
    assert "user_id" not in by_nobody


def test_failure_is_an_error(lines: Lines) -> None:
    """An exception is on the line, and leaves the application as it came."""
    with pytest.raises(LookupError):
        asyncio.run(ask(served(), "/fail"))

    line = lines("app.log")[-1]
    assert (line["level"], line["extra"]["status"]) == ("ERROR", 500)
    assert line["extra"]["exception"]["message"] == "no such canvas"


def test_cancelled_request_is_no_error(lines: Lines) -> None:
    """A client that goes away is told as what it is."""

    async def gone(_scope: Any, _receive: Any, _send: Any) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask(intentlog.ASGIMiddleware(gone), "/slow"))

    (line,) = lines("app.log")
    assert (line["level"], line["extra"]["interrupted"]) == ("INFO", "CancelledError")


def test_request_id_is_that_of_the_header(lines: Lines) -> None:
    """It comes in, is on the lines and goes back."""
    sent = asyncio.run(ask(served(), "/pictures/lily", x_request_id="abc-123"))

    assert (b"x-request-id", b"abc-123") in sent[0]["headers"]
    assert {line["extra"]["request_id"] for line in lines("app.log")} == {"abc-123"}


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", 'x"}{"y', "é"])
def test_odd_request_id_is_replaced(given: str, lines: Lines) -> None:
    """What comes from outside is no id unless it looks like one."""
    asyncio.run(ask(served(), "/pictures/lily", x_request_id=given))

    assert len(lines("app.log")[-1]["extra"]["request_id"]) == 32


@pytest.mark.parametrize(
    "headers",
    [
        {"x_amzn_trace_id": f"Root={TRACE};Sampled=1"},
        {"traceparent": "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"},
    ],
)
def test_trace_is_that_of_the_header(headers: dict[str, str], lines: Lines) -> None:
    """The load balancer's trace is on every line."""
    asyncio.run(ask(served(), "/pictures/lily", **headers))

    assert {line["trace_id"] for line in lines("app.log")} == {TRACE}


def test_stream_is_logged_at_its_end(lines: Lines) -> None:
    """The line comes when all was sent; the parts' lines have the request's context."""
    asyncio.run(ask(served(), "/stream"))

    assert [line["message"] for line in lines("app.log")] == ["part 0", "part 1", "GET /stream"]
    assert len({line["extra"]["request_id"] for line in lines("app.log")}) == 1


def test_requests_at_once_do_not_mix(lines: Lines) -> None:
    """Each request's lines have its own id, whatever runs between them."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
            logging.getLogger("x").info(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def many() -> None:
        wrapped = intentlog.ASGIMiddleware(app)
        await asyncio.gather(*(ask(wrapped, f"/{n}", x_request_id=f"id-{n}") for n in range(10)))

    asyncio.run(many())

    inner = [line for line in lines("app.log") if line["logger"] == "x"]
    assert len(inner) == 50
    assert all(f"id-{line['message'][1:]}" == line["extra"]["request_id"] for line in inner)


def test_websocket_has_context_and_no_line(lines: Lines) -> None:
    """A WebSocket's own lines have the request's context; lifespans pass as they are."""

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        logging.getLogger("x").info(scope["type"])

    wrapped = intentlog.ASGIMiddleware(app)
    asyncio.run(ask(wrapped, "/ws", kind="websocket", x_request_id="w"))
    asyncio.run(ask(wrapped, "/", kind="lifespan"))

    socket, lifespan = lines("app.log")
    assert (socket["message"], socket["extra"]["request_id"]) == ("websocket", "w")
    assert "extra" not in lifespan
