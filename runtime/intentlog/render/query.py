"""Saved queries: their names in the console and their texts."""

from intentlog.contract import Contract


def query_name(contract: Contract, query: str) -> str:
    """Return a saved query's name in the console: in a folder of the service's name."""
    return f"{contract.service}/{contract.queries[query].title}"


def query_text(contract: Contract, query: str) -> str:
    """Return a saved query's text with its parameters' defaults filled in."""
    return contract.queries[query].filled()
