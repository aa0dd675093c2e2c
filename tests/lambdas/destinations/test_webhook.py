"""What a webhook of one's own gets: data, and a signature that others' libraries can check."""

import base64
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from alarm_digest.destinations import RENDERERS, PostError, load
from alarm_digest.message import Message
from tests.lambdas.destinations.conftest import PutSecret
from tests.lambdas.destinations.messages import (
    DASHBOARD,
    MESSAGE,
    MESSAGES,
    NOT_SHORTENED,
    storm,
    strings,
    unseen,
)
from tests.lambdas.destinations.server import Server

payload = RENDERERS["webhook"]
KEY = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


@NOT_SHORTENED
@given(MESSAGES)
def test_any_message_is_data(message: Message) -> None:
    """A megabyte at most, nothing in it that acts, and read back as it was."""
    data = payload(message)
    encoded = json.dumps(data)

    assert json.loads(encoded) == data
    assert len(encoded.encode()) <= 1024 * 1024
    assert set().union(*map(unseen, strings(data))) == set()


def test_programs_get_what_they_are_promised() -> None:
    """Each alarm with its state, its states, its reason, its time, and all that is said of it."""
    data = payload(MESSAGE)

    assert (data["service"], data["title"]) == ("shop", "shop: 1 alarm rings, 1 resolved")
    assert (data["status"], data["reminder"]) == ("ringing", False)
    rings, slow = data["alarms"]
    assert rings == {
        "key": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-payments-fail",
        "name": "shop-payments-fail",
        "status": "ringing",
        "state": "ALARM",
        "states": ["OK", "ALARM"],
        "reason": "Threshold Crossed: 1 datapoint [57.0] was greater than 10.0.",
        "purpose": "Payments fail for customers",
        "time": "2026-11-25T10:00:00.000+0000",
        "facts": dict(MESSAGE.sections[0].facts),
        "samples": ["PaymentError: card <declined> & *retried*"],
        "sparkline": "▁▁▂▁▁▃█▇",
        "notes": ["1 of 2 queries answered."],
        "links": {"Runbook": "docs/operations.md#payments", "Dashboard": DASHBOARD},
    }
    assert (slow["state"], slow["states"], slow["reason"], slow["time"]) == ("OK", [], "", "")


def test_a_thousand_alarms_are_all_named() -> None:
    """A program gets them all, though not all that is said of them."""
    assert len(payload(storm(1_000))["alarms"]) == 1_000


def posted(server: Server, put_secret: PutSecret, secret: str) -> None:
    """Post the message to a webhook with this secret."""
    arn = put_secret(secret)
    (hook,) = load(
        {"DESTINATIONS": json.dumps([{"name": "own", "kind": "webhook", "secret": arn}])}
    )
    hook.post(MESSAGE, deadline=time.monotonic() + 30)
    assert server.requests


@pytest.mark.parametrize("key", [KEY, "any text"])
def test_what_is_posted_is_signed(server: Server, put_secret: PutSecret, key: str) -> None:
    """A receiver that does what ``docs/digest.md`` says takes it, and nothing that was changed."""
    posted(server, put_secret, json.dumps({"url": server.url, "key": key}))

    (request,) = server.requests
    is_genuine = documented()
    assert is_genuine(request.headers, request.body, key)
    assert not is_genuine(request.headers, request.body + b" ", key)
    assert not is_genuine(request.headers, request.body, "another")
    later = request.headers | {"webhook-timestamp": str(int(time.time()) + 1)}
    assert not is_genuine(later, request.body, key)


def documented() -> Callable[[dict[str, str], bytes, str], bool]:
    """Return the function that the page shows."""
    page = (Path(__file__).parents[3] / "docs" / "digest.md").read_text()
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 -- the project's own page
    found: Callable[[dict[str, str], bytes, str], bool] = names["is_genuine"]
    return found


def test_the_same_message_has_the_same_id(server: Server, put_secret: PutSecret) -> None:
    """So whoever gets it twice, after a crash, can see it."""
    for _ in range(2):
        posted(server, put_secret, json.dumps({"url": server.url, "key": KEY}))

    first, second = server.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_without_a_key_nothing_is_signed(server: Server, put_secret: PutSecret) -> None:
    """Neither with a plain URL nor with JSON that has only that."""
    posted(server, put_secret, server.url)
    posted(server, put_secret, json.dumps({"url": server.url}))

    assert ["webhook-signature" in request.headers for request in server.requests] == [False, False]


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("{", "the secret is neither a URL nor JSON like"),
        ('{"key": "k"}', "the secret is neither a URL nor JSON like"),
        ('{"url": "http://127.0.0.1:9", "key": "whsec_%"}', "begins with whsec_ but is not base64"),
        ("", "the secret does not hold an https URL"),
    ],
)
def test_a_secret_that_is_wrong_is_told(
    server: Server, put_secret: PutSecret, secret: str, said: str
) -> None:
    """What it should be, and never what it is."""
    with pytest.raises(PostError) as raised:
        posted(server, put_secret, secret or " ")

    assert said in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
