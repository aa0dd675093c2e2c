"""What a contract in an environment is billed for."""

from collections.abc import Iterator, Mapping
from math import fsum
from typing import Final, TypedDict

from intentlog.contract import Alarm, Contract, Environment, archive_days, archived_streams

from .agent import agent_config
from .alarm import log_query
from .cost import SWEEPS, ArchiveUse, Inventory, LogGroupUse
from .digest import asked_groups
from .prices import DAYS_A_MONTH

STANDARD_PARAMETER_BYTES: Final = 4096
"""What a parameter of the standard, free tier holds (AWS Systems Manager, "Parameter tiers")."""
_DEFAULTS: Final = Environment(region="us-east-1")


def inventory(
    contract: Contract,
    environment: Environment = _DEFAULTS,
    *,
    volumes: Mapping[str, float] | None = None,
    other_dashboards: int = 0,
) -> Inventory:
    """Return what there is to pay for, without what runs the application.

    Args:
        contract: The application's contract.
        environment: Where it is deployed to. Default: an environment's defaults.
        volumes: Measured gigabytes a month, by stream. Default: what the contract expects.
        other_dashboards: Dashboards that the account has besides.
    """
    gigabytes = {name: contract.gigabytes_of(name) for name in contract.log_groups}
    gigabytes |= {name: value for name, value in (volumes or {}).items() if name in gigabytes}
    if not gigabytes:
        # Nothing is delivered, so nothing is deployed.
        return Inventory()
    return Inventory(
        log_groups=tuple(
            LogGroupUse(
                name=group,
                gigabytes=gigabytes[name],
                retention_days=contract.streams[name].retention_days,
                infrequent_access=contract.streams[name].log_class == "infrequent access",
                masked=environment.masking,
            )
            for name, group in contract.log_groups.items()
        ),
        archives=tuple(_archives(contract, gigabytes)),
        metrics=len(contract.metrics) + _says_its_lag(contract),
        **_alarms(contract, environment, gigabytes),
        saved_query_gigabytes=fsum(
            _asked(contract, query, gigabytes) for query in contract.queries
        ),
        dashboard_query_gigabytes=_shown(contract, gigabytes),
        dashboards=contract.dashboard is not None,
        other_dashboards=other_dashboards,
        keys=environment.encryption == "customer-managed",
        **_digest(contract, environment, gigabytes),
        advanced_parameters=contract.delivery.by == "agent"
        and len(agent_config(contract).encode()) > STANDARD_PARAMETER_BYTES,
        anomaly_detectors=sum(
            contract.streams[name].anomaly_detection for name in contract.log_groups
        ),
        mutes=len(contract.mutes),
    )


def _archives(contract: Contract, gigabytes: Mapping[str, float]) -> Iterator[ArchiveUse]:
    for stream, _, _ in archived_streams(contract):
        if contract.archive is not None:
            yield ArchiveUse(
                gigabytes=gigabytes.get(stream, contract.gigabytes_of(stream)),
                retention_days=archive_days(contract),
                glacier_after_days=contract.archive.glacier_after_days,
            )


class _Digest(TypedDict):
    secrets: int
    polled_queues: int
    clock_runs: float
    digest_query_gigabytes: float
    daily_query_gigabytes: float


def _digest(
    contract: Contract, environment: Environment, gigabytes: Mapping[str, float]
) -> _Digest:
    """Return what there is to pay for because somebody is told, which alarms are needed for."""
    notifications, is_there = environment.notifications, bool(contract.alarms)
    daily = is_there and notifications.daily_at is not None
    ingested = _by_group(contract, gigabytes)
    asked = fsum(ingested[group] for group in asked_groups(contract)) * is_there
    return _Digest(
        secrets=is_there * sum(each.has_secret for each in notifications.posted_to.values()),
        polled_queues=is_there,
        clock_runs=is_there * SWEEPS + daily * DAYS_A_MONTH,
        digest_query_gigabytes=asked,
        daily_query_gigabytes=asked * daily,
    )


class _Alarms(TypedDict):
    alarm_metrics: int
    band_alarms: int
    composite_alarms: int
    log_alarms: int
    log_alarm_gigabytes: float


def _alarms(
    contract: Contract, environment: Environment, gigabytes: Mapping[str, float]
) -> _Alarms:
    on_logs = [name for name, alarm in contract.alarms.items() if _asks_the_logs(alarm)]
    if not environment.log_alarms:
        # What would show lines is then an alarm on the metric; one on late lines is not made.
        on_logs = []
    kinds = [alarm.kind for name, alarm in contract.alarms.items() if name not in on_logs]
    watched = {"threshold": 1, "silence": 1, "ratio": 2}
    # What could not be posted, and what the clock could not run.
    watches = 2 * (bool(contract.alarms) and environment.notifications.email is not None)
    lag = bool(contract.alarms) and _says_its_lag(contract)
    return _Alarms(
        alarm_metrics=sum(watched.get(kind, 0) for kind in kinds) + watches + lag,
        band_alarms=kinds.count("band"),
        composite_alarms=kinds.count("composite"),
        log_alarms=len(on_logs),
        log_alarm_gigabytes=fsum(_scanned(contract, name, gigabytes) for name in on_logs),
    )


def _says_its_lag(contract: Contract) -> bool:
    """Say whether a shipper embeds how late lines are, which makes a metric."""
    return contract.delivery.by == "process" and bool(contract.log_groups)


def _asks_the_logs(alarm: Alarm) -> bool:
    return alarm.kind == "lag" or bool(alarm.log_lines)


def _scanned(contract: Contract, alarm: str, gigabytes: Mapping[str, float]) -> float:
    """Return what a log alarm's query scans: each line once, and the overlap of its windows."""
    query = log_query(contract, alarm)
    ingested = _by_group(contract, gigabytes)[query.log_group]
    return query.window_seconds / (query.minutes * 60) * ingested


def _asked(contract: Contract, query: str, gigabytes: Mapping[str, float]) -> float:
    ingested = _by_group(contract, gigabytes)
    return fsum(ingested[group] for group in contract.log_groups_of(query))


def _shown(contract: Contract, gigabytes: Mapping[str, float]) -> float:
    if contract.dashboard is None:
        return 0.0
    widgets = [widget.partition(".") for row in contract.dashboard.rows for widget in row]
    return fsum(_asked(contract, name, gigabytes) for kind, _, name in widgets if kind == "queries")


def _by_group(contract: Contract, gigabytes: Mapping[str, float]) -> dict[str, float]:
    return {group: gigabytes[stream] for stream, group in contract.log_groups.items()}
