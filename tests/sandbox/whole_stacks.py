"""Two stacks with every resource type and property that the sandbox completes or relies on."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk.cloudformation_include import CfnInclude

from sandbox.server import ACCOUNT, REGION

GROUP = "/whole/app"
QUEUE = "whole-dead"

_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
            "Resource": "*",
        },
    ],
}
_IDENTIFIER = "arn:aws:dataprotection::aws:data-identifier/EmailAddress"
_MASKING = {
    "Name": "masking",
    "Version": "2021-06-01",
    "Statement": [
        {
            "Sid": "audit",
            "DataIdentifier": [_IDENTIFIER],
            "Operation": {"Audit": {"FindingsDestination": {}}},
        },
        {
            "Sid": "mask",
            "DataIdentifier": [_IDENTIFIER],
            "Operation": {"Deidentify": {"MaskConfig": {}}},
        },
    ],
}
_KEY = {"Fn::ImportValue": "whole-logs-key"}


def logs(*, days: int = 30, protected: bool = True) -> dict[str, Any]:
    """What must not be lost: the key, the log groups."""
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    return {
        "Resources": {
            "Key": {
                "Type": "AWS::KMS::Key",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "Description": "Logs of whole",
                    "EnableKeyRotation": True,
                    "KeyPolicy": _KEY_POLICY,
                    "PendingWindowInDays": 30,
                },
            },
            "Alias": {
                "Type": "AWS::KMS::Alias",
                "Properties": {"AliasName": "alias/whole", "TargetKeyId": key},
            },
            "App": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "LogGroupName": GROUP,
                    "LogGroupClass": "STANDARD",
                    "RetentionInDays": days,
                    "KmsKeyId": key,
                    "DataProtectionPolicy": _MASKING,
                    "FieldIndexPolicies": [{"Fields": ["user_id", "trace_id"]}],
                    "DeletionProtectionEnabled": protected,
                },
            },
            "Rare": {
                "Type": "AWS::Logs::LogGroup",
                "DeletionPolicy": "Delete",
                "Properties": {
                    "LogGroupName": "/whole/rare",
                    "LogGroupClass": "INFREQUENT_ACCESS",
                    "RetentionInDays": days,
                },
            },
        },
        "Outputs": {"Key": {"Value": key, "Export": {"Name": "whole-logs-key"}}},
    }


def alerts(*, more_than: int = 10, extra: bool = False) -> dict[str, Any]:
    """Everything that watches them."""
    return {
        "Resources": {
            **_notifications(),
            **_alarms(more_than),
            **(_extra() if extra else {}),
            **_log_alarm(),
            **_fleet(),
        }
    }


def synthesize(folder: Path, *, logs: dict[str, Any], alerts: dict[str, Any]) -> Path:
    """Write both templates as a cloud assembly and return it, for ``cdk --app``."""
    assembly = folder / "cdk.out"
    app = App(outdir=str(assembly), analytics_reporting=False)
    stacks = []
    for name, template in {"whole-logs": logs, "whole-alerts": alerts}.items():
        file = folder / f"{name}.json"
        file.write_text(text(template))
        stacks.append(Stack(app, name, env=Environment(account=ACCOUNT, region=REGION)))
        CfnInclude(stacks[-1], "Template", template_file=str(file))
    stacks[1].add_stack_dependency(stacks[0])
    app.synth()
    return assembly


def text(template: dict[str, Any]) -> str:
    """A template as CloudFormation takes it."""
    return json.dumps(template)


def _notifications() -> dict[str, Any]:
    return {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": _KEY}},
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "ops@example.com",
            },
        },
        "Told": {"Type": "AWS::SQS::Queue"},
        "ToldBy": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Told", "Arn"]},
            },
        },
        "Dead": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": QUEUE, "KmsMasterKeyId": _KEY},
        },
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"KmsKeyId": _KEY}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": f"arn:aws:iam::{ACCOUNT}:role/any",
                "Code": {"ZipFile": "def handler(event, context):\n    return None\n"},
                "ReservedConcurrentExecutions": 1,
                "TracingConfig": {"Mode": "Active"},
                "KmsKeyArn": _KEY,
            },
        },
    }


def _alarms(more_than: int) -> dict[str, Any]:
    return {
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "FilterName": "errors",
                "LogGroupName": GROUP,
                "FilterPattern": '{ $.level = "ERROR" }',
                "MetricTransformations": [
                    {
                        "MetricNamespace": "Whole",
                        "MetricName": "Errors",
                        "MetricValue": "1",
                        "DefaultValue": 0,
                    }
                ],
            },
        },
        "Threshold": _alarm(
            "threshold",
            Namespace="Whole",
            MetricName="Errors",
            Statistic="Sum",
            Period=300,
            Threshold=more_than,
            # The composite alarm speaks for it.
            actions=False,
        ),
        "Ratio": _alarm("ratio", Metrics=_ratio(), Threshold=5),
        "Band": _alarm(
            "band",
            ComparisonOperator="LessThanLowerOrGreaterThanUpperThreshold",
            ThresholdMetricId="band",
            Metrics=_band(),
        ),
        "Silence": _alarm(
            "silence",
            Namespace="AWS/Logs",
            MetricName="IncomingLogEvents",
            Dimensions=[{"Name": "LogGroupName", "Value": GROUP}],
            Statistic="Sum",
            Period=60,
            Threshold=1,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
        ),
        "Dying": _alarm(
            "dead-letters",
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}],
            Statistic="Maximum",
            Period=60,
            Threshold=0,
        ),
        "Incident": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "DependsOn": ["Threshold", "Ratio", "Late"],
            "Properties": {
                "AlarmName": "whole-incident",
                "AlarmDescription": "Something is wrong",
                "AlarmRule": 'ALARM("whole-threshold") OR ALARM("whole-ratio") OR '
                'ALARM("whole-late")',
                "AlarmActions": [{"Ref": "Topic"}],
                "OKActions": [{"Ref": "Topic"}],
            },
        },
        "Mute": {
            "Type": "AWS::CloudWatch::AlarmMuteRule",
            "Properties": {
                "Name": "whole-nightly",
                "Description": "The nightly batch",
                "MuteTargets": {"AlarmNames": ["whole-silence"]},
                "Rule": {
                    "Schedule": {
                        "Expression": "cron(* * * * *)",
                        "Duration": "PT2H",
                        "Timezone": "Europe/Berlin",
                    }
                },
            },
        },
    }


def _alarm(name: str, *, actions: bool = True, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"whole-{name}",
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "Topic"}] if actions else [],
            **properties,
        },
    }


def _metric(identifier: str, name: str, *, returned: bool = False) -> dict[str, Any]:
    return {
        "Id": identifier,
        "MetricStat": {
            "Metric": {"Namespace": "Whole", "MetricName": name},
            "Period": 300,
            "Stat": "Sum",
        },
        "ReturnData": returned,
    }


def _ratio() -> list[dict[str, Any]]:
    share = {
        "Id": "share",
        "Expression": "IF(FILL(total, 0) >= 100, 100 * FILL(part, 0) / total, 0)",
        "Label": "Share of errors",
        "ReturnData": True,
    }
    return [_metric("part", "Errors"), _metric("total", "Lines"), share]


def _band() -> list[dict[str, Any]]:
    band = {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)", "ReturnData": True}
    return [_metric("m", "Errors", returned=True), band]


def _log_alarm() -> dict[str, Any]:
    return {
        "Late": {
            "Type": "AWS::CloudWatch::LogAlarm",
            "Properties": {
                "AlarmName": "whole-late",
                "AlarmDescription": "Lines arrive late",
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 60,
                "QueryResultsToAlarm": 1,
                "QueryResultsToEvaluate": 1,
                "TreatMissingData": "notBreaching",
                "ScheduledQueryConfiguration": {
                    "AggregationExpression": "max(lag)",
                    "LogGroupIdentifiers": [GROUP],
                    "QueryString": "fields (@ingestionTime - @timestamp) / 1000 as lag",
                    "ScheduledQueryRoleARN": f"arn:aws:iam::{ACCOUNT}:role/any",
                    "ScheduleConfiguration": {
                        "ScheduleExpression": "rate(5 minutes)",
                        "StartTimeOffset": 300,
                    },
                },
            },
        },
        "Patterns": {
            "Type": "AWS::Logs::LogAnomalyDetector",
            "Properties": {
                "DetectorName": "whole",
                "EvaluationFrequency": "FIFTEEN_MIN",
                "AnomalyVisibilityTime": 21,
                "LogGroupArnList": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"],
            },
        },
    }


def _fleet() -> dict[str, Any]:
    return {
        "Wall": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "Nothing comes in",
                "VpcId": "vpc-00000001",
                "SecurityGroupEgress": [
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
                ],
            },
        },
        "Host": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "ImageId": "ami-12345678",
                    "InstanceType": "t4g.small",
                    "SecurityGroupIds": [{"Fn::GetAtt": ["Wall", "GroupId"]}],
                }
            },
        },
        "Hosts": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "MinSize": "0",
                "MaxSize": "1",
                "DesiredCapacity": "0",
                "AvailabilityZones": {"Fn::GetAZs": ""},
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Host"},
                    "Version": {"Fn::GetAtt": ["Host", "LatestVersionNumber"]},
                },
            },
        },
        "Sink": {"Type": "AWS::Oam::Sink", "Properties": {"Name": "whole", "Policy": {}}},
        "Link": {
            "Type": "AWS::Oam::Link",
            "Properties": {
                "LabelTemplate": "$AccountName",
                "ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"],
                "SinkIdentifier": {"Fn::GetAtt": ["Sink", "Arn"]},
            },
        },
    }


def _extra() -> dict[str, Any]:
    return {
        "Slow": _alarm(
            "slow",
            Namespace="Whole",
            MetricName="Duration",
            ExtendedStatistic="p99",
            Period=60,
            Threshold=800,
        )
    }
