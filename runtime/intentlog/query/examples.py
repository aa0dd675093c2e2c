"""Saved queries as tests: what they answer from their examples' lines, beside what is expected.

Examples stand in the contract, or in files beside it: ``web-shop.examples/errors.jsonl`` has
lines for the query ``errors``, and ``errors.json`` the answer, as ``intentlog query run --json``
prints it. A query may have several: ``errors.none.jsonl`` with ``errors.none.json``.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from intentlog.contract import ContractError, Example, Problem, load
from intentlog.contract.problem import unknown

from . import local
from .parse import parse
from .tree import Sort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intentlog.contract import Contract

    from .table import Table

_FOLDER: Final = ".examples"


@dataclass(frozen=True, slots=True)
class Case:
    """One example of one saved query.

    Attributes:
        contract: The contract that has the query.
        query: The query's name.
        example: Lines and the expected answer.
        name: What it is called: ``errors-by-category[0]``, or the name of its file.
    """

    contract: Contract
    query: str
    example: Example
    name: str

    def answer(self) -> Table:
        """Ask the query over the example's lines.

        Raises:
            QueryError: The query is malformed, or cannot run here.
        """
        text = self.contract.queries[self.query].filled(self.example.parameters)
        arrival_ms = round(self.example.arrive_after_seconds * 1000)
        return ask(self.contract, text, self.example.lines, arrival_ms=arrival_ms, name=self.query)

    def check(self) -> None:
        """Fail if the answer is not as expected.

        Raises:
            AssertionError: It is not; says what differs.
            QueryError: The query is malformed, or cannot run here.
        """
        if difference := self.difference():
            raise AssertionError(f"{self.name} answers otherwise:\n{difference}")

    def difference(self) -> str:
        """Return what is wrong with the answer, line by line; empty if it is as expected.

        The order of rows counts where the query says one.
        """
        found = self.answer().objects()
        expected = list(self.example.expected)
        text = self.contract.queries[self.query].filled(self.example.parameters)
        if not any(isinstance(command, Sort) for command in parse(text).commands):
            found.sort(key=_row)
            expected.sort(key=_row)
        lines = unified_diff(_rows(expected), _rows(found), "expected", "answered", lineterm="")
        return "\n".join(lines)


def ask(
    contract: Contract, text: str, lines: str, *, arrival_ms: int | None = None, name: str = "query"
) -> Table:
    """Answer a query from the text of a file.

    Raises:
        QueryError: The query is malformed, or cannot run here.
    """
    with tempfile.TemporaryDirectory(prefix="intentlog-") as folder:
        file = Path(folder, "lines.jsonl")
        file.write_text(lines, encoding="utf-8")
        place = local.Lines(paths=[file], record=contract.record, arrival_ms=arrival_ms)
        return local.run(parse(text, source=name), place)


def cases(contract: Contract, folder: Path | None = None) -> Iterator[Case]:
    """Yield every example of a contract's saved queries.

    Args:
        contract: The contract.
        folder: Where files with further examples are, if there are any.

    Raises:
        ContractError: A file there is of no query, or lacks its answer.
    """
    for query, table in contract.queries.items():
        for number, example in enumerate(table.examples):
            yield Case(contract, query, example, f"{query}[{number}]")
    for file in sorted(folder.glob("*.jsonl")) if folder else ():
        query = file.name.split(".")[0]
        if query not in contract.queries:
            raise ContractError(str(file), [Problem("", unknown("query", query, contract.queries))])
        yield Case(contract, query, _from_files(file), file.stem)


def cases_of(contract: str | Path) -> list[Case]:
    """Return every example of a contract's file: those in it, and those beside it.

    Raises:
        ContractError: The contract is invalid, or a file beside it is.
    """
    file = Path(contract)
    return list(cases(load(file), file.with_name(file.stem + _FOLDER)))


def without_example(contract: Contract, all_cases: list[Case]) -> list[str]:
    """Return the saved queries that nothing tests."""
    tested = {case.query for case in all_cases}
    return [query for query in contract.queries if query not in tested]


def _from_files(lines: Path) -> Example:
    answer = lines.with_suffix(".json")
    try:
        return Example(
            lines=lines.read_text(encoding="utf-8"),
            expected=msgspec.json.decode(answer.read_bytes(), type=tuple[dict[str, str], ...]),
        )
    except OSError as error:
        what = f"{answer.name} should have its answer: {error.strerror}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = f"is no array of objects of texts: {error}"
    raise ContractError(str(answer), [Problem("", what)])


def _row(row: dict[str, str]) -> str:
    return msgspec.json.encode(row, order="deterministic").decode()


def _rows(rows: list[dict[str, str]]) -> list[str]:
    return [_row(row) for row in rows]
