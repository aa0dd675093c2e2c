"""What the application asked for, and what the environment says instead."""

import os
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from intentlog.contract import Contract, ContractError, Level, Problem, load, parse, validate

from .levels import level_named

CONTRACT_VARIABLE = "INTENTLOG_CONTRACT"

Console = Literal["auto", "pretty", "json", "off"]
WhenFull = Literal["block", "drop"]
ContractSource = Contract | str | Path | Traversable | None

_SWITCHES: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How an application logs, apart from its contract.

    Attributes:
        log_dir: Where the files go; None for the contract's directory.
        log_level: The mildest level that is written; None for that of each category.
        console: What goes to standard output.
        async_writes: What a call does when the queue is full; None for no queue.
        buffer_debug: Whether milder lines are kept until the request fails.
        enable_cloudwatch: Whether the process delivers its lines itself.
        cloudwatch_region: Where to; None for that of the AWS configuration.
        cloudwatch_log_group: What to; None for the contract's.
    """

    log_dir: Path | None
    log_level: Level | None
    console: Console
    async_writes: WhenFull | None
    buffer_debug: bool
    enable_cloudwatch: bool
    cloudwatch_region: str | None
    cloudwatch_log_group: str | None


def read_settings(
    passed: Mapping[str, object], environ: Mapping[str, str] = os.environ
) -> Settings:
    """Return the settings: of each, the ``INTENTLOG_`` variable, else what was passed.

    Args:
        passed: What was passed for each attribute of ``Settings``.
        environ: The environment.

    Raises:
        ContractError: One of them is not what it can be.
    """
    given = dict(passed)
    where = {name: name for name in passed}
    for name in passed:
        variable = f"INTENTLOG_{name.upper()}"
        if environ.get(variable):
            given[name], where[name] = environ[variable], variable
    directory, level = given["log_dir"], given["log_level"]
    return Settings(
        log_dir=Path(str(directory)) if directory else None,
        log_level=level_named(level, where=where["log_level"]) if level else None,
        console=_console(given["console"], where["console"]),
        async_writes=_when_full(given["async_writes"], where["async_writes"]),
        buffer_debug=_switch(given["buffer_debug"], where["buffer_debug"]),
        enable_cloudwatch=_switch(given["enable_cloudwatch"], where["enable_cloudwatch"]),
        cloudwatch_region=_text(given["cloudwatch_region"]),
        cloudwatch_log_group=_text(given["cloudwatch_log_group"]),
    )


def the_contract(contract: ContractSource) -> Contract:
    """Return the contract that is given, read if it is a path, or what the variable names.

    Raises:
        ContractError: There is none, or it is invalid.
    """
    if isinstance(contract, Contract):
        return validate(contract)
    source = contract or os.environ.get(CONTRACT_VARIABLE)
    if not source:
        raise ContractError(
            "intentlog", [Problem("", f"no contract: pass one, or set {CONTRACT_VARIABLE}")]
        )
    if isinstance(source, str) and not Path(source).exists():
        source = _resource(source) or source
    if isinstance(source, str | Path):
        return load(source)
    return parse(source.read_text(encoding="utf-8"), source=str(source))


def _resource(name: str) -> Traversable | None:
    """Return the resource that ``package:path`` names, if there is one."""
    package, colon, path = name.partition(":")
    if not (colon and path and all(part.isidentifier() for part in package.split("."))):
        return None
    try:
        resource = files(package).joinpath(path)
        return resource if resource.is_file() else None
    except (ImportError, OSError, TypeError, ValueError):
        return None


def _console(value: object, where: str) -> Console:
    for console in get_args(Console):
        if value == console:
            return console  # type: ignore[no-any-return] # one of the Literal's
    raise _wrong(where, value, get_args(Console))


def _when_full(value: object, where: str) -> WhenFull | None:
    if value in get_args(WhenFull):
        return value  # type: ignore[return-value] # one of the Literal's
    try:
        return "block" if _switch(value, where) else None
    except ContractError:
        raise _wrong(where, value, ("true", "false", *get_args(WhenFull))) from None


def _text(value: object) -> str | None:
    return str(value) if value else None


def _switch(value: object, where: str) -> bool:
    switch = _SWITCHES.get(str(value).lower())
    if switch is None:
        raise _wrong(where, value, ("true", "false"))
    return switch


def _wrong(where: str, value: object, allowed: tuple[str, ...]) -> ContractError:
    choices = ", ".join(allowed)
    return ContractError("intentlog", [Problem(where, f'there is no "{value}"; have: {choices}')])
