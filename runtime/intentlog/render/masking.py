"""What CloudWatch Logs masks: a second line of defence behind the logger's own redaction."""

import re
from typing import Any, Final

from intentlog.contract import Contract

MANAGED: Final = (
    "AwsSecretKey",
    "EmailAddress",
    "OpenSshPrivateKey",
    "PgpPrivateKey",
    "PkcsPrivateKey",
    "PuttyPrivateKey",
)
"""AWS's identifiers of what the logger redacts in every contract ("Types of data that you can
protect", CloudWatch Logs user guide)."""

# CloudWatch Logs user guide, "Custom data identifiers": at most 10, and no quotes, colons or
# parentheses in a regular expression.
_CUSTOM_AT_MOST: Final = 10
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")

# `"key": "value"` and `"key":"value"`. What the logger put in a value's place begins with a
# bracket, does not match and stays readable.
_VALUE: Final = r"[^\w\[]{3,4}\w[\w.+/=-]*"


def data_protection_policy(contract: Contract) -> dict[str, Any]:
    """Return the data protection policy of the contract's log groups: audit, and mask.

    Findings are counted by CloudWatch (``AWS/Logs``, ``LogEventsWithFindings``) and sent nowhere.
    """
    custom = _custom(contract)
    identifiers = [
        *(f"arn:aws:dataprotection::aws:data-identifier/{name}" for name in MANAGED),
        *(identifier["Name"] for identifier in custom),
    ]
    configuration = {"Configuration": {"CustomDataIdentifier": custom}} if custom else {}
    return {
        "Name": f"{contract.service}-redaction",
        "Description": "What the contract redacts, a second time",
        "Version": "2021-06-01",
        **configuration,
        "Statement": [
            {
                "Sid": "Audit",
                "DataIdentifier": identifiers,
                "Operation": {"Audit": {"FindingsDestination": {}}},
            },
            {
                "Sid": "Mask",
                "DataIdentifier": identifiers,
                "Operation": {"Deidentify": {"MaskConfig": {}}},
            },
        ],
    }


def _custom(contract: Contract) -> list[dict[str, str]]:
    keys = [key for key in contract.redaction.keys if _KEY.fullmatch(key)]
    return [{"Name": key, "Regex": key + _VALUE} for key in keys[:_CUSTOM_AT_MOST]]
