"""The feed of prices: what the bot believes, because asking the node each time is too slow."""

from intentlog import get_logger

from .blockchain import Blockchain
from .config import Provider

logger = get_logger("market_feed")


class MarketFeed:
    """Keeps the last price heard of each pool. Messages get lost: the blockchain is right."""

    def __init__(self, chain: Blockchain, provider: Provider) -> None:
        """Connect."""
        self._chain = chain
        self._provider = provider
        self.prices = {name: pool.price for name, pool in chain.pools.items()}

    def connect(self) -> None:
        """Say that it is connected; the contract keeps the key out of the line."""
        logger.info(
            "websocket_connected",
            context={
                "provider": self._provider.name,
                "api_key": self._provider.api_key,
                "pools": sorted(self.prices),
            },
        )

    def listen(self) -> None:
        """Take the prices of a new block, where they arrive."""
        for name, pool in self._chain.pools.items():
            if not self._chain.drops_message():
                self.prices[name] = pool.price

    def correct(self, pool: str, price: float) -> None:
        """Take a price from the blockchain itself."""
        self.prices[pool] = price
