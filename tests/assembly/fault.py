"""A seeded fault, and the constructs that faults are done to."""

from dataclasses import dataclass

from tests.assembly.drafts import Change

LOGS, ALERTS = "drawing-agent-logs", "drawing-agent-alerts"
HOST, INSIGHTS = "drawing-agent-host", "drawing-agent-insights"
KEY = f"{LOGS}/Key/Key"
APP = f"{LOGS}/LogGroups/app"
FILTER = f"{ALERTS}/Metrics/ErrorCount"
OTHER_FILTER = f"{ALERTS}/Metrics/AuthFailureCount"
ALARM = f"{ALERTS}/Alarms/high-error-rate"
RATIO = f"{ALERTS}/Alarms/ratio"
BAND = f"{ALERTS}/Alarms/unusual"
SILENT = f"{ALERTS}/Alarms/silent"
LATE = f"{ALERTS}/Alarms/late"
INCIDENT = f"{ALERTS}/Alarms/incident"
MUTE = f"{ALERTS}/Alarms/mute-night"
TOPIC = f"{ALERTS}/Digest/Alarms/Topic"
TOPIC_POLICY = f"{ALERTS}/Digest/Alarms/TopicPolicy"
SUBSCRIPTION = f"{ALERTS}/Digest/Subscription"
QUEUE = f"{ALERTS}/Digest/Queue"
QUEUE_POLICY = f"{ALERTS}/Digest/QueuePolicy"
DEAD = f"{ALERTS}/Digest/DeadLetters"
READER = f"{ALERTS}/Digest/QueueReader"
FUNCTION = f"{ALERTS}/Digest/Function/Function"
FUNCTION_ROLE = f"{ALERTS}/Digest/Function/Role"
SECRET = f"{ALERTS}/Digest/Destinations/oncall"
MAIL = f"{ALERTS}/Digest/Destinations/mail"
TABLE = f"{ALERTS}/Digest/State"
SWEEP = f"{ALERTS}/Digest/Schedules/Sweep"
DAILY = f"{ALERTS}/Digest/Schedules/Daily"
SCHEDULES_ROLE = f"{ALERTS}/Digest/Schedules/Role"
FAILED_RUNS = f"{ALERTS}/Digest/Schedules/FailedRuns"
MISSED = f"{ALERTS}/Digest/MissedRuns"
EVENTS = f"{ALERTS}/Digest/AlarmEvents/Rule"
WATCH = f"{ALERTS}/DigestWatch/Undelivered"
WATCH_MISSED = f"{ALERTS}/DigestWatch/MissedRuns"
AGENT = f"{HOST}/Host/AgentConfig"
DELIVERY = "chimera-host/Delivery/Policy"
ARCHIVE = "chimera-archive/Archive"
ARCHIVE_BUCKET = f"{ARCHIVE}/Lines/Bucket"
ARCHIVE_POLICY = f"{ARCHIVE}/Lines/Policy"
ARCHIVE_DELIVERY = f"{ARCHIVE}/Streams/executions/Delivery"
ARCHIVE_SUBSCRIPTION = f"{ARCHIVE}/Subscriptions/executions"
ARCHIVE_TABLE = f"{ARCHIVE}/Query/Tables/executions"
FIREHOSE_ROLE = f"{ARCHIVE}/FirehoseRole"
LOGS_ROLE = f"{ARCHIVE}/LogsRole"
CHIMERA_KEY = "chimera-logs/Key/Key"
HOST_ROLE = f"{HOST}/Host/Role"
TEMPLATE = f"{HOST}/Host/LaunchTemplate"
QUERY = f"{INSIGHTS}/Queries/auth-failures"
DASHBOARD = f"{INSIGHTS}/Dashboard/Dashboard"

PLACE = "us-east-1:123456789012"
STATEMENTS = ("Policies", 0, "PolicyDocument", "Statement")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        name: What somebody did.
        changes: How, in the templates.
        told: Every line that the proof says of it.
    """

    name: str
    changes: tuple[Change, ...]
    told: tuple[str, ...]

    def __str__(self) -> str:
        return self.name
