"""The man page of ``diagnose``, made of its own help."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from intentlog.cli.diagnose import app
from intentlog.cli.options import Options

_NAME = "diagnose"
_SHARED = {field.name for field in dataclasses.fields(Options)}
_EXIT_CODES = {
    "0": "There are rows.",
    "1": "There is no row; or an alarm did not arrive.",
    "2": "The command or what it was given is wrong.",
    "3": "Files, CloudWatch or the archive gave no answer.",
}
EXAMPLES = {
    "diagnose logs-errors 60": "Errors of the last hour.",
    "diagnose user 42 --since 1d --json": "What happened to user 42, for a program.",
    "diagnose around 02:47 --lines 50": "What stands around the time of an alarm, in UTC.",
    "diagnose top errors --since yesterday --source cloudwatch": (
        "What failed most often, asked of CloudWatch though there are files."
    ),
    "diagnose query user-activity --set user=42 --since 3d": "A saved query with its parameter.",
    "diagnose query 'filter level = \"ERROR\" | stats count(*) by category' --file 'old/*.gz'": (
        "A query of one's own, of files from elsewhere."
    ),
    "zcat old.gz | diagnose logs-search 'magic link' --file -": "Lines of standard input.",
    "diagnose tail -f --level ERROR": "Errors as they arrive.",
    "diagnose export -o day.parquet --since 1d": "A day for other tools.",
    "diagnose report --since 24h -o report.html": "The same as a page with plots.",
    "diagnose open dashboard --env prod": "The dashboard in the console.",
    "diagnose audit verify logs/executions.log": "Whether a trail was tampered with.",
}
_VARIABLES = {
    "INTENTLOG_CONTRACT": "The contract, where --contract does not say it.",
    "INTENTLOG_ARCHIVE": "The archive's table, where --archive does not say it.",
    "NO_COLOR": "Not empty: no colour.",
    "AWS_PROFILE, AWS_REGION, ...": "As whom and where AWS is asked, as for the AWS CLI.",
}


def pages() -> dict[str, str]:
    """Return the page by its file in ``docs/``."""
    return {f"{_NAME}.1": "\n".join(_page()) + "\n"}


def _page() -> Iterator[str]:
    root: Any = get_command(app)
    context = root.make_context(_NAME, [], resilient_parsing=True)
    yield f'.TH {_NAME.upper()} 1 "" intentlog'
    yield from _section("NAME", f"{_NAME} \\- ask logs what happened")
    yield from _section("SYNOPSIS", f".B {_NAME}", "COMMAND [ARGUMENTS] [OPTIONS]")
    yield from _section("DESCRIPTION", _escaped(root.help or ""))
    yield ".SH COMMANDS"
    yield from _commands(context, root)
    yield ".SH OPTIONS OF EVERY QUESTION"
    logs = root.get_command(context, "logs")
    yield from _options(context, logs, among=True)
    yield ".SH EXAMPLES"
    for line, meaning in EXAMPLES.items():
        yield from _term(line, meaning)
    yield ".SH EXIT CODES"
    for code, meaning in _EXIT_CODES.items():
        yield from _term(code, meaning)
    yield ".SH ENVIRONMENT"
    for variable, meaning in _VARIABLES.items():
        yield from _term(variable, meaning)


def _commands(context: Any, group: Any) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            inner = typer.Context(command, parent=context, info_name=name)
            yield from _commands(inner, command)
            continue
        inner = typer.Context(command, parent=context, info_name=name)
        usage = inner.get_usage().partition(f"{_NAME} ")[2].replace("[OPTIONS]", "")
        yield from _term(" ".join(usage.split()), command.help)
        yield ".RS"
        yield from _options(inner, command, among=False)
        yield ".RE"


def _options(context: Any, command: Any, *, among: bool) -> Iterator[str]:
    for param in command.params:
        record = param.get_help_record(context)
        if param.param_type_name == "option" and record and (param.name in _SHARED) is among:
            yield from _term(*record)


def _section(title: str, *lines: str) -> Iterator[str]:
    yield f".SH {title}"
    yield from lines


def _term(term: str, meaning: str | None) -> Iterator[str]:
    yield ".TP"
    yield f".B {_escaped(term.strip())}"
    yield _escaped(" ".join((meaning or "").split()))


def _escaped(text: str) -> str:
    r"""Return text as roff writes it: ``\`` and ``-`` are special, a leading dot is a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
