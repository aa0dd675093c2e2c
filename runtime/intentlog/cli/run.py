"""How every command line ends: an error is one line, never a traceback."""

import io
import os
import sys
from typing import Final

import typer

from intentlog.errors import BackendError, IntentlogError

_BACKENDS: Final = {"boto3": "AWS", "botocore": "AWS", "duckdb": "DuckDB", "_duckdb": "DuckDB"}
_EXTRAS: Final = {"boto3": "cli", "duckdb": "query", "rich": "cli"}
# By the name of an error of botocore, or by the code that a service answers with.
_ADVICE: Final = {
    "NoCredentialsError": "log in (aws sso login), name a profile with --profile, or ask files "
    "with --source local or --file",
    "NoRegionError": "say which with --region, or set AWS_REGION",
    "InvalidRegionError": "--region and AWS_REGION take a name such as eu-central-1",
    "ProfileNotFound": "AWS_PROFILE, or --profile: aws configure list-profiles tells which there "
    "are",
    "AccessDeniedException": "ask for a role that may",
    "ExpiredTokenException": "log in again: aws sso login",
    "TokenRetrievalError": "log in again: aws sso login",
    "UnauthorizedSSOTokenError": "log in again: aws sso login",
    "UnrecognizedClientException": "credentials: are they this account's, and the region right?",
    "PermissionError": "ask as somebody who may: sudo, or a member of the group that ls -l tells",
    "EndpointConnectionError": "is there a network, and is the region right?",
}


def run(app: typer.Typer, name: str) -> None:
    """Run a command line. Exit codes: 0 fine, 1 a finding, 2 wrong input, 3 a backend failed."""
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal need not know every letter
            stream.reconfigure(errors="replace")
    try:
        app(prog_name=name)
    except BackendError as error:
        typer.echo(_advised(error, error.__cause__), err=True)
        sys.exit(3)
    except IntentlogError as error:
        typer.echo(_advised(error, error.__cause__), err=True)
        sys.exit(2)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        typer.echo(f"{error}: pip install 'intentlog[{_EXTRAS[error.name]}]'", err=True)
        sys.exit(2)
    except OSError as error:  # a full disk, no directory for temporary files
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(_advised(f"{where}{error.strerror or error}", error), err=True)
        sys.exit(2 if isinstance(error, PermissionError) else 3)
    except Exception as error:
        backend = _BACKENDS.get(type(error).__module__.partition(".")[0])
        if backend is None:
            raise
        typer.echo(f"{backend}: {_advised(error, error)}", err=True)
        sys.exit(3)


def _open_closed() -> None:
    """Make up for streams that whoever started this has closed, before a file gets their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 -- to the end


def _advised(error: BaseException | str, cause: BaseException | None) -> str:
    """Return what an error says, and what helps against the error of AWS that is its cause."""
    code = getattr(cause, "response", {}).get("Error", {}).get("Code")
    advice = _ADVICE.get(code) or _ADVICE.get(type(cause).__name__)
    return f"{str(error).removesuffix('.')}; {advice}" if advice else str(error)
