"""The tables of ``docs/security.md``, from what ``cdk synth`` makes of the shipped contracts.

Whatever a template says about who may do what must be in a table: a policy at a place that is not
known here is an error.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import msgspec

from intentlog.assembly import Assembly, Resource, read_assembly
from intentlog.assembly.resolver import Resolver
from intentlog.contract import (
    Alarm,
    Contract,
    Destination,
    Environment,
    Network,
    Notifications,
    load,
    load_environment,
)
from intentlog.render import archive_log_group
from stacks import add_application

ROOT = Path(__file__).parents[1]
PAGE = "security.md"
_ACCOUNT = "123456789012"
_POLICY_PROPERTY = {
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
}
_WITHOUT_KEY = {
    "AWS::DynamoDB::Table": "DynamoDB's own key",
    "AWS::KinesisFirehose::DeliveryStream": "Firehose's own key",
    "AWS::Lambda::Function": "Lambda's own key (its environment variables)",
    "AWS::Logs::LogGroup": "CloudWatch Logs' own key",
    "AWS::S3::Bucket": "S3's own key",
    "AWS::SNS::Topic": "nothing, at rest",
    "AWS::SQS::Queue": "nothing, at rest",
    "AWS::SSM::Parameter": "nothing: a `String` without secrets",
    "AWS::SecretsManager::Secret": "`aws/secretsmanager`",
}
"""What encrypts a resource of which a template names no key, by its type."""
_ENCRYPTION = ("BucketEncryption", "DeliveryStreamEncryptionConfigurationInput", "SSESpecification")
_MASKING = ("AWS::Logs::LogGroup", "DataProtectionPolicy")  # what is masked, not who may what
_STAND_IN = re.compile(r"<([^<>.]+)\.([^<>.]+)>(-XXXXXX)?")
_ARN = re.compile(
    rf"arn:aws:[a-z0-9]+:[a-z0-9-]*:(?:{_ACCOUNT})?:(key/|secret:|table/|function:|deliverystream/)?"
)
_LOG_GROUP = re.compile(r"arn:[^\]]*:log-group:[^\]]+:\*")
_BLOCK = re.compile(r"(<!-- BEGIN ([a-z-]+) -->\n).*?(<!-- END -->)", re.DOTALL)


class Right(NamedTuple):
    """What a statement says, in words of the page."""

    who: str
    effect: str
    actions: tuple[str, ...]
    condition: str


class Synthesized(NamedTuple):
    """An assembly: its templates, and the findings that were acknowledged, by their places."""

    assembly: Assembly
    acknowledged: tuple[tuple[str, str, str], ...]


def pages() -> dict[str, str]:
    """Return the page with its tables filled in."""
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    tables = {
        "encryption": _encryption(),
        "rights": _rights_of(_shipped(), "drawing-agent"),
        "rights-chimera": _rights_of(_shipped(), "chimera-host"),
        "rights-archive": _rights_of(_shipped(), "chimera-archive"),
        "rights-on-request": _rights_of(_all_on(), "drawing-agent", without=_shipped()),
        "acknowledged": _acknowledged(),
    }
    if unfilled := set(tables) ^ {found[2] for found in _BLOCK.finditer(text)}:
        raise ValueError(f"{PAGE}: blocks and tables differ: {sorted(unfilled)}")
    return {PAGE: _BLOCK.sub(lambda found: f"{found[1]}\n{tables[found[2]]}\n\n{found[3]}", text)}


def rights_in_general(beginning: str) -> set[tuple[Right, frozenset[str]]]:
    """Return the rights in the stacks whose names begin so, without the application's names."""
    contract = _contract(beginning.rpartition("-")[0])

    def general(text: str) -> str:
        # A contract's archive has a log group more.
        for group in (*contract.log_groups.values(), archive_log_group(contract)):
            for listed in (f"`log-group:{group}`, ", f", `log-group:{group}`"):
                text = text.replace(listed, "")
            text = text.replace(f"log-group:{group}:*", "the application's log groups")
        return text.replace(contract.service, "SERVICE")

    return {
        (
            Right(general(right.who), right.effect, right.actions, general(right.condition)),
            frozenset(map(general, resources)),
        )
        for right, resources in _rights(_shipped().assembly, beginning).items()
    }


@cache
def _shipped() -> Synthesized:
    """Synthesize both contracts for prod, as they are."""
    return _synthesize([_contract("drawing-agent"), _contract("chimera")], _prod())


