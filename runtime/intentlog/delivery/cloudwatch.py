"""CloudWatch Logs, as the shipper uses it: requests are signed here, all the rest is botocore's.

boto3's own ``put_log_events`` costs as much for each event as reading, packing and compressing
it together; a request that is signed here costs a seventh of that.
"""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import msgspec

from .answers import Rejected, error_of_botocore, rejected
from .batches import Event
from .connection import Connection
from .errors import (
    DeliveryError,
    RefusedError,
    SettingsError,
    UnavailableError,
    without_passwords,
)
from .service_clock import ServiceClock

_Result = TypeVar("_Result")
_OF_SETTINGS: Final = frozenset(
    {"NoRegionError", "InvalidRegionError", "ProfileNotFound", "ConfigParseError"}
    | {"InvalidConfigError", "PartialCredentialsError", "ValueError"}  # of an endpoint's address
)
"""Errors of botocore's, by name, that do not go away by themselves as missing credentials may."""

# A child forked while a thread imports finds modules that are half there, for ever locked.
_not_forking = threading.Lock()
os.register_at_fork(
    before=_not_forking.acquire,
    after_in_parent=_not_forking.release,
    after_in_child=_not_forking.release,
)


class _Put(msgspec.Struct, rename="camel"):
    log_group_name: str
    log_stream_name: str
    log_events: list["_InputLogEvent"]


class _InputLogEvent(msgspec.Struct, gc=False):
    timestamp: int
    message: str


class CloudWatch:
    """A connection to CloudWatch Logs; it is made when it is first used."""

    def __init__(
        self,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        compress: bool = True,
        direct: bool = True,
    ) -> None:
        """Take where it is.

        Args:
            region: Default: that of the AWS configuration.
            endpoint_url: Default: the region's; ``AWS_ENDPOINT_URL`` is honoured.
            compress: Whether requests are gzipped.
            direct: Whether requests are signed here; else, boto3's client makes them.
        """
        self._region = region
        self._endpoint_url = endpoint_url
        self._compress = compress
        self._direct = direct
        self._connection: Connection | None = None
        self._process = 0
        self._clock = ServiceClock()

    def put(self, group: str, stream: str, events: Sequence[Event]) -> Rejected:
        """Deliver events, which are in the order of their times.

        Raises:
            RefusedError: The service refuses all of them for what they are.
            UnavailableError: It did not take them now.
        """
        put = _put_directly if self._direct else _put_by_client
        return self._asked(lambda connection: put(connection, group, stream, events))

    def create(self, group: str, stream: str, retention_days: int) -> None:
        """Make the log group, with its retention, and the log stream, where they are missing.

        Raises:
            UnavailableError: They cannot be made now, or not by these names.
        """
        try:
            self._asked(lambda connection: _create(connection, group, stream, retention_days))
        except RefusedError as error:  # no event is the reason
            raise UnavailableError(str(error)) from error

    def now(self) -> int | None:
        """Return the service's time in milliseconds since the epoch; None before an answer."""
        return self._clock.now()

    def _asked(self, ask: Callable[[Connection], _Result]) -> _Result:
        """Ask; once more, if the signature was not accepted, by the time that the answer told."""
        try:
            return self._asked_once(ask)
        except UnavailableError as error:
            difference = self._clock.difference()
            if not (error.denied and difference):
                raise
        try:
            return self._asked_once(ask)
        except UnavailableError as error:
            if not error.denied:
                raise
            # By who gives the credentials, perhaps: botocore asks that by the host's clock.
            raise UnavailableError(f"{error}; {difference}", denied=True) from error

    def _asked_once(self, ask: Callable[[Connection], _Result]) -> _Result:
        try:
            connection = self.connect()
        except SettingsError as wrong:  # somebody may mend them
            raise UnavailableError(str(wrong)) from wrong
        try:
            return ask(connection)
        except Exception as failure:  # noqa: BLE001 -- raised again, as one of ours
            error = error_of_botocore(failure)
            if isinstance(error, UnavailableError) and error.denied:
                self._connection = None  # credentials may have been changed: look at them anew
            raise error from (None if error is failure else failure)

    def connect(self) -> Connection:
        """Return the connection, made anew where it must be; nothing is asked of the service.

        Raises:
            DeliveryError: boto3 is not there.
            SettingsError: The AWS configuration is wrong.
            UnavailableError: There are no credentials yet.
        """
        # A child that was forked must not use its parent's connection.
        if self._connection is None or self._process != os.getpid():
            try:
                with _not_forking:
                    self._connection = Connection(
                        self._region,
                        self._endpoint_url,
                        compress=self._compress,
                        clock=self._clock,
                    )
                self._process = os.getpid()
            except ImportError as error:
                raise DeliveryError(
                    "delivery to CloudWatch needs boto3: pip install 'intentlog[cli]'"
                ) from error
            except Exception as error:
                kind = type(error).__name__
                text = without_passwords(f"{kind}: {error}")
                if kind == "ValueError":
                    text += "; AWS_ENDPOINT_URL takes an address such as http://localhost:4566"
                if kind in _OF_SETTINGS:
                    raise SettingsError(text) from error
                raise UnavailableError(text) from error
        return self._connection


def _put_directly(
    connection: Connection, group: str, stream: str, events: Sequence[Event]
) -> Rejected:
    given = [_InputLogEvent(event.timestamp, event.message) for event in events]
    answer = connection.put(msgspec.json.encode(_Put(group, stream, given)))
    return rejected(answer, len(events))


def _put_by_client(
    connection: Connection, group: str, stream: str, events: Sequence[Event]
) -> Rejected:
    given = [{"timestamp": event.timestamp, "message": event.message} for event in events]
    answer = connection.client.put_log_events(
        logGroupName=group, logStreamName=stream, logEvents=given
    )
    return rejected(answer, len(events))


def _create(connection: Connection, group: str, stream: str, retention_days: int) -> None:
    client, known = connection.client, connection.client.exceptions
    with suppress(known.ResourceAlreadyExistsException):
        try:
            client.create_log_stream(logGroupName=group, logStreamName=stream)
        except known.ResourceNotFoundException:
            # Who may only write to a group that others made is not to fail here.
            with suppress(known.ResourceAlreadyExistsException):
                client.create_log_group(logGroupName=group)
                client.put_retention_policy(logGroupName=group, retentionInDays=retention_days)
            client.create_log_stream(logGroupName=group, logStreamName=stream)
