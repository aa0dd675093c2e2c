"""Saved queries as tests: what they answer from their examples' lines, beside what is expected.

Examples stand in the contract, or in files beside it: ``web-shop.examples/errors.jsonl`` has
lines for the query ``errors``, and ``errors.json`` the answer, as ``intentlog query run --json``
prints it, columns in their order. A query may have several: ``errors.none.jsonl`` with
``errors.none.json``.
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
from .example_lines import mistakes
from .parse import parse
from .tree import Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intentlog.contract import Contract

    from .table import Table

_FOLDER: Final = ".examples"
_POINTER: Final = "@ptr"
_SIDES: Final = ("expected", "answered")


@dataclass(frozen=True, slots=True)
class Case:
    """One example of one saved query.

    Attributes:
        contract: The contract that has the query.
        query: The query's name.
        example: Lines and the expected answer.
        name: What it is called: ``errors-by-category[0]``, or the name of its file.
        in_order: Whether the order of the expected columns counts: keys of TOML have none.
    """

    contract: Contract
    query: str
    example: Example
    name: str
    in_order: bool = False

    def answer(self) -> Table:
        """Ask the query over the example's lines.

        Raises:
            QueryError: The query is malformed, or cannot run here.
        """
        return ask(
            self.contract,
            self._text,
            self.example.lines,
            arrival_ms=round(self.example.arrive_after_seconds * 1000),
            name=self.query,
            pointers=any(_POINTER in row for row in self.example.expected),
        )

    def check(self) -> None:
        """Fail if the answer is not as expected, or the example's lines are none.

        Raises:
            AssertionError: It is not; says what differs.
            QueryError: The query is malformed, or cannot run here.
        """
        if difference := self.difference():
            raise AssertionError(f"{self.name}: {difference}")

    def mistakes(self) -> list[str]:
        """Return what is wrong with the example's lines."""
        return list(mistakes(self.contract, self.example.lines))

    def difference(self) -> str:
        """Return what is wrong with the lines or the answer; empty if it is as expected.

        The order of rows counts where the query says one.
        """
        if wrong := self.mistakes():
            return "\n".join(["its lines are not such as are logged", *wrong])
        answer = self.answer()
        found, expected = answer.objects(), list(self.example.expected)
        if not any(isinstance(command, Sort) for command in parse(self._text).commands):
            found.sort(key=_row)
            expected.sort(key=_row)
        lines = list(unified_diff(_rows(expected), _rows(found), *_SIDES, lineterm=""))
        if not lines and self.in_order:
            columns = [[column for column in answer.columns if column in row] for row in expected]
            lines = list(unified_diff(_names(expected), _names(columns), *_SIDES, lineterm=""))
        return "\n".join(["it answers otherwise", *lines] if lines else [])

    @property
    def _text(self) -> str:
        return self.contract.queries[self.query].filled(self.example.parameters)


def ask(
    contract: Contract,
    text: str,
    lines: str,
    *,
    arrival_ms: int | None = None,
    name: str = "query",
    pointers: bool = False,
) -> Table:
    """Answer a query from the text of a file.

    Raises:
        QueryError: The query is malformed, or cannot run here.
    """
    with tempfile.TemporaryDirectory(prefix="intentlog-") as folder:
        file = Path(folder, "lines.jsonl")
        file.write_text(lines, encoding="utf-8")
        place = local.Lines(paths=[file], record=contract.record, arrival_ms=arrival_ms)
        return local.run(parse(text, source=name), place, pointers=pointers)


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
        yield Case(contract, query, _from_files(file), file.stem, in_order=True)


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


def _names(rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the columns of each row, as a line of text."""
    return list(dict.fromkeys(f"columns: {', '.join(row)}" for row in rows))
