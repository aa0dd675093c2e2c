"""The systemd unit of a shipper: a service that delivers a directory, and is started again."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from intentlog.contract import Contract


def ship_unit(
    contract: Contract, *, command: Sequence[str], directory: PurePosixPath, user: str
) -> str:
    """Return the unit (``systemd.service(5)``).

    Args:
        contract: The contract of the lines.
        command: The command that delivers, its program with an absolute path.
        directory: Where the files are; the only place that it may write to, for its state.
        user: Who reads them: whoever writes them.
    """
    return f"""\
[Unit]
Description=Deliver the logs of {contract.service} to CloudWatch Logs
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
ExecStart={" ".join(map(_quoted, command))}
User={user}
Restart=always
RestartSec=5
TimeoutStopSec=15
NoNewPrivileges=yes
ProtectHome=read-only
ProtectSystem=strict
ReadWritePaths={_quoted(str(directory))}

[Install]
WantedBy=multi-user.target
"""


def _quoted(word: str) -> str:
    """Return a word as systemd reads it back (``systemd.syntax(7)``)."""
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, written)
    return f'"{word}"' if not word or set(word) & set(" \t'\"\\;") else word
