"""What the answers of CloudWatch Logs mean: events it left out, and errors."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .errors import DeliveryError, RefusedError, UnavailableError

_THROTTLED: Final = frozenset(
    {"ThrottlingException", "Throttling", "RequestLimitExceeded", "LimitExceededException"}
)
_INVALID: Final = frozenset(
    {"InvalidParameterException", "SerializationException", "ValidationException"}
)
_DENIED: Final = frozenset(
    {"InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed"}
    | {"RequestExpired", "ExpiredTokenException", "UnrecognizedClientException"}
)
_NOT_ALLOWED: Final = frozenset({401, 403})
_TOO_LARGE: Final = 413


class Rejected(NamedTuple):
    """Which events of a batch, in the order of their times, the service left out.

    Attributes:
        too_old: Those before this index.
        too_new: Those from this index on.
    """

    too_old: int
    too_new: int


def rejected(answer: Mapping[str, Any], count: int) -> Rejected:
    """Return which of so many events an answer to ``PutLogEvents`` leaves out."""
    info = answer.get("rejectedLogEventsInfo") or {}
    too_old = max(
        int(info.get("tooOldLogEventEndIndex") or 0), int(info.get("expiredLogEventEndIndex") or 0)
    )
    too_new = info.get("tooNewLogEventStartIndex")
    return Rejected(too_old, count if too_new is None else int(too_new))


def error_of_answer(answer: Mapping[str, Any], status: int) -> DeliveryError:
    """Return the error that an answer is."""
    code = str(answer.get("__type", "")).rpartition("#")[2] or f"HTTP {status}"
    return _error(code, str(answer.get("message") or answer.get("Message") or ""), status)


def error_of_botocore(error: Exception) -> DeliveryError:
    """Return the error that one of botocore's is, or of its answer."""
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
        text,
        throttled=code in _THROTTLED,
        missing=code == "ResourceNotFoundException",
        denied=code in _DENIED or status in _NOT_ALLOWED,
    )
