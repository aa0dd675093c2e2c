"""What logging costs a month, by component: one model for contracts and for templates.

An ``Inventory`` says how much of what is billed there is; ``estimate`` puts prices to it. The free
tier of an account is not taken off, for its applications share it: it is said beside the total.
Dashboards are the exception, because the first three of an account never cost anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from . import prices
from .prices import DAYS_A_MONTH, HOURS_A_MONTH, Price

COMPRESSED: Final = 0.15
"""What is left of a gigabyte when CloudWatch Logs has compressed it (AWS Pricing Calculator)."""
DASHBOARD_VIEWS: Final = 30
DASHBOARD_HOURS: Final = 3
QUERY_RUNS: Final = 20
QUERY_HOURS: Final = 24
KEY_REQUESTS: Final = 20_000
DIGESTS: Final = 100
SWEEPS: Final = 60 * HOURS_A_MONTH
"""How often a month the digest function looks for what waits: every minute."""
_DIGEST_SECONDS = 5.0
_CLOCK_SECONDS = 0.2  # of a run that finds nothing to tell
_EVIDENCE_HOURS = 2 * 0.2  # two queries, over a quarter of an hour at most
_DAILY_SCANS = 4  # two queries, over two days each: every line is read four times
_STATE_UNITS = 4  # of a state of 4 KB; a digest writes it three times
# AWS Lambda, "Using Lambda with Amazon SQS": five pollers, each waiting 20 seconds for a message.
_POLLS = 5 * 3600 / 20 * HOURS_A_MONTH
_MILLION = 1_000_000

ASSUMPTIONS: Final = (
    f"stored lines are compressed to {COMPRESSED:.0%}, and as many are stored as retention allows",
    f"a dashboard is looked at {DASHBOARD_VIEWS} times, with {DASHBOARD_HOURS} hours each",
    f"a saved query is run {QUERY_RUNS} times, over {QUERY_HOURS} hours each",
    f"{DIGESTS} digests are posted; a key is asked {KEY_REQUESTS:,} times",
)
"""What an estimate takes for granted, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroupUse:
    """A log group: what it ingests a month, and what becomes of it. ``None`` days: for ever."""

    name: str
    gigabytes: float
    retention_days: int | None = 30
    infrequent_access: bool = False
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveUse:
    """An archived stream: what it takes in a month, and what becomes of it."""

    gigabytes: float
    retention_days: float
    glacier_after_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """How much there is of everything that is billed; gigabytes are those of a month.

    Attributes:
        alarm_metrics: Metrics that standard alarms watch; a share has two.
        log_alarm_gigabytes: What the queries of log alarms scan.
        saved_query_gigabytes: What the log groups ingest that saved queries ask, once a query.
        dashboard_query_gigabytes: The same for the queries on dashboards.
        clock_runs: How often a month the clock runs the digest function.
        digest_query_gigabytes: What the log groups ingest that digests ask.
        daily_query_gigabytes: The same for the daily digest.
        other_dashboards: Dashboards that the account has besides.
    """

    log_groups: tuple[LogGroupUse, ...] = ()
    archives: tuple[ArchiveUse, ...] = ()
    metrics: int = 0
    alarm_metrics: int = 0
    band_alarms: int = 0
    composite_alarms: int = 0
    log_alarms: int = 0
    log_alarm_gigabytes: float = 0.0
    saved_query_gigabytes: float = 0.0
    dashboard_query_gigabytes: float = 0.0
    dashboards: int = 0
    other_dashboards: int = 0
    keys: int = 0
    secrets: int = 0
    polled_queues: int = 0
    clock_runs: float = 0.0
    digest_query_gigabytes: float = 0.0
    daily_query_gigabytes: float = 0.0
    advanced_parameters: int = 0
    anomaly_detectors: int = 0
    mutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A component of the estimate.

    Attributes:
        component: What it is.
        quantity: How many units a month.
        price: What a unit costs.
        switch: How to do without it; empty where that is not a switch.
        billed: Units that are charged. Default: all of them.
        free: Units of the account's free tier that it could use.
    """

    component: str
    quantity: float
    price: Price
    switch: str = ""
    billed: float | None = None
    free: float = field(default=0.0)

    @property
    def usd(self) -> float:
        """What it costs a month."""
        return (self.quantity if self.billed is None else self.billed) * self.price.usd

    @property
    def free_usd(self) -> float:
        """What the account's free tier would take off, where nothing else uses it."""
        return min(self.quantity, self.free) * self.price.usd


@dataclass(frozen=True, slots=True)
class Estimate:
    """The components that there are, and what they come to."""

    items: tuple[Item, ...]

    @property
    def usd(self) -> float:
        """What all of it costs a month."""
        return sum(item.usd for item in self.items)

    @property
    def free_usd(self) -> float:
        """What the account's free tier would take off, where nothing else uses it."""
        return sum(item.free_usd for item in self.items)


def estimate(inventory: Inventory) -> Estimate:
    """Put prices to an inventory; components of which there is nothing are left out."""
    parts = (_lines, _archived, _watching, _asking, _telling)
    items = (item for part in parts for item in part(inventory))
    return Estimate(tuple(item for item in items if item.quantity))


def _lines(inventory: Inventory) -> Iterator[Item]:
    groups = inventory.log_groups
    yield _item(
        "Ingestion",
        sum(group.gigabytes for group in groups if not group.infrequent_access),
        prices.INGESTION,
        "log less; infrequent access",
    )
    yield _item(
        "Ingestion, infrequent access",
        sum(group.gigabytes for group in groups if group.infrequent_access),
        prices.INGESTION_INFREQUENT,
        "log less",
    )
    yield _item("Storage", sum(map(_stored, groups)), prices.STORAGE, "retention_days")
    yield _item(
        "Masking",
        sum(group.gigabytes for group in groups if group.masked),
        prices.MASKING,
        "masking = false",
    )
    anomalies = inventory.anomaly_detectors
    yield _item("Log anomaly detection", anomalies, prices.NOTHING, "anomaly_detection = false")


