"""The Lambda function that posts alarm digests: its code and its role."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import AssetStaging, FileAssetPackaging, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import allow, assumed_by, policy

from .acknowledgment import acknowledge, acknowledge_aws_key, acknowledge_role
from .powertools_layer import ARCHITECTURE, RUNTIME, powertools_layer_arn

TIMEOUT_SECONDS = 60
_MEMORY_MEGABYTES = 256


class DigestFunction:
    """The function ``alarm_digest.handler.handler``, with the public layer of Powertools.

    Attributes:
        function: The function.
        role: Its role; what it may do is all in one policy.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        variables: Mapping[str, str],
        may: Sequence[dict[str, Any]],
        reserved_concurrency: int,
        log_group: logs.CfnLogGroup,
        key_arn: str | None,
    ) -> None:
        """Define the function.

        Args:
            scope: What its resources belong to.
            contract: The application's contract.
            variables: What it is told, besides the service's name.
            may: The statements of what it may do, besides logging and tracing.
            reserved_concurrency: Runs that it keeps for itself, and at most has; 0 for none.
            log_group: Where it logs.
            key_arn: The key that encrypts its variables. None: Lambda's own.
        """
        self._scope = scope
        self._contract = contract
        self.role = self._role(log_group, may)
        self.function = lambda_.CfnFunction(
            self._scope,
            "Function",
            description=f"Posts the alarm digests of {contract.service}",
            architectures=[ARCHITECTURE],
            runtime=RUNTIME,
            handler="alarm_digest.handler.handler",
            code=self._code(),
            layers=[powertools_layer_arn(Stack.of(self._scope).region)],
            role=self.role.attr_arn,
            memory_size=_MEMORY_MEGABYTES,
            timeout=TIMEOUT_SECONDS,
            reserved_concurrent_executions=reserved_concurrency or None,
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(log_group=log_group.ref),
            environment=lambda_.CfnFunction.EnvironmentProperty(
                variables={"POWERTOOLS_SERVICE_NAME": contract.service, **variables}
            ),
            kms_key_arn=key_arn,
        )
        self._acknowledge(reserved_concurrency)
        if key_arn is None:
            acknowledge_aws_key(self.function, "CKV_AWS_173")

    def _role(self, log_group: logs.CfnLogGroup, may: Sequence[dict[str, Any]]) -> iam.CfnRole:
        document = policy(
            *may,
            # A log group's ARN ends with ":*", which covers its streams.
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.attr_arn]),
            allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
        )
        role = iam.CfnRole(
            self._scope,
            "Role",
            description=f"The alarm digests of {self._contract.service}",
            assume_role_policy_document=assumed_by("lambda.amazonaws.com"),
            policies=[iam.CfnRole.PolicyProperty(policy_name="Digest", policy_document=document)],
        )
        acknowledge_role(role)
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            because="traces, metrics and the results of queries have no resources to be named",
        )
        return role

    def _code(self) -> lambda_.CfnFunction.CodeProperty:
        stack = Stack.of(self._scope)
        # The hash is that of the files' names and contents: the same on every machine.
        staged = AssetStaging(
            self._scope, "Code", source_path=str(_source()), exclude=["__pycache__", "*.pyc"]
        )
        _make_readable(Path(staged.absolute_staged_path))
        location = stack.synthesizer.add_file_asset(
            file_name=staged.relative_staged_path(stack),
            packaging=FileAssetPackaging.ZIP_DIRECTORY,
            source_hash=staged.asset_hash,
        )
        return lambda_.CfnFunction.CodeProperty(
            s3_bucket=location.bucket_name, s3_key=location.object_key
        )

    def _acknowledge(self, reserved_concurrency: int) -> None:
        acknowledge(
            self.function,
            "NIST.800.53.R5-LambdaDLQ",
            "CKV_AWS_116",
            because="a queue and schedules invoke it, and each has a dead-letter queue of its own",
        )
        acknowledge(
            self.function,
            "NIST.800.53.R5-LambdaInsideVPC",
            "CKV_AWS_117",
            because="it calls AWS and public webhooks, nothing in a VPC",
        )
        if not reserved_concurrency:
            acknowledge(
                self.function,
                "NIST.800.53.R5-LambdaConcurrency",
                "CKV_AWS_115",
                because="the environment says `reserved_concurrency = 0`, for a small account",
            )


def _source() -> Path:
    """Return the folder that holds the function's package, in an installation or a checkout."""
    here = Path(__file__).parent
    packaged = here / "lambdas"
    return packaged if packaged.is_dir() else here.parents[1] / "lambdas"


def _make_readable(staged: Path) -> None:
    """Let everybody read the copy, as Lambda does by another user than that of the checkout.

    The asset's hash knows nothing of modes, so they must be the same from every checkout.
    """
    if staged.samefile(_source()):  # staging is switched off: the checkout is not ours to change
        return
    for path in (staged, *staged.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
