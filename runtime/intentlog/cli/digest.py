"""``intentlog digest``: what the alarm digest would post, without AWS and without posting."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from intentlog.contract import load
from intentlog.contract.notifications import DestinationKind
from intentlog.errors import IntentlogError

from .deferred import App

app = App(help="See what the alarm digest posts.", no_args_is_help=True)

_STDIN = Path("-")


class DigestError(IntentlogError):
    """There is nothing that could be a notification."""


@app.callback()
def digest() -> None:
    """See what the alarm digest posts."""


@app.command()
def preview(
    event: Annotated[
        Path,
        typer.Argument(
            metavar="EVENT.json",
            help="A notification of SNS, an event of EventBridge, a batch of SQS, or a list of "
            "those; - reads it from standard input.",
        ),
    ],
    to: Annotated[DestinationKind, typer.Option(help="What kind of destination takes it.")],
    contract: Annotated[
        Path | None,
        typer.Option(help="The application's contract: its service, and links to its lines."),
    ] = None,
    example_lines: Annotated[
        bool,
        typer.Option("--example-lines", help="Show what the logs could say: all of it made up."),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="OUT.html", help="Write how it looks there, instead of printing it."),
    ] = None,
) -> None:
    """Print what a destination would get of an event; nothing is asked of AWS, nothing is posted.

    The function's own code makes it. Without --example-lines it says that there are no lines.

    Exit codes: 0 printed, 1 nobody would be told anything, 2 wrong input.
    """
    bodies = _bodies(_document(event), str(event))
    if not bodies:
        raise DigestError(f"{event}: there is no notification in it")
    sys.path.append(str(_function()))
    from .digest_message import message, rendered

    told = message(bodies, contract=load(contract) if contract else None, example=example_lines)
    if told is None:
        typer.echo("nobody would be told: an alarm is OK that did not ring", err=True)
        raise typer.Exit(1)
    payload = rendered(told, to)
    if html is None:
        typer.echo(payload if isinstance(payload, str) else _json(payload))
        return
    from .digest_html import page
    from .written import checked, write

    write(checked(html), page(to, payload))
    typer.echo(f"wrote {html}")


def _document(event: Path) -> Any:
    try:
        data = sys.stdin.buffer.read() if event == _STDIN else event.read_bytes()
        return json.loads(data)
    except OSError as error:
        raise DigestError(f"{event}: cannot be read: {error.strerror}") from None
    except (RecursionError, ValueError) as error:
        raise DigestError(f"{event}: is not JSON: {error}") from None


def _bodies(document: Any, name: str) -> list[str]:
    """Return what SQS would have as the bodies of its records."""
    if isinstance(document, list):
        return [body for item in document for body in _bodies(item, name)]
    if not isinstance(document, dict):
        raise DigestError(
            f"{name}: a notification is a JSON object, this is {_json(document)[:80]}"
        )
    if set(document) == {"digest"}:
        raise DigestError(f"{name}: what the clock begins is made of what AWS answers: no preview")
    if "Records" not in document:
        return [_json(document)]
    records = document["Records"]
    if not isinstance(records, list) or not records:
        raise DigestError(f"{name}: Records: a list of records is wanted")
    return [_body(record, f"{name}: Records[{n}]") for n, record in enumerate(records)]


def _body(record: Any, place: str) -> str:
    """Read a record of SQS, or one that SNS gives to a function without a queue."""
    if isinstance(record, dict) and isinstance(record.get("body"), str):
        return str(record["body"])
    if isinstance(record, dict) and isinstance(record.get("Sns"), dict):
        return _json(record["Sns"])
    raise DigestError(f"{place}: has neither `body`, as SQS gives it, nor `Sns`")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _function() -> Path:
    """Return the folder that holds the function's package, in an installation or a checkout."""
    here = Path(__file__).resolve().parents[2]
    packaged = here / "intentlog_constructs" / "lambdas"
    return packaged if packaged.is_dir() else here.parent / "lambdas"
