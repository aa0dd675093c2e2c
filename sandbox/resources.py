"""Mends the CloudFormation resources whose template MiniStack does not fully follow.

- ``ReservedConcurrentExecutions`` of a function is left out.
- ``Ref`` of a secret gives its name where CloudFormation gives its ARN.
- A bucket's Object Lock is left out.
- A table's encryption and the time after which its items expire are left out.
- Amazon Linux has one public parameter; CDK's ``MachineImage`` asks for others, arm64 among them.
"""

# ruff: noqa: SLF001 - its private names are the only registries that MiniStack has

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, lambda_svc, s3, secretsmanager, ssm
from ministack.services.cloudformation import provisioners

AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel"
_KERNELS = ("default", "6.1", "6.12", "6.18")


def install() -> None:
    """Put the mended handlers into MiniStack's registry; once a process."""
    functions = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    functions["create"] = _reserving(functions["create"], properties_at=1)
    functions["update"] = _reserving(functions["update"], properties_at=2)
    tables = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    tables["create"] = _at_rest(tables["create"], properties_at=1)
    tables["update"] = _at_rest(tables["update"], properties_at=2)
    buckets = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    buckets["create"] = _locking(buckets["create"], properties_at=1)
    buckets["update"] = _locking(buckets["update"], properties_at=2)
    secrets = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    secrets["create"] = _by_arn(secrets["create"])
    secrets["update"] = _by_arn(secrets["update"])
    secrets["delete"] = _by_arn(secrets["delete"])
    image = ssm._PUBLIC_AMI_PARAMETERS[f"{AMAZON_LINUX}-default-x86_64"]
    for kernel in _KERNELS:
        for architecture in ("x86_64", "arm64"):
            ssm._PUBLIC_AMI_PARAMETERS.setdefault(f"{AMAZON_LINUX}-{kernel}-{architecture}", image)


def _reserving(native: Callable[..., Any], *, properties_at: int) -> Callable[..., Any]:
    def provision(*arguments: Any) -> Any:
        name, attributes = native(*arguments)
        reserved = arguments[properties_at].get("ReservedConcurrentExecutions")
        concurrency = None if reserved is None else int(reserved)
        lambda_svc._functions[name]["concurrency"] = concurrency
        return name, attributes

    return provision


def _at_rest(native: Callable[..., Any], *, properties_at: int) -> Callable[..., Any]:
    """Let a table have the encryption and the expiry that its template says."""

    def provision(*arguments: Any) -> Any:
        name, attributes = native(*arguments)
        properties = arguments[properties_at]
        table = dynamodb._tables[name]
        if encryption := properties.get("SSESpecification"):
            # It is called Enabled by the API.
            given = {**encryption, "Enabled": encryption["SSEEnabled"]}
            table["SSEDescription"] = dynamodb._sse_description_from_spec(given)
        if expiry := properties.get("TimeToLiveSpecification"):
            dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": expiry})
        return name, attributes

    return provision


def _locking(native: Callable[..., Any], *, properties_at: int) -> Callable[..., Any]:
    """Let a bucket lock its objects as its template says."""

    def provision(*arguments: Any) -> Any:
        name, attributes = native(*arguments)
        properties = arguments[properties_at]
        rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {})
        retention = rule.get("DefaultRetention")
        if properties.get("ObjectLockEnabled"):
            # CloudFormation hands on numbers as text.
            days = retention and retention | {"Days": int(retention["Days"])}
            s3._bucket_object_lock[name] = {"enabled": True, "default_retention": days}
        return name, attributes

    return provision


def _by_arn(native: Callable[..., Any]) -> Callable[..., Any]:
    """Let a handler be asked by ARN and answer with the ARN, where it knows names."""

    def provision(identifier: str, *arguments: Any) -> Any:
        names = {secret["ARN"]: name for name, secret in secretsmanager._secrets.items()}
        answer = native(names.get(identifier, identifier), *arguments)
        return (answer[1]["Arn"], answer[1]) if answer else answer

    return provision
