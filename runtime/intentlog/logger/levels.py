"""Levels: which lines of a logger are written, by the contract, and as changed at run time."""

import logging
from collections.abc import Mapping

from intentlog.contract import (
    FALLBACK_CATEGORY,
    LEVELS,
    Contract,
    ContractError,
    Level,
    Problem,
)


def level_of(number: object) -> Level:
    """Return the contract's level for any number of ``logging``: the next one below."""
    if not isinstance(number, int):  # a record made by hand need not have one
        return "INFO"
    if number >= logging.CRITICAL:
        return "CRITICAL"
    if number >= logging.ERROR:
        return "ERROR"
    if number >= logging.WARNING:
        return "WARNING"
    return "INFO" if number >= logging.INFO else "DEBUG"


def level_named(name: object, *, where: str) -> Level:
    """Return the level of a name, in any case of letters.

    Raises:
        ContractError: There is none; ``where`` says who asked for it.
    """
    for level in LEVELS:
        if str(name).upper() == level:
            return level
    raise ContractError(
        "intentlog", [Problem(where, f'no level "{name}"; there are: {", ".join(LEVELS)}')]
    )


class Levels:
    """Sets the levels of ``logging``'s loggers, and knows what they were before.

    With ``keep_debug``, loggers of the contract's categories let every line pass, and
    ``threshold`` says which of them are to be written at once.
    """

    def __init__(self, contract: Contract, log_level: Level | None, *, keep_debug: bool) -> None:
        """Set the contract's levels, or ``log_level`` in their place."""
        self._keeps_debug = keep_debug
        self._before: dict[str, int] = {}
        self._thresholds: dict[str, int] = {}
        for name, level in _wanted(contract, log_level).items():
            self.set(name, level)

    def set(self, logger: str, level: int) -> None:
        """Set the level of a logger and those below it; ``logging.NOTSET`` for its parent's."""
        kept = self._keeps_debug and logger != "root"
        self._thresholds[logger] = level
        target = logging.getLogger(logger)
        self._before.setdefault(logger, target.level)
        target.setLevel(logging.DEBUG if kept else level)

    def threshold(self, logger: str) -> int:
        """Return the level below which a logger's lines are not written at once."""
        prefix = logger
        while prefix:
            if level := self._thresholds.get(prefix):
                return level
            prefix = prefix.rpartition(".")[0]
        return self._thresholds["root"]

    def restore(self) -> None:
        """Leave the levels as they were."""
        for name, level in self._before.items():
            logging.getLogger(name).setLevel(level)
        self._before.clear()


def _wanted(contract: Contract, log_level: Level | None) -> Mapping[str, int]:
    numbers = logging.getLevelNamesMapping()
    fallback = contract.categories.get(FALLBACK_CATEGORY)
    root = log_level or (fallback.level if fallback else "INFO")
    return {"root": numbers[root]} | {
        prefix: logging.NOTSET if log_level else numbers[category.level]
        for category in contract.categories.values()
        for prefix in category.loggers
    }
