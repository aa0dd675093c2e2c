"""Every resource type and property that the app may use: deployed, changed, destroyed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from sandbox import cdk
from sandbox.server import Sandbox, SandboxError
from tests.sandbox import whole_stacks

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

NO_DIFFERENCE = "Number of stacks with differences: 0"


@dataclass
class Whole:
    """Both stacks in a sandbox of their own."""

    sandbox: Sandbox
    folder: Path

    def cdk(self, command: str, templates: dict[str, Any], *options: str) -> str:
        """Run the CLI on both stacks and return what it printed."""
        assembly = whole_stacks.synthesize(self.folder, **templates)
        return cdk.run(
            self.sandbox, command, "--app", str(assembly), *options, listen=lambda _line: None
        )

    def deploy(self, templates: dict[str, Any], *options: str) -> None:
        """Deploy both stacks."""
        self.cdk("deploy", templates, "--all", "--require-approval", "never", *options)

    def groups(self) -> dict[str, dict[str, Any]]:
        """The log groups by name."""
        found = self.sandbox.client("logs").describe_log_groups()["logGroups"]
        return {group["logGroupName"]: group for group in found}


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    """A sandbox, bootstrapped."""
    with Sandbox(tmp_path) as sandbox:
        cdk.bootstrap(sandbox)
        yield Whole(sandbox, tmp_path)


BEFORE = {"logs": whole_stacks.logs(), "alerts": whole_stacks.alerts()}
AFTER = {
    "logs": whole_stacks.logs(days=90),
    "alerts": whole_stacks.alerts(more_than=20, extra=True),
}


def test_life_of_the_stacks(whole: Whole) -> None:
    """Deploy, an empty diff, an update, an empty diff again, destroy: the logs are still there."""
    whole.deploy(BEFORE)
    assert NO_DIFFERENCE in whole.cdk("diff", BEFORE)
    _assert_stored(whole)

    difference = whole.cdk("diff", AFTER)
    assert "[+] AWS::CloudWatch::Alarm Template/Slow Slow" in difference
    assert "be replaced" not in difference
    assert "cause replacement" not in difference
    whole.deploy(AFTER)
    assert NO_DIFFERENCE in whole.cdk("diff", AFTER)
    assert whole.groups()[whole_stacks.GROUP]["retentionInDays"] == 90
    _assert_export_is_kept(whole)

    whole.cdk("destroy", AFTER, "--all", "--force")
    assert list(whole.groups()) == [whole_stacks.GROUP]
    (key,) = whole.sandbox.client("kms").list_keys()["Keys"]
    described = whole.sandbox.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert described["KeyState"] == "Enabled"


def _assert_stored(whole: Whole) -> None:
    """What the templates say is what the APIs show."""
    logs, cloudwatch = whole.sandbox.client("logs"), whole.sandbox.client("cloudwatch")
    group = whole.groups()[whole_stacks.GROUP]
    assert group["kmsKeyId"].startswith("arn:aws:kms:")
    assert group["deletionProtectionEnabled"] is True
    assert group["dataProtectionStatus"] == "ACTIVATED"
    indexes = logs.describe_index_policies(logGroupIdentifiers=[whole_stacks.GROUP])
    assert indexes["indexPolicies"][0]["policyDocument"] == '{"Fields":["user_id","trace_id"]}'
    assert len(logs.list_log_anomaly_detectors()["anomalyDetectors"]) == 1
    found = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm", "LogAlarm"])
    assert {
        kind: sorted(alarm["AlarmName"] for alarm in found[kind])
        for kind in ("MetricAlarms", "CompositeAlarms", "LogAlarms")
    } == {
        "MetricAlarms": [
            f"whole-{name}" for name in ("band", "dead-letters", "ratio", "silence", "threshold")
        ],
        "CompositeAlarms": ["whole-incident"],
        "LogAlarms": ["whole-late"],
    }
    (rule,) = cloudwatch.list_alarm_mute_rules(AlarmName="whole-silence")["AlarmMuteRuleSummaries"]
    assert rule["Status"] == "ACTIVE"


def _assert_export_is_kept(whole: Whole) -> None:
    """Neither a deletion nor an update takes away what the other stack imports."""
    stacks = whole.sandbox.client("cloudformation")
    with pytest.raises(ClientError, match="is imported by stack whole-alerts"):
        stacks.delete_stack(StackName="whole-logs")
    template = stacks.get_template(StackName="whole-logs")["TemplateBody"]
    del template["Outputs"]
    with pytest.raises(WaiterError):
        _update(stacks, template)
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in stacks.describe_stack_events(StackName="whole-logs")["StackEvents"]
    ]
    assert "Cannot delete export whole-logs-key as it is in use by whole-alerts." in reasons


def _update(stacks: Any, template: dict[str, Any]) -> None:
    stacks.update_stack(StackName="whole-logs", TemplateBody=whole_stacks.text(template))
    stacks.get_waiter("stack_update_complete").wait(
        StackName="whole-logs", WaiterConfig={"Delay": 1, "MaxAttempts": 10}
    )


def test_protected_group_outlives_its_stack(whole: Whole) -> None:
    """A deletion that the template asks for fails while the group is protected."""
    stacks = whole.sandbox.client("cloudformation")
    group = {"LogGroupName": "/kept", "DeletionProtectionEnabled": True}
    resource = {"Type": "AWS::Logs::LogGroup", "Properties": group}
    stacks.create_stack(
        StackName="kept", TemplateBody=whole_stacks.text({"Resources": {"Kept": resource}})
    )
    waiting = {"StackName": "kept", "WaiterConfig": {"Delay": 1, "MaxAttempts": 10}}
    stacks.get_waiter("stack_create_complete").wait(**waiting)
    stacks.delete_stack(StackName="kept")
    with pytest.raises(WaiterError):
        stacks.get_waiter("stack_delete_complete").wait(**waiting)
    assert stacks.describe_stacks(StackName="kept")["Stacks"][0]["StackStatus"] == "DELETE_FAILED"
    assert list(whole.groups()) == ["/kept"]


def test_existing_log_group_is_adopted(whole: Whole) -> None:
    """Refused without the flag; with it, taken in with its lines; changed by a later update."""
    logs = whole.sandbox.client("logs")
    logs.create_log_group(logGroupName=whole_stacks.GROUP)
    logs.create_log_stream(logGroupName=whole_stacks.GROUP, logStreamName="s")
    event = {"timestamp": 1_000 * _now(), "message": "from before"}
    logs.put_log_events(logGroupName=whole_stacks.GROUP, logStreamName="s", logEvents=[event])

    # That one fails leaves a stack to be removed, which the CLI does by itself the next time.
    with pytest.raises(SandboxError, match="already exists"):
        whole.deploy(BEFORE)
    assert _prepared_action(whole) == "Import"
    whole.deploy(BEFORE, "--import-existing-resources")
    assert "retentionInDays" not in whole.groups()[whole_stacks.GROUP]
    assert "RetentionInDays" in whole.cdk("drift", BEFORE, "whole-logs")

    whole.deploy(AFTER)
    assert whole.groups()[whole_stacks.GROUP]["retentionInDays"] == 90
    (kept,) = logs.filter_log_events(logGroupName=whole_stacks.GROUP)["events"]
    assert kept["message"] == "from before"


def _prepared_action(whole: Whole) -> str:
    """What a change set that is only prepared says it would do with the group."""
    options = ("--import-existing-resources", "--method", "prepare-change-set")
    named = ("--change-set-name", "adoption", "--require-approval", "never")
    whole.cdk("deploy", BEFORE, "whole-logs", *options, *named)
    changes = whole.sandbox.client("cloudformation").describe_change_set(
        StackName="whole-logs", ChangeSetName="adoption"
    )["Changes"]
    resources = [change["ResourceChange"] for change in changes]
    (action,) = [each["Action"] for each in resources if each["LogicalResourceId"] == "App"]
    return str(action)


def test_group_that_would_be_deleted_is_not_adopted(whole: Whole) -> None:
    """An import asks for a DeletionPolicy that keeps the group."""
    whole.sandbox.client("logs").create_log_group(logGroupName="/whole/rare")
    with pytest.raises(SandboxError, match="needs a DeletionPolicy of 'Retain'"):
        whole.deploy(BEFORE, "--import-existing-resources")


def _now() -> int:
    return int(time.time())