@cache
def _all_on() -> Synthesized:
    """Synthesize with what an environment can switch on for drawing-agent, and with AWS's keys."""
    contract = _contract("drawing-agent")
    alarms = dict(contract.alarms)
    alarms["high-error-rate"] = msgspec.structs.replace(alarms["high-error-rate"], log_lines=5)
    alarms["late"] = Alarm(stream="app", lag_seconds=300, within_minutes=5)
    alarms["incident"] = Alarm(any_of=("quiet",))
    alarms["quiet"] = Alarm(stream="app", within_minutes=15)
    environment = msgspec.structs.replace(
        _prod(),
        encryption="aws-owned",
        log_alarms=True,
        network=Network(vpc="vpc-0123456789abcdef0", subnets=("subnet-0123456789abcdef0",)),
        notifications=Notifications(
            destinations={
                "webhook": Destination(kind="slack"),
                "mail": Destination(kind="email", addresses=("team@example.com",)),
            },
            alarm_names_beginning=("orders-",),
            email="oncall@example.com",
        ),
    )
    every = msgspec.structs.replace(contract, alarms=alarms)
    return _synthesize([every, _contract("chimera")], environment)


def _synthesize(contracts: Iterable[Contract], environment: Environment) -> Synthesized:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, context=context | {"aws:cdk:enable-path-metadata": True})
        for contract in contracts:
            add_application(app, contract=contract, environment=environment, account=_ACCOUNT)
        app.synth()
        return Synthesized(read_assembly(folder), tuple(_acknowledgments(Path(folder))))


