"""The way to CloudWatch Logs: found and signed for by botocore, by the service's own clock.

botocore signs by the host's clock, and a signature that is five minutes off is refused.
"""

import gzip
import socket
import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .answers import error_of_answer
from .errors import UnavailableError
from .service_clock import ServiceClock

_CONNECT_SECONDS: Final = 3
_READ_SECONDS: Final = 15
_TARGET: Final = "Logs_20140328.PutLogEvents"
_EVENTS: Final = "cloudwatch-logs"
_OK: Final = 200
_NOT_CLOUDWATCH: Final = (
    "what answered is not CloudWatch Logs: a proxy, or the endpoint of something else?"
)


class Connection:
    """A client of boto3's, and a quicker way to put events; both learn the service's clock.

    Attributes:
        client: The client.
    """

    def __init__(
        self, region: str | None, endpoint_url: str | None, *, compress: bool, clock: ServiceClock
    ) -> None:
        """Connect; nothing is asked yet.

        Args:
            region: Default: that of the AWS configuration.
            endpoint_url: Default: that of the AWS configuration, or the region's.
            compress: Whether ``put`` sends its bodies gzipped.
            clock: Is told what time it is.

        Raises:
            NoCredentialsError: There are none (botocore's).
            Exception: Whatever else botocore finds wrong with the AWS configuration.
        """
        # Only those who deliver need it, and it takes longer to import than all the rest.
        import encodings.idna  # noqa: F401, PLC0415 -- the first look-up of a name would

        import botocore.session  # noqa: PLC0415
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import NoCredentialsError, NoRegionError  # noqa: PLC0415

        session = botocore.session.get_session()
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": 1},
        )
        self.client: Any = session.create_client(
            "logs", region_name=region, endpoint_url=endpoint_url, config=config
        )
        if not self.client.meta.region_name:  # of a variable that is empty
            raise NoRegionError
        self._url = self.client.meta.endpoint_url
        self._http = _kept_open(self._url, session)
        self._credentials = session.get_credentials()
        if self._credentials is None:  # an instance's role may come later
            raise NoCredentialsError
        self._compress = compress
        self._clock = clock
        events = self.client.meta.events
        events.register(f"choose-signer.{_EVENTS}", lambda **_: UNSIGNED)
        events.register(f"before-sign.{_EVENTS}", self._sign)
        events.register(f"after-call.{_EVENTS}", self._check)

    def put(self, body: bytes) -> dict[str, Any]:
        """Send the body of a ``PutLogEvents``, and return the answer.

        Raises:
            RefusedError: The service refuses it for what it is.
            UnavailableError: It did not take it now, or what answered is not the service.
            Exception: Whatever botocore found wrong on the way.
        """
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415

        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": _TARGET}
        if self._compress:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, compresslevel=1, mtime=0)
        request = AWSRequest("POST", self._url, headers=headers, data=body)
        self._sign(request)
        response = self._http.send(request.prepare())
        answer = self._answer(response.status_code, response.headers, response.content)
        if response.status_code != _OK or "__type" in answer:
            raise error_of_answer(answer, response.status_code)
        return answer

    def _sign(self, request: Any, **_: object) -> None:
        """Sign a request (Signature Version 4), as botocore does, at the service's time."""
        from botocore.auth import SigV4Auth  # noqa: PLC0415

        credentials = self._credentials.get_frozen_credentials()  # they may be renewed meanwhile
        auth = SigV4Auth(credentials, "logs", self.client.meta.region_name)
        now = self._clock.now()
        at = time.gmtime(None if now is None else now / 1000)
        request.context["timestamp"] = time.strftime("%Y%m%dT%H%M%SZ", at)
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        if credentials.token:
            request.headers["X-Amz-Security-Token"] = credentials.token
        text = auth.string_to_sign(request, auth.canonical_request(request))
        signed = auth.signed_headers(auth.headers_to_sign(request))
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, "
            f"SignedHeaders={signed}, Signature={auth.signature(text, request)}"
        )

    def _check(self, http_response: Any, model: Any, **_: object) -> None:
        """Look at what the client takes for an answer: to it, a page is one without members."""
        if model.name == "PutLogEvents":
            status = http_response.status_code
            answer = self._answer(status, http_response.headers, http_response.content)
            if status == _OK and "__type" in answer:
                raise error_of_answer(answer, status)
        elif _is_json(http_response.headers):  # without a body, if all is well
            self._clock.learn(http_response.headers.get("Date"))

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
        try:
            answer = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            answer = None
        if isinstance(answer, dict) and _is_json(headers):
            self._clock.learn(headers.get("Date"))
            return answer
        if status == _OK:
            raise UnavailableError(_NOT_CLOUDWATCH)
        return {}


def _is_json(headers: Mapping[str, str]) -> bool:
    """Say whether it may be the service that answers; a proxy's page is none, nor is its time."""
    return "json" in headers.get("Content-Type", "")


def _kept_open(url: str, session: Any) -> Any:
    """Return what sends to an address, again and again by one connection."""
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415
    from botocore.utils import get_environ_proxies  # noqa: PLC0415

    return URLLib3Session(
        verify=session.get_config_variable("ca_bundle") or True,
        proxies=get_environ_proxies(url),
        timeout=(_CONNECT_SECONDS, _READ_SECONDS),
        max_pool_connections=1,
        # botocore leaves that out: each request's end then waits 40 ms for an acknowledgement.
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
