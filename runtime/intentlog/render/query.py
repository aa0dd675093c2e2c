"""Saved queries: their names in the console and their texts."""

import re

from intentlog.contract import Contract

_PARAMETER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def query_name(contract: Contract, query: str) -> str:
    """Return a saved query's name in the console: in a folder of the service's name."""
    return f"{contract.service}/{contract.queries[query].title}"


def query_text(contract: Contract, query: str, **arguments: str) -> str:
    """Return a saved query's text with its parameters filled in; defaults where none is given."""
    table = contract.queries[query]
    values = {name: parameter.default for name, parameter in table.parameters.items()} | arguments
    return _PARAMETER.sub(lambda found: values[found[1]], table.text).strip()
