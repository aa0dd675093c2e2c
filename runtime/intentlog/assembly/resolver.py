"""What values of a template come to at deploy, as far as that can be told before.

A resource whose name CloudFormation makes up gets a stand-in, ``<stack.LogicalId>``: two values
are the same text exactly if they mean the same thing. What depends on something outside of the
assembly, such as a parameter, keeps a ``${...}`` and is called open.
"""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from .template import Assembly, Resource
from .values import listed, mapping

ACCOUNT: Final = "<account>"
"""Stands for the account of a stack that is for any."""

REGION: Final = "<region>"
"""Stands for the region of a stack that is for any."""

_DEEPEST = 40
_ANY_ACCOUNT = re.compile(rf"{ACCOUNT}|(?<!\d)\d{{12}}(?!\d)")
_ANY_REGION = re.compile(rf"{REGION}|\b[a-z]{{2}}(?:-[a-z]+)+-\d\b")
_PLACEHOLDER = re.compile(r"\$\{([^!${}][^${}]*)\}")
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


class _Kind(NamedTuple):
    """How a type's resources are named: its property, what follows ``arn:aws:``, its Ref."""

    name: str
    arn: str
    ref: str = "name"


_ALARM = _Kind("AlarmName", "cloudwatch:{region}:{account}:alarm:{name}")
_KINDS = {
    "AWS::CloudWatch::Alarm": _ALARM,
    "AWS::CloudWatch::CompositeAlarm": _ALARM,
    "AWS::CloudWatch::LogAlarm": _ALARM,
    "AWS::DynamoDB::Table": _Kind("TableName", "dynamodb:{region}:{account}:table/{name}"),
    "AWS::Events::Rule": _Kind("Name", "events:{region}:{account}:rule/{name}"),
    "AWS::IAM::InstanceProfile": _Kind(
        "InstanceProfileName", "iam::{account}:instance-profile/{name}"
    ),
    "AWS::IAM::ManagedPolicy": _Kind("ManagedPolicyName", "iam::{account}:policy/{name}", "arn"),
    "AWS::IAM::Role": _Kind("RoleName", "iam::{account}:role/{name}"),
    "AWS::KinesisFirehose::DeliveryStream": _Kind(
        "DeliveryStreamName", "firehose:{region}:{account}:deliverystream/{name}"
    ),
    "AWS::KMS::Alias": _Kind("AliasName", "kms:{region}:{account}:{name}"),
    "AWS::KMS::Key": _Kind("", "kms:{region}:{account}:key/{name}"),
    "AWS::Lambda::Function": _Kind("FunctionName", "lambda:{region}:{account}:function:{name}"),
    "AWS::Logs::LogGroup": _Kind("LogGroupName", "logs:{region}:{account}:log-group:{name}:*"),
    "AWS::S3::Bucket": _Kind("BucketName", "s3:::{name}"),
    "AWS::SNS::Topic": _Kind("TopicName", "sns:{region}:{account}:{name}", "arn"),
    "AWS::SQS::Queue": _Kind("QueueName", "sqs:{region}:{account}:{name}", "url"),
    "AWS::Scheduler::Schedule": _Kind(
        "Name", "scheduler:{region}:{account}:schedule/default/{name}"
    ),
    "AWS::SSM::Parameter": _Kind("Name", "ssm:{region}:{account}:parameter/{bare}"),
    # Secrets Manager adds six characters to the name.
    "AWS::SecretsManager::Secret": _Kind(
        "Name", "secretsmanager:{region}:{account}:secret:{name}-XXXXXX", "arn"
    ),
}
_ARNS = ("Arn", "TopicArn", "AlarmArn", "Id")
_NAMES = ("AlarmName", "FunctionName", "KeyId", "Name", "QueueName", "RoleName", "TopicName")


def is_open(text: str) -> bool:
    """Tell whether a text depends on what is outside of the assembly."""
    return "${" in text


