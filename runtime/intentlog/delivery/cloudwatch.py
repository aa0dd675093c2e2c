"""CloudWatch Logs, as the shipper uses it: requests are signed here, all the rest is botocore's.

boto3's own ``put_log_events`` costs as much for each event as reading, packing and compressing
it together; a request that is signed here costs a seventh of that.
"""

import gzip
import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from .batches import Event
from .errors import DeliveryError

_TARGET: Final = "Logs_20140328.PutLogEvents"
_CONNECT_SECONDS: Final = 3
_READ_SECONDS: Final = 15
_THROTTLED: Final = frozenset(
    {"ThrottlingException", "Throttling", "RequestLimitExceeded", "LimitExceededException"}
)
_INVALID: Final = frozenset(
    {"InvalidParameterException", "SerializationException", "ValidationException"}
)
_NOT_ALLOWED: Final = frozenset({401, 403})
_TOO_LARGE: Final = 413
_OK: Final = 200
_NOT_CLOUDWATCH: Final = (
    "what answered is not CloudWatch Logs: a proxy, or the endpoint of something else?"
)

# A child forked while a thread imports finds modules that are half there, for ever locked.
_not_forking = threading.Lock()
os.register_at_fork(
    before=_not_forking.acquire,
    after_in_parent=_not_forking.release,
    after_in_child=_not_forking.release,
)


class UnavailableError(DeliveryError):
    """The service did not take a batch, which is tried again.

    Attributes:
        throttled: Whether it asks for fewer requests.
        missing: Whether the log group or log stream is not there.
    """

    def __init__(self, reason: str, *, throttled: bool = False, missing: bool = False) -> None:
        super().__init__(reason)
        self.throttled = throttled
        self.missing = missing


class RefusedError(DeliveryError):
    """The service refuses a batch as a whole: something in it is not what it takes."""


class Rejected(NamedTuple):
    """Which events of a batch, in the order of their times, the service left out.

    Attributes:
        too_old: Those before this index.
        too_new: Those from this index on.
    """

    too_old: int
    too_new: int


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
        self._client: Any = None
        self._send: Any = None
        self._process = 0

    def put(self, group: str, stream: str, events: Sequence[Event]) -> Rejected:
        """Deliver events, which are in the order of their times.

        Raises:
            RefusedError: The service refuses all of them for what they are.
            UnavailableError: It did not take them now.
        """
        self._connect()
        if not self._direct:
            return self._put_by_client(group, stream, events)
        body = msgspec.json.encode(
            _Put(group, stream, [_InputLogEvent(e.timestamp, e.message) for e in events])
        )
        status, answer = self._send(body)
        if status == _OK and answer is None:
            raise UnavailableError(_NOT_CLOUDWATCH)
        answer = answer or {}
        if status == _OK and "__type" not in answer:
            return _rejected(answer.get("rejectedLogEventsInfo") or {}, len(events))
        if status in _NOT_ALLOWED:  # credentials may have been changed: look at them anew
            self._client = None
        code = str(answer.get("__type", "")).rpartition("#")[2] or f"HTTP {status}"
        raise _error(code, str(answer.get("message") or answer.get("Message") or ""), status)

    def create(self, group: str, stream: str, retention_days: int) -> None:
        """Make the log group, with its retention, and the log stream, where they are missing.

        Raises:
            UnavailableError: They cannot be made now.
        """
        self._connect()
        client, known = self._client, self._client.exceptions
        try:
            with suppress(known.ResourceAlreadyExistsException):
                try:
                    client.create_log_stream(logGroupName=group, logStreamName=stream)
                except known.ResourceNotFoundException:
                    # Who may only write to a group that others made is not to fail here.
                    with suppress(known.ResourceAlreadyExistsException):
                        client.create_log_group(logGroupName=group)
                        client.put_retention_policy(
                            logGroupName=group, retentionInDays=retention_days
                        )
                    client.create_log_stream(logGroupName=group, logStreamName=stream)
        except Exception as error:
            raise _of_botocore(error) from error

    def _connect(self) -> None:
        # A child that was forked must not use its parent's connection.
        if self._client is None or self._process != os.getpid():
            try:
                with _not_forking:
                    self._client, self._send = _connected(
                        self._region, self._endpoint_url, compress=self._compress
                    )
                self._process = os.getpid()
            except ImportError as error:
                raise DeliveryError(
                    "delivery to CloudWatch needs boto3: pip install 'intentlog[cli]'"
                ) from error
            except Exception as error:  # no region, a profile that is not there, ...
                raise UnavailableError(f"{type(error).__name__}: {error}") from error

    def _put_by_client(self, group: str, stream: str, events: Sequence[Event]) -> Rejected:
        given = [{"timestamp": event.timestamp, "message": event.message} for event in events]
        try:
            answer = self._client.put_log_events(
                logGroupName=group, logStreamName=stream, logEvents=given
            )
        except Exception as error:
            raise _of_botocore(error) from error
        # botocore takes a page for an answer without members.
        if "json" not in answer["ResponseMetadata"]["HTTPHeaders"].get("content-type", ""):
            raise UnavailableError(_NOT_CLOUDWATCH)
        return _rejected(answer.get("rejectedLogEventsInfo") or {}, len(events))


