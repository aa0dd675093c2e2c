"""Read a contract: the only place that opens a contract file."""

import tomllib
from pathlib import Path

import msgspec

from .checks import check
from .model import Contract
from .problem import ContractError, Problem
from .shape import read


def load(path: str | Path) -> Contract:
    """Read and check a contract file.

    Raises:
        ContractError: The file cannot be read, is not TOML, or has problems: all of them.
    """
    return parse(read_toml_text(path), source=str(path))


def parse(text: str, *, source: str = "contract") -> Contract:
    """Read and check a contract's TOML text; ``source`` is what messages call it.

    Raises:
        ContractError: The text is not TOML or has problems: all of them.
    """
    contract, problems = read(Contract, parse_toml(text, source))
    known = {problem.where for problem in problems}
    problems += [problem for problem in check(contract) if not _told(problem, known)]
    if problems:
        raise ContractError(source, problems)
    return contract


def validate(contract: Contract) -> Contract:
    """Check a contract built in Python as strictly as one from a file, and return it.

    Raises:
        ContractError: It has problems.
    """
    try:
        msgspec.convert(msgspec.to_builtins(contract), Contract)
    except msgspec.ValidationError as error:
        raise ContractError(contract.service, [Problem("", str(error))]) from None
    if problems := check(contract):
        raise ContractError(contract.service, problems)
    return contract


def read_toml_text(path: str | Path) -> str:
    """Return a file's text; what keeps it from being read is a ``ContractError``."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8: byte {error.start} cannot be decoded"
    raise ContractError(str(path), [Problem("", f"cannot be read: {reason}")])


def parse_toml(text: str, source: str) -> dict[str, object]:
    """Return TOML text as plain data; what is wrong with it is a ``ContractError``."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(source, [Problem("", f"is not TOML: {error}")]) from None


def _told(problem: Problem, known: set[str]) -> bool:
    """Whether the shape has already complained of this place, or of what it is part of."""
    return any(
        problem.where == where or problem.where.startswith((f"{where}.", f"{where}["))
        for where in known
    )
