"""Posting, over real HTTP on loopback."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from alarm_digest.post import PostError, post
from tests.lambdas.destinations.server import Server

KEY = "c2VjcmV0"


pytestmark = pytest.mark.usefixtures("waits")


def soon() -> float:
    """Return a deadline that a test does not reach."""
    return time.monotonic() + 30


def refusal(url: str, *, deadline: float | None = None) -> PostError:
    """Post what is not taken, and return why."""
    with pytest.raises(PostError) as raised:
        post(url, b"{}", deadline=deadline or soon())
    assert KEY not in str(raised.value)
    return raised.value


def test_what_is_taken_is_posted_once(server: Server, waits: list[float]) -> None:
    """As JSON, with the caller's headers; the answer is returned."""
    answer = post(server.url, b'{"a": 1}', deadline=soon(), headers={"X-Own": "1"})

    (request,) = server.requests
    assert (answer, waits) == (b"ok", [])
    assert (request.body, request.headers["x-own"]) == (b'{"a": 1}', "1")
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(server: Server, waits: list[float], status: int) -> None:
    """Twice refused and then taken, with random waits of up to half a second and a second."""
    server.answers = [(status, {}, b""), (status, {}, b""), (204, {}, b"")]

    post(server.url, b"{}", deadline=soon())

    assert len(server.requests) == 3
    assert len(waits) == 2
    assert 0 <= waits[0] <= 0.5
    assert 0 <= waits[1] <= 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 410, 413, 422])
def test_what_does_not_pass_is_not_tried_again(
    server: Server, waits: list[float], status: int
) -> None:
    """Redirects neither: they are not followed, wherever they lead."""
    server.answers = [(status, {"Location": server.url}, b"")]

    error = refusal(server.url)

    assert str(error) == f"the webhook answered {status}"
    assert (len(server.requests), waits) == (1, [])
    assert error.secret_refused is (status in {401, 403, 404, 410})


def test_tries_end(server: Server, waits: list[float]) -> None:
    """Whoever is down for long is asked four times, then the caller decides."""
    server.answers = [(503, {}, b"")]

    assert str(refusal(server.url)) == "the webhook answered 503"
    assert (len(server.requests), len(waits)) == (4, 3)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("2", 2, 2.5),
        ("1.5", 1.5, 2),
        ("0", 0, 0.5),
        ("-5", 0, 0.5),
        ("soon", 0, 0.5),
        ("nan", 0, 0.5),
        ("Wed, 25 Nov 2020 22:19:59 GMT", 0, 0.5),
    ],
)
def test_retry_after_is_waited_for(
    server: Server, waits: list[float], said: str, least: float, most: float
) -> None:
    """Seconds, also with a fraction; what cannot be read, or is past, is no wait."""
    server.answers = [(429, {"Retry-After": said}, b""), (200, {}, b"")]

    post(server.url, b"{}", deadline=soon())

    assert least <= waits[0] <= most


def test_retry_after_may_be_a_date(server: Server, waits: list[float]) -> None:
    """As RFC 9110 allows; its resolution is a second."""
    at = datetime.now(UTC) + timedelta(seconds=20)
    server.answers = [(503, {"Retry-After": format_datetime(at, usegmt=True)}, b""), (200, {}, b"")]

    post(server.url, b"{}", deadline=time.monotonic() + 60)

    assert 10 < waits[0] < 21


def test_a_retry_after_beyond_the_deadline_is_the_callers(
    server: Server, waits: list[float]
) -> None:
    """It does not wait in vain; the error says when to come back."""
    server.answers = [(429, {"Retry-After": "3600"}, b"")]

    error = refusal(server.url)

    assert (error.retry_after, len(server.requests), waits) == (3600, 1, [])


def test_no_time_is_no_post(server: Server) -> None:
    """A deadline that is over posts nothing."""
    assert str(refusal(server.url, deadline=time.monotonic() - 1)) == (
        "there was no time left to post"
    )
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    ["", KEY, f"http://example.com/{KEY}", f"ftp://127.0.0.1/{KEY}", "https://[", f"//{KEY}"],
)
def test_only_https_leaves_the_machine(url: str, waits: list[float]) -> None:
    """Anything else is refused before a connection is made, and may be an old secret."""
    error = refusal(url)

    assert str(error).startswith("the secret does not hold an https URL: put the webhook's URL")
    assert (error.secret_refused, waits) == (True, [])


def test_nobody_listens(waits: list[float]) -> None:
    """It is tried again, and the error names what went wrong, not where."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/{KEY}"

        assert str(refusal(url)) == "the webhook cannot be reached: NewConnectionError"
    assert len(waits) == 3


def test_a_certificate_that_nobody_signed_is_refused(server: Server) -> None:
    """TLS to a port that does not speak it fails."""
    error = refusal(server.url.replace("http://", "https://"))

    assert str(error) == "the webhook cannot be reached: SSLError"


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_slow_answer_ends_at_the_deadline(beginning: bytes) -> None:
    """Also one that sends a byte now and then, for which no socket's timeout ends."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(beginning)
                while not done.wait(0.05):
                    connection.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        began = time.monotonic()
        error = refusal(f"http://127.0.0.1:{listening.getsockname()[1]}/", deadline=began + 0.5)
        done.set()
        dripping.join()

    assert str(error) == "the webhook did not answer in time"
    assert time.monotonic() - began < 10
