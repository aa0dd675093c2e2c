"""The functions of Logs Insights QL: what each takes and gives, in one table.

A signature says how many arguments there are, with one letter each: ``t`` text, ``n`` number,
``d`` timestamp, ``c`` condition, ``j`` JSON value, ``v`` any value, ``p`` period, ``r`` regular
expression (or a text that is one), ``w`` a constant whole number. Arguments after ``?`` may be left
out, and the letters after ``*`` may be repeated. What a letter asks for is checked where it
matters, in `resolve_calls`: every value can become a text and a number.

Sources: the AWS pages "Boolean, comparison, numeric, datetime, and other functions", "stats",
"Time-series functions" and "Hash functions". Names are compared without case and underscores:
the pages themselves write ``isPresent`` and ``ispresent``, ``count_distinct`` and
``countDistinct``.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final
from typing import Literal as OneOf

import msgspec

from .relational import Kind

Role = OneOf["scalar", "aggregate", "key"]


class Function(msgspec.Struct, frozen=True):
    """One function.

    Attributes:
        name: As the reference writes it.
        signature: Its arguments; see the module.
        result: The kind of its value; None if it is that of its arguments.
        role: Where it may stand: anywhere, in ``stats``, or after ``by``.
        documented: Whether it is in AWS's reference; others were seen in queries only.
    """

    name: str
    signature: str
    result: Kind | None
    role: Role = "scalar"
    documented: bool = True

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return len(self.signature.partition("?")[0].partition("*")[0])

    @property
    def most(self) -> int | None:
        """How many arguments it takes; None for any number."""
        return None if "*" in self.signature else len(self.signature.replace("?", ""))


_N, _T, _B, _D, _J, _L = Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME, Kind.JSON, Kind.LIST

_SCALARS = (
    # numbers
    *(Function(name, "n", _N) for name in ("abs", "ceil", "floor", "log", "sqrt")),
    *(Function(name, "v", _N) for name in ("toNumber", "toInt", "toDouble")),
    Function("toLong", "v", Kind.WHOLE),
    Function("round", "n?w", _N),
    Function("greatest", "n*n", _N),
    Function("least", "n*n", _N),
    Function("haversine", "nnnn", _N),
    # times
    Function("bin", "v?p", _D),  # bin(@timestamp, 1h) is in AWS's examples only
    Function("datefloor", "dp", _D),
    Function("dateceil", "dp", _D),
    Function("fromMillis", "n", _D),
    Function("toMillis", "d", _N),
    Function("now", "", _N),
    Function("parseDate", "tt?t", _N),
    Function("formatDate", "dt?t", _T),
    Function("strftime", "dt?t", _T),
    Function("queryStartTime", "", _N),
    Function("queryEndTime", "", _N),
    Function("queryTimeRange", "", _N),
    # any value
    Function("ispresent", "v", _B),
    Function("coalesce", "v*v", None),
    Function("case", "cv*cv", None),
    Function("if", "cvv", None),
    Function("isNumeric", "v", _B),
    Function("messageSize", "t", _N),
    Function("unmask", "v", None),
    # JSON
    Function("jsonParse", "v", _J),
    Function("jsonStringify", "j", _T),
    Function("jsonArraySize", "v", _N),
    Function("jsonArrayContains", "vt", _B),
    # addresses
    *(Function(name, "t", _B) for name in ("isValidIp", "isValidIpV4", "isValidIpV6")),
    *(Function(name, "t", _B) for name in ("isPrivateIP", "isPublicIP", "isReservedIP")),
    *(Function(name, "tt", _B) for name in ("isIpInSubnet", "isIpv4InSubnet", "isIpv6InSubnet")),
    Function("ipv4ToNumber", "t", _N),
    # texts
    *(Function(name, "v", _B) for name in ("isempty", "isblank")),
    Function("concat", "t*t", _T),
    *(Function(name, "t?t", _T) for name in ("ltrim", "rtrim", "trim")),
    Function("strlen", "t", _N),
    *(Function(name, "t", _T) for name in ("toupper", "tolower")),
    Function("substr", "tn?n", _T),
    Function("replace", "ttt", _T),
    Function("regexReplace", "trt", _T),
    Function("strcontains", "tt?v", _B),
    *(Function(name, "tt", _B) for name in ("startsWith", "endsWith")),
    *(Function(name, "t", _T) for name in ("urlencode", "urldecode")),
    *(Function(name, "t", _T) for name in ("base64encode", "base64decode")),
    Function("split", "tt", _L),
    Function("hexToAscii", "t", _T),
    Function("hexToDec", "t", _N),
    Function("decToHex", "n", _T),
    *(Function(name, "t", _T) for name in ("md5", "sha256")),
)

_AGGREGATES = (
    Function("count", "?v", _N, "aggregate"),
    Function("countDistinct", "v", _N, "aggregate"),
    *(Function(name, "n", _N, "aggregate") for name in ("sum", "avg", "stddev", "variance")),
    *(Function(name, "v", None, "aggregate") for name in ("min", "max")),
    Function("pct", "nn", _N, "aggregate"),
    Function("percentile", "nn", _N, "aggregate", documented=False),
    Function("median", "n", _N, "aggregate", documented=False),
    *(Function(name, "v", None, "aggregate") for name in ("earliest", "latest")),
    *(Function(name, "v", None, "aggregate") for name in ("sortsFirst", "sortsLast")),
    *(Function(name, "v", _L, "aggregate") for name in ("values", "collectValues")),
    Function("topk", "wv", _L, "aggregate"),
    Function("rate", "np", _N, "aggregate"),
    Function("countOverTime", "?v", _N, "aggregate"),
    Function("sumOverTime", "n", _N, "aggregate"),
    Function("histogram", "nn", _N, "key"),
)


def key_of(name: str) -> str:
    """Return what a function's name is compared by."""
    return name.lower().replace("_", "")


