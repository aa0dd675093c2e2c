"""Posting over HTTP: taken, or an error; nothing in between."""

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import urllib3

T = TypeVar("T")

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_CONNECT_SECONDS = 3.0
_ANSWER_SECONDS = 10.0
_TRIES = 4
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_ANSWER = 64 * 1024
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
# What a destination answers when the URL or the key is no longer its own.
_SECRET_REFUSED = {401, 403, 404, 410}

_http = urllib3.PoolManager(retries=False)


class PostError(Exception):
    """The message was not taken. The text holds neither URL nor key: both are secrets.

    Attributes:
        passing: Whether the same post may be taken a little later.
        retry_after: In how many seconds the destination wants to be asked again, if it said so.
        secret_refused: Whether another secret might be taken: this one may have been rotated.
        taken: Keys of the sections that were taken all the same, each having been posted alone.
    """

    def __init__(
        self,
        reason: str,
        *,
        passing: bool = False,
        retry_after: float | None = None,
        secret_refused: bool = False,
        taken: Iterable[str] = (),
    ) -> None:
        super().__init__(reason)
        self.taken = frozenset(taken)
        self.passing = passing
        self.retry_after = retry_after
        self.secret_refused = secret_refused


class _Answer(NamedTuple):
    status: int
    retry_after: str | None
    body: bytes


def post(
    url: str, body: bytes, *, deadline: float, headers: Mapping[str, str] | None = None
) -> bytes:
    """Post JSON and return what is answered; try again while that may help and time is left.

    Certificates are verified and redirects are not followed. Waits between tries are random, up
    to twice as long each time ("full jitter"), and as long as ``Retry-After`` says.

    Args:
        url: Where to; https, or http on loopback.
        body: The JSON, encoded.
        deadline: When to give up, in seconds of ``time.monotonic()``.
        headers: Headers besides the content's type.

    Raises:
        PostError: It was not taken: bad URL, no connection, no time, or no 2xx answer.
    """
    _check(url)
    sent = {"Content-Type": "application/json", **(headers or {})}
    longest = _FIRST_WAIT_SECONDS
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            return _posted(url, body, sent, deadline)
        except PostError as error:
            wait = (error.retry_after or 0) + random.uniform(0, longest)  # noqa: S311
            if not (error.passing and tries_left and time.monotonic() + wait < deadline):
                raise
        time.sleep(wait)
        longest *= 2
    raise AssertionError  # the last try returns or raises


def _posted(url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> bytes:
    """Post once."""
    seconds = min(_ANSWER_SECONDS, deadline - time.monotonic())
    if seconds <= 0:
        raise PostError("there was no time left to post")
    try:
        answer = _within(seconds, lambda: _request(url, body, headers, seconds))
    except TimeoutError:
        raise PostError("the webhook did not answer in time", passing=True) from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        reason = f"the webhook cannot be reached: {type(error).__name__}"
        raise PostError(reason, passing=True) from None
    if not 200 <= answer.status < 300:  # noqa: PLR2004
        raise PostError(
            f"the webhook answered {answer.status}",
            passing=answer.status in _TRY_AGAIN,
            retry_after=_seconds(answer.retry_after),
            secret_refused=answer.status in _SECRET_REFUSED,
        )
    return answer.body


def _request(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> _Answer:
    response = _http.request(
        "POST",
        url,
        body=body,
        headers=headers,
        redirect=False,
        preload_content=False,
        timeout=urllib3.Timeout(connect=min(_CONNECT_SECONDS, seconds), read=seconds),
    )
    try:
        retry_after = response.headers.get("Retry-After")
        return _Answer(response.status, retry_after, response.read(_LONGEST_ANSWER))
    finally:
        response.close()


def _within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a call returns, or raise TimeoutError when the time is up.

    A socket's timeout begins anew with every byte that arrives: it would not end a slow answer.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except Exception as error:  # noqa: BLE001 -- whoever waits gets it
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result.result(timeout=seconds)


def _seconds(retry_after: str | None) -> float | None:
    """Read ``Retry-After`` (RFC 9110): seconds, with a fraction from some, or a date."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            at = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        # A date may lack its zone, which means UTC.
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        secure = False
    if not secure:
        raise PostError(
            "the secret does not hold an https URL: put the webhook's URL there, "
            "with `aws secretsmanager put-secret-value`",
            secret_refused=True,
        )
