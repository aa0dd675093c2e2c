"""From a queue to a function in a deployed stack: batching window, concurrency, secret, logs."""

import json
import time
from typing import Any

import pytest

from sandbox.server import Sandbox

# Answers by writing to a second queue, so that the test needs no server of its own.
HANDLER = """
import json, os, boto3
from aws_lambda_powertools.utilities import parameters

def handler(event, context):
    secret = parameters.get_secret(os.environ["SECRET"])
    bodies = [record["body"] for record in event["Records"]]
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["ANSWERS"], MessageBody=json.dumps({"bodies": bodies, "secret": secret})
    )
    return {"batchItemFailures": []}
"""
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Work": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
        "Answers": {"Type": "AWS::SQS::Queue"},
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"SecretString": "hush"},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": "arn:aws:iam::123456789012:role/any",
                "Timeout": 20,
                "ReservedConcurrentExecutions": 1,
                "Layers": ["arn:aws:lambda:us-east-1:017000801446:layer:Any:7"],
                "Code": {"ZipFile": HANDLER},
                "Environment": {
                    "Variables": {"SECRET": {"Ref": "Secret"}, "ANSWERS": {"Ref": "Answers"}}
                },
            },
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Work", "Arn"]},
                "FunctionName": {"Ref": "Function"},
                "BatchSize": 12,
                "MaximumBatchingWindowInSeconds": 2,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
    },
    "Outputs": {
        name: {"Value": {"Ref": name}} for name in ("Work", "Answers", "Secret", "Function")
    },
}


@pytest.fixture(scope="module")
def outputs(sandbox: Sandbox) -> dict[str, str]:
    """The names that the deployed stack gave."""
    stacks = sandbox.client("cloudformation")
    stacks.create_stack(StackName="digest", TemplateBody=json.dumps(TEMPLATE))
    stacks.get_waiter("stack_create_complete").wait(
        StackName="digest", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    found = stacks.describe_stacks(StackName="digest")["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def test_messages_of_a_window_arrive_in_one_call(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    """Three messages half a second apart are one batch, and the function has its secret."""
    queues = sandbox.client("sqs")
    begun = time.monotonic()
    for body in "abc":
        queues.send_message(QueueUrl=outputs["Work"], MessageBody=body)
        time.sleep(0.5)
    answer = queues.receive_message(QueueUrl=outputs["Answers"], WaitTimeSeconds=10)["Messages"]
    assert json.loads(answer[0]["Body"]) == {"bodies": ["a", "b", "c"], "secret": "hush"}
    assert time.monotonic() - begun > 2


def test_full_batch_does_not_wait(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    """A batch of more than ten is delivered whole."""
    queues = sandbox.client("sqs")
    for start in (0, 6):
        entries = [{"Id": str(i), "MessageBody": str(i)} for i in range(start, start + 6)]
        queues.send_message_batch(QueueUrl=outputs["Work"], Entries=entries)
    answer = queues.receive_message(QueueUrl=outputs["Answers"], WaitTimeSeconds=10)["Messages"]
    assert json.loads(answer[0]["Body"])["bodies"] == [str(i) for i in range(12)]


def test_template_sets_reserved_concurrency(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    """GetFunction shows what the template says."""
    function = sandbox.client("lambda").get_function(FunctionName=outputs["Function"])
    assert function["Concurrency"] == {"ReservedConcurrentExecutions": 1}


def test_ref_of_a_secret_is_its_arn(sandbox: Sandbox, outputs: dict[str, str]) -> None:
    """And an update and a deletion find the secret by it."""
    secrets, stacks = sandbox.client("secretsmanager"), sandbox.client("cloudformation")
    arn = outputs["Secret"]
    assert secrets.describe_secret(SecretId=arn)["ARN"] == arn
    changed = json.loads(json.dumps(TEMPLATE))
    changed["Resources"]["Secret"]["Properties"]["Description"] = "changed"
    stacks.update_stack(StackName="digest", TemplateBody=json.dumps(changed))
    waiting = {"StackName": "digest", "WaiterConfig": {"Delay": 1, "MaxAttempts": 20}}
    stacks.get_waiter("stack_update_complete").wait(**waiting)
    assert secrets.describe_secret(SecretId=arn)["Description"] == "changed"
    stacks.delete_stack(StackName="digest")
    stacks.get_waiter("stack_delete_complete").wait(**waiting)
    assert secrets.list_secrets()["SecretList"] == []
