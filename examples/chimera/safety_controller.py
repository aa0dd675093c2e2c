"""Keeps the bot within its limits."""

from .blockchain import Blockchain
from .config import Limits
from .events import log_safety_violation


class SafetyController:
    """Says whether the bot may trade."""

    def __init__(self, chain: Blockchain, limits: Limits) -> None:
        """Take the limits."""
        self._chain = chain
        self._limits = limits
        self._balance = 0.0

    def allows_trade(self) -> bool:
        """Tell whether a trade is within the limits now; it is a violation if not."""
        gas_price = self._chain.gas_price_gwei
        if gas_price <= self._limits.gas_price_gwei:
            return True
        log_safety_violation(
            limit="gas_price_gwei",
            allowed=self._limits.gas_price_gwei,
            actual=round(gas_price, 3),
            action="trade skipped",
        )
        return False

    def must_pause(self, earned: float) -> bool:
        """Take what a trade earned, and tell whether the bot has lost too much by now."""
        self._balance += earned
        if self._balance >= -self._limits.loss_usdc:
            return False
        log_safety_violation(
            limit="loss_usdc",
            allowed=self._limits.loss_usdc,
            actual=round(-self._balance, 2),
            action="trading paused",
            details={"last_trade": earned, "blocks": self._limits.paused_blocks},
        )
        self._balance = 0.0
        return True
