"""What somebody may do to what a digest is made with: destinations, memory, the clock, a rule."""

from typing import Final

from tests.assembly.drafts import drop, put, remove
from tests.assembly.fault import (
    DAILY,
    DEAD,
    EVENTS,
    FAILED_RUNS,
    FUNCTION,
    FUNCTION_ROLE,
    KEY,
    MAIL,
    MISSED,
    PLACE,
    QUEUE,
    QUEUE_POLICY,
    SCHEDULES_ROLE,
    SECRET,
    STATEMENTS,
    SWEEP,
    TABLE,
    WATCH_MISSED,
    Fault,
)

FAULTS: Final = (
    # To the destinations.
    Fault(
        "the role cannot read the secret of a destination",
        (
            put(
                FUNCTION_ROLE,
                *(*STATEMENTS, 3, "Resource"),
                value=f"arn:aws:secretsmanager:{PLACE}:secret:a",
            ),
        ),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot read {SECRET}: its role may not "
                "secretsmanager:GetSecretValue; allow it on the secret's ARN"
            ),
        ),
    ),
    Fault(
        "the role cannot publish to the topic of an e-mail destination",
        (drop(FUNCTION_ROLE, *STATEMENTS, 4),),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot publish to {MAIL}: its role may not "
                "sns:Publish; allow it on the topic's ARN"
            ),
        ),
    ),
    Fault(
        "nobody is subscribed to the topic of an e-mail destination",
        (remove(f"{MAIL}-1"),),
        (
            (
                f"{MAIL}: nobody is subscribed to it: what {FUNCTION} publishes is told to nobody; "
                "add an AWS::SNS::Subscription"
            ),
        ),
    ),
    Fault(
        "the role may decrypt and make no data keys",
        (put(FUNCTION_ROLE, *STATEMENTS, 7, "Action", value="kms:Decrypt"),),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot publish to {MAIL}: its role may not "
                f"kms:GenerateDataKey with key {KEY}, which encrypts it; allow it on the key's ARN"
            ),
            (
                f"{FUNCTION_ROLE}: what {FAILED_RUNS} misses is lost: its role may not "
                f"kms:GenerateDataKey with key {KEY}, which encrypts {MISSED}; allow it on the "
                "key's ARN"
            ),
        ),
    ),
    Fault(
        "the role may not use the key",
        (drop(FUNCTION_ROLE, *STATEMENTS, 7),),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot read {QUEUE}: its role may not kms:Decrypt "
                f"with key {KEY}, which encrypts it; allow it on the key's ARN"
            ),
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot read {SECRET}: its role may not kms:Decrypt "
                f"with key {KEY}, which encrypts it; allow it on the key's ARN"
            ),
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot publish to {MAIL}: its role may not "
                f"kms:GenerateDataKey and kms:Decrypt with key {KEY}, which encrypts it; allow it "
                "on the key's ARN"
            ),
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot remember in {TABLE}: its role may not "
                f"kms:Decrypt with key {KEY}, which encrypts it; allow it on the key's ARN"
            ),
            (
                f"{FUNCTION_ROLE}: what {FAILED_RUNS} misses is lost: its role may not "
                f"kms:GenerateDataKey and kms:Decrypt with key {KEY}, which encrypts {MISSED}; "
                "allow it on the key's ARN"
            ),
        ),
    ),
    # What it remembers.
    Fault(
        "the role cannot write to the table",
        (put(FUNCTION_ROLE, *STATEMENTS, 2, "Action", value=["dynamodb:GetItem"]),),
        (
            (
                f"{FUNCTION_ROLE}: {FUNCTION} cannot remember in {TABLE}: its role may not "
                "dynamodb:PutItem; allow it on the table's ARN"
            ),
        ),
    ),
    # The clock.
    Fault(
        "no schedule runs the function",
        (remove(SWEEP), remove(DAILY)),
        (
            (
                f"{FUNCTION}: no schedule runs it: what waits in {TABLE} is told to nobody; add an "
                "AWS::Scheduler::Schedule"
            ),
        ),
    ),
    Fault(
        "a schedule is disabled",
        (put(SWEEP, "State", value="DISABLED"),),
        (f"{SWEEP}: it is disabled, and {FUNCTION} is not run by it; remove State: DISABLED",),
    ),
    Fault(
        "the schedules' role may run another function",
        (
            put(
                SCHEDULES_ROLE,
                *(*STATEMENTS, 0, "Resource"),
                value=f"arn:aws:lambda:{PLACE}:function:another",
            ),
        ),
        tuple(
            f"{SCHEDULES_ROLE}: {schedule} cannot run {FUNCTION}: its role may not "
            "lambda:InvokeFunction; allow it on the function's ARN"
            for schedule in (SWEEP, DAILY)
        ),
    ),
    Fault(
        "the schedules' role trusts another service",
        (
            put(
                SCHEDULES_ROLE,
                *("AssumeRolePolicyDocument", "Statement", 0, "Principal"),
                value={"Service": "events.amazonaws.com"},
            ),
        ),
        tuple(
            f"{SCHEDULES_ROLE}: {schedule} cannot run {FUNCTION}: its role does not trust "
            "scheduler.amazonaws.com; let it sts:AssumeRole"
            for schedule in (SWEEP, DAILY)
        ),
    ),
    Fault(
        "the schedules' role cannot keep a missed run",
        (drop(SCHEDULES_ROLE, *STATEMENTS, 1),),
        tuple(
            f"{SCHEDULES_ROLE}: what {schedule} misses is lost: its role may not sqs:SendMessage "
            f"to {MISSED}; allow it on the queue's ARN"
            for schedule in (SWEEP, DAILY)
        ),
    ),
    Fault(
        "the function's role cannot keep a run that failed",
        (drop(FUNCTION_ROLE, *STATEMENTS, 1),),
        (
            (
                f"{FUNCTION_ROLE}: what {FAILED_RUNS} misses is lost: its role may not "
                f"sqs:SendMessage to {MISSED}; allow it on the queue's ARN"
            ),
        ),
    ),
    Fault(
        "no alarm watches the missed runs",
        (remove(WATCH_MISSED),),
        (
            (
                f"{MISSED}: no alarm watches it: runs that fail are noticed by nobody; alarm on "
                "its ApproximateNumberOfMessagesVisible"
            ),
        ),
    ),
    # Other alarms.
    Fault(
        "the rule is disabled",
        (put(EVENTS, "State", value="DISABLED"),),
        (f"{EVENTS}: it is disabled, and {QUEUE} gets nothing of it; remove State: DISABLED",),
    ),
    Fault(
        "the queue's policy lets no rule in",
        (drop(QUEUE_POLICY, "PolicyDocument", "Statement", "EventsOfTheRule"),),
        (
            (
                f"{QUEUE}: EventBridge cannot deliver to it: its policy does not allow "
                f"events.amazonaws.com sqs:SendMessage from rule {EVENTS}; add a statement that "
                "does, with that rule as aws:SourceArn"
            ),
        ),
    ),
    Fault(
        "the key's policy keeps EventBridge from encrypted queues",
        (drop(KEY, "KeyPolicy", "Statement", "RulesToQueues"),),
        tuple(
            f"{queue}: EventBridge cannot deliver to it: the policy of key {KEY} does not allow "
            "events.amazonaws.com kms:GenerateDataKey and kms:Decrypt; add a statement that does"
            for queue in (QUEUE, DEAD)
        ),
    ),
)