def _stored(group: LogGroupUse) -> float:
    # Without a retention it grows for ever; ten years are the longest that CloudWatch offers.
    days = group.retention_days or 3653
    return group.gigabytes * days / DAYS_A_MONTH * COMPRESSED


def _archived(inventory: Inventory) -> Iterator[Item]:
    archives = inventory.archives
    taken_in = sum(archive.gigabytes for archive in archives)
    no_archive = "no [archive]"
    yield _item("Archive, delivery", taken_in, prices.ARCHIVE_DELIVERY, no_archive)
    yield _item("Archive, unpacking", taken_in, prices.ARCHIVE_UNPACKING, no_archive)
    at_first = sum(_months(each, 0, each.glacier_after_days) for each in archives)
    yield _item("Archive, storage", at_first, prices.ARCHIVE_STORAGE, no_archive)
    later = sum(_months(each, each.glacier_after_days, each.retention_days) for each in archives)
    yield _item("Archive, Glacier", later, prices.ARCHIVE_GLACIER, "archive.retention_days")


def _months(archive: ArchiveUse, begin: float, end: float) -> float:
    """Return the gigabyte-months of gzipped lines between two ages in days."""
    return archive.gigabytes * max(0.0, end - begin) / DAYS_A_MONTH * COMPRESSED


def _watching(inventory: Inventory) -> Iterator[Item]:
    yield _item("Metrics", inventory.metrics, prices.METRIC, "fewer [metrics]")
    yield _item("Alarms", inventory.alarm_metrics, prices.ALARM, "fewer [alarms]")
    yield _item(
        "Alarms on a band",
        inventory.band_alarms,
        prices.BAND_ALARM,
        "no `outside_band` alarms",
    )
    yield _item(
        "Incidents", inventory.composite_alarms, prices.COMPOSITE_ALARM, "no `any_of` alarms"
    )
    yield _item("Log alarms", inventory.log_alarms, prices.LOG_ALARM, "log_alarms = false")
    yield _item(
        "Log alarms, scanning",
        inventory.log_alarm_gigabytes,
        prices.SCANNING,
        "log_alarms = false",
    )
    yield _item("Mute rules", inventory.mutes, prices.NOTHING, "fewer [mutes]")


def _asking(inventory: Inventory) -> Iterator[Item]:
    free = max(0.0, prices.DASHBOARD.free - inventory.other_dashboards)
    yield Item(
        component="Dashboards",
        quantity=inventory.dashboards,
        billed=max(0.0, inventory.dashboards - free),
        price=prices.DASHBOARD,
        switch="no [dashboard]",
    )
    yield _item(
        "Dashboards, scanning",
        _scanned(inventory.dashboard_query_gigabytes, DASHBOARD_VIEWS, DASHBOARD_HOURS),
        prices.SCANNING,
        "no queries on [dashboard]",
    )
    yield _item(
        "Saved queries, scanning",
        _scanned(inventory.saved_query_gigabytes, QUERY_RUNS, QUERY_HOURS),
        prices.SCANNING,
        "ask less",
    )


def _scanned(gigabytes: float, runs: int, hours: int) -> float:
    return gigabytes * runs * hours / HOURS_A_MONTH


def _telling(inventory: Inventory) -> Iterator[Item]:
    keys = inventory.keys
    own_key = 'encryption = "aws-owned"'
    yield _item("Encryption key", keys, prices.KEY, own_key)
    yield _item("Encryption key, requests", keys * KEY_REQUESTS / 1e4, prices.KEY_REQUESTS, own_key)
    yield _item("Destinations' secrets", inventory.secrets, prices.SECRET, "fewer destinations")
    yield from _digest(inventory)
    parameters = inventory.advanced_parameters
    yield _item("Agent's configuration", parameters, prices.ADVANCED_PARAMETER, "fewer streams")


def _digest(inventory: Inventory) -> Iterator[Item]:
    """Yield what the digest itself costs: gathered, looked into, remembered, run by the clock."""
    queues, clock = inventory.polled_queues, inventory.clock_runs
    runs = queues * DIGESTS + clock
    seconds = queues * DIGESTS * _DIGEST_SECONDS + clock * _CLOCK_SECONDS
    writes = queues * DIGESTS * 3 * _STATE_UNITS
    asked = inventory.digest_query_gigabytes * DIGESTS * _EVIDENCE_HOURS / HOURS_A_MONTH
    asked += inventory.daily_query_gigabytes * _DAILY_SCANS
    for component, quantity, price in (
        ("Digest queue, polling", queues * _POLLS / _MILLION, prices.QUEUE_REQUESTS),
        ("Digest by the clock", clock / _MILLION, prices.CLOCK_RUNS),
        ("Digest function, runs", runs / _MILLION, prices.DIGEST_RUNS),
        ("Digest function", seconds, prices.DIGEST_SECONDS),
        ("Digest function, traces", runs / _MILLION, prices.TRACES),
        ("Digest table, reads", runs / _MILLION, prices.TABLE_READS),
        ("Digest table, writes", writes / _MILLION, prices.TABLE_WRITES),
    ):
        yield _item(component, quantity, price, "no [alarms], no digest")
    yield _item("Digest, scanning", asked, prices.SCANNING, "no daily_at")


def _item(component: str, quantity: float, price: Price, switch: str) -> Item:
    return Item(component=component, quantity=quantity, price=price, switch=switch, free=price.free)