def _connected(region: str | None, endpoint_url: str | None, *, compress: bool) -> tuple[Any, Any]:
    """Return a client, and what sends a body and returns the answer's status and JSON."""
    # Only those who deliver need it, and it takes longer to import than all the rest.
    import encodings.idna  # noqa: F401, PLC0415 -- the first look-up of a name would

    import botocore.session  # noqa: PLC0415
    from botocore.auth import SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import NoCredentialsError  # noqa: PLC0415
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415
    from botocore.utils import get_environ_proxies  # noqa: PLC0415

    session = botocore.session.get_session()
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    client = session.create_client(
        "logs", region_name=region, endpoint_url=endpoint_url, config=config
    )
    url = client.meta.endpoint_url
    http = URLLib3Session(
        verify=session.get_config_variable("ca_bundle") or True,
        proxies=get_environ_proxies(url),
        timeout=(_CONNECT_SECONDS, _READ_SECONDS),
        max_pool_connections=1,
        # botocore leaves that out: the end of each request then waits 40 ms for an acknowledgement.
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    credentials = session.get_credentials()
    if credentials is None:  # an instance's role may come later
        raise NoCredentialsError
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": _TARGET}
    if compress:
        headers["Content-Encoding"] = "gzip"

    def send(body: bytes) -> tuple[int, dict[str, Any] | None]:
        if compress:
            body = gzip.compress(body, compresslevel=1, mtime=0)
        request = AWSRequest("POST", url, headers=dict(headers), data=body)
        try:
            frozen = credentials.get_frozen_credentials()  # they may be renewed meanwhile
            SigV4Auth(frozen, "logs", client.meta.region_name).add_auth(request)
            response = http.send(request.prepare())
            content = response.content
        except Exception as error:
            raise _of_botocore(error) from error
        return response.status_code, _decoded(content)

    return client, send


def _decoded(content: bytes) -> dict[str, Any] | None:
    """Return an answer's object; None if it has none, as a proxy's page has none."""
    try:
        answer = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def _rejected(info: dict[str, Any], count: int) -> Rejected:
    too_old = max(
        int(info.get("tooOldLogEventEndIndex") or 0), int(info.get("expiredLogEventEndIndex") or 0)
    )
    too_new = info.get("tooNewLogEventStartIndex")
    return Rejected(too_old, count if too_new is None else int(too_new))


def _of_botocore(error: Exception) -> DeliveryError:
    if isinstance(error, DeliveryError):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        failure = response["Error"]
        return _error(str(failure.get("Code")), str(failure.get("Message")), status)
    return UnavailableError(f"{type(error).__name__}: {error}")


def _error(code: str, message: str, status: int) -> DeliveryError:
    text = f"{code}: {message}" if message else code
    if code in _INVALID or status == _TOO_LARGE:
        return RefusedError(text)
    return UnavailableError(
        text, throttled=code in _THROTTLED, missing=code == "ResourceNotFoundException"
    )
