"""A blockchain with two pools, where others trade too: the same for the same seed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_FEE = 0.0005
_TIMEOUT_CHANCE = 0.08
_OVERTAKEN_CHANCE = 0.25
_GAS_USED = 214_000


class RpcError(Exception):
    """The node did not answer, or not in time."""


@dataclass(slots=True)
class Pool:
    """A pool of WETH and USDC whose product stays the same."""

    name: str
    weth: float
    usdc: float

    @property
    def price(self) -> float:
        """USDC for one WETH."""
        return self.usdc / self.weth

    def cost_of(self, weth: float) -> float:
        """Return the USDC that buy so much WETH here; what it gives for WETH, if negative."""
        return self.usdc * weth / (self.weth - weth) * (1 + _FEE if weth > 0 else 1 - _FEE)

    def trade(self, weth: float) -> float:
        """Buy WETH, or sell if negative; return the USDC that it cost."""
        cost = self.cost_of(weth)
        self.weth -= weth
        self.usdc += cost
        return cost


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of a transaction."""

    tx_hash: str
    block_number: int
    gas_used: int
    profit: float
    reverted: bool


class Blockchain:
    """The pools, the price of gas, and the number of the last block."""

    def __init__(self, seed: int) -> None:
        """Begin with pools that agree."""
        self._random = Random(seed)  # noqa: S311 -- a simulation, which must repeat
        self.block = 21_000_000
        self.gas_price_gwei = 30.0
        self.pools = {name: Pool(name, 4000.0, 10_000_000.0) for name in ("north", "south")}

    def blocks(self, count: int) -> Iterator[int]:
        """Yield the numbers of so many new blocks, in each of which others trade."""
        for _ in range(count):
            self.block += 1
            self.gas_price_gwei = max(8.0, self.gas_price_gwei + self._random.uniform(-9, 9))
            for pool in self.pools.values():
                pool.trade(self._random.uniform(-4, 4))
            yield self.block

    def price_of(self, pool: str) -> float:
        """Ask the node for a price.

        Raises:
            RpcError: It did not answer.
        """
        if self._random.random() < _TIMEOUT_CHANCE:
            raise RpcError(f"eth_call for pool {pool} timed out")
        return self.pools[pool].price

    def submit(self, *, buy: str, sell: str, weth: float) -> Receipt:
        """Buy in one pool and sell in the other, in one transaction.

        Raises:
            RpcError: The node did not take it.
        """
        if self._random.random() < _TIMEOUT_CHANCE:
            raise RpcError("eth_sendRawTransaction timed out")
        gas = _GAS_USED * self.gas_price_gwei * 1e-9 * self.pools[buy].price
        reverted = self._random.random() < _OVERTAKEN_CHANCE
        earned = 0.0
        if not reverted:
            earned = -self.pools[sell].trade(-weth) - self.pools[buy].trade(weth)
        digest = hashlib.sha256(f"{self.block} {buy} {sell} {weth}".encode()).hexdigest()
        return Receipt(
            tx_hash=f"0x{digest}",
            block_number=self.block,
            gas_used=_GAS_USED,
            profit=round(earned - gas, 2),
            reverted=reverted,
        )

    def drops_message(self) -> bool:
        """Tell whether a message of the feed gets lost on its way."""
        return self._random.random() < 0.1  # noqa: PLR2004 -- one in ten
