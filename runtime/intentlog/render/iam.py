"""What whoever delivers lines may do, on the contract's log groups and nothing else.

Resource patterns are after "Actions, resources, and condition keys for Amazon CloudWatch Logs"
in the AWS Service Authorization Reference: streams are below the group's own ARN.
"""

from typing import TypedDict

from intentlog.contract import Contract


class Statement(TypedDict):
    """An IAM policy statement that allows actions on named resources."""

    Effect: str
    Action: list[str]
    Resource: list[str]


def agent_statement(contract: Contract, *, arn_prefix: str) -> Statement:
    """Allow the agent to write to the log groups, which the infrastructure owns.

    Args:
        contract: The application's contract.
        arn_prefix: What the groups' ARNs begin with: ``arn:aws:logs:us-east-1:123456789012``.
    """
    return {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{arn_prefix}:log-group:{group}:*" for group in contract.log_groups.values()],
    }


def process_statement(contract: Contract, *, arn_prefix: str) -> Statement:
    """Allow an application that delivers its own lines to make its log groups, too.

    Args:
        contract: The application's contract.
        arn_prefix: What the groups' ARNs begin with: ``arn:aws:logs:us-east-1:123456789012``.
    """
    groups = [f"{arn_prefix}:log-group:{group}" for group in contract.log_groups.values()]
    return {
        "Effect": "Allow",
        "Action": [
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
        ],
        "Resource": [resource for group in groups for resource in (group, f"{group}:*")],
    }
