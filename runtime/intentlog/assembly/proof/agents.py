"""From a host to its log groups: the agent's configuration, who reads it, and what they may write.

Sources: CloudWatch User Guide, "Manually create or edit the CloudWatch agent configuration file"
and "Create IAM roles and users for use with the CloudWatch agent".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.roles import lacking, role_of, trusts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping, parsed

from .finding import Finding, error
from .log_groups import group_of, missing_group

_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
_KEEPS_AS_IT_IS = (None, -1, 0)
_PROFILE = "AWS::IAM::InstanceProfile"
_TEMPLATE = "AWS::EC2::LaunchTemplate"
_HOSTS = (_TEMPLATE, "AWS::EC2::Instance")


def agents(resolver: Resolver) -> Iterator[Finding]:
    """Check each agent's configuration in Systems Manager, and the hosts that fetch it."""
    for parameter in resolver.of_type("AWS::SSM::Parameter"):
        text = resolver.text(parameter.stack, parameter.properties.get("Value"))
        files = _collected(parsed(text))
        if not files:
            continue
        for file in files:
            yield from _file(resolver, parameter, file)
        hosts = list(_hosts(resolver, parameter))
        if not hosts and not _may_fetch(resolver):
            message = "no host fetches it: nothing is collected"
            message += "; name it in a launch template's UserData"
            yield error("agent-host", parameter, message)
        for host in hosts:
            yield from _host(resolver, parameter, host, files)


def _collected(config: object) -> list[Mapping[str, Any]]:
    """Return what an agent's configuration collects; nothing if this is none."""
    found: object = config
    for key in ("logs", "logs_collected", "files", "collect_list"):
        found = mapping(found).get(key)
    return [mapping(file) for file in listed(found)]


def _file(resolver: Resolver, parameter: Resource, file: Mapping[str, Any]) -> Iterator[Finding]:
    path, value = file.get("file_path"), file.get("log_group_name")
    # In braces the agent fills in what it knows of the host, such as {instance_id}.
    if not isinstance(value, str) or "{" in value:
        return
    if (name := missing_group(resolver, parameter.stack, value)) is not None:
        message = f'{path} goes to log group "{name}", which is not in the assembly'
        yield error("agent-log-group", parameter, f"{message}; name one that is")
    group = group_of(resolver, parameter.stack, value)
    if group is not None and file.get("retention_in_days") not in _KEEPS_AS_IT_IS:
        message = f"it sets how long {group.path} keeps a line, which that sets itself"
        yield error("log-group-owners", parameter, f"{message}; remove retention_in_days")


def _hosts(resolver: Resolver, parameter: Resource) -> Iterator[Resource]:
    """Yield the launch templates and instances whose user data names a parameter."""
    for host in resolver.of_type(*_HOSTS):
        data = resolver.text(host.stack, _data(host).get("UserData"))
        if resolver.name(parameter) in data:
            yield host


def _may_fetch(resolver: Resolver) -> bool:
    """Tell whether some host's user data is not known before the deploy."""
    return any(
        is_open(resolver.text(host.stack, _data(host).get("UserData", "")))
        for host in resolver.of_type(*_HOSTS)
    )


def _data(host: Resource) -> Mapping[str, Any]:
    if host.type == _TEMPLATE:
        return mapping(host.properties.get("LaunchTemplateData"))
    return host.properties


def _host(
    resolver: Resolver, parameter: Resource, host: Resource, files: list[Mapping[str, Any]]
) -> Iterator[Finding]:
    given = _data(host).get("IamInstanceProfile")
    named = mapping(given)
    profile = next(
        (
            found
            for value in (given, named.get("Arn"), named.get("Name"))
            if (found := resolver.find(host.stack, value, _PROFILE)) is not None
        ),
        None,
    )
    if profile is None:
        if given is None:
            message = "it has no instance profile: its agent may neither read its configuration"
            yield error("agent-role", host, f"{message} nor write; give it one")
        return
    for value in listed(profile.properties.get("Roles")):
        role = role_of(resolver, profile.stack, value)
        if role is not None:
            yield from _role(resolver, parameter, host, role, files)


def _role(
    resolver: Resolver,
    parameter: Resource,
    host: Resource,
    role: Resource,
    files: list[Mapping[str, Any]],
) -> Iterator[Finding]:
    if not trusts(resolver, role, "ec2.amazonaws.com"):
        message = f"{host.path} cannot take it on: it does not trust ec2.amazonaws.com"
        yield error("agent-role", role, f"{message}; let it sts:AssumeRole")
    if lacking(resolver, role, ["ssm:GetParameter"], resolver.arn(parameter)):
        message = f"the agent cannot read {parameter.path}: the role may not ssm:GetParameter"
        yield error("agent-role", role, f"{message}; allow it on the parameter's ARN")
    for file in files:
        group = group_of(resolver, parameter.stack, file.get("log_group_name"))
        if group is None:
            continue
        stream = resolver.arn(group).removesuffix("*") + "log-stream:any"
        if missing := lacking(resolver, role, _WRITE, stream):
            message = f"the agent cannot write to {group.path}: the role may not "
            message += f"{' and '.join(missing)}; allow it on the group's ARN, ending in :*"
            yield error("agent-role", role, message)
