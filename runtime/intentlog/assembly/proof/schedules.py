"""From the clock to a function: schedules of EventBridge Scheduler, and where missed runs go.

Source: EventBridge Scheduler User Guide, "Setting up the execution role" and "Configuring a
dead-letter queue"; Lambda Developer Guide, "Capturing records of asynchronous invocations".
"""

from collections.abc import Iterator

from intentlog.assembly.keys import is_set, key_of, lacking_for_role
from intentlog.assembly.resolver import Resolver
from intentlog.assembly.roles import lacking, role_of, trusts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import mapping

from .dead_letters import unwatched
from .finding import Finding, error
from .readers import digest_functions
from .variables import told

_FUNCTION = "AWS::Lambda::Function"
_QUEUE = "AWS::SQS::Queue"
_TABLE = "AWS::DynamoDB::Table"
_DATA_KEYS = ("kms:GenerateDataKey", "kms:Decrypt")


def schedules(resolver: Resolver) -> Iterator[Finding]:
    """Check that what runs a function by the clock may do so, and that what waits is waited for."""
    run = set()
    queues: dict[tuple[str, str], Resource] = {}
    for schedule in resolver.of_type("AWS::Scheduler::Schedule"):
        target = mapping(schedule.properties.get("Target"))
        function = resolver.find(schedule.stack, target.get("Arn"), _FUNCTION)
        if function is None:
            continue
        if schedule.properties.get("State") == "DISABLED":
            message = f"it is disabled, and {function.path} is not run by it"
            yield error("schedule", schedule, f"{message}; remove State: DISABLED")
            continue
        run.add(function.key)
        role = role_of(resolver, schedule.stack, target.get("RoleArn"))
        if role is not None:
            yield from _may_run(resolver, schedule, role, function)
        missed = mapping(target.get("DeadLetterConfig")).get("Arn")
        yield from _kept(resolver, schedule, role, missed, queues)
    for config in resolver.of_type("AWS::Lambda::EventInvokeConfig"):
        function = resolver.find(config.stack, config.properties.get("FunctionName"), _FUNCTION)
        failed = mapping(mapping(config.properties.get("DestinationConfig")).get("OnFailure"))
        if function is not None:
            role = role_of(resolver, function.stack, function.properties.get("Role"))
            yield from _kept(resolver, config, role, failed.get("Destination"), queues)
    for queue in queues.values():
        yield from unwatched(resolver, queue, "runs that fail are noticed by nobody")
    for function in digest_functions(resolver):
        tables = [each for each in told(resolver, function) if each.type == _TABLE]
        if tables and function.key not in run:
            message = f"no schedule runs it: what waits in {tables[0].path} is told to nobody"
            yield error("schedule", function, f"{message}; add an AWS::Scheduler::Schedule")


def _may_run(
    resolver: Resolver, schedule: Resource, role: Resource, function: Resource
) -> Iterator[Finding]:
    cannot = f"{schedule.path} cannot run {function.path}"
    if not trusts(resolver, role, "scheduler.amazonaws.com"):
        message = f"{cannot}: its role does not trust scheduler.amazonaws.com"
        yield error("schedule-role", role, f"{message}; let it sts:AssumeRole")
    if lacking(resolver, role, ["lambda:InvokeFunction"], resolver.arn(function)):
        message = f"{cannot}: its role may not lambda:InvokeFunction"
        yield error("schedule-role", role, f"{message}; allow it on the function's ARN")


def _kept(
    resolver: Resolver,
    sender: Resource,
    role: Resource | None,
    arn: object,
    queues: dict[tuple[str, str], Resource],
) -> Iterator[Finding]:
    """Check that a role may put what was missed into its queue, and note the queue."""
    queue = resolver.find(sender.stack, arn, _QUEUE)
    if queue is None:
        return
    queues[queue.key] = queue
    if role is None:
        return
    lost = f"what {sender.path} misses is lost: its role may not"
    if lacking(resolver, role, ["sqs:SendMessage"], resolver.arn(queue)):
        message = f"{lost} sqs:SendMessage to {queue.path}; allow it on the queue's ARN"
        yield error("schedule-role", role, message)
    value = queue.properties.get("KmsMasterKeyId")
    key = key_of(resolver, queue.stack, value) if is_set(value) else None
    if key and (missing := lacking_for_role(resolver, key, role, _DATA_KEYS)):
        message = f"{lost} {' and '.join(missing)} with key {key.path}, which encrypts {queue.path}"
        yield error("schedule-role", role, f"{message}; allow it on the key's ARN")
