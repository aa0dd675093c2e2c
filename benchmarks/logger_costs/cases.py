"""Everything that is measured in a process of its own, by what it is compared with."""

from typing import Final, Literal, NamedTuple

from . import failures, ours, peers
from .event import SetUp

Mode = Literal["each", "percentiles", "threads", "bursts"]


class Case(NamedTuple):
    """One thing to measure.

    Attributes:
        title: What a reader calls it.
        set_up: What sets it up.
        package: The package that it needs, as an index of packages spells it; none if empty.
    """

    title: str
    set_up: SetUp
    package: str = ""

    @property
    def is_ours(self) -> bool:
        """Say whether it is what this project makes."""
        return self.title.startswith("intentlog")


class Group(NamedTuple):
    """Cases that are measured in one way.

    Attributes:
        mode: How: each call, all calls one by one, from four threads, or in bursts.
        cases: The cases, by their names in ``logger.json``.
    """

    mode: Mode
    cases: dict[str, Case]


FLOOR: Final = "floor"
INTENTLOG: Final = "intentlog"
LEANEST_PEER: Final = "structlog_leanest"

_EVENT: Final = {
    FLOOR: Case("floor F: orjson.dumps, os.write", ours.floor, "orjson"),
    INTENTLOG: Case("intentlog, get_logger", ours.get_logger),
    "intentlog_structlog": Case("intentlog, structlog's door", ours.structlog, "structlog"),
    "intentlog_stdlib": Case("intentlog, logging's door", ours.stdlib),
    LEANEST_PEER: Case("structlog, leanest", peers.structlog_leanest, "structlog"),
    "structlog_documented": Case("structlog, documented", peers.structlog_documented, "structlog"),
    "picologging": Case("picologging + orjson", peers.picologging, "picologging"),
    "stdlib_orjson": Case("logging + orjson, leanest", peers.stdlib_orjson, "orjson"),
    "stdlib_json": Case("logging + json", peers.stdlib_json),
    "python_json_logger": Case(
        "python-json-logger", peers.python_json_logger, "python-json-logger"
    ),
    "structlog_stdlib": Case(
        "structlog through logging", peers.structlog_through_stdlib, "structlog"
    ),
    "powertools": Case("Powertools Logger", peers.powertools, "aws-lambda-powertools"),
    "loguru": Case("loguru, serialize", peers.loguru, "loguru"),
    "ecs_logging": Case("ecs-logging", peers.ecs_logging, "ecs-logging"),
}

GROUPS: Final = {
    "event": Group("each", _EVENT),
    "harder": Group(
        "each",
        {
            "new_texts": Case("intentlog, two new texts on each line", ours.new_texts),
            "new_requests": Case("intentlog, a new request for each line", ours.new_requests),
            "beside_others": Case(
                "intentlog, logging's door beside another handler", ours.beside_others
            ),
        },
    ),
    "disabled": Group(
        "each",
        {
            "nothing": Case("the benchmark's own call", ours.nothing),
            "bare": Case("intentlog, a message alone", ours.disabled_bare),
            INTENTLOG: Case("intentlog, four data fields", ours.disabled),
            "method": Case("an empty method, the same", ours.nothing_with_keywords),
            LEANEST_PEER: Case("structlog, the same", peers.structlog_disabled, "structlog"),
            "stdlib": Case("logging, the same as extra=", peers.stdlib_disabled),
        },
    ),
    "exception": Group(
        "each",
        {
            "raised_only": Case("raised and caught only", failures.raised_only),
            INTENTLOG: Case("intentlog", failures.get_logger),
            "structlog_dict": Case(
                "structlog, as data without locals", failures.structlog_dict, "structlog"
            ),
            "structlog_text": Case("structlog, as text", failures.structlog_text, "structlog"),
            "stdlib_json": Case("logging + json", failures.stdlib_json),
            "powertools": Case("Powertools Logger", failures.powertools, "aws-lambda-powertools"),
        },
    ),
    "redaction": Group("each", {INTENTLOG: Case("intentlog", ours.redaction)}),
    "queued": Group("bursts", {INTENTLOG: Case("intentlog, async_writes", ours.queued)}),
    "slowest": Group(
        "percentiles", {name: _EVENT[name] for name in (FLOOR, INTENTLOG, LEANEST_PEER)}
    ),
    "threads": Group(
        "threads", {name: _EVENT[name] for name in (FLOOR, INTENTLOG, LEANEST_PEER, "stdlib_json")}
    ),
}
