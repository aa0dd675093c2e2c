"""Masking, field indexes, deletion protection and anomaly detectors of log groups, over HTTP."""

import io
import json
import time
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server import Sandbox

_IDENTIFIERS = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
MASKING = {
    "Name": "masking",
    "Version": "2021-06-01",
    "Statement": [
        {"DataIdentifier": _IDENTIFIERS, "Operation": {"Audit": {"FindingsDestination": {}}}},
        {"DataIdentifier": _IDENTIFIERS, "Operation": {"Deidentify": {"MaskConfig": {}}}},
    ],
}


def _group(sandbox: Sandbox, name: str, **settings: Any) -> Any:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=name, **settings)
    return logs


def _described(logs: Any, name: str) -> dict[str, Any]:
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found: dict[str, Any] = group
    return found


def test_protected_group_is_not_deleted(sandbox: Sandbox) -> None:
    """With the error and the words of the documentation, until the protection is lifted."""
    logs = _group(sandbox, "/protected", deletionProtectionEnabled=True)
    assert _described(logs, "/protected")["deletionProtectionEnabled"] is True
    with pytest.raises(ClientError) as raised:
        logs.delete_log_group(logGroupName="/protected")
    assert raised.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "Cannot delete log group with deletion protection enabled. "
        "Disable deletion protection first.",
    }
    logs.put_log_group_deletion_protection(
        logGroupIdentifier="/protected", deletionProtectionEnabled=False
    )
    logs.delete_log_group(logGroupName="/protected")
    assert logs.describe_log_groups(logGroupNamePrefix="/protected")["logGroups"] == []


def test_a_function_that_ends_after_it_was_deleted_makes_no_group(sandbox: Sandbox) -> None:
    """As after `cdk destroy` while it runs; before that, what it says is written."""
    functions, logs = sandbox.client("lambda"), sandbox.client("logs")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("late.py", "import time\ndef handler(e, _): time.sleep(e['seconds'])")
    functions.create_function(
        FunctionName="late",
        Runtime="python3.11",
        Role="arn:aws:iam::123456789012:role/late",
        Handler="late.handler",
        Code={"ZipFile": content.getvalue()},
        Timeout=20,
    )
    functions.invoke(FunctionName="late", Payload=b'{"seconds": 0}')
    assert _described(logs, "/aws/lambda/late")

    functions.invoke(FunctionName="late", InvocationType="Event", Payload=b'{"seconds": 2}')
    time.sleep(0.5)
    functions.delete_function(FunctionName="late")
    logs.delete_log_group(logGroupName="/aws/lambda/late")
    time.sleep(4)
    assert logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/late")["logGroups"] == []


def test_data_protection_policy_round_trip(sandbox: Sandbox) -> None:
    """Put, shown, deleted; by name or ARN."""
    logs = _group(sandbox, "/masked")
    text = json.dumps(MASKING)
    arn = _described(logs, "/masked")["logGroupArn"]
    logs.put_data_protection_policy(logGroupIdentifier=arn, policyDocument=text)
    assert _described(logs, "/masked")["dataProtectionStatus"] == "ACTIVATED"
    found = logs.get_data_protection_policy(logGroupIdentifier="/masked")
    assert found["policyDocument"] == text
    logs.delete_data_protection_policy(logGroupIdentifier="/masked")
    found = logs.get_data_protection_policy(logGroupIdentifier="/masked")
    assert "policyDocument" not in found


@pytest.mark.parametrize("policy", [{}, [], {"Statement": MASKING["Statement"][:1]}])
def test_data_protection_policy_that_is_none_is_refused(sandbox: Sandbox, policy: Any) -> None:
    """It has an Audit and a Deidentify statement."""
    logs = sandbox.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix="/unmasked")["logGroups"]:
        _group(sandbox, "/unmasked")
    with pytest.raises(ClientError, match="data protection policy"):
        logs.put_data_protection_policy(
            logGroupIdentifier="/unmasked", policyDocument=json.dumps(policy)
        )


def test_index_policy_round_trip(sandbox: Sandbox) -> None:
    """Put, shown, deleted."""
    logs = _group(sandbox, "/indexed")
    text = json.dumps({"Fields": ["user_id"]})
    logs.put_index_policy(logGroupIdentifier="/indexed", policyDocument=text)
    (policy,) = logs.describe_index_policies(logGroupIdentifiers=["/indexed"])["indexPolicies"]
    assert (policy["policyDocument"], policy["source"]) == (text, "LOG_GROUP")
    logs.delete_index_policy(logGroupIdentifier="/indexed")
    assert logs.describe_index_policies(logGroupIdentifiers=["/indexed"])["indexPolicies"] == []


def test_index_policy_has_its_limits(sandbox: Sandbox) -> None:
    """20 fields, and log groups of the class STANDARD only."""
    logs = _group(sandbox, "/rare", logGroupClass="INFREQUENT_ACCESS")
    with pytest.raises(ClientError, match="class STANDARD only"):
        logs.put_index_policy(logGroupIdentifier="/rare", policyDocument='{"Fields": ["a"]}')
    logs = _group(sandbox, "/many")
    document = json.dumps({"Fields": [f"f{number}" for number in range(21)]})
    with pytest.raises(ClientError, match="1 to 20 fields"):
        logs.put_index_policy(logGroupIdentifier="/many", policyDocument=document)


def test_policy_of_a_group_that_is_not_there(sandbox: Sandbox) -> None:
    """Not found, as the API documents."""
    logs = sandbox.client("logs")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.get_data_protection_policy(logGroupIdentifier="/nowhere")


def test_anomaly_detector_round_trip(sandbox: Sandbox) -> None:
    """Made, listed by its group, paused, deleted."""
    logs = _group(sandbox, "/detected")
    group = _described(logs, "/detected")["logGroupArn"]
    arn = logs.create_log_anomaly_detector(
        logGroupArnList=[group], detectorName="d", evaluationFrequency="FIVE_MIN"
    )["anomalyDetectorArn"]
    (listed,) = logs.list_log_anomaly_detectors(filterLogGroupArn=group)["anomalyDetectors"]
    assert (listed["anomalyDetectorArn"], listed["detectorName"]) == (arn, "d")
    logs.update_log_anomaly_detector(anomalyDetectorArn=arn, enabled=False)
    found = logs.get_log_anomaly_detector(anomalyDetectorArn=arn)
    assert found["anomalyDetectorStatus"] == "PAUSED"
    logs.delete_log_anomaly_detector(anomalyDetectorArn=arn)
    assert logs.list_log_anomaly_detectors()["anomalyDetectors"] == []
