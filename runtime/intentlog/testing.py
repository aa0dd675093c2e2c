"""For tests of applications: the records that they log, and what queries answer from them.

``capture_logs()`` is for a block; ``pytest_plugins = ["intentlog.testing"]`` in a ``conftest.py``
brings the fixture ``captured_logs``, and ``saved_query``: a test that takes it, marked with
``@pytest.mark.saved_queries("contracts/web-shop.toml")``, runs for every example of the contract's
saved queries. ``answer()`` asks lines a query.
"""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from intentlog.contract import (
    FALLBACK_CATEGORY,
    Contract,
    ContractError,
    Level,
    Problem,
    Record,
    Stream,
    load,
)
from intentlog.contract.problem import unknown

from ._setup import shutdown
from .errors import IntentlogError
from .logger import StructuredFormatter, events

if TYPE_CHECKING:
    from .query.examples import Case

Line = dict[str, Any]
_NO_MARK: Final = "which ones? @pytest.mark.saved_queries('contracts/x.toml')"

MINIMAL: Final = Contract(
    service="captured",
    namespace="Captured",
    record=Record(fields=("timestamp", "level", "category", "logger", "message")),
    streams={"all": Stream(file="captured.log")},
)
"""The contract of a block that has no other one: five fields, and ``data``."""


@contextmanager
def capture_logs(
    contract: Contract | str | Path | None = None, *, level: Level | None = None
) -> Iterator[list[Line]]:
    """Capture what is logged in the block: the lines that the file would have, read back.

    Records are built as for a file: category, context, redaction and all. The list grows as the
    block goes on, also from other threads, and stays after it. Levels and handlers are then as
    they were; a logging that was set up within the block ends with it.

    Args:
        contract: The contract, or its path. Default: that of ``init_logging``, where it was
            called; else ``MINIMAL``.
        level: The mildest level that is captured, whatever the contract says. Default: that of
            each category.

    Raises:
        ContractError: The contract is invalid.
    """
    given = contract if contract is None or isinstance(contract, Contract) else load(contract)
    before = events.in_force()
    handler = _Capture(given, level)
    levels = _levels(given or before or MINIMAL, level) if given or level or not before else {}
    earlier = {name: logging.getLogger(name).level for name in levels}
    if given is not None:
        events.use(given)
    expected = events.in_force()
    _set(levels)
    logging.getLogger().addHandler(handler)
    try:
        yield handler.lines
    finally:
        logging.getLogger().removeHandler(handler)
        replaced = events.in_force() is not expected
        if replaced:
            shutdown()
        if not (replaced and before):
            _set(earlier)
            events.use(before)


def answer(
    query: str,
    lines: Iterable[Line],
    contract: Contract | str | Path,
    *,
    parameters: Mapping[str, str] | None = None,
) -> list[dict[str, str]]:
    """Ask lines a question, as CloudWatch Logs Insights would be asked.

    Args:
        query: A saved query's name, or a text in Logs Insights' language.
        lines: The lines, such as those of ``captured_logs``.
        contract: The contract, or its path.
        parameters: Values for a saved query's parameters. Default: their defaults.

    Returns:
        The rows, each value a text; a cell that a row lacks is left out.

    Raises:
        ContractError: The contract is invalid, or has no query of that name.
        QueryError: The query is malformed, or cannot run here.
    """
    from .query.examples import ask  # noqa: PLC0415 -- who captures lines need not have DuckDB
    from .query.saved import is_name  # noqa: PLC0415 -- as above

    table = contract if isinstance(contract, Contract) else load(contract)
    saved = table.queries.get(query)
    if saved is None and is_name(query):
        raise ContractError(table.service, [Problem("", unknown("query", query, table.queries))])
    text = saved.filled(parameters) if saved else query
    return ask(table, text, "\n".join(map(json.dumps, lines)), name=query).objects()


def _examples(contracts: Iterable[str | Path]) -> Iterator[tuple[str, "Case | str"]]:
    """Yield examples with their names; what is wrong instead, of contracts without readable ones.

    A mistake then fails the test that has it. Raised in collection, it would stop all others.
    """
    from .query.examples import cases_of  # noqa: PLC0415 -- as above

    for contract in contracts:
        name = Path(contract).stem
        try:
            found = cases_of(contract)
        except IntentlogError as error:
            yield name, str(error)
            continue
        yield from ((f"{name}-{case.name}", case) for case in found)
        if not found:
            yield name, f"{contract}: no saved query has an example"


class _Capture(logging.Handler):
    """Reads each line back as soon as it is built."""

    def __init__(self, contract: Contract | None, level: Level | None) -> None:
        super().__init__(level or logging.NOTSET)
        self.lines: list[Line] = []
        self._given = contract
        self._contract = self._current()
        self._formatter = StructuredFormatter(self._contract)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; it never raises."""
        try:
            if self._contract is not self._current():
                self._contract = self._current()
                self._formatter = StructuredFormatter(self._contract)
            self.lines.append(json.loads(self._formatter.format(record)))
        except Exception:  # noqa: BLE001 -- a log call never raises, not even in a test
            self.handleError(record)

    def _current(self) -> Contract:
        # The application may set its logging up, or anew, within the block.
        return self._given or events.in_force() or MINIMAL


def _levels(contract: Contract, level: Level | None) -> dict[str, int]:
    """Return the level of each logger, as ``init_logging`` would set them."""
    fallback = contract.categories.get(FALLBACK_CATEGORY)
    names = {
        prefix: logging.NOTSET if level else logging.getLevelNamesMapping()[category.level]
        for category in contract.categories.values()
        for prefix in category.loggers
    }
    root = level or (fallback.level if fallback else "INFO")
    return {**names, "root": logging.getLevelNamesMapping()[root]}


def _set(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


if "pytest" in sys.modules:  # it is a plugin, or a test imports it
    import pytest

    @pytest.fixture
    def captured_logs_contract() -> Contract | str | Path | None:
        """Say which contract ``captured_logs`` uses; a project's ``conftest.py`` may override it.

        Default: that of ``init_logging``, where it was called; else ``MINIMAL``.
        """
        return None

    @pytest.fixture
    def captured_logs(
        captured_logs_contract: Contract | str | Path | None,
    ) -> Iterator[list[Line]]:
        """Capture what the test logs: the lines that the file would have, read back."""
        with capture_logs(captured_logs_contract) as lines:
            yield lines

    def pytest_configure(config: pytest.Config) -> None:
        """Declare the mark."""
        config.addinivalue_line(
            "markers", "saved_queries(*contracts): run for every example of their saved queries"
        )

    @pytest.fixture
    def saved_query(request: pytest.FixtureRequest) -> "Case":
        """Give one example of a contract's saved queries: ``saved_query.check()`` tries it."""
        found: Case | str = getattr(request, "param", _NO_MARK)
        if isinstance(found, str):
            pytest.fail(found, pytrace=False)
        return found

    def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
        """Run a test that takes ``saved_query`` once for each example."""
        if "saved_query" in metafunc.fixturenames:
            marks = metafunc.definition.iter_markers("saved_queries")
            contracts = [contract for mark in marks for contract in mark.args]
            if contracts:
                names, found = zip(*_examples(contracts), strict=True)
                metafunc.parametrize("saved_query", found, ids=names, indirect=True)
