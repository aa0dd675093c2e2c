"""The bot: block by block, from what it hears to what it does."""

from .blockchain import Blockchain
from .config import Config
from .execution_engine import ExecutionEngine
from .market_feed import MarketFeed
from .opportunity_detector import OpportunityDetector
from .performance import Performance
from .safety_controller import SafetyController
from .state_engine import StateEngine


class Bot:
    """A trading bot on a simulated blockchain."""

    def __init__(self, config: Config) -> None:
        """Put its parts together."""
        self._config = config
        self._chain = Blockchain(config.seed)
        self._feed = MarketFeed(self._chain, config.provider)
        self._state = StateEngine(self._chain, self._feed)
        self._detector = OpportunityDetector(config.trading)
        self._engine = ExecutionEngine(self._chain)
        self._safety = SafetyController(self._chain, config.limits)
        self._performance = Performance()
        self._resume_at = 0

    def run(self) -> None:
        """Trade for as many blocks as are configured."""
        config = self._config
        self._state.become("starting", reason="started", details={"seed": config.seed})
        self._feed.connect()
        self._state.become("trading", reason="connected")
        for number, block in enumerate(self._chain.blocks(config.blocks), start=1):
            with self._performance.block():
                self._work(block)
            if number % config.reconcile_every == 0:
                self._state.reconcile()
            if number % config.report_every == 0:
                self._performance.report()
        self._performance.report()
        self._state.become("stopped", reason="all blocks done")

    def _work(self, block: int) -> None:
        self._feed.listen()
        if self._state.state == "paused" and block >= self._resume_at:
            self._state.become("trading", reason="pause is over")
        opportunity = self._detector.find(block, self._feed.prices)
        if opportunity is None or self._state.state == "paused":
            return
        if not self._safety.allows_trade():
            return
        earned = self._engine.execute(opportunity)
        self._performance.traded(earned)
        if self._safety.must_pause(earned):
            self._resume_at = block + self._config.limits.paused_blocks
            self._state.become("paused", reason="lost too much")
