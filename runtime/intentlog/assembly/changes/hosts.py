"""Changes of the host: what the agent collects, what starts it, what keeps it running."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from intentlog.assembly.values import listed, mapping
from intentlog.assembly.words import code, codes, from_to, plain, tables, text

from .kinds import Finding, Kind, Pair, swaps

_LATER: Final = "hosts that run keep what they were launched with"


def _parameter(pair: Pair) -> Iterator[Finding]:
    old, new = (_collected(value) for value in (pair.was("Value"), pair.now("Value")))
    if old is None or new is None:
        yield Finding("changes its value")
        return
    for file in sorted(old.keys() - new.keys()):
        said = f"no longer collects {code(file)} for {code(old[file])}"
        yield Finding(said, danger=True)
    for file in sorted(new.keys() - old.keys()):
        yield Finding(f"collects {code(file)} for {code(new[file])}, too")
    for file in sorted(old.keys() & new.keys()):
        if old[file] != new[file]:
            yield Finding(
                f"sends {code(file)} to another log group, {from_to(old[file], new[file])}"
            )
    if old == new:
        yield Finding("changes how the agent collects; the files and log groups are the same")


def _collected(value: object) -> dict[str, str] | None:
    """Return the log group of each file of an agent's configuration; None for anything else."""
    try:
        config = json.loads(text(value))
    except ValueError:
        return None
    logs = mapping(mapping(mapping(config).get("logs")).get("logs_collected"))
    files = mapping(logs.get("files"))
    if "collect_list" not in files:
        return None
    return {
        text(one.get("file_path")): text(one.get("log_group_name"))
        for one in tables(files["collect_list"])
    }


def _launch_template(pair: Pair) -> Iterator[Finding]:
    old, new = (mapping(plain(value)) for value in (pair.was(_DATA), pair.now(_DATA)))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield from _launched(name, old.get(name), new.get(name))


def _launched(name: str, old: object, new: object) -> Iterator[Finding]:
    if name == "UserData":
        yield Finding(f"runs another script when a host starts: {_LATER}")
    elif name == "MetadataOptions":
        tokens = mapping(old).get("HttpTokens"), mapping(new).get("HttpTokens")
        optional = tokens[0] == "required" and tokens[1] != "required"
        clause = ": credentials can be had without a session token (IMDSv1)" if optional else ""
        yield Finding(f"changes its metadata service, {from_to(old, new)}{clause}", optional)
    elif name == "BlockDeviceMappings":
        plain_now = _unencrypted(new) and not _unencrypted(old)
        clause = ": log files lie on the disk unencrypted" if plain_now else ""
        yield Finding(f"changes its disks, {from_to(old, new)}{clause}", plain_now)
    elif isinstance(old, str | None) and isinstance(new, str | None):
        yield Finding(f"launches with another {code(name)}, {from_to(old, new)}: {_LATER}")
    else:
        yield Finding(f"launches with another {code(name)}: {_LATER}")


def _unencrypted(mappings: object) -> bool:
    return any(mapping(one.get("Ebs")).get("Encrypted") is not True for one in tables(mappings))


class _Hosts:
    """The rule of a number of hosts."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, pair: Pair) -> Iterator[Finding]:
        """Say whether there is a host at all."""
        old, new = pair.was(self._name), pair.now(self._name)
        words = f"changes {code(self._name)}, {from_to(old, new)}"
        none = text(new) == "0"
        yield Finding(f"{words}: no host is kept running" if none else words, danger=none)


def _ingress(pair: Pair) -> Iterator[Finding]:
    old, new = ([text(one) for one in listed(value)] for value in (pair.was(_IN), pair.now(_IN)))
    if won := [one for one in new if one not in old]:
        yield Finding(f"lets more in: {codes(won)}", danger=True)
    if lost := [one for one in old if one not in new]:
        yield Finding(f"lets less in: {codes(lost)} no more")


def _lets_in(resource: Any) -> Iterator[Finding]:
    if into := [text(one) for one in listed(resource.properties.get(_IN))]:
        yield Finding(f"it lets in {codes(into)}", danger=True)


_DATA: Final = "LaunchTemplateData"
_IN: Final = "SecurityGroupIngress"

HOST: Final[Mapping[str, Kind]] = {
    "AWS::SSM::Parameter": Kind(
        noun="host configuration",
        name="Name",
        loss="hosts that start are not configured by it",
        removal_is_danger=True,
        rules={"Value": _parameter},
    ),
    "AWS::EC2::LaunchTemplate": Kind(
        noun="launch template",
        name="LaunchTemplateName",
        loss="no host can be launched from it",
        rules={_DATA: _launch_template},
    ),
    "AWS::AutoScaling::AutoScalingGroup": Kind(
        noun="host group",
        name="AutoScalingGroupName",
        loss="its hosts are ended, and none is kept running",
        removal_is_danger=True,
        rules={
            **{name: _Hosts(name) for name in ("DesiredCapacity", "MaxSize", "MinSize")},
            "VPCZoneIdentifier": swaps("VPCZoneIdentifier", "runs in other subnets"),
        },
    ),
    "AWS::EC2::SecurityGroup": Kind(
        noun="security group",
        name="GroupName",
        describe=_lets_in,
        rules={_IN: _ingress},
    ),
}