def placeless(*texts: str) -> tuple[str, ...]:
    """Return texts without their accounts or regions, if one of them is for any.

    What still differs then differs wherever it is deployed.
    """
    for stand_in, written in ((ACCOUNT, _ANY_ACCOUNT), (REGION, _ANY_REGION)):
        if any(stand_in in text for text in texts):
            texts = tuple(written.sub(stand_in, text) for text in texts)
    return texts


class Resolver:
    """Reads values of an assembly's templates as text, and finds the resources they mean.

    Attributes:
        assembly: The assembly.
    """

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these CloudFormation types."""
        return self.assembly.of_type(*types)

    def text(self, stack: str, value: object, depth: int = 0) -> str:
        """Return what a value of a stack's template comes to; it is open where that is unknown."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return f"{value:g}" if isinstance(value, float) else str(value)
        found = self._intrinsic(stack, value, depth + 1) if depth < _DEEPEST else None
        return found if found is not None else _unknown(stack, value)

    def name(self, resource: Resource) -> str:
        """Return a resource's name; a stand-in where CloudFormation makes one up."""
        kind = _KINDS.get(resource.type)
        given = resource.properties.get(kind.name) if kind else None
        own = f"<{resource.stack}.{resource.logical_id}>"
        return own if given is None else self.text(resource.stack, given)

    def arn(self, resource: Resource) -> str:
        """Return a resource's ARN; a stand-in for types that are not known here."""
        kind = _KINDS.get(resource.type)
        name = self.name(resource)
        if kind is None:
            return f"{name[:-1]}.Arn>"
        stack = resource.stack
        rest = kind.arn.format(
            region=self.region(stack), account=self.account(stack), name=name, bare=name.lstrip("/")
        )
        return f"arn:{self.partition(stack)}:{rest}"

    def region(self, stack: str) -> str:
        """Return a stack's region; ``REGION`` where it is for any."""
        template = self.assembly.templates.get(stack)
        return (template.region if template else None) or REGION

    def account(self, stack: str) -> str:
        """Return a stack's account; ``ACCOUNT`` where it is for any."""
        template = self.assembly.templates.get(stack)
        return (template.account if template else None) or ACCOUNT

    def partition(self, stack: str) -> str:
        """Return the partition of a stack's region: ``aws`` unless it is China or GovCloud."""
        region = self.region(stack)
        found = (name for begin, name in _PARTITIONS.items() if region.startswith(begin))
        return next(found, "aws")

    def find(self, stack: str, value: object, *types: str) -> Resource | None:
        """Return the resource of one of these types that a value refers to or whose ARN it is."""
        referred = self.assembly.referred(stack, value)
        if referred is not None and referred.type in types:
            return referred
        text = self.text(stack, value)
        return next((found for found in self._known.get(text, ()) if found.type in types), None)

    def named(self, stack: str, name: str, *types: str) -> Resource | None:
        """Return the resource of one of these types with a name (or ARN), where a stack is."""
        for found in self._known.get(name, ()):
            if found.type in types and self.together(stack, found.stack):
                return found
        return None

    def together(self, stack: str, other: str) -> bool:
        """Tell whether two stacks can be in the same region."""
        regions = {self.region(stack), self.region(other)}
        return len(regions) == 1 or REGION in regions

    def is_elsewhere(self, stack: str, text: str) -> bool:
        """Tell whether a text is open, or an ARN of another region or account than the stack's."""
        if is_open(text):
            return True
        match text.split(":", 5):
            case ["arn", _, _, region, account, _]:
                here = {"", self.region(stack)}, {"", self.account(stack)}
                return region not in here[0] or account not in here[1]
            case _:
                return False

    @cached_property
    def _known(self) -> dict[str, list[Resource]]:
        """The resources by their names, ARNs and Refs."""
        known: dict[str, list[Resource]] = {}
        for resource in self.of_type(*_KINDS):
            arn = self.arn(resource)
            texts = {arn, arn.removesuffix(":*"), self.name(resource), self._ref(resource)}
            for text in texts:
                known.setdefault(text, []).append(resource)
        return known

    def _intrinsic(self, stack: str, value: object, depth: int) -> str | None:
        if (output := self.assembly.handed_out(value)) is not None:
            return self.text(*output, depth)
        match value:
            case {"Ref": str(name)}:
                return self._reference(stack, name)
            case {"Fn::GetAtt": str(path)}:
                return self._attribute(stack, *path.split(".", 1), "")
            case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
                return self._attribute(stack, logical_id, attribute)
            case _:
                return self._composed(stack, value, depth)

    def _composed(self, stack: str, value: object, depth: int) -> str | None:
        match value:
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(self.text(stack, part, depth) for part in parts)
            case {"Fn::Sub": str(text)}:
                return self._substituted(stack, text, {}, depth)
            case {"Fn::Sub": [str(text), dict(names)]}:
                return self._substituted(stack, text, names, depth)
            case {"Fn::Select": [index, {"Fn::Split": [str(separator), whole]}]} if separator:
                return self._part(self.text(stack, whole, depth), separator, index)
            case {"Fn::Base64": inner}:
                return self.text(stack, inner, depth)  # what it says, not how it travels
            case _:
                return None

    def _reference(self, stack: str, name: str) -> str:
        template = self.assembly.templates.get(stack)
        if template is not None and (resource := template.resources.get(name)):
            return self._ref(resource)
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
        }
        if name in pseudo:
            return pseudo[name](stack)
        if name == "AWS::StackName":
            return stack
        if name == "AWS::URLSuffix":
            return "amazonaws.com.cn" if self.partition(stack) == "aws-cn" else "amazonaws.com"
        outside = template is None or name in mapping(template.body.get("Parameters"))
        return f"${{{stack}.{name}}}" if outside or "::" in name else f"<{stack}.{name}>"

    def _ref(self, resource: Resource) -> str:
        kind = _KINDS.get(resource.type)
        if kind is not None and kind.ref == "arn":
            return self.arn(resource)
        if kind is not None and kind.ref == "url":
            place = f"{self.region(resource.stack)}.amazonaws.com/{self.account(resource.stack)}"
            return f"https://sqs.{place}/{self.name(resource)}"
        return self.name(resource)

    def _attribute(self, stack: str, logical_id: str, attribute: str, *_: str) -> str:
        template = self.assembly.templates.get(stack)
        resource = template.resources.get(logical_id) if template else None
        if resource is not None and resource.type in _KINDS:
            if attribute in _ARNS:
                return self.arn(resource)
            if attribute in _NAMES:
                return self.name(resource)
            if attribute == "QueueUrl":
                return self._ref(resource)
        return f"<{stack}.{logical_id}.{attribute}>"

    def _substituted(
        self, stack: str, text: str, names: dict[str, object], depth: int
    ) -> str | None:
        def meant(found: re.Match[str]) -> str:
            name = found[1]
            if name in names:
                return self.text(stack, names[name], depth)
            logical_id, dot, attribute = name.partition(".")
            if dot:
                return self._attribute(stack, logical_id, attribute)
            return self._reference(stack, name)

        return _PLACEHOLDER.sub(meant, text).replace("${!", "${")

    @staticmethod
    def _part(text: str, separator: str, index: object) -> str | None:
        parts = text.split(separator)
        at = int(index) if isinstance(index, str) and index.isdecimal() else index
        if isinstance(at, int) and not is_open(text) and 0 <= at < len(parts):
            return parts[at]
        return None


def texts(resolver: Resolver, stack: str, value: object) -> list[str]:
    """Return what each of a list's values comes to; one value counts as a list of it."""
    return [resolver.text(stack, item) for item in listed(value)]


def _unknown(stack: str, value: object) -> str:
    return f"${{{stack} {json.dumps(value, sort_keys=True, default=str)[:200]}}}"
