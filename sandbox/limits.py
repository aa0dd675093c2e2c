"""What the sandbox does not do although AWS does, as far as it matters to a logging stack."""

from typing import Final

NOT_EMULATED: Final = (
    (
        "EC2: a launch template is stored; an instance from it does not boot, so no user data, no "
        "CloudWatch agent and no logrotate run (sandbox/agent.py stands in for the agent)"
    ),
    "IAM: policies are stored and never enforced; any credentials may do anything",
    (
        "KMS: keys are stored; nothing is encrypted with them, and no key policy is asked: what "
        "each service must be allowed is proven when the templates are made, not here"
    ),
    (
        "Data protection and field indexes: policies are checked, stored and shown; nothing is "
        "masked on arrival, nothing is indexed; log anomaly detectors find no anomalies"
    ),
    "Retention: stored, never applied; a log event stays until the sandbox stops",
    (
        "Logs Insights: this project's own engine answers, before StartQuery has returned; what "
        "it cannot do is refused, and what it only approximates is not what AWS would answer"
    ),
    (
        "Athena: Trino's SQL is translated for DuckDB; of queries, what knows addresses, topk and "
        "parse with several groups and multi fail, and percentiles are exact; no partition "
        "projection, and $path is not the file's"
    ),
    "Subscription filters: delivered to Lambda only; Firehose and Kinesis get nothing",
    "S3: what a bucket's template says of encryption and lifecycle is left out; Object Lock holds",
    (
        "Alarms: of metric math only arithmetic, comparisons, AND, OR, IF and FILL, the rest is "
        "refused; an anomaly detection band and a log alarm stay at INSUFFICIENT_DATA until "
        "SetAlarmState; no actions suppressor; periods count back from now, looked at every 5 s"
    ),
    (
        "Service metrics: AWS/Lambda, and of AWS/Logs IncomingLogEvents and IncomingBytes; of "
        "AWS/SQS only ApproximateNumberOfMessagesVisible, while an alarm watches the queue"
    ),
    "Metrics: no rollup and no ingestion delay; a datum is there at once",
    "Dashboards: stored, not drawn",
    (
        "Lambda: runs with the sandbox's own Python whatever the runtime, without a memory limit; "
        "layers of other accounts attach but are empty; no X-Ray; lines arrive when a call ends"
    ),
    (
        "EventBridge: of AWS's own events only changes of alarms; schedules run within ten seconds "
        "of their minute, in UTC whatever the time zone"
    ),
    "DynamoDB: no point-in-time recovery by template; items expire, encryption is only shown",
    "SNS: e-mail is not sent, and a subscription by e-mail counts as confirmed",
    "Quotas and throttling: PutLogEvents keeps the limits of a batch; nothing else has any",
    (
        "CloudFormation: no drift-aware change sets (--revert-drift); no "
        "AWS::CloudWatch::AnomalyDetector, no AWS::Logs::AccountPolicy or Transformer, no "
        "AWS::Athena::NamedQuery, no AWS::SSM::Association"
    ),
    "Observability Access Manager: sinks and links are resources of a stack; no API, no sharing",
    "Billing: nothing costs anything",
)
