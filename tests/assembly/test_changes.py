"""What a review says of log groups and stacks, and of what it does not know."""

import pytest

from intentlog.assembly import Assembly, Template
from tests.assembly.changing import (
    ALARM,
    GROUP,
    KEEP,
    LOG_ALARM,
    MUTE,
    Body,
    assembly,
    resource,
    said,
    said_of,
    said_of_properties,
    window,
)


def masks(*names: str) -> Body:
    """A data protection policy."""
    arns = [f"arn:aws:dataprotection::aws:data-identifier/{name}" for name in names]
    operation: Body = {"Deidentify": {"MaskConfig": {}}}
    return {"Statement": [{"Sid": "Mask", "DataIdentifier": arns, "Operation": operation}]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"RetentionInDays": 30},
            {"RetentionInDays": 7},
            "! keeps its lines shorter, `30 days` → `7 days`: older ones are deleted for good",
        ),
        (
            {},
            {"RetentionInDays": 7},
            "! keeps its lines shorter, `for ever` → `7 days`: older ones are deleted for good",
        ),
        (
            {"RetentionInDays": 7},
            {"RetentionInDays": 30},
            "keeps its lines longer, `7 days` → `30 days`: more is stored and paid for",
        ),
        (
            {"KmsKeyId": "arn"},
            {},
            "! no longer encrypts lines with a key of the account: to read them takes no key",
        ),
        ({}, {"KmsKeyId": "arn"}, "encrypts lines with a key of the account from now on"),
        (
            {"DataProtectionPolicy": masks("EmailAddress")},
            {},
            "! masks nothing any more: what it masked can be read by everybody",
        ),
        (
            {"DataProtectionPolicy": masks("EmailAddress", "AwsSecretKey")},
            {"DataProtectionPolicy": masks("EmailAddress")},
            "! no longer masks `AwsSecretKey`: it can be read by everybody",
        ),
        (
            {"DeletionProtectionEnabled": True},
            {},
            "! loses its deletion protection: one call deletes it, with its lines",
        ),
        (
            {"FieldIndexPolicies": [{"Fields": ["user_id", "trace_id"]}]},
            {"FieldIndexPolicies": [{"Fields": ["trace_id"]}]},
            "no longer indexes `user_id`: queries for one value scan all lines",
        ),
        (
            {},
            {"LogGroupClass": "INFREQUENT_ACCESS"},
            (
                "! changes its class, `STANDARD` → `INFREQUENT_ACCESS`, which a group that is "
                "there cannot: the deploy fails"
            ),
        ),
        ({}, {"Tags": [{"Key": "a", "Value": "b"}]}, "changes `Tags`"),
    ],
)
def test_log_groups(old: Body, new: Body, expected: str) -> None:
    """What becomes of lines."""
    mark, sentence = ("! ", expected[2:]) if expected.startswith("! ") else ("", expected)

    found = said_of_properties(GROUP, old, new, LogGroupName="/shop/app")

    assert found == [f"{mark}Log group `/shop/app` {sentence}"]


def test_a_log_group_goes() -> None:
    """With its lines, or without them."""
    gone = said(assembly(shop={"A": resource(GROUP, LogGroupName="/a")}), assembly(shop={}))
    kept = said(assembly(shop={"A": resource(GROUP, KEEP, LogGroupName="/a")}), assembly(shop={}))

    assert gone == [
        (
            "! Log group `/a` is in the templates no more and is deleted: its lines can no "
            "longer be "
            "counted on"
        )
    ]
    assert kept == [
        (
            "! Log group `/a` is in the templates no more and stays, with what it holds, and "
            "nobody "
            "looks after it: its lines can no longer be counted on"
        )
    ]


def test_a_log_group_is_renamed() -> None:
    """CloudFormation makes another one, and the old one is deleted or left behind."""
    assert said_of(resource(GROUP, LogGroupName="/a"), resource(GROUP, LogGroupName="/b")) == [
        (
            "! Log group `/b` gets another name, `/a` → `/b`: a new, empty one is made, and "
            "the old "
            "one is deleted with what it holds"
        )
    ]
    assert said_of(
        resource(GROUP, KEEP, LogGroupName="/a"), resource(GROUP, KEEP, LogGroupName="/b")
    ) == [
        (
            "! Log group `/b` gets another name, `/a` → `/b`: a new, empty one is made, and "
            "the old "
            "one stays behind with what it holds"
        )
    ]


