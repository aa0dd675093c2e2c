"""The events of chimera, a function each.

Written by ``intentlog contract events``: change the contract, not this file.
"""

from collections.abc import Mapping

from intentlog import log_event as _log_event

__all__ = [
    "log_execution_attempt",
    "log_performance_metrics",
    "log_safety_violation",
    "log_state_divergence",
    "log_state_transition",
]


def log_execution_attempt(  # noqa: PLR0913 -- the contract's words
    *,
    opportunity_id: str,
    strategy: str,
    status: str,
    tx_hash: str | None = None,
    block_number: int | None = None,
    gas_used: int | None = None,
    gas_price_gwei: float | None = None,
    expected_profit: float | None = None,
    actual_profit: float | None = None,
    simulation: Mapping[str, object] | None = None,
    error: str | None = None,
    duration_ms: float | None = None,
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log ``execution_attempt``: A complete execution record.

    At INFO, by ``execution_engine``.
    """
    _log_event(
        "execution_attempt",
        {
            "opportunity_id": opportunity_id,
            "strategy": strategy,
            "status": status,
            "tx_hash": tx_hash,
            "block_number": block_number,
            "gas_used": gas_used,
            "gas_price_gwei": gas_price_gwei,
            "expected_profit": expected_profit,
            "actual_profit": actual_profit,
            "simulation": simulation,
            "error": error,
            "duration_ms": duration_ms,
        },
        logger="execution_engine",
        level="INFO",
        exc_info=exc_info,
    )


def log_state_transition(
    *,
    from_state: str,
    to_state: str,
    reason: str,
    details: Mapping[str, object] | None = None,
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log ``state_transition``: The system's state changed.

    At INFO, by ``state_engine``.
    """
    _log_event(
        "state_transition",
        {
            "from_state": from_state,
            "to_state": to_state,
            "reason": reason,
            "details": details,
        },
        logger="state_engine",
        level="INFO",
        exc_info=exc_info,
    )


def log_state_divergence(  # noqa: PLR0913 -- the contract's words
    *,
    entity: str,
    cached: str,
    actual: str,
    block_number: int | None = None,
    divergence_bps: float | None = None,
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log ``state_divergence``: The cache and the blockchain disagree.

    At ERROR, by ``state_engine``.
    """
    _log_event(
        "state_divergence",
        {
            "entity": entity,
            "cached": cached,
            "actual": actual,
            "block_number": block_number,
            "divergence_bps": divergence_bps,
        },
        logger="state_engine",
        level="ERROR",
        exc_info=exc_info,
    )


def log_safety_violation(  # noqa: PLR0913 -- the contract's words
    *,
    limit: str,
    allowed: float,
    actual: float,
    action: str | None = None,
    details: Mapping[str, object] | None = None,
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log ``safety_violation``: A limit was violated.

    At CRITICAL, by ``safety_controller``.
    """
    _log_event(
        "safety_violation",
        {
            "limit": limit,
            "allowed": allowed,
            "actual": actual,
            "action": action,
            "details": details,
        },
        logger="safety_controller",
        level="CRITICAL",
        exc_info=exc_info,
    )


def log_performance_metrics(
    *,
    metrics: Mapping[str, object],
    window_seconds: float | None = None,
    exc_info: BaseException | bool | None = None,
) -> None:
    """Log ``performance_metrics``: Performance figures.

    At INFO, by ``performance``.
    """
    _log_event(
        "performance_metrics",
        {
            "metrics": metrics,
            "window_seconds": window_seconds,
        },
        logger="performance",
        level="INFO",
        exc_info=exc_info,
    )
