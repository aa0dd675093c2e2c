"""The options that commands share: declared once, given to each command by `with_options`."""

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .completion import categories, levels
from .tables import Form

_CENTURY = 100 * 365 * 24 * 60
Minutes = Annotated[
    int | None, typer.Argument(min=1, max=_CENTURY, help="How far to look back, in minutes.")
]


class Source(StrEnum):
    """Where lines are looked for."""

    LOCAL = "local"
    CLOUDWATCH = "cloudwatch"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose logging a command is about, and as whom it asks AWS."""

    contract: Annotated[
        Path | None,
        typer.Option(help="Default: INTENTLOG_CONTRACT, or the only one in contracts/."),
    ] = None
    env: Annotated[
        str | None,
        typer.Option(
            "--env", "-e", help="Environment of environments.toml, for its prefix and region."
        ),
    ] = None
    profile: Annotated[str | None, typer.Option(help="Profile of AWS credentials.")] = None
    region: Annotated[str | None, typer.Option(help="AWS region.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Account):
    """What every question can be asked with."""

    source: Annotated[
        Source | None,
        typer.Option(help="Default: local if the log directory is there, else cloudwatch."),
    ] = None
    file: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH|GLOB|-", help="Ask these files; again for more of them."),
    ] = None
    log_dir: Annotated[
        Path | None, typer.Option(help="Where the files are. Default: as the contract says.")
    ] = None
    archive: Annotated[
        str | None,
        typer.Option(
            metavar="DATABASE.TABLE",
            envvar="INTENTLOG_ARCHIVE",
            help="The archive's table in Glue. Default: that of the contract's [archive].",
        ),
    ] = None
    workgroup: Annotated[
        str | None,
        typer.Option(
            envvar="INTENTLOG_WORKGROUP",
            help="Athena's workgroup. Default: that of the contract's archive, else primary.",
        ),
    ] = None
    pay: Annotated[
        float,
        typer.Option(
            min=0, metavar="DOLLARS", help="Of the archive: ask before it costs more than this."
        ),
    ] = 0.10
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="1h30m, 3d, 10:00, today, yesterday, 2026-11-22T10:00; UTC, unless it ends as "
            "+01:00. Default: 1h; 1d of trace, user and report; files of --file are read whole.",
        ),
    ] = None
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="The same. Default: now.")] = (
        None
    )
    category: Annotated[
        list[str] | None,
        typer.Option(help="Only this category; again for more.", autocompletion=categories),
    ] = None
    level: Annotated[
        list[str] | None,
        typer.Option(help="Only this level; again for more.", autocompletion=levels),
    ] = None
    user: Annotated[str | None, typer.Option(help="Only lines of this user.")] = None
    trace: Annotated[str | None, typer.Option(help="Only lines of this trace.")] = None
    grep: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only lines that contain this; capitals count."),
    ] = None
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="So many rows at most. Default: the latest 1,000 lines; of tail 10, of top "
            "errors 20, of query 10,000, of export 1,000,000.",
        ),
    ] = None
    as_table: Annotated[bool, typer.Option("--table", help="Columns, for people.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="One array of objects of texts.")] = False
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="An object a line.")] = False
    as_md: Annotated[bool, typer.Option("--md", help="A Markdown table.")] = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour; so does the variable NO_COLOR.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse two forms, before anything is asked."""
        _ = self.form

    @property
    def form(self) -> Form:
        """How the answer is printed."""
        chosen = [form for form in Form if getattr(self, f"as_{form}")]
        if len(chosen) > 1:
            raise typer.BadParameter(f"--{chosen[0]} or --{chosen[1]}: choose one")
        return chosen[0] if chosen else Form.TABLE

    def refuse_form(self, instead: str) -> None:
        """Refuse a form where no rows are printed.

        Raises:
            typer.BadParameter: One is chosen; says what to do instead.
        """
        for form in Form:
            if getattr(self, f"as_{form}"):
                raise typer.BadParameter(f"--{form}: {instead}")

    @property
    def color(self) -> bool:
        """Whether the terminal, if it is one, may be coloured."""
        return not self.no_color and not os.environ.get("NO_COLOR")


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that its parameter ``options`` is annotated with, if it has it.

    Typer reads a command's signature: the parameter is replaced by the fields of its class.
    """
    own = dict(inspect.signature(command, eval_str=True).parameters)
    if "options" not in own:
        return command
    shared = own.pop("options").annotation
    fields = inspect.signature(shared).parameters

    @functools.wraps(command)
    def filled(**given: Any) -> None:
        command(options=shared(**{name: given.pop(name) for name in fields}), **given)

    keywords = [each.replace(kind=each.KEYWORD_ONLY) for each in (*own.values(), *fields.values())]
    filled.__signature__ = inspect.Signature(keywords)  # type: ignore[attr-defined]
    filled.__annotations__ = {each.name: each.annotation for each in keywords}
    return filled
