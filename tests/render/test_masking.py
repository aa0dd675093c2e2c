"""What CloudWatch Logs masks, against lines as they are written."""

import re
from pathlib import Path

import msgspec
import pytest

from intentlog.contract import Contract, Redaction, load
from intentlog.render import data_protection_policy

# CloudWatch Logs user guide, "Custom data identifiers".
ALLOWED = re.compile(r"[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}")


@pytest.fixture
def contract() -> Contract:
    """The contract of system A, which redacts two keys of its own."""
    return load(Path(__file__).parents[2] / "contracts" / "drawing-agent.toml")


def test_audit_and_mask_name_the_same(contract: Contract) -> None:
    """AWS refuses a policy whose two statements differ in what they are about."""
    audit, mask = data_protection_policy(contract)["Statement"]

    assert audit["DataIdentifier"] == mask["DataIdentifier"]
    assert audit["Operation"] == {"Audit": {"FindingsDestination": {}}}
    assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}
    assert "arn:aws:dataprotection::aws:data-identifier/EmailAddress" in audit["DataIdentifier"]
    assert audit["DataIdentifier"][-2:] == ["magic_link", "session_id"]


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ('{"extra":{"session_id":"8f14e45f"}}', 'session_id":"8f14e45f'),
        ('{"extra": {"session_id": "8f14e45f"}}', 'session_id": "8f14e45f'),
        ('{"extra":{"session_id":"[redacted]"}}', None),
        ('{"extra": {"session_id": "[redacted]"}}', None),
        ('{"extra":{"session_id":null}}', None),
        ('{"message":"the session_id expired"}', None),
    ],
)
def test_only_a_value_that_was_not_redacted_is_masked(
    contract: Contract, line: str, masked: str | None
) -> None:
    """A line that the logger redacted stays as it is, valid JSON for Logs Insights."""
    identifiers = data_protection_policy(contract)["Configuration"]["CustomDataIdentifier"]
    (regex,) = (i["Regex"] for i in identifiers if i["Name"] == "session_id")
    found = re.search(regex, line)

    assert (found and found[0]) == masked


def test_aws_takes_the_identifiers(contract: Contract) -> None:
    """At most ten, of allowed characters; keys that cannot be said are left to the logger."""
    keys = (*(f"secret_{n}" for n in range(12)), 'a "quoted" key')
    contract = msgspec.structs.replace(contract, redaction=Redaction(keys=keys[::-1]))

    identifiers = data_protection_policy(contract)["Configuration"]["CustomDataIdentifier"]

    assert len(identifiers) == 10
    assert all(ALLOWED.fullmatch(identifier["Regex"]) for identifier in identifiers)


def test_contract_without_keys_has_no_identifiers_of_its_own(contract: Contract) -> None:
    """Those of AWS stay."""
    policy = data_protection_policy(msgspec.structs.replace(contract, redaction=Redaction()))

    assert "Configuration" not in policy
    assert len(policy["Statement"][0]["DataIdentifier"]) == 6
