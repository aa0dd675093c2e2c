"""Where the state is kept: one item of a DynamoDB table, with a version that guards it.

Two runs may read the same version; the second that writes is refused, reads again, and does again
what it wanted to do. So no change is lost, and no lock can be left behind.
"""

import json
import random
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from .aws import client
from .breach import Breach
from .incidents import Details, Incident, Told
from .message import Link
from .state import FORGOTTEN_SECONDS, Channel, State

T = TypeVar("T")

_LARGEST_ITEM = 390_000  # DynamoDB takes 400 KB, names included
_SHOWN = 50  # incidents whose details are kept in any case: no message shows more
_ATTEMPTS = 12
_FIRST_WAIT_SECONDS = 0.02


class StoreError(Exception):
    """The state cannot be read or written; the text says why, and what to do."""


class ConflictError(Exception):
    """Somebody else has written since the state was read."""


class Kept(NamedTuple):
    """A state as it was read, and the version that a write must name."""

    state: State
    version: int


class Store(Protocol):
    """Where the state of a service is kept."""

    def read(self) -> Kept:
        """Return the state; an empty one of version 0 if there is none."""
        raise NotImplementedError

    def write(self, state: State, version: int, now: float) -> None:
        """Write a state that was made from a version.

        Raises:
            ConflictError: It is not the version that is there.
        """
        raise NotImplementedError


def updated(
    store: Store, change: Callable[[State], State], now: float, *, deadline: float
) -> State:
    """Change the state, however many others do so, and return what was written.

    Args:
        store: Where it is kept.
        change: What is done to it; called again on what somebody else left. If it returns the
            same object, nothing is written.
        now: Seconds since 1970.
        deadline: When to give up, in seconds of ``time.monotonic()``.

    Raises:
        StoreError: It could not be read or written, or others wrote all the time.
    """
    for attempt in range(_ATTEMPTS):
        kept = store.read()
        state = change(kept.state)
        if state is kept.state:
            return state
        try:
            store.write(state, kept.version, now)
        except ConflictError:
            wait = random.uniform(0, _FIRST_WAIT_SECONDS * 2**attempt)  # noqa: S311
            if time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
        else:
            return state
    raise StoreError("the state was written by other runs all the time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One item of a DynamoDB table.

    Attributes:
        name: The table's name; its partition key is ``service``, a string.
        service: The item's key.
    """

    name: str
    service: str

    def read(self) -> Kept:
        """Return the state, read consistently."""
        item = _called(
            "GetItem",
            lambda: client("dynamodb").get_item(
                TableName=self.name, Key={"service": {"S": self.service}}, ConsistentRead=True
            ),
        ).get("Item")
        if item is None:
            return Kept(State(), 0)
        return Kept(decoded(item["state"]["B"]), int(item["version"]["N"]))

    def write(self, state: State, version: int, now: float) -> None:
        """Write a state; ``expires`` lets DynamoDB delete it when nothing has changed for long."""
        item = {
            "service": {"S": self.service},
            "version": {"N": str(version + 1)},
            "expires": {"N": str(int(now + FORGOTTEN_SECONDS))},
            "state": {"B": encoded(state)},
        }
        if version:
            condition: dict[str, Any] = {
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": {":read": {"N": str(version)}},
            }
        else:
            condition = {"ConditionExpression": "attribute_not_exists(service)"}
        _called(
            "PutItem",
            lambda: client("dynamodb").put_item(TableName=self.name, Item=item, **condition),
        )


def encoded(state: State) -> bytes:
    """Return a state as bytes that one item can hold: JSON, deflated.

    Of more incidents than a message can show, the details of the others are left out if need be;
    what was and was not told of them is kept.

    Raises:
        StoreError: There are still too many; what came last stays in the queue.
    """
    data = _deflated(state)
    if len(data) > _LARGEST_ITEM:
        latest = sorted(state.incidents.values(), key=lambda incident: -incident.seen)
        shown = {incident.key for incident in latest[:_SHOWN]}
        incidents = {
            key: incident if key in shown else replace(incident, details=Details())
            for key, incident in state.incidents.items()
        }
        data = _deflated(replace(state, incidents=incidents))
    if len(data) > _LARGEST_ITEM:
        raise StoreError(
            f"{len(state.incidents)} incidents are too many to be remembered: "
            "what is new stays in the queue until some are over"
        )
    return data


def decoded(data: bytes) -> State:
    """Read what ``encoded`` has written.

    Raises:
        StoreError: It is something else.
    """
    try:
        value = json.loads(zlib.decompress(data))
        return State(
            incidents={key: _incident(each) for key, each in value["incidents"].items()},
            channels={key: _made(Channel, each) for key, each in value["channels"].items()},
            daily=float(value["daily"]),
        )
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise StoreError(
            f"the state in the table cannot be read ({type(error).__name__}): "
            "delete the item to begin anew; what was not posted is lost with it"
        ) from None


def _deflated(state: State) -> bytes:
    text = json.dumps(asdict(state), separators=(",", ":"))
    return zlib.compress(text.encode(), level=6)


def _incident(value: dict[str, Any]) -> Incident:
    return _made(
        Incident,
        value,
        changes=tuple((time, state) for time, state in value["changes"]),
        details=_details(value["details"]),
        told={name: _made(Told, told) for name, told in value["told"].items()},
    )


def _details(value: dict[str, Any]) -> Details:
    breach = value["breach"]
    return _made(
        Details,
        value,
        links=tuple(_made(Link, link) for link in value["links"]),
        breach=_made(Breach, breach, metrics=tuple(breach["metrics"])) if breach else None,
    )


def _made(kind: type[T], value: dict[str, Any], **read: Any) -> T:
    """Make a dataclass of what it knows; a later version may have written more."""
    known = {each.name for each in fields(cast("Any", kind))}
    return kind(**{name: value[name] for name in known & value.keys()} | read)


def _called(action: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Call DynamoDB; whatever fails is said in one line."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        return call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            raise ConflictError from None
        raise StoreError(f"DynamoDB refused {action}: {code}") from None
    except BotoCoreError as error:
        raise StoreError(f"DynamoDB did not answer {action}: {type(error).__name__}") from None
