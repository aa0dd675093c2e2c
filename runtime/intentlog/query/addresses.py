"""Functions on addresses that DuckDB has not: Python's `ipaddress`, called from SQL."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb


def register(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Add the functions that a text of SQL calls to a connection; without any, at no cost."""
    if "py_" not in sql:
        return
    for name, (function, arguments, result) in _FUNCTIONS.items():
        if f"py_{name}(" in sql:
            texts: list[Any] = ["VARCHAR"] * arguments
            connection.create_function(f"py_{name}", function, texts, result)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _is_valid(text: str) -> bool:
    return _address(text) is not None


def _is_valid_v4(text: str) -> bool:
    return isinstance(_address(text), IPv4Address)


def _is_valid_v6(text: str) -> bool:
    return isinstance(_address(text), IPv6Address)


def _in_subnet(text: str, subnet: str) -> bool:
    address, network = _address(text), _network(subnet)
    return address is not None and network is not None and address in network


def _in_subnet_v4(text: str, subnet: str) -> bool:
    return _is_valid_v4(text) and _in_subnet(text, subnet)


def _in_subnet_v6(text: str, subnet: str) -> bool:
    return _is_valid_v6(text) and _in_subnet(text, subnet)


_RFC_1918: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _is_private(text: str) -> bool:
    return any(_in_subnet_v4(text, network) for network in _RFC_1918)


def _is_public(text: str) -> bool:
    address = _address(text)
    return address is not None and address.is_global


def _is_reserved(text: str) -> bool:
    address = _address(text)
    return address is not None and not address.is_global and not _is_private(text)


_FUNCTIONS: Final[dict[str, tuple[Callable[..., object], int, str]]] = {
    "isvalidip": (_is_valid, 1, "BOOLEAN"),
    "isvalidipv4": (_is_valid_v4, 1, "BOOLEAN"),
    "isvalidipv6": (_is_valid_v6, 1, "BOOLEAN"),
    "isprivateip": (_is_private, 1, "BOOLEAN"),
    "ispublicip": (_is_public, 1, "BOOLEAN"),
    "isreservedip": (_is_reserved, 1, "BOOLEAN"),
    "isipinsubnet": (_in_subnet, 2, "BOOLEAN"),
    "isipv4insubnet": (_in_subnet_v4, 2, "BOOLEAN"),
    "isipv6insubnet": (_in_subnet_v6, 2, "BOOLEAN"),
}
