"""The cost model: each component against a calculation by hand, and the promise of 5 dollars."""

from decimal import Decimal
from pathlib import Path

import pytest

from intentlog.contract import Environment, load, parse
from intentlog.render import prices
from intentlog.render.billed import inventory
from intentlog.render.cost import Inventory, LogGroupUse, estimate

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted((ROOT / "contracts").glob("*.toml"))
PLACE = Environment(region="us-east-1")

CONTRACT = """
service   = "shop"
namespace = "Shop"

[record]
fields  = ["timestamp", "level", "category", "logger", "message"]

[streams.all]
file      = "shop.log"
log_group = "/shop/all"
gigabytes_per_month = 10

[streams.rest]
file      = "rest.log"
log_group = "/shop/rest"
log_class = "infrequent access"

[metrics.Errors]
stream = "all"
where  = 'level = "ERROR"'

[metrics.Lines]
stream = "all"

[alarms.errors]
metric = "Errors"
more_than = 1
within_minutes = 5
log_lines = 3

[alarms.share]
metric = "Errors"
of = "Lines"
more_than = 5
within_minutes = 5

[alarms.unusual]
metric = "Lines"
outside_band = 2
within_minutes = 5

[alarms.silent]
stream = "all"
within_minutes = 15

[alarms.late]
stream = "all"
lag_seconds = 60
within_minutes = 10

[alarms.incident]
any_of = ["share", "silent"]

[queries.errors]
title = "Errors"
text  = "filter level = 'ERROR'"

[dashboard]
rows = [["queries.errors", "metrics.Errors"]]
"""


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_shipped_contracts_cost_five_dollars_at_most(path: Path) -> None:
    """All but the host, at a gigabyte a month in all and the defaults of an environment."""
    contract = load(path)
    volumes = {name: 0.05 if contract.streams[name].where else 1.0 for name in contract.log_groups}

    found = estimate(inventory(contract, PLACE, volumes=volumes))

    assert 0 < found.usd <= 5


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        # 2 GB at $0.50; stored 2 times 60 / 30.417 months times 0.15 at $0.03.
        (
            {"log_groups": (LogGroupUse(name="a", gigabytes=2, retention_days=60),)},
            {"Ingestion": 1.0, "Storage": 0.017753},
        ),
        # 2 GB at $0.25; half a month of them.
        (
            {
                "log_groups": (
                    LogGroupUse(name="a", gigabytes=2, retention_days=30, infrequent_access=True),
                )
            },
            {"Ingestion, infrequent access": 0.5, "Storage": 0.008877},
        ),
        (
            {"log_groups": (LogGroupUse(name="a", gigabytes=10, masked=True),)},
            {"Ingestion": 5.0, "Storage": 0.044384, "Masking": 1.2},
        ),
        ({"metrics": 12}, {"Metrics": 3.6}),
        ({"alarm_metrics": 3}, {"Alarms": 0.3}),
        ({"band_alarms": 2}, {"Alarms on a band": 0.6}),
        ({"composite_alarms": 2}, {"Incidents": 1.0}),
        (
            {"log_alarms": 1, "log_alarm_gigabytes": 10},
            {"Log alarms": 0.1, "Log alarms, scanning": 0.05},
        ),
        ({"dashboards": 1}, {"Dashboards": 0.0}),
        ({"dashboards": 2, "other_dashboards": 2}, {"Dashboards": 3.0}),
        ({"dashboards": 1, "other_dashboards": 9}, {"Dashboards": 3.0}),
        # 100 GB a month times 3 of 730 hours times 30 times at $0.005.
        ({"dashboard_query_gigabytes": 100}, {"Dashboards, scanning": 0.061644}),
        # 100 GB a month times 24 of 730 hours times 20 times at $0.005.
        ({"saved_query_gigabytes": 100}, {"Saved queries, scanning": 0.328767}),
        ({"keys": 1}, {"Encryption key": 1.0, "Encryption key, requests": 0.06}),
        ({"secrets": 3}, {"Destinations' secrets": 1.2}),
        # Five pollers, each 180 times an hour, at $0.40 a million; 100 runs of 5 seconds at a
        # quarter of a gigabyte; 100 traces at $5 a million; 100 reads; 100 times 3 writes of 4 KB.
        (
            {"polled_queues": 1},
            {
                "Digest queue, polling": 0.2628,
                "Digest function, runs": 0.00002,
                "Digest function": 0.001667,
                "Digest function, traces": 0.0005,
                "Digest table, reads": 0.000013,
                "Digest table, writes": 0.00075,
            },
        ),
        # Every minute of 730 hours, a fifth of a second each.
        (
            {"clock_runs": 43_800},
            {
                "Digest by the clock": 0.0438,
                "Digest function, runs": 0.00876,
                "Digest function": 0.0292,
                "Digest function, traces": 0.219,
                "Digest table, reads": 0.005475,
            },
        ),
        # 100 digests, two queries over 12 minutes of 730 hours each; each line four times a day.
        (
            {"digest_query_gigabytes": 100, "daily_query_gigabytes": 100},
            {"Digest, scanning": 2.027397},
        ),
        ({"advanced_parameters": 1}, {"Agent's configuration": 0.05}),
        ({"anomaly_detectors": 1, "mutes": 2}, {"Log anomaly detection": 0, "Mute rules": 0}),
        ({}, {}),
    ],
)
def test_components(has: dict[str, int], expected: dict[str, float]) -> None:
    """Each component comes to what a person calculates."""
    found = estimate(Inventory(**has))  # type: ignore[arg-type]

    assert {item.component: round(item.usd, 6) for item in found.items} == expected
    assert found.usd == pytest.approx(sum(expected.values()), abs=1e-5)


