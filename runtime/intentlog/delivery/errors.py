"""What can go wrong on the way out.

``DeliveryError``: ``UnavailableError``, ``RefusedError``, ``SettingsError``.
"""

import re
from typing import Final

from intentlog.errors import IntentlogError

_PASSWORD: Final = re.compile(r"(?<=//)[^/@\s]+@|[^\s\"'/@:]+:[^\s\"'/@]+@")


class DeliveryError(IntentlogError):
    """Something keeps lines from being delivered, or a trail from being verified."""


class UnavailableError(DeliveryError):
    """The service did not take a batch, which is tried again.

    Attributes:
        throttled: Whether it asks for fewer requests.
        missing: Whether the log group or log stream is not there.
        denied: Whether it does not accept who asks, or the signature.
    """

    def __init__(
        self, reason: str, *, throttled: bool = False, missing: bool = False, denied: bool = False
    ) -> None:
        super().__init__(reason)
        self.throttled = throttled
        self.missing = missing
        self.denied = denied


class RefusedError(DeliveryError):
    """The service refuses a batch as a whole: something in it is not what it takes."""


class SettingsError(DeliveryError):
    """The AWS configuration is wrong; its cause is what botocore says."""


def without_passwords(text: str) -> str:
    """Return a text without who an address is for, as a proxy's: ``http://***@host``."""
    return _PASSWORD.sub("***@", text)