def test_a_log_group_moves() -> None:
    """The same name at another place of the templates cannot be deployed."""
    group = resource(GROUP, LogGroupName="/a")

    assert said(assembly(shop={"A": group}, other={}), assembly(shop={}, other={"B": group})) == [
        (
            "! Log group `/a` is another resource of the templates, `shop/A` → `other/B`, with the "
            "same name: it cannot be made while the old one is there"
        )
    ]


def test_a_log_group_is_kept_no_more() -> None:
    """Its deletion policy decides what becomes of it with its stack."""
    assert said_of(
        resource(GROUP, KEEP, LogGroupName="/a"), resource(GROUP, LogGroupName="/a")
    ) == ["! Log group `/a` is deleted with its stack from now on"]


def test_code_is_said_once_and_hashes_never() -> None:
    """An asset's hash changes with every file in it."""
    old, new = ({"S3Key": f"{digit * 64}.zip"} for digit in "ab")

    assert said_of_properties(
        "AWS::Lambda::Function", {"Code": old}, {"Code": new}, FunctionName="shop"
    ) == ["Function `shop` runs other code"]
    assert said_of_properties("Custom::Else", {"Key": old}, {"Key": new}) == []


def test_metadata_and_outputs_are_no_change() -> None:
    """They are not deployed, or nothing depends on them here."""
    old = resource(GROUP, {"Metadata": {"aws:cdk:path": "a"}}, LogGroupName="/a")
    new = resource(
        GROUP, {"Metadata": {"aws:cdk:path": "b"}, "DependsOn": ["X"]}, LogGroupName="/a"
    )

    assert said_of(old, new) == []


def test_what_is_not_known_is_told_plainly() -> None:
    """A type that no rule knows is told all the same."""
    assert said_of_properties("Custom::Else", {"Size": 1}, {"Size": 2}) == [
        "`Custom::Else` `shop/It` changes `Size`, `1` → `2`"
    ]


def test_another_type_under_one_id() -> None:
    """CloudFormation refuses it."""
    old = resource(ALARM, AlarmName="shop-errors")
    new = resource(LOG_ALARM, AlarmName="shop-errors")

    assert said_of(old, new) == [
        (
            "! Log alarm `shop-errors` changes its type from alarm, which CloudFormation "
            "refuses under one "
            "logical id, so the deploy fails"
        )
    ]


def test_a_stack_goes() -> None:
    """`cdk deploy` does not delete what is in the app no more."""
    before = assembly(
        shop_logs={"A": resource(GROUP, LogGroupName="/a"), "B": resource(GROUP)},
        shop_alerts={"C": resource(ALARM)},
    )

    assert said(before, assembly(shop_alerts={"C": resource(ALARM)})) == [
        (
            "! Stack `shop-logs` is in the app no more: `cdk deploy` leaves it as it is, "
            "with 2 log "
            "groups, and nobody looks after it"
        )
    ]


def test_a_stack_comes() -> None:
    """What is dangerous in it is told one by one, the rest is counted."""
    mute = resource(MUTE, Name="m", Rule=window("cron(0 2 * * *)", "PT1H"))
    after = assembly(shop={"A": resource(ALARM), "M": mute})

    assert said(assembly(), after) == [
        "! Mute rule `m` is new: silences alarms at `cron(0 2 * * *)` (UTC) for `PT1H`",
        "Stack `shop` is new, with 1 alarm, 1 mute rule",
    ]


def test_a_stack_goes_to_another_region() -> None:
    """All of it is made anew."""
    one, other = (
        Assembly(templates={"shop": Template(stack="shop", body={}, region=region)})
        for region in ("eu-west-1", "eu-central-1")
    )

    assert said(one, other) == [
        (
            "! Stack `shop` goes to another region, `eu-west-1` → `eu-central-1`: all of it "
            "is made "
            "anew, and the old one stays where it is"
        )
    ]