def _acknowledgments(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield rule, place and reason of each acknowledged finding."""
    for file in sorted(folder.glob("*.metadata.json")):
        for path, entries in json.loads(file.read_text(encoding="utf-8")).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    for rule, reason in entry["data"].items():
                        yield rule.rpartition("Annotation::")[2], path.lstrip("/"), reason


def _rights_of(made: Synthesized, beginning: str, *, without: Synthesized | None = None) -> str:
    """Return the table of the rights in stacks whose names begin so."""
    known = _rights(without.assembly, beginning) if without else {}
    rows = [
        f"| {right.who} | {right.effect} {_code(right.actions)} | {_code(resources)} "
        f"| {right.condition} |"
        for right, resources in _rights(made.assembly, beginning).items()
        if known.get(right) != resources
    ]
    return "\n".join(["| Who | What | On | If |", "|---|---|---|---|", *rows])


def _rights(assembly: Assembly, beginning: str) -> dict[Right, tuple[str, ...]]:
    """Return the resources of each right; the same right of several policies is one."""
    resolver = Resolver(assembly)
    rights: dict[Right, list[str]] = {}
    for resource in _resources(assembly, beginning):
        for who, statement in _statements(resource):
            right = Right(
                who or _principal(resolver, resource, statement),
                "may" if statement["Effect"] == "Allow" else "**must not**",
                tuple(_list(statement["Action"])),
                _condition(resolver, resource, statement.get("Condition", {})),
            )
            listed = rights.setdefault(right, [])
            for value in _list(statement.get("Resource", [])):
                text = _said(resolver, resolver.text(resource.stack, value))
                own = resource.path if resource.type == "AWS::KMS::Key" else "*"
                listed += [own if text == "*" else text]
    return {right: tuple(dict.fromkeys(resources)) for right, resources in rights.items()}


def _resources(assembly: Assembly, beginning: str) -> Iterator[Resource]:
    for stack, template in assembly.templates.items():
        if stack.startswith(beginning):
            yield from template.resources.values()


def _statements(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each statement of a resource, with whose right it is if it does not say so itself."""
    properties = dict(resource.properties)
    who, documents = "", []
    if resource.type == "AWS::IAM::Role":
        trust = properties.pop("AssumeRolePolicyDocument")
        services = [
            service
            for statement in trust["Statement"]
            for service in _list(statement["Principal"]["Service"])
        ]
        who = f"role `{resource.path}`, which {_code(services)} takes on"
        if properties.get("ManagedPolicyArns"):
            raise ValueError(f"{resource.path}: what its managed policies allow is not shown")
        documents = [policy["PolicyDocument"] for policy in properties.pop("Policies", [])]
    elif resource.type in _POLICY_PROPERTY:
        documents = [properties.pop(_POLICY_PROPERTY[resource.type])]
        if resource.type == "AWS::IAM::ManagedPolicy":
            who = f"whoever has the managed policy `{resource.path}`"
    elif resource.type == _MASKING[0]:
        properties.pop(_MASKING[1], None)
    if '"Statement"' in json.dumps(properties) or resource.type == "AWS::Lambda::Permission":
        raise ValueError(f"{resource.path}: a policy that the tables do not show")
    yield from ((who, statement) for document in documents for statement in document["Statement"])


def _principal(resolver: Resolver, resource: Resource, statement: Mapping[str, Any]) -> str:
    principal = statement["Principal"]
    if principal == "*":
        return "anybody"
    named = [
        _said(resolver, resolver.text(resource.stack, value))
        for values in principal.values()
        for value in _list(values)
    ]
    if named == ["root"]:
        return "whoever IAM lets, in the account (`root`)"
    return _code(named)


def _condition(resolver: Resolver, resource: Resource, conditions: Mapping[str, Any]) -> str:
    def values(wanted: Any) -> str:
        texts = (resolver.text(resource.stack, value) for value in _list(wanted))
        return _code(_said(resolver, text) for text in texts)

    given = (pair for keys in conditions.values() for pair in keys.items())
    return ", ".join(f"`{key}` is {values(wanted)}" for key, wanted in given)


def _said(resolver: Resolver, text: str) -> str:
    """Return an ARN or a name as the page has it: no account, constructs by their paths."""

    def path(found: re.Match[str]) -> str:
        resource = resolver.assembly.templates[found[1]].resources.get(found[2])
        return resource.path if resource else found[0]

    text = _ARN.sub("", _STAND_IN.sub(path, text))
    return text.replace(_ACCOUNT, "ACCOUNT").replace("us-east-1", "REGION")


def _encryption() -> str:
    """Return what encrypts each resource, with a key of the account and with AWS's."""
    own, of_aws = (
        {
            resource.path: said
            for beginning in ("drawing-agent", "chimera-archive")
            for resource in _resources(made.assembly, beginning)
            if (said := _encrypted_by(resource))
        }
        for made in (_shipped(), _all_on())
    )
    rows = [f"| `{path}` | {said} | {of_aws.get(path, '')} |" for path, said in own.items()]
    header = '| | `encryption = "customer-managed"` | `encryption = "aws-owned"` |'
    return "\n".join([header, "|---|---|---|", *rows])


def _encrypted_by(resource: Resource) -> str:
    properties = resource.properties
    if properties.get("KmsMasterKeyId") == "alias/aws/sns":
        return "`aws/sns`"
    named = json.dumps([properties.get(holder) for holder in _ENCRYPTION])
    if any(f'"{key}": ' in named for key in ("KMSMasterKeyID", "KMSMasterKeyId", "KeyARN")) or any(
        properties.get(key) for key in ("KmsKeyId", "KmsMasterKeyId", "KmsKeyArn")
    ):
        return "the application's key"
    if properties.get("SqsManagedSseEnabled"):
        return "SQS's own key"
    if resource.type == "AWS::EC2::LaunchTemplate":
        volumes = properties["LaunchTemplateData"]["BlockDeviceMappings"]
        encrypted = all(volume["Ebs"].get("Encrypted") for volume in volumes)
        return "the account's key for EBS (root volume)" if encrypted else "nothing"
    return _WITHOUT_KEY.get(resource.type, "")


def _acknowledged() -> str:
    """Return the table of findings that are as they should be."""
    places: dict[tuple[str, str], list[str]] = {}
    for made in (_shipped(), _all_on()):
        for rule, path, reason in made.acknowledged:
            place = re.sub("^(drawing-agent|chimera)", "SERVICE", path)
            short = _LOG_GROUP.sub("LOG GROUP:*", rule)
            listed = places.setdefault((reason, short), [])
            listed += [place] if place not in listed else []
    rows = [
        f"| {_code([rule])} | {_code(sorted(found))} | {reason} |"
        for (reason, rule), found in sorted(places.items(), key=lambda item: (item[0][1], item[0]))
    ]
    return "\n".join(["| Rule | Where | Why it is as it should be |", "|---|---|---|", *rows])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


@cache
def _prod() -> Environment:
    return load_environment(ROOT / "environments.toml", "prod")


@cache
def _contract(name: str) -> Contract:
    return load(ROOT / "contracts" / f"{name}.toml")
