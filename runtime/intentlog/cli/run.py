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
    "HTTPClientError": "is there a network, or a proxy or VPN that breaks the connection?",
}


def run(app: typer.Typer, name: str) -> None:
    """Run a command line. Exit codes: 0 fine, 1 a finding, 2 wrong input, 3 a backend failed."""
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal need not know every letter
            stream.reconfigure(errors="replace")
    try:
        app(prog_name=name)
    except Exception as error:
        ended = _ended(error)
        if ended is None:
            raise
        message, code = ended
        typer.echo(message, err=True)
        sys.exit(code)


def _ended(error: Exception) -> tuple[str, int] | None:
    """Return what is said of an error, and the exit code; None for a fault of the program's."""
    backend = _BACKENDS.get(type(error).__module__.partition(".")[0])
    match error:
        case BackendError():
            return _advised(str(error), error.__cause__), 3
        case IntentlogError():
            return _advised(str(error), error.__cause__), 2
        case ModuleNotFoundError() if error.name in _EXTRAS:
            return f"{error}: pip install 'intentlog[{_EXTRAS[error.name]}]'", 2
        case _ if backend is not None:
            return f"{backend}: {_advised(str(error), error)}", 3
        case OSError():  # a full disk, no directory for temporary files
            where = f"{error.filename}: " if error.filename else ""
            told = _advised(f"{where}{error.strerror or error}", error)
            return told, 2 if isinstance(error, PermissionError) else 3
    return None


def _open_closed() -> None:
    """Make up for streams that whoever started this has closed, before a file gets their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 -- to the end


def _advised(told: str, cause: BaseException | None) -> str:
    """Return what an error says, and what helps against the error of AWS that is its cause."""
    response = getattr(cause, "response", None) or {}  # of a broken connection it is None
    names = [response.get("Error", {}).get("Code"), *(kind.__name__ for kind in type(cause).mro())]
    advice = next((_ADVICE[name] for name in names if name in _ADVICE), None)
    return f"{told.removesuffix('.')}; {advice}" if advice else told
