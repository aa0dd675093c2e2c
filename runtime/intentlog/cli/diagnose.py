"""``diagnose``: what happened, asked of the files of this machine or of CloudWatch Logs."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import typer

from intentlog.contract import Contract, ContractError, Problem, load, load_environment
from intentlog.contract.problem import unknown

from .alarm_test import Arrival, ring, tested_alarms
from .lines import Line, cloudwatch_lines, local_lines
from .run import run

app = typer.Typer(
    help="Ask what happened. Exit codes: 0 lines found, 1 none, 2 wrong usage, 3 no backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Source(StrEnum):
    """Where lines are looked for."""

    LOCAL = "local"
    CLOUDWATCH = "cloudwatch"


class Options(NamedTuple):
    """What every question can be asked with."""

    category: str | None
    markdown: bool
    source: Source | None
    contract: Path | None
    log_dir: Path | None
    limit: int


Minutes = Annotated[int, typer.Argument(min=1, help="How far to look back, in minutes.")]
CategoryOption = Annotated[str | None, typer.Option(help="Only this category.")]
MarkdownOption = Annotated[bool, typer.Option("--md", help="Print a Markdown table.")]
SourceOption = Annotated[
    Source | None,
    typer.Option(help="Default: local if the log directory is there, else cloudwatch."),
]
ContractOption = Annotated[
    Path | None,
    typer.Option(help="Default: INTENTLOG_CONTRACT, or the only one in contracts/."),
]
DirectoryOption = Annotated[
    Path | None, typer.Option(help="Where the files are. Default: as the contract says.")
]
LimitOption = Annotated[int, typer.Option(min=1, help="The latest lines only, so many.")]

Wheres = Callable[[Contract], list[str]]


def _question(name: str, description: str, where: Wheres) -> None:
    """Add a command that needs no subject."""

    @app.command(name, help=description)
    def ask(
        minutes: Minutes = 60,
        category: CategoryOption = None,
        markdown: MarkdownOption = False,
        source: SourceOption = None,
        contract: ContractOption = None,
        log_dir: DirectoryOption = None,
        limit: LimitOption = 1000,
    ) -> None:
        options = Options(category, markdown, source, contract, log_dir, limit)
        _answer(where, minutes, options)


def _question_about(
    name: str, subject_help: str, description: str, where: Callable[[str, Contract], list[str]]
) -> None:
    """Add a command that asks about somebody or something."""

    @app.command(name, help=description)
    def ask(
        subject: Annotated[str, typer.Argument(help=subject_help)],
        minutes: Minutes = 60,
        category: CategoryOption = None,
        markdown: MarkdownOption = False,
        source: SourceOption = None,
        contract: ContractOption = None,
        log_dir: DirectoryOption = None,
        limit: LimitOption = 1000,
    ) -> None:
        options = Options(category, markdown, source, contract, log_dir, limit)
        _answer(partial(where, subject), minutes, options)


def _all(_contract: Contract) -> list[str]:
    return []


def _errors(contract: Contract) -> list[str]:
    return [f'{contract.record.name_of("level")} in ["ERROR", "CRITICAL"]']


def _of_user(user: str, contract: Contract) -> list[str]:
    if "user_id" not in contract.record.all_fields:
        raise ContractError(contract.service, [Problem("record", "no line has a user_id")])
    # A quoted number also equals the number: a user_id may be either.
    return [f"user_id = {_quoted(user)}"]


def _with_text(text: str, contract: Contract) -> list[str]:
    return [f"{contract.record.name_of('message')} like {_quoted(text)}"]


_question("logs", "Show all lines: diagnose logs 30", _all)
_question("logs-errors", "Show errors: diagnose logs-errors 60", _errors)
_question_about(
    "logs-user", "The user's id.", "Show what one user did: diagnose logs-user 42 60", _of_user
)
_question_about(
    "logs-search",
    "What the message contains.",
    'Show lines with a text: diagnose logs-search "magic link" 60',
    _with_text,
)


@app.command("alarm-test")
def alarm_test(
    names: Annotated[
        list[str] | None, typer.Argument(help="Alarms of the contract. Default: all that page.")
    ] = None,
    contract: ContractOption = None,
    environment: Annotated[
        str | None,
        typer.Option("--env", "-e", help="Environment of environments.toml, for its prefix."),
    ] = None,
    wait: Annotated[float, typer.Option(min=1, help="Seconds to wait for the digests.")] = 420,
) -> None:
    """Ring alarms for real, and wait until each digest is posted: diagnose alarm-test."""
    table = load(contract or _contract_path())
    if environment is not None:
        table = table.with_prefix(load_environment("environments.toml", environment).prefix)
    heard = tested_alarms(table, names or [])
    clients = {"cloudwatch": _client("cloudwatch"), "logs": _client("logs")}
    lost = 0
    for arrival in ring(table, heard, wait_seconds=wait, **clients):
        lost += arrival.outcome != "posted"
        typer.echo(_told(arrival))
    if lost or not heard:
        typer.echo("no alarm was tested" if not heard else f"{lost} did not arrive", err=True)
        raise typer.Exit(1)


def _told(arrival: Arrival) -> str:
    after = f"{arrival.seconds:.0f} s"
    match arrival.outcome:
        case "posted":
            return f"{arrival.alarm}: posted after {after}"
        case "refused":
            return f"{arrival.alarm}: not posted within {after}: {arrival.reason}"
        case _:
            return f"{arrival.alarm}: no digest within {after}: is the topic subscribed to?"


def main() -> None:
    """Run the command line."""
    run(app, "diagnose")


def _answer(wheres: Wheres, minutes: int, options: Options) -> None:
    contract = load(options.contract or _contract_path())
    conditions = wheres(contract)
    if options.category is not None:
        conditions.append(_of_category(options.category, contract))
    since = datetime.now(UTC) - timedelta(minutes=minutes)
    found = _lines(contract, options, " and ".join(conditions), since)
    lines = deque(found, maxlen=options.limit)
    for text in (_as_markdown if options.markdown else _as_text)(contract, lines):
        typer.echo(text)
    if not lines:
        typer.echo("no line matches", err=True)
        raise typer.Exit(1)


def _lines(contract: Contract, options: Options, where: str, since: datetime) -> Iterator[Line]:
    directory = options.log_dir or Path(contract.files.directory)
    source = options.source or (Source.LOCAL if directory.is_dir() else Source.CLOUDWATCH)
    place = str(directory) if source is Source.LOCAL else "CloudWatch Logs"
    typer.echo(f"# {contract.service}: {place}, since {since:%Y-%m-%d %H:%M} UTC", err=True)
    stream = _whole_stream(contract)
    if source is Source.LOCAL:
        return local_lines(contract, directory, stream=stream, where=where, since=since)
    return cloudwatch_lines(contract, _client("logs"), stream=stream, where=where, since=since)


def _whole_stream(contract: Contract) -> str:
    """Return the stream that has every line, or the first one."""
    streams = contract.streams
    return next((name for name, table in streams.items() if not table.where), next(iter(streams)))


def _of_category(category: str, contract: Contract) -> str:
    if category not in contract.category_names:
        raise ContractError(
            contract.service,
            [Problem("--category", unknown("category", category, contract.category_names))],
        )
    return f"{contract.record.name_of('category')} = {_quoted(category)}"


def _contract_path() -> Path:
    named = os.environ.get("INTENTLOG_CONTRACT")
    if named:
        return Path(named)
    found = sorted(Path("contracts").glob("*.toml"))
    if len(found) == 1:
        return found[0]
    there = ", ".join(map(str, found)) or "no contracts/*.toml here"
    raise ContractError("diagnose", [Problem("--contract", f"which one? {there}")])


def _client(service: str) -> Any:
    import boto3  # noqa: PLC0415 -- 0.2 s that local questions need not pay

    return boto3.client(service)


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _as_text(contract: Contract, lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        yield "  ".join(_cells(contract, line))


def _as_markdown(contract: Contract, lines: Iterable[Line]) -> Iterator[str]:
    yield f"| {' | '.join(contract.record.all_fields)} |"
    yield "|" + " --- |" * len(contract.record.all_fields)
    for line in lines:
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in _cells(contract, line))
        yield f"| {' | '.join(cells)} |"


def _cells(contract: Contract, line: Line) -> Iterator[str]:
    for field in contract.record.all_fields:
        value = line.get(field, "")
        yield value if isinstance(value, str) else msgspec.json.encode(value).decode()
