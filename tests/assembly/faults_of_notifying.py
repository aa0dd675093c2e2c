"""What somebody may do to the way from an alarm to a posted message."""

from typing import Final

from tests.assembly.drafts import drop, put, remove
from tests.assembly.fault import (
    ALARM,
    ALERTS,
    DEAD,
    EVENTS,
    FUNCTION,
    FUNCTION_ROLE,
    KEY,
    PLACE,
    QUEUE,
    QUEUE_POLICY,
    READER,
    STATEMENTS,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
    WATCH,
    Fault,
)

FAULTS: Final = (
    # From CloudWatch to the topic.
    Fault(
        "the key's policy keeps CloudWatch from an encrypted topic",
        (drop(KEY, "KeyPolicy", "Statement", "AlarmsToTopics"),),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: the policy of key "
                f"{KEY} does not allow cloudwatch.amazonaws.com kms:GenerateDataKey and "
                "kms:Decrypt; add a statement that does"
            ),
            (
                f"{ALERTS}/DigestWatch/Alarms/Topic: CloudWatch cannot publish {WATCH} and 1 more "
                f"to it: the policy of key {KEY} does not allow cloudwatch.amazonaws.com "
                "kms:GenerateDataKey and kms:Decrypt; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the key's policy lets CloudWatch decrypt only",
        (put(KEY, "KeyPolicy", "Statement", "AlarmsToTopics", "Action", value="kms:Decrypt"),),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: the policy of key "
                f"{KEY} does not allow cloudwatch.amazonaws.com kms:GenerateDataKey; add a "
                "statement that does"
            ),
            (
                f"{ALERTS}/DigestWatch/Alarms/Topic: CloudWatch cannot publish {WATCH} and 1 more "
                f"to it: the policy of key {KEY} does not allow cloudwatch.amazonaws.com "
                "kms:GenerateDataKey; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the topic is encrypted with the key of AWS",
        (put(TOPIC, "KmsMasterKeyId", value="alias/aws/sns"),),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish to it: it is encrypted with alias/aws/sns, "
                "whose policy nobody can change; use a key of your own that lets "
                "cloudwatch.amazonaws.com in"
            ),
        ),
    ),
    Fault(
        "the topic's policy lets another service in",
        (
            put(
                TOPIC_POLICY,
                *("PolicyDocument", "Statement", "AlarmsOfThisAccount", "Principal"),
                value={"Service": "events.amazonaws.com"},
            ),
        ),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: its policy does not"
                " allow cloudwatch.amazonaws.com sns:Publish; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the topic's policy lets alarms of another account in",
        (
            put(
                TOPIC_POLICY,
                *("PolicyDocument", "Statement", "AlarmsOfThisAccount", "Condition"),
                value={"StringEquals": {"aws:SourceAccount": "999999999999"}},
            ),
        ),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: its policy does not"
                " allow cloudwatch.amazonaws.com sns:Publish; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the topic's policy lets only alarms of another name in",
        (
            put(
                TOPIC_POLICY,
                *("PolicyDocument", "Statement", "AlarmsOfThisAccount", "Condition"),
                value={"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{PLACE}:alarm:shop-*"}},
            ),
        ),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: its policy does not"
                " allow cloudwatch.amazonaws.com sns:Publish; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the topic's policy denies everybody",
        (drop(TOPIC_POLICY, "PolicyDocument", "Statement", "OverTlsOnly", "Condition"),),
        (
            (
                f"{TOPIC}: CloudWatch cannot publish {ALARM} and 4 more to it: its policy does not"
                " allow cloudwatch.amazonaws.com sns:Publish; add a statement that does"
            ),
        ),
    ),
    # From the topic to the queue.
    Fault(
        "nobody is subscribed",
        (remove(SUBSCRIPTION),),
        (
            (
                f"{TOPIC}: nobody is subscribed to it: what alarms publish is told to nobody; add "
                "an AWS::SNS::Subscription"
            ),
        ),
    ),
    Fault(
        "a filter policy wants a message attribute",
        (put(SUBSCRIPTION, "FilterPolicy", value={"severity": ["high"]}),),
        (
            (
                f"{SUBSCRIPTION}: its filter policy drops alarms: it wants the message attribute "
                '"severity", and CloudWatch sends none; remove FilterPolicy'
            ),
        ),
    ),
    Fault(
        "a filter policy on the body wants what is over",
        (
            put(SUBSCRIPTION, "FilterPolicyScope", value="MessageBody"),
            put(SUBSCRIPTION, "FilterPolicy", value={"NewStateValue": ["OK"]}),
        ),
        (
            (
                f"{SUBSCRIPTION}: its filter policy drops alarms: it does not want NewStateValue "
                "ALARM; remove FilterPolicy"
            ),
        ),
    ),
    Fault(
        "the subscription's endpoint is the queue's URL",
        (put(SUBSCRIPTION, "Endpoint", value={"Ref": "DigestQueueB8FE76C5"}),),
        (
            (
                f"{SUBSCRIPTION}: its endpoint "
                f'"https://sqs.us-east-1.amazonaws.com/123456789012/<{ALERTS}.DigestQueueB8FE76C5>"'
                " is no ARN of a queue; give it that, not a URL or a name"
            ),
        ),
    ),
    Fault(
        "the queue's policy names another topic",
        (
            put(
                QUEUE_POLICY,
                *("PolicyDocument", "Statement", "NotificationsOfTheTopic", "Condition"),
                value={"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:{PLACE}:another"}},
            ),
        ),
        (
            (
                f"{QUEUE}: SNS cannot deliver to it: its policy does not allow sns.amazonaws.com "
                f"sqs:SendMessage from topic {TOPIC}; add a statement that does, with that topic "
                "as aws:SourceArn"
            ),
        ),
    ),
    Fault(
        "the queue has no policy",
        (remove(QUEUE_POLICY),),
        (
            (
                f"{QUEUE}: SNS cannot deliver to it: its policy does not allow sns.amazonaws.com "
                f"sqs:SendMessage from topic {TOPIC}; add a statement that does, with that topic "
                "as aws:SourceArn"
            ),
            (
                f"{QUEUE}: EventBridge cannot deliver to it: its policy does not allow "
                f"events.amazonaws.com sqs:SendMessage from rule {EVENTS}; add a statement that "
                "does, with that rule as aws:SourceArn"
            ),
        ),
    ),
    Fault(
        "the key's policy keeps SNS from an encrypted queue",
        (drop(KEY, "KeyPolicy", "Statement", "TopicsToQueues"),),
        (
            (
                f"{QUEUE}: SNS cannot deliver to it: the policy of key {KEY} does not allow "
                "sns.amazonaws.com kms:GenerateDataKey and kms:Decrypt; add a statement that does"
            ),
        ),
    ),
    Fault(
        "the queue is encrypted with the key of AWS",
        (put(QUEUE, "KmsMasterKeyId", value="alias/aws/sqs"),),
        (
            (
                f"{QUEUE}: SNS cannot deliver to it: it is encrypted with alias/aws/sqs, whose "
                "policy nobody can change; use a key of your own that lets sns.amazonaws.com in, "
                "or SSE-SQS"
            ),
            (
                f"{QUEUE}: EventBridge cannot deliver to it: it is encrypted with alias/aws/sqs, "
                "whose policy nobody can change; use a key of your own that lets "
                "events.amazonaws.com in, or SSE-SQS"
            ),
        ),
    ),
    Fault(
        "a function is subscribed and nothing lets SNS invoke it",
        (
            put(SUBSCRIPTION, "Protocol", value="lambda"),
            put(SUBSCRIPTION, "Endpoint", value={"Fn::GetAtt": ["DigestFunction9096440D", "Arn"]}),
        ),
        (
            (
                f"{FUNCTION}: SNS cannot invoke it: no AWS::Lambda::Permission lets topic {TOPIC};"
                " add one"
            ),
        ),
    ),
    # From the queue to the function.
    Fault(
        "the mapping is disabled",
        (put(READER, "Enabled", value=False),),
        (f"{QUEUE}: no function reads it: {READER} is disabled; remove Enabled: false",),
    ),
    Fault(
        "the mapping is of another queue",
        (put(READER, "EventSourceArn", value=f"arn:aws:sqs:{PLACE}:another"),),
        ((f"{QUEUE}: no function reads it; add an AWS::Lambda::EventSourceMapping with its ARN"),),
    ),
    Fault(
        "the mapping has large batches and no window",
        (put(READER, "MaximumBatchingWindowInSeconds", value=0),),
        (
            (
                f"{READER}: Lambda refuses batches of 1000 without a window; set "
                "MaximumBatchingWindowInSeconds, or a BatchSize of 10 at most"
            ),
        ),
    ),
    Fault(
        "a message comes back too early",
        (put(QUEUE, "VisibilityTimeout", value=20),),
        (
            (
                f"{QUEUE}: messages come back after 20 s, while {FUNCTION} may still work on them "
                "(60 s); set VisibilityTimeout to six times that"
            ),
        ),
    ),
    Fault(
        "the role cannot receive",
        (put(FUNCTION_ROLE, *STATEMENTS, 0, "Action", value=[]),),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot read {QUEUE}: its role may not "
                "sqs:ReceiveMessage and sqs:DeleteMessage and sqs:GetQueueAttributes; allow it on"
                " the queue's ARN"
            ),
        ),
    ),
    Fault(
        "the role cannot write its log",
        (drop(FUNCTION_ROLE, *STATEMENTS, 8),),
        (
            (
                f"{FUNCTION_ROLE}: what {FUNCTION} logs is lost: its role may not "
                f"logs:CreateLogStream and logs:PutLogEvents on {ALERTS}/Digest/FunctionLogs; "
                "allow it on the group"
            ),
        ),
    ),
    Fault(
        "the role trusts another service",
        (
            put(
                FUNCTION_ROLE,
                *("AssumeRolePolicyDocument", "Statement", 0, "Principal"),
                value={"Service": "ec2.amazonaws.com"},
            ),
        ),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot run: its role does not trust "
                "lambda.amazonaws.com; let it sts:AssumeRole"
            ),
        ),
    ),
    Fault(
        "the function is stopped",
        (put(FUNCTION, "ReservedConcurrentExecutions", value=0),),
        (
            (
                f"{FUNCTION}: it never runs: ReservedConcurrentExecutions is 0; remove it, or "
                "raise it"
            ),
        ),
    ),
    # What cannot be posted.
    Fault(
        "there is no dead-letter queue",
        (drop(QUEUE, "RedrivePolicy"),),
        (
            (
                f"{QUEUE}: a notification that cannot be posted is tried until it is too old, then"
                " lost; give it a RedrivePolicy with a dead-letter queue"
            ),
        ),
    ),
    Fault(
        "the dead-letter queue does not exist",
        (
            put(
                *(QUEUE, "RedrivePolicy", "deadLetterTargetArn"),
                value=f"arn:aws:sqs:{PLACE}:another",
            ),
        ),
        (
            (
                f'{QUEUE}: its dead-letter queue "arn:aws:sqs:{PLACE}:another" is not in the '
                "assembly; give it one that is"
            ),
        ),
    ),
    Fault(
        "the dead-letter queue forgets first",
        (put(DEAD, "MessageRetentionPeriod", value=3600),),
        (
            (
                f"{DEAD}: it keeps a message 3600 s, counted from when it came to {QUEUE}, which "
                "keeps it 345600 s; give it more"
            ),
        ),
    ),
    Fault(
        "the dead-letter queue takes nothing",
        (put(DEAD, "RedriveAllowPolicy", value={"redrivePermission": "denyAll"}),),
        (
            (
                f"{DEAD}: its RedriveAllowPolicy does not let {QUEUE} move messages there; add "
                "that queue's ARN"
            ),
        ),
    ),
    Fault(
        "no alarm watches the dead-letter queue",
        (remove(WATCH),),
        (
            (
                f"{DEAD}: no alarm watches it: notifications that cannot be posted are noticed by "
                "nobody; alarm on its ApproximateNumberOfMessagesVisible"
            ),
        ),
    ),
    Fault(
        "the dead-letter alarm goes the way that failed",
        (put(WATCH, "AlarmActions", value=[{"Ref": "DigestAlarmsTopicAC999D64"}]),),
        (
            (
                f"{WATCH}: it tells of {DEAD} by way of {QUEUE}, which has just failed; give it a "
                "topic that is not delivered to that queue"
            ),
        ),
    ),
)
