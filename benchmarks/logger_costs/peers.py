"""Other loggers, each set up as its own documentation says, to a file, with the whole event.

Each writes a line before its call returns, as intentlog does. None of them redacts anything.
"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .event import CONTEXT, LOGGER, Log, below_the_level, by_extra, by_keywords

_OWN_ATTRIBUTES: Final = frozenset(vars(logging.makeLogRecord({})))


def structlog_leanest(file: Path) -> Log:
    """Log by structlog with what a line needs and nothing else; the context is bound before."""
    import orjson
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(file=file.open("ab")),
        cache_logger_on_first_use=True,
    )
    return by_keywords(structlog.get_logger().bind(logger=LOGGER, **CONTEXT))


def structlog_disabled(file: Path) -> Log:
    """Call ``debug`` of that logger with the event's data."""
    import structlog

    structlog_leanest(file)
    return below_the_level(structlog.get_logger().bind(logger=LOGGER))


def structlog_documented(file: Path) -> Log:
    """Log by structlog as its page "Performance" has it, with the context in contextvars."""
    import orjson
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(file=file.open("ab")),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(**CONTEXT)
    return by_keywords(structlog.get_logger().bind(logger=LOGGER))


def structlog_through_stdlib(file: Path) -> Log:
    """Log by structlog with ``logging`` behind it, as its page on ``logging`` says."""
    import structlog

    handler = logging.FileHandler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ]
        )
    )
    _to_root(handler)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(**CONTEXT)
    return by_keywords(structlog.get_logger(LOGGER))


def stdlib_json(file: Path) -> Log:
    """Log by ``logging`` with the formatter that most applications write themselves."""
    return by_extra(_stdlib(file, JsonFormatter()), **CONTEXT)


def stdlib_disabled(file: Path) -> Log:
    """Call ``debug`` of that logger with the event's data."""
    stdlib_json(file)
    logger = logging.getLogger(LOGGER)

    def log() -> None:
        logger.debug(
            "User signed in",
            extra={
                "method": "magic_link",
                "path": "/auth/verify",
                "duration_ms": 12.7,
                "first_visit": False,
            },
        )

    return log


def stdlib_orjson(file: Path) -> Log:
    """Log by ``logging`` with the leanest formatter, and all that can be switched off."""
    import orjson

    class OrjsonFormatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return orjson.dumps(_fields(record)).decode()

    # "Optimization" in the standard library's HOWTO.
    logging._srcfile = None  # noqa: SLF001 -- as it says
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    return by_extra(_stdlib(file, OrjsonFormatter()), **CONTEXT)


def picologging(file: Path) -> Log:
    """Log by picologging; it drops ``extra``, so that the message is the whole of the data."""
    import orjson
    import picologging as library

    class OrjsonFormatter(library.Formatter):  # type: ignore[misc,unused-ignore]
        def format(self, record: Any) -> str:
            timestamp = datetime.fromtimestamp(record.created, UTC).isoformat()
            head = {"timestamp": timestamp, "level": record.levelname, "logger": record.name}
            return orjson.dumps({**head, **record.msg}).decode()

    handler = library.FileHandler(file)
    handler.setFormatter(OrjsonFormatter())
    logger = library.getLogger(LOGGER)
    logger.setLevel(library.INFO)
    logger.addHandler(handler)

    def log() -> None:
        logger.info(
            {
                "message": "User signed in",
                "method": "magic_link",
                "path": "/auth/verify",
                "duration_ms": 12.7,
                "first_visit": False,
                **CONTEXT,
            }
        )

    return log


def python_json_logger(file: Path) -> Log:
    """Log by ``logging`` with python-json-logger's formatter."""
    from pythonjsonlogger.json import JsonFormatter as LibraryFormatter

    formatter = LibraryFormatter("{asctime}{levelname}{name}{message}", style="{")
    return by_extra(_stdlib(file, formatter), **CONTEXT)


def loguru(file: Path) -> Log:
    """Log by loguru with ``serialize=True``."""
    from loguru import logger

    logger.remove()
    logger.add(file, serialize=True, level="INFO")
    logger.configure(patcher=_name)
    return by_keywords(logger.bind(**CONTEXT))


def powertools(file: Path) -> Log:
    """Log by the Logger of Powertools for AWS Lambda."""
    return by_extra(powertools_logger(file))


def ecs_logging(file: Path) -> Log:
    """Log by ``logging`` with Elastic's formatter."""
    from ecs_logging import StdlibFormatter

    return by_extra(_stdlib(file, StdlibFormatter()), **CONTEXT)


def powertools_logger(file: Path) -> Any:
    """Return Powertools' logger, in the context of a request."""
    from aws_lambda_powertools import Logger

    logger = Logger(service="drawing-agent", level="INFO", logger_handler=logging.FileHandler(file))
    logger.append_keys(logger=LOGGER, **CONTEXT)
    return logger


def _name(record: Any) -> None:
    record["name"] = LOGGER


class JsonFormatter(logging.Formatter):
    """A formatter with the standard library's ``json``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        fields = _fields(record)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {
        "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        "level": record.levelname,
        "logger": record.name,
        "message": record.getMessage(),
        **{key: value for key, value in vars(record).items() if key not in _OWN_ATTRIBUTES},
    }


def _stdlib(file: Path, formatter: logging.Formatter) -> logging.Logger:
    handler = logging.FileHandler(file)
    handler.setFormatter(formatter)
    _to_root(handler)
    return logging.getLogger(LOGGER)


def _to_root(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
