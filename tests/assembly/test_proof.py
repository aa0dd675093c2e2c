"""The delivery proof: silence over whole templates, and a line for each seeded fault."""

import dataclasses
import json
import time
from pathlib import Path

import pytest

from intentlog.assembly import RULES, Assembly, findings
from intentlog.assembly.resolver import ACCOUNT
from intentlog.contract import Contract
from tests.assembly import (
    faults_of_alarms,
    faults_of_archives,
    faults_of_digests,
    faults_of_lines,
    faults_of_notifying,
)
from tests.assembly.drafts import broken, put
from tests.assembly.fault import ALARM, TOPIC, Fault

FAULTS = (
    *faults_of_lines.FAULTS,
    *faults_of_alarms.FAULTS,
    *faults_of_notifying.FAULTS,
    *faults_of_digests.FAULTS,
    *faults_of_archives.FAULTS,
)

HERE = "123456789012"


def anywhere(assembly: Assembly) -> Assembly:
    """Return the templates as they are for any account."""
    templates = {
        name: dataclasses.replace(
            template,
            account=None,
            body=json.loads(json.dumps(template.body).replace(HERE, ACCOUNT)),
        )
        for name, template in assembly.templates.items()
    }
    return Assembly(templates=templates)


def test_whole_templates_have_no_findings(synthesized: Assembly, contracts: list[Contract]) -> None:
    """Not even a warning."""
    assert findings(synthesized, contracts) == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_seeded_fault_is_told(
    fault: Fault, synthesized: Assembly, contracts: list[Contract]
) -> None:
    """The missing link is named, and nothing else is said."""
    found = findings(broken(synthesized, *fault.changes), contracts)

    assert tuple(map(str, found)) == fault.told


@pytest.mark.parametrize(
    "fault",
    # Another account cannot be told from this one there.
    [fault for fault in FAULTS if "another account" not in fault.name],
    ids=str,
)
def test_a_fault_is_told_of_templates_for_any_account(
    fault: Fault, synthesized: Assembly, contracts: list[Contract]
) -> None:
    """As they are synthesized without credentials, in CI."""
    found = findings(anywhere(broken(synthesized, *fault.changes)), contracts)

    assert tuple(map(str, found)) == tuple(told.replace(HERE, ACCOUNT) for told in fault.told)


def test_an_account_may_be_written_out_in_templates_for_any(
    synthesized: Assembly, contracts: list[Contract]
) -> None:
    """It may be the one that they are deployed to."""
    templates = {
        name: dataclasses.replace(template, account=None, region=None)
        for name, template in synthesized.templates.items()
    }

    assert findings(Assembly(templates=templates), contracts) == []


def test_every_rule_has_a_seeded_fault_and_a_line_in_the_docs(
    synthesized: Assembly, contracts: list[Contract]
) -> None:
    """So that none is there only in name."""
    page = (Path(__file__).parents[2] / "docs" / "proof.md").read_text()
    broken_rules = {
        finding.rule
        for fault in FAULTS
        for finding in findings(broken(synthesized, *fault.changes), contracts)
    }

    assert broken_rules == set(RULES)
    assert [rule for rule in RULES if f"| `{rule}` |" not in page] == []


def test_only_an_unwatched_dead_letter_queue_is_a_warning(
    synthesized: Assembly, contracts: list[Contract]
) -> None:
    """Somebody may do without it, knowingly; everything else ends the synth."""
    severities = {
        (finding.rule, finding.severity)
        for fault in FAULTS
        for finding in findings(broken(synthesized, *fault.changes), contracts)
        if finding.severity == "warning"
    }

    assert severities == {("dead-letters-unwatched", "warning")}


@pytest.mark.parametrize(
    "action",
    [
        "arn:aws:sns:us-east-1:123456789012:on-call",
        "arn:aws:sns:eu-west-1:999999999999:on-call",
        {"Ref": "OnCallTopic"},
        {"Fn::ImportValue": "on-call-topic"},
        {"Fn::If": ["IsProduction", {"Ref": "DigestAlarmsTopicAC999D64"}, "none"]},
    ],
    ids=["by its ARN", "elsewhere", "a parameter", "an import", "known at deploy"],
)
def test_what_lies_outside_is_taken_to_be_well(
    action: object, synthesized: Assembly, contracts: list[Contract]
) -> None:
    """A topic that is not in the assembly can be proven neither right nor wrong."""

    def parameter(bodies: dict[str, dict[str, object]]) -> None:
        bodies["drawing-agent-alerts"]["Parameters"] = {"OnCallTopic": {"Type": "String"}}

    outside = broken(synthesized, put(ALARM, "AlarmActions", value=[action]), parameter)

    assert findings(outside, contracts) == []


def test_a_key_outside_is_taken_to_be_well(
    synthesized: Assembly, contracts: list[Contract]
) -> None:
    """Its policy is not here."""
    key = "arn:aws:kms:us-east-1:123456789012:key/0d5c5e2b-0000-4000-8000-000000000000"

    assert findings(broken(synthesized, put(TOPIC, "KmsMasterKeyId", value=key)), contracts) == []


def test_the_proof_is_quick(synthesized: Assembly, contracts: list[Contract]) -> None:
    """It is part of every synth; the processor's time, best of three."""
    durations = []
    for _ in range(3):
        started = time.process_time()
        findings(broken(synthesized), contracts)
        durations.append(time.process_time() - started)

    assert min(durations) < 0.2
