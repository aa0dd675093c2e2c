"""The CloudWatch agent's configuration: which file goes to which log group, read how."""

from pathlib import PurePosixPath
from typing import Final

import msgspec

from intentlog.contract import Contract

TIMESTAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""The record's timestamp as the agent reads it: ``%f`` takes 1-9 digits, ``Z`` is literal."""


def host_path(contract: Contract, stream: str) -> PurePosixPath:
    """Return where a stream's file is, as the host sees it."""
    return contract.host_directory / contract.streams[stream].file


def agent_config(contract: Contract) -> str:
    """Return the agent's configuration as JSON (AWS documentation, "Manually create or edit").

    It has no spaces, for Systems Manager counts them.

    Retention is left to the infrastructure, so that it has one owner. The agent runs as root
    because ``/home/ec2-user`` is closed to its own user on Amazon Linux 2023.
    """
    collected = [
        {
            "file_path": str(host_path(contract, stream)),
            "log_group_name": log_group,
            "log_stream_name": "{instance_id}",
            "timestamp_format": TIMESTAMP_FORMAT,
            "timezone": "UTC",
            "encoding": "utf-8",
            "auto_removal": False,
        }
        for stream, log_group in contract.log_groups.items()
    ]
    config = {
        "agent": {"run_as_user": "root"},
        "logs": {
            "force_flush_interval": 5,
            "logs_collected": {"files": {"collect_list": collected}},
        },
    }
    return msgspec.json.encode(config).decode()
