"""Saved queries: their names in the console and their texts."""

from intentlog.contract import Contract
from intentlog.expression import PARAMETER


def query_name(contract: Contract, query: str) -> str:
    """Return a saved query's name in the console: in a folder of the service's name."""
    return f"{contract.service}/{contract.queries[query].title}"


def query_text(contract: Contract, query: str) -> str:
    """Return a saved query's text with its parameters' defaults filled in."""
    table = contract.queries[query]
    return PARAMETER.sub(lambda found: table.parameters[found[1]].default, table.text).strip()
