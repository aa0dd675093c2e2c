"""Who may use the application's key: a default policy would let nobody but the account's root.

CloudWatch Logs, CloudWatch, SNS and EventBridge use the key in their own names. Where one of them
may not, it fails in silence: lines are refused, alarms ring and nobody is told.
"""

from collections.abc import Sequence
from typing import Any

from .iam import PolicyDocument, policy

_DATA_KEYS = ("kms:Decrypt", "kms:GenerateDataKey*")
_LOGS = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def key_policy(
    *,
    account_root_arn: str,
    logs_service: str,
    log_group_arns: Sequence[str],
    account: str,
    events: bool = False,
) -> PolicyDocument:
    """Return the key's policy.

    Args:
        account_root_arn: ARN of the account's root, through which IAM policies grant use of it.
        logs_service: CloudWatch Logs in the key's region: ``logs.us-east-1.amazonaws.com``.
        log_group_arns: The log groups that it encrypts, without ``:*``.
        account: The account whose topics and rules may send to encrypted queues.
        events: Whether a rule of EventBridge sends to one. Default: none does.
    """
    here = {"StringEquals": {"aws:SourceAccount": account}}
    # SQS developer guide, "Configure KMS permissions for AWS services".
    rules = _service("RulesToQueues", "events.amazonaws.com", _DATA_KEYS, here)
    return policy(
        {
            "Sid": "AccountThroughIam",
            "Effect": "Allow",
            "Principal": {"AWS": account_root_arn},
            "Action": "kms:*",
            "Resource": "*",
        },
        # CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
        _service(
            "LogGroups",
            logs_service,
            _LOGS,
            {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": list(log_group_arns)}},
        ),
        # SNS developer guide, "Key management": a condition on the source is not supported for
        # alarms. The topic's policy has it instead.
        _service("AlarmsToTopics", "cloudwatch.amazonaws.com", _DATA_KEYS, None),
        # The same, "Subscribing an encrypted Amazon SQS queue to an Amazon SNS topic".
        _service("TopicsToQueues", "sns.amazonaws.com", _DATA_KEYS, here),
        *([rules] if events else []),
    )


def _service(
    sid: str, service: str, actions: Sequence[str], condition: dict[str, Any] | None
) -> dict[str, Any]:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
        # In a key's policy this is the key itself.
        "Resource": "*",
    }
    return statement | ({"Condition": condition} if condition else {})
