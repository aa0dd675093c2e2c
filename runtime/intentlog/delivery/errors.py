"""What can go wrong on the way out: the root of this room's errors."""

from intentlog.errors import IntentlogError


class DeliveryError(IntentlogError):
    """Something keeps lines from being delivered, or a trail from being verified."""