def test_a_contract_is_counted() -> None:
    """Every kind of alarm is counted as what CloudWatch bills it for."""
    contract = parse(CONTRACT)

    assert inventory(contract, PLACE) == Inventory(
        log_groups=(
            LogGroupUse(name="/shop/all", gigabytes=10, masked=True),
            LogGroupUse(name="/shop/rest", gigabytes=1, infrequent_access=True, masked=True),
        ),
        metrics=2,
        alarm_metrics=4,  # errors, silent, and the two of share
        band_alarms=1,
        composite_alarms=1,
        saved_query_gigabytes=10,
        dashboard_query_gigabytes=10,
        dashboards=1,
        keys=1,
        secrets=1,
        polled_queues=1,
        clock_runs=43_800,
        digest_query_gigabytes=10,
    )


def test_log_alarms_ask_the_log_group() -> None:
    """Where the region has them: each line is scanned once, and what the windows overlap."""
    contract = parse(CONTRACT)

    has = inventory(contract, Environment(region="us-east-1", log_alarms=True))

    assert (has.alarm_metrics, has.log_alarms) == (3, 2)
    assert has.log_alarm_gigabytes == pytest.approx(10 * (330 / 300 + 630 / 600))


def test_the_environment_switches_off() -> None:
    """An environment without a key of its own and without masking pays for neither."""
    place = Environment(region="us-east-1", encryption="aws-owned", masking=False)

    found = estimate(inventory(load(CONTRACTS[0]), place))

    components = {item.component for item in found.items}
    assert not components & {"Encryption key", "Encryption key, requests", "Masking"}


def test_what_costs_money_by_itself_says_how_to_do_without() -> None:
    """Every component that costs anything names its switch."""
    items = estimate(inventory(parse(CONTRACT), PLACE)).items

    assert [item.component for item in items if not item.switch] == []


def test_measured_volumes_take_the_place_of_expected_ones() -> None:
    """Those of streams that were measured; of streams without a log group nothing is billed."""
    has = inventory(parse(CONTRACT), PLACE, volumes={"all": 3, "nowhere": 7})

    assert [group.gigabytes for group in has.log_groups] == [3, 1]


def test_the_free_tier_is_said_beside_the_total() -> None:
    """It is an account's, so it is not taken off; the dashboards' one is."""
    found = estimate(Inventory(metrics=12, alarm_metrics=2, dashboards=1))

    assert found.usd == pytest.approx(12 * 0.3 + 2 * 0.1)
    assert found.free_usd == pytest.approx(10 * 0.3 + 2 * 0.1)


def test_a_contract_that_delivers_nothing_costs_nothing() -> None:
    """No log group, no stack."""
    contract = parse(
        'service = "shop"\nnamespace = "S"\n[record]\nfields = ["timestamp", "level", "message"]\n'
        '[streams.all]\nfile = "all.log"\n'
    )

    assert estimate(inventory(contract, PLACE)).items == ()


def test_prices_say_where_they_were_read() -> None:
    """Each price names a page of AWS."""
    table = [value for value in vars(prices).values() if isinstance(value, prices.Price)]

    assert len(table) > 15
    assert all(price.source.startswith("https://aws.amazon.com/") for price in table)


def test_the_page_has_every_price() -> None:
    """What ``docs/cost.md`` says a unit costs is what is calculated with."""
    page = (ROOT / "docs" / "cost.md").read_text()
    table = [value for value in vars(prices).values() if isinstance(value, prices.Price)]

    billed = [price for price in table if price.unit]
    cents = {price: f"{price.usd:.2f}" for price in billed}
    digits = {price: f"{Decimal(f'{price.usd:.3g}'):f}" for price in billed}
    shown = [
        f"| ${text if float(text) == price.usd else digits[price]} / {price.unit} |"
        for price, text in cents.items()
    ]

    assert [price for price in shown if price not in page] == []
    assert str(prices.AS_OF) in page
