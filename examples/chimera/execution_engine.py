"""Carries opportunities out; each attempt is in the audit trail, however it ended."""

import time
from dataclasses import dataclass
from typing import Literal

from intentlog import get_logger

from .blockchain import Blockchain, Receipt, RpcError
from .events import log_execution_attempt
from .opportunity_detector import Opportunity

logger = get_logger("execution_engine")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """How an attempt ended."""

    status: Literal["confirmed", "reverted", "rejected", "failed"]
    simulated_profit: float
    receipt: Receipt | None = None
    error: str | None = None


class ExecutionEngine:
    """Simulates a trade where it would happen, then sends it."""

    def __init__(self, chain: Blockchain) -> None:
        """Take where to trade."""
        self._chain = chain

    def execute(self, opportunity: Opportunity) -> float:
        """Try an opportunity; return what it earned, or cost."""
        began = time.perf_counter()
        attempt = self._attempt(opportunity)
        duration_ms = (time.perf_counter() - began) * 1000
        receipt = attempt.receipt
        log_execution_attempt(
            opportunity_id=opportunity.id,
            strategy="two_pool_arbitrage",
            status=attempt.status,
            tx_hash=receipt.tx_hash if receipt else None,
            block_number=receipt.block_number if receipt else None,
            gas_used=receipt.gas_used if receipt else None,
            gas_price_gwei=round(self._chain.gas_price_gwei, 3),
            expected_profit=opportunity.expected_profit,
            actual_profit=receipt.profit if receipt else None,
            simulation={
                "buy": opportunity.buy,
                "sell": opportunity.sell,
                "weth": opportunity.weth,
                "profit": round(attempt.simulated_profit, 2),
            },
            error=attempt.error,
            duration_ms=round(duration_ms, 3),
        )
        return receipt.profit if receipt else 0.0

    def _attempt(self, opportunity: Opportunity) -> Attempt:
        profit = self._simulate(opportunity)
        if profit <= 0:
            return Attempt(status="rejected", simulated_profit=profit)
        try:
            receipt = self._chain.submit(
                buy=opportunity.buy, sell=opportunity.sell, weth=opportunity.weth
            )
        except RpcError as error:
            logger.exception(
                "operation_failed", context={"operation": "submit", "error": str(error)}
            )
            return Attempt(status="failed", simulated_profit=profit, error=str(error))
        status: Literal["reverted", "confirmed"] = "reverted" if receipt.reverted else "confirmed"
        return Attempt(status=status, simulated_profit=profit, receipt=receipt)

    def _simulate(self, opportunity: Opportunity) -> float:
        pools = self._chain.pools
        earned = -pools[opportunity.sell].cost_of(-opportunity.weth)
        return earned - pools[opportunity.buy].cost_of(opportunity.weth)
