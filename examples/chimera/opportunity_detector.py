"""Finds pools that disagree on a price."""

from dataclasses import dataclass

from intentlog import get_logger

from .config import Trading

logger = get_logger("opportunity_detector")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunity:
    """Something that may earn money."""

    id: str
    buy: str
    sell: str
    weth: float
    spread_bps: float
    expected_profit: float


class OpportunityDetector:
    """Compares prices, block by block."""

    def __init__(self, trading: Trading) -> None:
        """Take when, and how much."""
        self._trading = trading

    def find(self, block: int, prices: dict[str, float]) -> Opportunity | None:
        """Return what is worth a trade in this block, if anything is."""
        buy, sell = sorted(prices, key=prices.__getitem__)
        spread_bps = (prices[sell] / prices[buy] - 1) * 10_000
        if spread_bps < self._trading.least_spread_bps:
            return None
        weth = self._trading.size_weth
        opportunity = Opportunity(
            id=f"arb-{block}",
            buy=buy,
            sell=sell,
            weth=weth,
            spread_bps=round(spread_bps, 1),
            expected_profit=round(weth * (prices[sell] - prices[buy]), 2),
        )
        logger.info(
            "opportunity_found",
            context={
                "opportunity_id": opportunity.id,
                "buy": buy,
                "sell": sell,
                "spread_bps": opportunity.spread_bps,
                "expected_profit": opportunity.expected_profit,
            },
        )
        return opportunity