FUNCTIONS: Final = {key_of(function.name): function for function in (*_SCALARS, *_AGGREGATES)}
"""Each function by its key: its name in lower case, without underscores."""

_INSTEAD: Final = {
    "countif": 'sum adds up conditions: sum(outcome = "success")',
    "sumif": 'write sum(if(outcome = "success", duration, 0))',
    "cast": "write toInt(field), toDouble(field) or toNumber(field)",
    "tostring": 'it is not needed: compare with a text, or write concat(field, "")',
    "dateformat": 'write formatDate(field, "%Y-%m-%d")',
    "todatetime": 'write parseDate(field, "yyyy-MM-dd HH:mm:ss")',
    "strptime": 'write parseDate(field, "yyyy-MM-dd HH:mm:ss")',
    "extract": r"write parse field /user=(?<user>\S+)/",
    "regexpextract": r"write parse field /user=(?<user>\S+)/",
    "regex": "write field like /regular expression/",
    "match": "write field like /regular expression/",
    "regexpmatch": "write field like /regular expression/",
    "regexplike": "write field like /regular expression/",
    "defined": "write ispresent(field)",
    "span": "write bin(5m)",
    "time": "write bin(5m)",
    "dc": "write count_distinct(field)",
    "first": "write earliest(field), or sortsFirst(field)",
    "has": "write ispresent(field)",
    "ifnull": "write coalesce(field, 0)",
    "last": "write latest(field), or sortsLast(field)",
    "list": "write values(field)",
    "nvl": "write coalesce(field, 0)",
    "ago": "for the last hour, write toMillis(@timestamp) >= now() * 1000 - 3600000",
    "len": "the length of a text is strlen(field)",
    "length": "the length of a text is strlen(field)",
    "lower": "write tolower(field)",
    "upper": "write toupper(field)",
    "contains": 'write strcontains(field, "text") or field like "text"',
    "isnull": "write !ispresent(field)",
    "isnotnull": "write ispresent(field)",
    "exists": "write ispresent(field)",
    "substring": "write substr(field, start, length); start counts from 0",
    "date": 'write formatDate(@timestamp, "%Y-%m-%d"), or bin(1d)',
    "datetrunc": "write datefloor(@timestamp, 1h) or bin(1h)",
    "mean": "write avg(field)",
    "p95": "write pct(field, 95)",
    "p99": "write pct(field, 99)",
}


def instead_of(name: str) -> str:
    """Say what to write instead of a function that does not exist; empty if nothing is near."""
    key = key_of(name)
    if key in _INSTEAD:
        return _INSTEAD[key]
    near = get_close_matches(key, FUNCTIONS, 1)
    return f"did you mean {FUNCTIONS[near[0]].name}?" if near else ""
