"""How an estimate of costs is printed: for a person, or for another program."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from intentlog.render import prices
from intentlog.render.cost import ASSUMPTIONS, Estimate, Item

_TEXT_WIDTH = 100


def as_text(estimates: dict[str, Estimate], volumes: dict[str, dict[str, float]]) -> str:
    """Return a table a contract: each component, its quantity, its price, how to do without."""
    console = Console(width=120, highlight=False, markup=False)
    with console.capture() as capture:
        for service, found in estimates.items():
            console.print(_table(service, found))
            for stream, gigabytes in volumes.get(service, {}).items():
                console.print(f"measured: {stream} {gigabytes:.3g} GB a month")
        total = sum(found.usd for found in estimates.values())
        free = sum(found.free_usd for found in estimates.values())
        if len(estimates) > 1:
            console.print(f"All of them: ${total:.2f} a month.")
        console.print(
            f"List prices of {prices.REGION} as of {prices.AS_OF}, without the host. The account's "
            f"free tier takes up to ${free:.2f} off, where nothing else uses it.",
            width=_TEXT_WIDTH,
        )
        console.print(f"Taken for granted: {'; '.join(ASSUMPTIONS)}.", width=_TEXT_WIDTH)
    return "\n".join(map(str.rstrip, capture.get().rstrip("\n").split("\n")))


def _table(service: str, found: Estimate) -> Table:
    table = Table(title=f"{service}: ${found.usd:.2f} a month", title_justify="left", box=None)
    table.add_column("Component", no_wrap=True)
    table.add_column("Quantity", justify="right", no_wrap=True)
    table.add_column("Price", no_wrap=True)
    table.add_column("$ a month", justify="right", no_wrap=True)
    table.add_column("Do without", no_wrap=True)
    for item in found.items:
        price = f"{_price(item.price.usd)} / {item.price.unit}" if item.price.unit else "free"
        cells = (item.component, f"{item.quantity:.3g}", price, f"{item.usd:.2f}", item.switch)
        table.add_row(*cells)
    return table


def _price(usd: float) -> str:
    cents = f"{usd:.2f}"
    return f"${cents}" if float(cents) == usd else f"${usd:.3g}"


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
