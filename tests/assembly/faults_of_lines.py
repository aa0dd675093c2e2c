"""What somebody may do to log groups, filters, the host, and what is asked of lines."""

from typing import Final

from tests.assembly.drafts import add, drop, put, remove, swap
from tests.assembly.fault import (
    AGENT,
    ALARM,
    ALERTS,
    APP,
    BAND,
    DASHBOARD,
    DELIVERY,
    FILTER,
    HOST,
    HOST_ROLE,
    KEY,
    LOGS,
    OTHER_FILTER,
    PLACE,
    QUERY,
    RATIO,
    STATEMENTS,
    TEMPLATE,
    Fault,
)

FAULTS: Final = (
    # Log groups and filters.
    Fault(
        "a filter is on a log group that does not exist",
        (put(FILTER, "LogGroupName", value="/drawing-agent/application"),),
        (
            (
                f'{FILTER}: no log group "/drawing-agent/application" is in the assembly: it '
                "counts nothing; name one that is"
            ),
        ),
    ),
    Fault(
        "a filter's pattern does not parse",
        (put(FILTER, "FilterPattern", value="{ $.level = ERROR"),),
        (
            (
                f"{FILTER}: its pattern is refused: this {{ is not closed "
                "(line 1, column 1): { $.level = ERROR"
            ),
        ),
    ),
    Fault(
        "a filter's pattern is too long",
        (put(FILTER, "FilterPattern", value="x" * 1025),),
        (
            (
                f"{FILTER}: its pattern is refused: the pattern has 1025 characters; 1024 are "
                "allowed (line 1, column 1025): "
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            ),
        ),
    ),
    Fault(
        "a filter asks for a field that was renamed",
        (put(FILTER, "FilterPattern", value='{ $.severity = "ERROR" }'),),
        (
            (
                f'{FILTER}: it never matches: no field "severity"; there are: timestamp, level, '
                "category, logger, message, user_id, trace_id, extra"
            ),
        ),
    ),
    Fault(
        "a filter has dimensions and a default value",
        (
            put(
                FILTER,
                *("MetricTransformations", 0),
                "Dimensions",
                value=[{"Key": "category", "Value": "$.category"}],
            ),
        ),
        (
            (
                f"{FILTER}: metric ErrorCount has dimensions and a default value, which CloudWatch"
                " refuses; make two filters, the one for alarms without dimensions"
            ),
            (
                f"{ALARM}: it watches a metric that does not exist: no metric filter emits "
                "DrawingAgent/ErrorCount without dimensions, only by category"
            ),
            (
                f"{RATIO}: it watches a metric that does not exist: no metric filter emits "
                "DrawingAgent/ErrorCount without dimensions, only by category"
            ),
            (
                f"{BAND}: it watches a metric that does not exist: no metric filter emits "
                "DrawingAgent/ErrorCount without dimensions, only by category"
            ),
            (
                f'{DASHBOARD}: widget "Lines at ERROR": it shows a metric that does not exist: no '
                "metric filter emits DrawingAgent/ErrorCount without dimensions, only by category"
            ),
        ),
    ),
    Fault(
        "two filters of a log group have one name",
        (put(OTHER_FILTER, "FilterName", value="error-count"),),
        (
            (
                f'{OTHER_FILTER}: "error-count" is the name of {FILTER} on this log group already:'
                " it would replace that; rename one"
            ),
        ),
    ),
    Fault(
        "a metric is emitted by no filter",
        (remove(OTHER_FILTER),),
        (
            (
                f"{RATIO}: it watches a metric that does not exist: no metric filter emits "
                'DrawingAgent/AuthFailureCount; did you mean "DrawingAgent/ErrorCount"?'
            ),
            (
                f'{DASHBOARD}: widget "Sign-ins that were refused": it shows a metric that does '
                "not exist: no metric filter emits DrawingAgent/AuthFailureCount; did you mean "
                '"DrawingAgent/ErrorCount"?'
            ),
            (
                "drawing-agent: metrics.AuthFailureCount: no metric filter that emits "
                "DrawingAgent/AuthFailureCount is in the assembly; make it of the contract"
            ),
        ),
    ),
    Fault(
        "the key's policy is for another log group",
        (
            put(
                KEY,
                *("KeyPolicy", "Statement", "LogGroups", "Condition"),
                value={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": (
                            f"arn:aws:logs:{PLACE}:log-group:/drawing-agent/e*"
                        )
                    }
                },
            ),
        ),
        (
            (
                f"{APP}: CloudWatch Logs cannot encrypt it: the policy of key {KEY} does not allow"
                " logs.us-east-1.amazonaws.com kms:Encrypt and kms:Decrypt and "
                f"kms:GenerateDataKey for arn:aws:logs:{PLACE}:log-group:/drawing-agent/app; add a"
                " statement that does"
            ),
            (
                f"{ALERTS}/Digest/FunctionLogs: CloudWatch Logs cannot encrypt it: the policy of "
                f"key {KEY} does not allow logs.us-east-1.amazonaws.com kms:Encrypt and "
                "kms:Decrypt and kms:GenerateDataKey for "
                f"arn:aws:logs:{PLACE}:log-group:/aws/lambda/drawing-agent-alarm-digest; add a "
                "statement that does"
            ),
        ),
    ),
    Fault(
        "the key's policy is for another region",
        (
            put(
                KEY,
                *("KeyPolicy", "Statement", "LogGroups", "Principal"),
                value={"Service": "logs.eu-west-1.amazonaws.com"},
            ),
        ),
        (
            (
                f"{APP}: CloudWatch Logs cannot encrypt it: the policy of key {KEY} does not allow"
                " logs.us-east-1.amazonaws.com kms:Encrypt and kms:Decrypt and "
                f"kms:GenerateDataKey for arn:aws:logs:{PLACE}:log-group:/drawing-agent/app; add a"
                " statement that does"
            ),
            (
                f"{LOGS}/LogGroups/errors: CloudWatch Logs cannot encrypt it: the policy of key "
                f"{KEY} does not allow logs.us-east-1.amazonaws.com kms:Encrypt and kms:Decrypt "
                "and kms:GenerateDataKey for "
                f"arn:aws:logs:{PLACE}:log-group:/drawing-agent/errors; add a statement that does"
            ),
            (
                f"{ALERTS}/Digest/FunctionLogs: CloudWatch Logs cannot encrypt it: the policy of "
                f"key {KEY} does not allow logs.us-east-1.amazonaws.com kms:Encrypt and "
                "kms:Decrypt and kms:GenerateDataKey for "
                f"arn:aws:logs:{PLACE}:log-group:/aws/lambda/drawing-agent-alarm-digest; add a "
                "statement that does"
            ),
        ),
    ),
    Fault(
        "a log group keeps lines longer",
        (put(APP, "RetentionInDays", value=365),),
        (
            (
                f"{APP}: it keeps a line 365 days; the contract of drawing-agent says 30 days; set"
                " RetentionInDays to that"
            ),
        ),
    ),
    Fault(
        "a log group with filters is of infrequent access",
        (put(APP, "LogGroupClass", value="INFREQUENT_ACCESS"),),
        (
            (
                f"{FILTER}: {APP} is of infrequent access, which has no metric filters; make it "
                "STANDARD"
            ),
            (
                f"{OTHER_FILTER}: {APP} is of infrequent access, which has no metric filters; make"
                " it STANDARD"
            ),
        ),
    ),
    Fault(
        "a log group has two owners",
        (
            add(
                HOST,
                "Again",
                "AWS::Logs::LogGroup",
                LogGroupName="/drawing-agent/app",
                RetentionInDays=30,
            ),
        ),
        (f"{HOST}/Again: {APP} makes log group /drawing-agent/app already; remove one",),
    ),
    # The host.
    Fault(
        "the agent sets the retention, too",
        (
            swap(
                *(AGENT, "Value"),
                old='"log_group_name":"/drawing-agent/app"',
                new='"log_group_name":"/drawing-agent/app","retention_in_days":7',
            ),
        ),
        (
            (
                f"{AGENT}: it sets how long {APP} keeps a line, which that sets itself; remove "
                "retention_in_days"
            ),
        ),
    ),
    Fault(
        "the agent collects into a log group that does not exist",
        (swap(AGENT, "Value", old='"/drawing-agent/errors"', new='"/drawing-agent/error"'),),
        (
            (
                f"{AGENT}: /home/ec2-user/data/logs/error.log goes to log group "
                '"/drawing-agent/error", which is not in the assembly; name one that is'
            ),
        ),
    ),
    Fault(
        "the host's role may not write",
        (drop(HOST_ROLE, *STATEMENTS, 0, "Resource", 1),),
        (
            (
                f"{HOST_ROLE}: the agent cannot write to {LOGS}/LogGroups/errors: the role may not"
                " logs:CreateLogStream and logs:PutLogEvents; allow it on the group's ARN, ending"
                " in :*"
            ),
        ),
    ),
    Fault(
        "the host's role may not read",
        (drop(HOST_ROLE, *STATEMENTS, 1),),
        (
            (
                f"{HOST_ROLE}: the agent cannot read {AGENT}: the role may not ssm:GetParameter; "
                "allow it on the parameter's ARN"
            ),
        ),
    ),
    Fault(
        "no host fetches the configuration",
        (remove(TEMPLATE),),
        (
            (
                f"{AGENT}: no host fetches it: nothing is collected; name it in a launch "
                "template's UserData"
            ),
        ),
    ),
    Fault(
        "an application that delivers its own lines may not",
        (drop(DELIVERY, "PolicyDocument", "Statement", 0),),
        tuple(
            f"chimera-logs/LogGroups/{stream}: chimera cannot write to it: no policy allows "
            "logs:CreateLogStream and logs:PutLogEvents; add one, as DeliveryPolicy does"
            for stream in ("all", "executions")
        ),
    ),
    # Questions.
    Fault(
        "a saved query asks a log group that does not exist",
        (put(QUERY, "LogGroupNames", value=["/drawing-agent/auth"]),),
        (
            (
                f'{QUERY}: no log group "/drawing-agent/auth" is in the assembly: it finds '
                "nothing; name one that is"
            ),
        ),
    ),
    Fault(
        "a saved query asks for a field that was renamed",
        (swap(QUERY, "QueryString", old="level in", new="severity in"),),
        (
            (
                f'{QUERY}: no field "severity"; there are: timestamp, level, category, logger, '
                "message, user_id, trace_id, extra; an event's own data is below extra, as "
                "extra.severity, says its contract"
            ),
        ),
    ),
    Fault(
        "a widget shows a metric that no filter emits",
        (
            swap(
                DASHBOARD,
                "DashboardBody",
                old='["DrawingAgent","AuthFailureCount"]',
                new='["DrawingAgent","AuthFailures"]',
            ),
        ),
        (
            (
                f'{DASHBOARD}: widget "Sign-ins that were refused": it shows a metric that does '
                "not exist: no metric filter emits DrawingAgent/AuthFailures; did you mean "
                '"DrawingAgent/AuthFailureCount"?'
            ),
        ),
    ),
    Fault(
        "a widget shows an alarm that does not exist",
        (
            swap(
                DASHBOARD,
                "DashboardBody",
                old="alarm:drawing-agent-high-error-rate",
                new="alarm:drawing-agent-rate",
            ),
        ),
        (
            (
                f'{DASHBOARD}: widget "Alarms of drawing-agent": it shows an alarm that does not '
                'exist: "drawing-agent-rate"'
            ),
        ),
    ),
    Fault(
        "a widget asks a log group that does not exist",
        (
            swap(
                DASHBOARD,
                "DashboardBody",
                old="SOURCE '/drawing-agent/app' | filter category",
                new="SOURCE '/drawing-agent/auth' | filter category",
            ),
        ),
        (
            (
                f'{DASHBOARD}: widget "Agent tool usage": it asks a log group that is not in the '
                'assembly: "/drawing-agent/auth"'
            ),
            (
                f'{DASHBOARD}: widget "Authentication failures": it asks a log group that is not '
                'in the assembly: "/drawing-agent/auth"'
            ),
            (
                f'{DASHBOARD}: widget "Latest lines of a category": it asks a log group that is '
                'not in the assembly: "/drawing-agent/auth"'
            ),
        ),
    ),
    Fault(
        "a dashboard's body is no JSON",
        (put(DASHBOARD, "DashboardBody", value='{"widgets": ['),),
        (f"{DASHBOARD}: its body is no JSON object",),
    ),
    Fault(
        "a saved query is missing",
        (remove(QUERY),),
        (
            (
                "drawing-agent: queries.auth-failures: no saved query "
                '"drawing-agent/Authentication failures" is in the assembly; make it of the '
                "contract"
            ),
        ),
    ),
)
