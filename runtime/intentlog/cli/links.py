"""``diagnose open``: where the console shows a saved query, a log group or the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from intentlog.contract.problem import unknown
from intentlog.render.console import dashboard_url, insights_url
from intentlog.render.names import dashboard_name

from .lines import lines_query
from .saved import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Chosen

DASHBOARD = "dashboard"


def link(
    whose: Chosen,
    name: str,
    *,
    minutes: int,
    parameters: Mapping[str, str],
) -> str:
    """Return the address of what has a name.

    Args:
        whose: The contract, with the environment's prefix, and the region.
        name: A saved query, a stream, or ``dashboard``.
        minutes: Over how long a query asks.
        parameters: Values of a saved query's parameters.

    Raises:
        typer.BadParameter: There is nothing of that name, or it has no such parameter.
        BackendError: Nobody says which region.
    """
    contract = whose.contract
    if name == DASHBOARD and contract.dashboard is not None:
        return dashboard_url(whose.region, dashboard_name(contract))
    if name in contract.queries:
        text, groups = chosen(contract, name, parameters).text, contract.log_groups_of(name)
        return insights_url(whose.region, groups, text, last_minutes=minutes)
    if name in contract.log_groups:
        text, groups = lines_query(contract.record), (contract.log_groups[name],)
        return insights_url(whose.region, groups, text, last_minutes=minutes)
    there = [DASHBOARD] if contract.dashboard is not None else []
    known = [*contract.queries, *contract.log_groups, *there]
    raise typer.BadParameter(unknown("query, stream or dashboard", name, known))
