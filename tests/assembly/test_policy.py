"""Policy evaluation: what applies, what does not, and what cannot be told."""

from typing import Any

import pytest

from intentlog.assembly import Assembly, Template
from intentlog.assembly.policy import Request, allows, like
from intentlog.assembly.resolver import Resolver

RESOLVER = Resolver(
    Assembly(
        templates={
            "shop": Template(stack="shop", body={}, region="eu-central-1", account="123456789012")
        }
    )
)
PUBLISH = Request(
    action="sns:Publish",
    resource="arn:aws:sns:eu-central-1:123456789012:alarms",
    principals=("cloudwatch.amazonaws.com",),
    context={"aws:sourceaccount": "123456789012", "aws:securetransport": "true"},
)
ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "*",
}


def allowed(*statements: object) -> bool:
    """Evaluate statements of one document."""
    return allows(RESOLVER, [("shop", {"Statement": list(statements)})], PUBLISH)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "events.amazonaws.com"}}, False),
        ({"Principal": {"Service": {"Ref": "AWS::NoValue"}}}, False),
        ({"Action": ["SNS:P*"]}, True),
        ({"Action": "sns:Subscribe"}, False),
        ({"Resource": {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:alarms"}}, True),
        ({"Resource": "arn:aws:sns:*:*:alarm?"}, True),
        ({"Resource": "arn:aws:sns:*:*:others"}, False),
        ({"Resource": {"Fn::ImportValue": "topic"}}, True),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": ["1", "123456789012"]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}, False),
        ({"Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, True),
        ({"Condition": {"Null": {"aws:SourceAccount": "true"}}}, False),
        ({"Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}}, True),
    ],
)
def test_a_statement_allows_unless_it_certainly_does_not(
    change: dict[str, Any], expected: bool
) -> None:
    """One part that does not apply is enough."""
    assert allowed(ALLOW | change) is expected


def test_actions_and_resources_can_be_excepted() -> None:
    """``NotAction`` and ``NotResource`` allow everything else."""
    others = {key: value for key, value in ALLOW.items() if key not in {"Action", "Resource"}}

    assert allowed(others | {"NotAction": "sns:Subscribe", "Resource": "*"})
    assert not allowed(others | {"NotAction": "sns:*", "Resource": "*"})
    assert not allowed(others | {"Action": "*", "NotResource": "arn:aws:sns:*"})


def test_a_deny_wins_if_it_certainly_applies() -> None:
    """The usual one on plain HTTP does not: services come over TLS."""
    deny = ALLOW | {"Effect": "Deny", "Principal": "*"}
    plain_http = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    of_an_organization = {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}

    assert not allowed(ALLOW, deny)
    assert allowed(ALLOW, deny | plain_http)
    assert allowed(ALLOW, deny | of_an_organization)


def test_nothing_is_allowed_by_nothing() -> None:
    """Neither by no document, nor by one of another shape."""
    assert not allowed()
    assert not allows(RESOLVER, [("shop", None), ("shop", ["Allow"])], PUBLISH)


def test_what_cloudformation_chooses_may_allow() -> None:
    """A document or a statement behind a condition is not held against anybody."""
    chosen = {"Fn::If": ["IsProduction", ALLOW, {"Ref": "AWS::NoValue"}]}

    assert allowed(chosen)
    assert allows(RESOLVER, [("shop", chosen)], PUBLISH)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("arn:*:log-group:/shop/*", "arn:aws:logs:eu-central-1:1:log-group:/shop/app", True),
        ("a[b]", "ab", False),
        ("arn:${OnCall}:logs", "arn:aws:logs", None),
        ("arn:aws:sns:eu-west-1:123456789012:a", "arn:aws:sns:eu-west-1:<account>:a", None),
        ("arn:aws:sns:eu-west-1:123456789012:b", "arn:aws:sns:eu-west-1:<account>:a", False),
        ("logs.<region>.amazonaws.com", "logs.eu-west-1.amazonaws.com", None),
    ],
)
def test_wildcards_are_star_and_question_mark(
    pattern: str, text: str, expected: bool | None
) -> None:
    """Nothing else; what is open may be alike."""
    assert like(pattern, text) is expected
