"""Values of templates as text: the same text exactly for the same thing."""

import pytest

from intentlog.assembly import Assembly, Template
from intentlog.assembly.resolver import Resolver, is_open

LOGS = {
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key"},
        "App": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/shop/app"}},
    },
    "Outputs": {
        "Key": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": "shop-key"}},
    },
}
ALERTS = {
    "Parameters": {"OnCall": {"Type": "String"}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}},
        "Queue": {"Type": "AWS::SQS::Queue"},
    },
}
RESOLVER = Resolver(
    Assembly(
        templates={
            "shop-logs": Template(stack="shop-logs", body=LOGS, region="cn-north-1", account="1"),
            "shop-alerts": Template(stack="shop-alerts", body=ALERTS, region="cn-north-1"),
        }
    )
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        (30, "30"),
        (True, "true"),
        ({"Ref": "AWS::Region"}, "cn-north-1"),
        ({"Ref": "AWS::Partition"}, "aws-cn"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com.cn"),
        ({"Ref": "Topic"}, "arn:aws-cn:sns:cn-north-1:<account>:alarms"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "<shop-alerts.Queue>"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "<shop-alerts.Queue>"),
        ({"Ref": "Nobody"}, "<shop-alerts.Nobody>"),
        ({"Ref": "OnCall"}, "${shop-alerts.OnCall}"),
        ({"Fn::ImportValue": "shop-key"}, "arn:aws-cn:kms:cn-north-1:1:key/<shop-logs.Key>"),
        (
            {"Fn::GetStackOutput": {"StackName": "shop-logs", "OutputName": "Key"}},
            "arn:aws-cn:kms:cn-north-1:1:key/<shop-logs.Key>",
        ),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::StackName"}]]}, "a-shop-alerts"),
        ({"Fn::Sub": "a-${AWS::Region}-${!Kept}"}, "a-cn-north-1-${Kept}"),
        ({"Fn::Sub": ["${a}-${Queue.QueueName}", {"a": "b"}]}, "b-<shop-alerts.Queue>"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        ({"Fn::Base64": {"Fn::Sub": "${AWS::Region}"}}, "cn-north-1"),
    ],
    ids=str,
)
def test_a_value_comes_to(value: object, expected: str) -> None:
    """As far as it can be told before the deploy."""
    assert RESOLVER.text("shop-alerts", value) == expected


@pytest.mark.parametrize(
    "value", [{"Ref": "OnCall"}, {"Fn::If": ["A", "b", "c"]}, {"Fn::ImportValue": "x"}, None, []]
)
def test_what_is_decided_elsewhere_is_open(value: object) -> None:
    """A parameter, a condition, an import of somebody else's export, and what is no text."""
    assert is_open(RESOLVER.text("shop-alerts", value))


def test_resources_are_found_by_reference_name_and_arn() -> None:
    """A literal ARN means the resource that will have it."""
    arn = "arn:aws-cn:logs:cn-north-1:1:log-group:/shop/app"
    by_arn = RESOLVER.find("shop-alerts", arn, "AWS::Logs::LogGroup")
    by_name = RESOLVER.named("shop-alerts", "/shop/app", "AWS::Logs::LogGroup")
    by_reference = RESOLVER.find("shop-logs", {"Ref": "App"}, "AWS::Logs::LogGroup")

    assert by_arn is by_name is by_reference is not None
    assert RESOLVER.find("shop-alerts", arn, "AWS::SNS::Topic") is None
