"""Log alarms: they may ask the log groups that they are about.

Sources: CloudFormation, AWS::CloudWatch::LogAlarm ScheduledQueryConfiguration; CloudWatch API,
PutLogAlarm. One role starts the queries, another one fetches the lines that are shown.
"""

from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.roles import lacking, role_of, trusts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import listed, mapping, number
from intentlog.contract import Contract

from .finding import Finding, error
from .log_groups import group_name, group_of, missing_group
from .queries import contract_of, text_problems

_SERVICES = ("cloudwatch.amazonaws.com", "logs.amazonaws.com")
_ROLES = {
    "ScheduledQueryRoleARN": ("ask", "logs:StartQuery"),
    "ActionLogLineRoleArn": ("show lines of", "logs:GetQueryResults"),
}


def log_alarms(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Check what each log alarm asks, and whether it may."""
    for alarm in resolver.of_type("AWS::CloudWatch::LogAlarm"):
        config = mapping(alarm.properties.get("ScheduledQueryConfiguration"))
        values = listed(config.get("LogGroupIdentifiers"))
        for value in values:
            if (name := missing_group(resolver, alarm.stack, value)) is not None:
                message = f'no log group "{name}" is in the assembly: it asks nothing'
                yield error("log-alarm-group", alarm, f"{message}; name one that is")
        given = {
            "ScheduledQueryRoleARN": config.get("ScheduledQueryRoleARN"),
            "ActionLogLineRoleArn": alarm.properties.get("ActionLogLineRoleArn"),
        }
        for property_, value in given.items():
            yield from _role(resolver, alarm, property_, value, values)
        lines = number(alarm.properties.get("ActionLogLineCount"))
        if lines and given["ActionLogLineRoleArn"] is None:
            message = "it shows lines and has no role to fetch them; set ActionLogLineRoleArn"
            yield error("log-alarm-role", alarm, message)
        text = resolver.text(alarm.stack, config.get("QueryString", ""))
        groups = [group_name(resolver.text(alarm.stack, value)) for value in values]
        contract = contract_of(contracts, groups)
        if contract is not None and text and not is_open(text):
            for problem in text_problems(contract, text):
                yield error("query-field", alarm, f"{problem}, says its contract")


def _role(
    resolver: Resolver, alarm: Resource, property_: str, value: object, groups: list[object]
) -> Iterator[Finding]:
    what, action = _ROLES[property_]
    role = role_of(resolver, alarm.stack, value)
    if role is None:
        return
    if not trusts(resolver, role, *_SERVICES):
        message = f"it cannot {what} its log group: {role.path} trusts neither {_SERVICES[0]}"
        message += f" nor {_SERVICES[1]}; let one sts:AssumeRole"
        yield error("log-alarm-role", alarm, message)
    for group in groups:
        found = group_of(resolver, alarm.stack, group)
        if found is not None and _may_not(resolver, role, action, found):
            message = f"it cannot {what} {found.path}: {role.path} may not {action} there"
            yield error("log-alarm-role", alarm, f"{message}; allow it on the group's ARN")


def _may_not(resolver: Resolver, role: Resource, action: str, group: Resource) -> bool:
    arn = resolver.arn(group)
    return all(lacking(resolver, role, [action], name) for name in (arn, arn.removesuffix(":*")))
