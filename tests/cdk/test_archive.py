"""The archive: from a contract's lines to a bucket that locks them, and a table on it."""

from typing import Any

import aws_cdk as cdk
import msgspec
import pytest
from aws_cdk.assertions import Template

from intentlog.contract import Archive, Contract, validate
from intentlog.render import archive_database, archive_table
from intentlog_constructs import LogArchive
from tests.cdk.conftest import Resources, Synthesize

STACK = "chimera-archive"
BUCKET = "AWS::S3::Bucket"
STREAM = "AWS::KinesisFirehose::DeliveryStream"
SUBSCRIPTION = "AWS::Logs::SubscriptionFilter"


def archived(contract: Contract, **archive: Any) -> Contract:
    """Return a contract with this archive, and without an audit."""
    return validate(msgspec.structs.replace(contract, audit=None, archive=Archive(**archive)))


def template(contract: Contract, **props: Any) -> dict[str, Any]:
    """Return the template of a stack with the construct alone."""
    stack = cdk.Stack(cdk.App(), "archive")
    LogArchive(stack, "Archive", contract=contract, **props)
    resources: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return resources


def of_type(resources: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    """Return the resources of a type."""
    return [resource for resource in resources.values() if resource["Type"] == type_]


def test_the_trail_is_locked_for_as_long_as_the_audit_says(resources: Resources) -> None:
    """Nobody can change or delete a record in 1,096 days; then it goes."""
    bucket, _results = resources(STACK, BUCKET)

    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "COMPLIANCE",
        "Days": 1096,
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 1096


def test_old_lines_go_where_athena_still_reads_them(resources: Resources) -> None:
    """Glacier Instant Retrieval: the other Glaciers would have to be restored first."""
    bucket, _results = resources(STACK, BUCKET)

    (rule,) = (r for r in bucket["LifecycleConfiguration"]["Rules"] if "Transitions" in r)
    assert rule["Transitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}]


@pytest.mark.parametrize("index", [0, 1], ids=["the lines'", "the answers'"])
def test_a_bucket_is_private_and_encrypted(index: int, resources: Resources) -> None:
    """With the application's key; its policy refuses whatever does not come over TLS."""
    bucket = resources(STACK, BUCKET)[index]
    policy = resources(STACK, "AWS::S3::BucketPolicy")[index]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_trail_is_taken_from_a_log_group_of_its_own(resources: Resources) -> None:
    """Where its records arrive with their chain, and no others."""
    (subscription,) = resources(STACK, SUBSCRIPTION)

    assert (subscription["LogGroupName"], subscription["FilterPattern"]) == (
        "Chimera/executions",
        "",
    )


def test_a_stream_without_a_log_group_is_taken_from_all_lines(chimera: Contract) -> None:
    """Its own condition chooses its lines out of the group that has every line."""
    trail = msgspec.structs.replace(chimera.streams["executions"], log_group=None)
    contract = msgspec.structs.replace(chimera, streams=chimera.streams | {"executions": trail})
    (subscription,) = of_type(template(contract), SUBSCRIPTION)

    properties = subscription["Properties"]
    assert properties["LogGroupName"] == "Chimera"
    assert properties["FilterPattern"] == '{ $.event = "execution_attempt" }'


def test_a_stream_with_a_log_group_is_taken_whole(drawing_agent: Contract) -> None:
    """Its log group has its lines and no others; without an audit, every stream is archived."""
    found = template(archived(drawing_agent))

    assert [
        (each["Properties"]["LogGroupName"], each["Properties"]["FilterPattern"])
        for each in of_type(found, SUBSCRIPTION)
    ] == [("/drawing-agent/app", ""), ("/drawing-agent/errors", "")]


def test_firehose_unpacks_what_cloudwatch_sends(resources: Resources) -> None:
    """Gzipped envelopes become lines, one below the other."""
    (stream,) = resources(STACK, STREAM)

    processing = stream["ExtendedS3DestinationConfiguration"]["ProcessingConfiguration"]
    assert processing["Enabled"] is True
    assert [
        (each["Type"], each["Parameters"][0]["ParameterValue"]) for each in processing["Processors"]
    ] == [
        ("Decompression", "GZIP"),
        ("CloudWatchLogProcessing", "true"),
        ("AppendDelimiterToRecord", "\\n"),
    ]


def test_the_table_reads_the_folder_that_firehose_writes(resources: Resources) -> None:
    """On any day; and not the folder of what could not be taken apart."""
    (stream,) = resources(STACK, STREAM)
    (table,) = resources(STACK, "AWS::Glue::Table")

    destination = stream["ExtendedS3DestinationConfiguration"]
    written = destination["Prefix"].replace("!{timestamp:yyyy-MM-dd}", "2026-11-25")
    parameters = table["TableInput"]["Parameters"]
    bucket, read = parameters["storage.location.template"]["Fn::Join"][1][1:]
    assert written == "lines/executions/day=2026-11-25/"
    assert f"{read.replace('${day}', '2026-11-25')}/" == f"/{written}"
    assert bucket == {"Ref": destination["BucketARN"]["Fn::GetAtt"][0]}
    assert destination["ErrorOutputPrefix"].startswith("errors/")
    assert parameters["projection.day.format"] == "yyyy-MM-dd"


def test_the_table_has_a_line_whole(resources: Resources, chimera: Contract) -> None:
    """In a column of text, so that no line is lost to a field that changed its type."""
    (table,) = resources(STACK, "AWS::Glue::Table")

    given = table["TableInput"]
    assert given["Name"] == archive_table("executions") == "executions"
    assert archive_database(chimera) == "chimera_archive"
    assert given["StorageDescriptor"]["Columns"] == [{"Name": "message", "Type": "string"}]
    assert given["PartitionKeys"] == [{"Name": "day", "Type": "string"}]


def test_a_question_has_a_limit_and_its_answer_is_encrypted(resources: Resources) -> None:
    """Whoever asks in the workgroup cannot leave out either; answers go after a week."""
    (workgroup,) = resources(STACK, "AWS::Athena::WorkGroup")
    _lines, results = resources(STACK, BUCKET)

    settings = workgroup["WorkGroupConfiguration"]
    assert settings["EnforceWorkGroupConfiguration"] is True
    assert settings["BytesScannedCutoffPerQuery"] == 100 * 1024**3
    assert settings["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"] == (
        "SSE_KMS"
    )
    assert results["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 7
    assert "ObjectLockConfiguration" not in results


def test_who_sends_to_an_encrypted_stream_may_use_its_key(resources: Resources) -> None:
    """Since 2026 Firehose asks that of the sender, too: here, CloudWatch Logs' role."""
    roles = resources(STACK, "AWS::IAM::Role")

    for role in roles:
        statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        assert ["kms:Decrypt", "kms:GenerateDataKey"] in [each["Action"] for each in statements]


def test_the_logs_role_is_taken_on_for_log_groups_of_this_account(resources: Resources) -> None:
    """Another account cannot let CloudWatch Logs write here."""
    (trust,) = (
        role["AssumeRolePolicyDocument"]["Statement"][0]
        for role in resources(STACK, "AWS::IAM::Role")
        if role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        == {"Service": "logs.amazonaws.com"}
    )

    assert trust["Condition"] == {
        "StringLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:123456789012:*"}
    }


def test_what_is_to_be_destroyed_is_not_locked(chimera: Contract) -> None:
    """A bucket of a test environment would outlive it by three years, and nobody could help it."""
    found = template(chimera, removal_policy=cdk.RemovalPolicy.DESTROY)

    for bucket in of_type(found, BUCKET):
        assert bucket["DeletionPolicy"] == "Delete"
        assert "ObjectLockConfiguration" not in bucket["Properties"]


def test_what_is_not_immutable_is_not_locked(drawing_agent: Contract) -> None:
    """The contract says so; older versions are kept nevertheless."""
    lines, _results = of_type(template(archived(drawing_agent, immutable=False)), BUCKET)

    assert "ObjectLockConfiguration" not in lines["Properties"]
    assert lines["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}


def test_without_a_key_everything_is_encrypted_by_aws(chimera: Contract) -> None:
    """With the keys of S3, Athena and Firehose, and nobody needs a right to them."""
    found = template(chimera)

    (stream,) = of_type(found, STREAM)
    encryption = stream["Properties"]["DeliveryStreamEncryptionConfigurationInput"]
    assert encryption == {"KeyType": "AWS_OWNED_CMK"}
    assert "kms:" not in str(found)


def test_days_of_the_contract_are_those_of_the_bucket(drawing_agent: Contract) -> None:
    """Its own retention and time until Glacier."""
    contract = archived(drawing_agent, retention_days=400, glacier_after_days=90)
    lines, _results = of_type(template(contract), BUCKET)

    (rule, _) = lines["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 400
    assert rule["Transitions"][0]["TransitionInDays"] == 90


def test_a_stream_may_have_any_name(drawing_agent: Contract) -> None:
    """Also one of those that the construct uses inside."""
    names = dict(zip(("Query", "Lines"), drawing_agent.streams.values(), strict=True))
    contract = msgspec.structs.replace(
        drawing_agent, streams=names, metrics={}, alarms={}, queries={}, dashboard=None
    )

    found = template(archived(contract))

    tables = of_type(found, "AWS::Glue::Table")
    assert [each["Properties"]["TableInput"]["Name"] for each in tables] == ["query", "lines"]


def test_a_contract_without_an_archive_has_no_such_stack(
    synthesize: Synthesize, chimera: Contract
) -> None:
    """It is switched off by leaving it out."""
    without = msgspec.structs.replace(chimera, archive=None)

    assert STACK not in synthesize(without)


def test_the_construct_wants_an_archive(drawing_agent: Contract) -> None:
    """Made for a contract without one, it says so."""
    with pytest.raises(ValueError, match=r"drawing-agent has no \[archive\]"):
        template(drawing_agent)
