"""What the bot is doing, and whether what it believes is true."""

from collections.abc import Mapping
from typing import Literal

from intentlog import get_logger, timed

from .blockchain import Blockchain, RpcError
from .events import log_state_divergence, log_state_transition
from .market_feed import MarketFeed

State = Literal["stopped", "starting", "trading", "paused"]

_TOLERATED_BPS = 5.0

logger = get_logger("state_engine")


class StateEngine:
    """Holds the state, and compares the cache with the blockchain."""

    def __init__(self, chain: Blockchain, feed: MarketFeed) -> None:
        """Begin stopped."""
        self._chain = chain
        self._feed = feed
        self.state: State = "stopped"

    def become(
        self, state: State, *, reason: str, details: Mapping[str, object] | None = None
    ) -> None:
        """Change the state."""
        before, self.state = self.state, state
        log_state_transition(from_state=before, to_state=state, reason=reason, details=details)

    @timed("state_reconciled", logger="state_engine")
    def reconcile(self) -> None:
        """Correct every price that is not what the blockchain says."""
        for pool in self._feed.prices:
            try:
                self._reconcile(pool)
            except RpcError as error:
                logger.exception(
                    "operation_failed",
                    context={"operation": "reconcile", "pool": pool, "error": str(error)},
                )

    def _reconcile(self, pool: str) -> None:
        cached, actual = self._feed.prices[pool], self._chain.price_of(pool)
        divergence_bps = abs(cached / actual - 1) * 10_000
        if divergence_bps > _TOLERATED_BPS:
            log_state_divergence(
                entity=f"price of {pool}",
                cached=f"{cached:.2f}",
                actual=f"{actual:.2f}",
                block_number=self._chain.block,
                divergence_bps=round(divergence_bps, 1),
            )
            self._feed.correct(pool, actual)
