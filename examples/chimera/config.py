"""What can be set: the bot's own configuration object, from which its logging takes its part."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Monitoring:
    """What is told of the bot, and where."""

    log_dir: Path = Path("build/chimera/logs")
    log_level: str = "INFO"
    cloudwatch_enabled: bool = False
    cloudwatch_region: str = "us-east-1"
    cloudwatch_namespace: str = "Chimera"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Who connects the bot with the blockchain."""

    name: str = "alchemy"
    api_key: str = field(default="demo-7f3c9a51", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trading:
    """When the bot trades, and how much."""

    least_spread_bps: float = 35.0
    size_weth: float = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the bot must never go beyond."""

    gas_price_gwei: float = 45.0
    loss_usdc: float = 50.0
    paused_blocks: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The bot's configuration; a real one would read a file."""

    blocks: int = 200
    seed: int = 7
    reconcile_every: int = 10
    report_every: int = 50
    monitoring: Monitoring = field(default_factory=Monitoring)
    provider: Provider = field(default_factory=Provider)
    trading: Trading = field(default_factory=Trading)
    limits: Limits = field(default_factory=Limits)
