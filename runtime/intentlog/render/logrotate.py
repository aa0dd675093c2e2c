"""The host's logrotate configuration."""

from intentlog.contract import Contract

from .agent import host_path


def logrotate_config(contract: Contract) -> str:
    """Return logrotate's configuration of every stream's file (``logrotate(8)``).

    Files are renamed and made anew, never copied and truncated, which loses lines. The newest
    rotated file stays uncompressed for one round: the application notices a rename within a
    second and the agent follows the old file to its end. Names are numbered because a date
    would repeat when ``maxsize`` rotates twice a day.
    """
    return "\n".join(_file(contract, stream) for stream in contract.streams)


def _file(contract: Contract, stream: str) -> str:
    rotation = contract.rotation_of(stream)
    directives = [
        *([rotation.every] if rotation.every else []),
        f"maxsize {rotation.max_megabytes}M"
        if rotation.every
        else f"size {rotation.max_megabytes}M",
        f"rotate {rotation.keep}",
        *(["compress", "delaycompress"] if rotation.compress else ["nocompress"]),
        "create",
        "missingok",
        "nocopytruncate",
        "nodateext",
        "notifempty",
    ]
    lines = "".join(f"    {directive}\n" for directive in directives)
    return f'"{host_path(contract, stream)}" {{\n{lines}}}\n'
