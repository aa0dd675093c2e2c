"""Read a contract: the only place that opens a contract file."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from .model import Contract
from .problem import ContractError, Problem, within
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
    return _checked(parse_toml(text, source), source)


def validate(contract: Contract) -> Contract:
    """Check a contract built in Python as strictly as one from a file.

    Returns:
        The same contract, as a file would give it: tuples for lists, floats for integers.

    Raises:
        ContractError: It has problems: all of them.
    """
    data = _plain(contract)
    return _checked(data, contract.service if isinstance(contract.service, str) else "contract")


def read_toml_text(path: str | Path) -> str:
    """Return a file's text; what keeps it from being read is a ``ContractError``."""
    try:
        # Some editors on Windows begin a file with a byte order mark, which is no TOML.
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8: byte {error.start} cannot be decoded"
    except ValueError as error:  # a path with a null character
        reason = str(error)
    raise ContractError(str(path), [Problem("", f"cannot be read: {reason}")])


def parse_toml(text: str, source: str) -> dict[str, object]:
    """Return TOML text as plain data; what is wrong with it is a ``ContractError``."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # also of a number with thousands of digits
        reason = str(error)
    except RecursionError:
        reason = "nested too deep"
    raise ContractError(source, [Problem("", f"is not TOML: {reason}")])


def without_echoes(problems: Iterable[Problem], told: Iterable[Problem]) -> list[Problem]:
    """Return the problems of which nothing was told yet, neither at their place nor at their cause.

    Args:
        problems: What is to be told.
        told: What was told.
    """
    known = {where for problem in told for where in (problem.where, *problem.about)}
    return [problem for problem in problems if not any(_echoes(problem, where) for where in known)]


def _echoes(problem: Problem, known: str) -> bool:
    return within(problem.where, known) or any(
        within(cause, known) or within(known, cause) for cause in problem.about
    )


def _checked(data: Mapping[str, object], source: str) -> Contract:
    from .checks import check  # noqa: PLC0415 -- brings patterns, which a mere log call needs not

    contract, problems = read(Contract, data)
    problems += without_echoes(check(contract), problems)
    if problems:
        raise ContractError(source, problems)
    return contract


def _plain(value: object) -> dict[str, object]:
    """Return a structure as TOML would give it, with None for what is not given."""
    plain = _plain_value(value)
    return plain if isinstance(plain, dict) else {}


def _plain_value(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return {name: _plain_value(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    return value
