"""Runs the bot on a simulated blockchain: ``python -m examples.chimera --log-dir DIR``."""

import argparse
from dataclasses import replace
from pathlib import Path

from intentlog import init_logging, shutdown
from intentlog.contract import ContractError

from .bot import Bot
from .config import Config, Monitoring

CONTRACT = Path(__file__).parents[2] / "contracts" / "chimera.toml"


def main() -> None:
    """Set up logging from the configuration, then run the bot to its end."""
    default = Config()
    parser = argparse.ArgumentParser(prog="python -m examples.chimera", description=__doc__)
    parser.add_argument("--log-dir", type=Path, default=default.monitoring.log_dir)
    parser.add_argument("--contract", type=Path, default=CONTRACT)
    parser.add_argument("--blocks", type=int, default=default.blocks)
    parser.add_argument("--seed", type=int, default=default.seed, help="another one, another run")
    options = parser.parse_args()
    config = replace(
        default,
        blocks=options.blocks,
        seed=options.seed,
        monitoring=Monitoring(log_dir=options.log_dir),
    )

    try:
        init_logging(
            options.contract,
            log_dir=config.monitoring.log_dir,
            log_level=config.monitoring.log_level,
            enable_cloudwatch=config.monitoring.cloudwatch_enabled,
            cloudwatch_region=config.monitoring.cloudwatch_region,
            cloudwatch_log_group=config.monitoring.cloudwatch_namespace,
        )
    except ContractError as error:
        parser.error(str(error))
    Bot(config).run()
    shutdown()


if __name__ == "__main__":
    main()
