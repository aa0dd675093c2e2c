"""How an estimate of costs is printed: for a person, or for another program."""

import json
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from intentlog.render import prices
from intentlog.render.cost import ASSUMPTIONS, Estimate, Item

_TEXT_WIDTH = 100
TABLE_WIDTH = 120
_LAST = "Do without"


def as_text(
    estimates: dict[str, Estimate],
    volumes: dict[str, dict[str, float]],
    width: int,
) -> str:
    """Return a table a contract: each component, its quantity, its price, how to do without.

    Args:
        estimates: What each service costs.
        volumes: What was measured of its streams, in gigabytes a month.
        width: How many characters a line has room for. Where the last column has none, that is
            told instead.
    """
    console = Console(width=TABLE_WIDTH, highlight=False, markup=False)
    with console.capture() as capture:
        for service, found in estimates.items():
            table = _table(service, found)
            if console.measure(table).maximum > width:
                table.columns.pop()
                table.caption = f"# too narrow for: {_LAST}"
            console.print(table)
            for stream, gigabytes in volumes.get(service, {}).items():
                console.print(f"measured: {stream} {gigabytes:.3g} GB a month")
        total = sum(found.usd for found in estimates.values())
        free = sum(found.free_usd for found in estimates.values())
        if len(estimates) > 1:
            console.print(f"All of them: ${total:.2f} a month.")
        console.print(
            f"List prices of {prices.REGION} as of {prices.AS_OF}, without the host. The account's "
            f"free tier takes up to ${free:.2f} off, where nothing else uses it.",
            width=min(width, _TEXT_WIDTH),
        )
        taken = f"Taken for granted: {'; '.join(ASSUMPTIONS)}."
        console.print(taken, width=min(width, _TEXT_WIDTH))
    return "\n".join(map(str.rstrip, capture.get().rstrip("\n").split("\n")))


def _table(service: str, found: Estimate) -> Table:
    table = Table(title=f"{service}: ${found.usd:.2f} a month", title_justify="left", box=None)
    table.caption_justify = "left"
    table.add_column("Component", no_wrap=True)
    table.add_column("Quantity", justify="right", no_wrap=True)
    table.add_column("Price", no_wrap=True)
    table.add_column("$ a month", justify="right", no_wrap=True)
    table.add_column(_LAST, no_wrap=True)
    for item in found.items:
        price = f"{_price(item.price.usd)} / {item.price.unit}" if item.price.unit else "free"
        cells = (item.component, _plain(item.quantity), price, f"{item.usd:.2f}", item.switch)
        table.add_row(*cells)
    return table


def _price(usd: float) -> str:
    cents = f"{usd:.2f}"
    return f"${cents}" if float(cents) == usd else f"${_plain(usd)}"


def _plain(number: float) -> str:
    """Return three digits of a number, as people write it: without an exponent."""
    return f"{Decimal(f'{number:.3g}'):,f}"


def as_json(estimates: dict[str, Estimate], volumes: dict[str, dict[str, float]]) -> str:
    """Return the same for programs."""
    document = {
        "prices_as_of": prices.AS_OF.isoformat(),
        "region": prices.REGION,
        "assumptions": list(ASSUMPTIONS),
        "usd": round(sum(found.usd for found in estimates.values()), 4),
        "contracts": [
            {
                "service": service,
                "usd": round(found.usd, 4),
                "free_tier_usd": round(found.free_usd, 4),
                "measured_gigabytes": volumes.get(service, {}),
                "components": [_component(item) for item in found.items],
            }
            for service, found in estimates.items()
        ],
    }
    return json.dumps(document, indent=2)


def _component(item: Item) -> dict[str, Any]:
    return {
        "component": item.component,
        "quantity": round(item.quantity, 6),
        "unit": item.price.unit,
        "unit_usd": item.price.usd,
        "usd": round(item.usd, 4),
        "switch": item.switch,
        "source": item.price.source,
    }
