"""Which category a logger belongs to."""

from collections.abc import Mapping
from typing import Final

from intentlog.contract import FALLBACK_CATEGORY, Category

_LOGGERS_REMEMBERED: Final = 10_000


class Categories:
    """Answers from the contract's prefixes: the longest wins, at dot boundaries."""

    def __init__(self, categories: Mapping[str, Category]) -> None:
        self._by_prefix = {
            prefix: name for name, category in categories.items() for prefix in category.loggers
        }
        self._answers: dict[str, str] = {}

    def of(self, logger: str) -> str:
        """Return the category of a logger's name."""
        answer = self._answers.get(logger)
        if answer is None:
            if len(self._answers) >= _LOGGERS_REMEMBERED:  # loggers may be named from outside
                self._answers.clear()
            answer = self._answers[logger] = self._find(logger)
        return answer

    def _find(self, logger: str) -> str:
        prefix = logger
        while prefix:
            if prefix in self._by_prefix:
                return self._by_prefix[prefix]
            prefix = prefix.rpartition(".")[0]
        return FALLBACK_CATEGORY
