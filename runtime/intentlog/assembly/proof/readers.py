"""From a queue to the function that reads it: the mapping, its role, its key, what it uses.

Sources: Lambda Developer Guide, "Using Lambda with Amazon SQS" (execution role, visibility
timeout, batch window) and "Configuring reserved concurrency"; SQS Developer Guide, "Key
management".
"""

from collections.abc import Iterator

from intentlog.assembly.keys import is_set, key_of, lacking_for_role
from intentlog.assembly.resolver import Resolver, is_open
from intentlog.assembly.roles import lacking, role_of, trusts
from intentlog.assembly.template import Resource
from intentlog.assembly.values import is_false, mapping, number

from .alarm_actions import alarmed_topics
from .finding import Finding, error
from .subscriptions import subscriptions_of, target_of
from .variables import uses

_FUNCTION = "AWS::Lambda::Function"
_QUEUE = "AWS::SQS::Queue"
_RECEIVE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")
_DEFAULT_VISIBILITY = 30
_DEFAULT_TIMEOUT = 3
_MOST_WITHOUT_WINDOW = 10


def alarmed_queues(resolver: Resolver) -> dict[tuple[str, str], Resource]:
    """Return the queues that topics of alarms deliver to."""
    return _targets(resolver, _QUEUE)


def digest_functions(resolver: Resolver) -> list[Resource]:
    """Return the functions that get what alarms publish, by a queue or from the topic."""
    functions = _targets(resolver, _FUNCTION)
    for queue in alarmed_queues(resolver).values():
        for reader in _mappings(resolver, queue):
            name = reader.properties.get("FunctionName")
            if function := resolver.find(reader.stack, name, _FUNCTION):
                functions[function.key] = function
    return list(functions.values())


def readers(resolver: Resolver) -> Iterator[Finding]:
    """Check that a function reads each queue of alarms, may do so, and may do its work."""
    for queue in alarmed_queues(resolver).values():
        mappings = _mappings(resolver, queue)
        if not any(not is_false(reader.properties.get("Enabled")) for reader in mappings):
            yield error("queue-reader", queue, _unread(mappings))
        for reader in mappings:
            yield from _window(reader)
            name = reader.properties.get("FunctionName")
            function = resolver.find(reader.stack, name, _FUNCTION)
            if function is not None:
                yield from _reads(resolver, queue, function)
            elif not is_open(text := resolver.text(reader.stack, name)) and "arn:" not in text:
                message = f'no function "{text}" is in the assembly, which it invokes'
                yield error("queue-reader", reader, f"{message}; give it a function that is")
    for function in digest_functions(resolver):
        yield from _runs(resolver, function)


def _targets(resolver: Resolver, type_: str) -> dict[tuple[str, str], Resource]:
    return {
        target.key: target
        for topic, _ in alarmed_topics(resolver).values()
        for subscription in subscriptions_of(resolver, topic)
        if (target := target_of(resolver, subscription)) is not None and target.type == type_
    }


def _mappings(resolver: Resolver, queue: Resource) -> list[Resource]:
    return [
        reader
        for reader in resolver.of_type("AWS::Lambda::EventSourceMapping")
        if (source := resolver.find(reader.stack, reader.properties.get("EventSourceArn"), _QUEUE))
        and source.key == queue.key
    ]


def _unread(mappings: list[Resource]) -> str:
    if mappings:
        return f"no function reads it: {mappings[0].path} is disabled; remove Enabled: false"
    return "no function reads it; add an AWS::Lambda::EventSourceMapping with its ARN"


def _window(reader: Resource) -> Iterator[Finding]:
    size = number(reader.properties.get("BatchSize")) or 0
    window = number(reader.properties.get("MaximumBatchingWindowInSeconds", 0))
    if size > _MOST_WITHOUT_WINDOW and window == 0:
        message = f"Lambda refuses batches of {size:g} without a window"
        message += "; set MaximumBatchingWindowInSeconds, or a BatchSize of 10 at most"
        yield error("queue-reader", reader, message)


def _reads(resolver: Resolver, queue: Resource, function: Resource) -> Iterator[Finding]:
    visible = number(queue.properties.get("VisibilityTimeout", _DEFAULT_VISIBILITY))
    timeout = number(function.properties.get("Timeout", _DEFAULT_TIMEOUT))
    if visible is not None and timeout is not None and visible < timeout:
        message = (
            f"messages come back after {visible:g} s, while {function.path} may still work on "
            f"them ({timeout:g} s); set VisibilityTimeout to six times that"
        )
        yield error("queue-visibility", queue, message)
    role = role_of(resolver, function.stack, function.properties.get("Role"))
    if role is None:
        return
    if missing := lacking(resolver, role, _RECEIVE, resolver.arn(queue)):
        message = f"{function.path} cannot read {queue.path}: its role may not {_and(missing)}"
        yield error("function-role", role, f"{message}; allow it on the queue's ARN")
    value = queue.properties.get("KmsMasterKeyId")
    key = key_of(resolver, queue.stack, value) if is_set(value) else None
    if key is not None and lacking_for_role(resolver, key, role, ["kms:Decrypt"]):
        message = f"{function.path} cannot read {queue.path}: its role may not kms:Decrypt with "
        message += f"key {key.path}, which encrypts it; allow it on the key's ARN"
        yield error("function-role", role, message)


def _runs(resolver: Resolver, function: Resource) -> Iterator[Finding]:
    if number(function.properties.get("ReservedConcurrentExecutions")) == 0:
        message = "it never runs: ReservedConcurrentExecutions is 0; remove it, or raise it"
        yield error("function-stopped", function, message)
    role = role_of(resolver, function.stack, function.properties.get("Role"))
    if role is None:
        return
    if not trusts(resolver, role, "lambda.amazonaws.com"):
        message = f"{function.path} cannot run: its role does not trust lambda.amazonaws.com"
        yield error("function-role", role, f"{message}; let it sts:AssumeRole")
    yield from uses(resolver, role, function)
    config = mapping(function.properties.get("LoggingConfig"))
    group = resolver.find(function.stack, config.get("LogGroup"), "AWS::Logs::LogGroup")
    if group is not None and (
        missing := lacking(resolver, role, _WRITE, _streams(resolver, group))
    ):
        message = f"what {function.path} logs is lost: its role may not {_and(missing)}"
        yield error("function-role", role, f"{message} on {group.path}; allow it on the group")


def _streams(resolver: Resolver, group: Resource) -> str:
    return resolver.arn(group).removesuffix("*") + "log-stream:any"


def _and(actions: list[str]) -> str:
    return " and ".join(actions)
