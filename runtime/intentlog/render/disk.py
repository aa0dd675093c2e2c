"""How much of the disk an application's files take, at most."""

from intentlog.contract import Contract


def most_bytes(contract: Contract) -> int:
    """Return what a contract's files take at most: the one that is written, and those kept.

    Each counts as long as it may get, for what was just rotated is not compressed yet; while one
    is compressed, its copy is there, too; and beside what the process delivers, as much of what
    CloudWatch refuses. Where logrotate rotates, what is written between two of its looks comes on
    top.
    """
    return sum(_of_stream(contract, stream) for stream in contract.streams)


def _of_stream(contract: Contract, stream: str) -> int:
    rotation = contract.rotation_of(stream)
    refused = contract.delivery.by == "process" and stream in contract.log_groups
    return (rotation.keep + 1 + rotation.compress + refused) * rotation.max_bytes
