"""What somebody may do to alarms, and to what names them."""

from typing import Final

from tests.assembly.drafts import add, drop, put, swap
from tests.assembly.fault import (
    ALARM,
    ALERTS,
    APP,
    BAND,
    INCIDENT,
    LATE,
    MUTE,
    RATIO,
    SILENT,
    STATEMENTS,
    Fault,
)

FAULTS: Final = (
    Fault(
        "an alarm's actions are off",
        (put(ALARM, "ActionsEnabled", value=False),),
        (
            (
                f"{ALARM}: its actions are switched off: it rings and tells nobody; remove "
                "ActionsEnabled: false"
            ),
        ),
    ),
    Fault(
        "an alarm has no action",
        (drop(ALARM, "AlarmActions"),),
        (
            (
                f"{ALARM}: it has no action and is part of no composite alarm: it rings and tells "
                "nobody; give it a topic"
            ),
        ),
    ),
    Fault(
        "an alarm's action is a queue",
        (put(ALARM, "AlarmActions", value=[{"Fn::GetAtt": ["DigestQueueB8FE76C5", "Arn"]}]),),
        (
            (
                f"{ALARM}: its action is of sqs, which an alarm cannot do anything to; give it the"
                " ARN of a topic"
            ),
        ),
    ),
    Fault(
        "an alarm's action does not exist",
        (put(ALARM, "AlarmActions", value=[{"Ref": "DigestTopic"}]),),
        (
            (
                f'{ALARM}: its action "<{ALERTS}.DigestTopic>" is no ARN of anything in the '
                "assembly; give it the ARN of a topic"
            ),
        ),
    ),
    Fault(
        "an alarm watches another name",
        (put(ALARM, "MetricName", value="ErrorsCount"),),
        (
            (
                f"{ALARM}: it watches a metric that does not exist: no metric filter emits "
                'DrawingAgent/ErrorsCount; did you mean "DrawingAgent/ErrorCount"?'
            ),
        ),
    ),
    Fault(
        "an alarm watches another namespace",
        (put(ALARM, "Namespace", value="Drawing"),),
        (
            (
                f"{ALARM}: it watches a metric that does not exist: no metric filter emits "
                'Drawing/ErrorCount; did you mean "DrawingAgent/ErrorCount"?'
            ),
        ),
    ),
    Fault(
        "an alarm watches a dimension that no filter emits",
        (put(ALARM, "Dimensions", value=[{"Name": "category", "Value": "auth"}]),),
        (
            (
                f"{ALARM}: it watches a metric that does not exist: no metric filter emits "
                "DrawingAgent/ErrorCount by category, only without dimensions"
            ),
        ),
    ),
    Fault(
        "an alarm's period is odd",
        (put(ALARM, "Period", value=90),),
        (f"{ALARM}: its period of 90 s is refused; allowed: 10, 20, 30 or whole minutes",),
    ),
    Fault(
        "an alarm's period is shorter than its data",
        (put(ALARM, "Period", value=10),),
        (f"{ALARM}: its period of 10 s has no data: metric filters emit one point a minute",),
    ),
    Fault(
        "an alarm looks back too far",
        (put(ALARM, "EvaluationPeriods", value=289),),
        (f"{ALARM}: it looks at 289 periods of 300 s; a day is the most",),
    ),
    Fault(
        "an alarm wants more points than it has",
        (put(ALARM, "DatapointsToAlarm", value=2),),
        (f"{ALARM}: it wants 2 breaching points of 1; lower DatapointsToAlarm",),
    ),
    Fault(
        "metric math names what is not there",
        (put(RATIO, "Metrics", 0, "Expression", value="100 * part / all"),),
        (f'{RATIO}: its metric math names "all"; there are: share, part, total',),
    ),
    Fault(
        "metric math returns two series",
        (drop(RATIO, "Metrics", 1, "ReturnData"),),
        (
            (
                f"{RATIO}: its metric math returns 2 series; an alarm watches one: set ReturnData:"
                " false on the others"
            ),
        ),
    ),
    Fault(
        "a band is not there",
        (put(BAND, "ThresholdMetricId", value="expected"),),
        (
            (
                f'{BAND}: ThresholdMetricId "expected" is no ANOMALY_DETECTION_BAND(...) of its '
                "Metrics"
            ),
        ),
    ),
    Fault(
        "a silence is of a log group that does not exist",
        (put(SILENT, "Dimensions", 0, "Value", value="/drawing-agent/application"),),
        (
            (
                f"{SILENT}: it watches a metric that does not exist: no log group "
                '"/drawing-agent/application" is in the assembly'
            ),
        ),
    ),
    Fault(
        "a silence is taken for all being well",
        (put(SILENT, "TreatMissingData", value="notBreaching"),),
        (
            (
                f"{SILENT}: it never rings: nothing arriving is missing data, which it takes as "
                "notBreaching; set TreatMissingData: breaching"
            ),
        ),
    ),
    Fault(
        "a composite names an alarm that does not exist",
        (swap(INCIDENT, "AlarmRule", old="drawing-agent-ratio", new="drawing-agent-share"),),
        (
            (
                f"{RATIO}: it has no action and is part of no composite alarm: it rings and tells "
                "nobody; give it a topic"
            ),
            (
                f'{INCIDENT}: no alarm "drawing-agent-share" is in the assembly, which its rule '
                "names; name one that is, or make it"
            ),
        ),
    ),
    Fault(
        "composites wait for each other",
        (
            swap(INCIDENT, "AlarmRule", old="drawing-agent-ratio", new="drawing-agent-outage"),
            put(RATIO, "AlarmActions", value=[{"Ref": "DigestAlarmsTopicAC999D64"}]),
            add(
                ALERTS,
                "Outage",
                "AWS::CloudWatch::CompositeAlarm",
                AlarmName="drawing-agent-outage",
                AlarmRule="ALARM(drawing-agent-incident)",
                AlarmActions=[{"Ref": "DigestAlarmsTopicAC999D64"}],
            ),
        ),
        (
            (
                f"{INCIDENT}: it waits for itself: {INCIDENT} → {ALERTS}/Outage → {INCIDENT}; "
                "CloudWatch evaluates no alarm of a circle"
            ),
            (
                f"{ALERTS}/Outage: it waits for itself: {ALERTS}/Outage → {INCIDENT} → "
                f"{ALERTS}/Outage; CloudWatch evaluates no alarm of a circle"
            ),
        ),
    ),
    Fault(
        "a mute names an alarm that does not exist",
        (put(MUTE, "MuteTargets", "AlarmNames", 0, value="drawing-agent-error-rate"),),
        (
            (
                f'{MUTE}: no alarm "drawing-agent-error-rate" is in the assembly: it mutes '
                "nothing; name an alarm that is"
            ),
        ),
    ),
    Fault(
        "a log alarm asks a log group that does not exist",
        (
            put(
                *(LATE, "ScheduledQueryConfiguration", "LogGroupIdentifiers"),
                value=["/drawing-agent/application"],
            ),
        ),
        (
            (
                f'{LATE}: no log group "/drawing-agent/application" is in the assembly: it asks '
                "nothing; name one that is"
            ),
        ),
    ),
    Fault(
        "a log alarm's role may not ask",
        (
            put(
                f"{ALERTS}/Alarms/QueryRole",
                *STATEMENTS,
                0,
                "Action",
                value="logs:GetQueryResults",
            ),
        ),
        (
            (
                f"{LATE}: it cannot ask {APP}: {ALERTS}/Alarms/QueryRole may not logs:StartQuery "
                "there; allow it on the group's ARN"
            ),
            (
                f"{ALERTS}/Alarms/lines: it cannot ask {APP}: {ALERTS}/Alarms/QueryRole may not "
                "logs:StartQuery there; allow it on the group's ARN"
            ),
        ),
    ),
)
