"""From a contract to text: what each side of the logging is configured with. Pure functions."""

from intentlog.contract import archive_table

from .agent import agent_config
from .alarm import (
    LogQuery,
    alarm_description,
    incident_rule,
    log_query,
    share_expression,
)
from .archive import (
    ARCHIVE_COLUMN,
    ARCHIVE_PARTITION,
    ARCHIVE_PARTITION_FORMAT,
    archive_prefix,
    firehose_error_prefix,
    firehose_prefix,
    partition_projection,
)
from .console import dashboard_url, insights_url
from .dashboard import dashboard_body
from .digest import log_source
from .filters import metric_pattern, metric_value, where_pattern
from .host_parameters import host_parameters, rotation_parameter
from .iam import agent_policy, allow, assumed_by, over_tls_only, policy, process_policy
from .image import image_id
from .key_policy import key_policy
from .logrotate import logrotate_config
from .masking import data_protection_policy
from .names import (
    agent_parameter,
    archive_database,
    archive_log_group,
    archive_workgroup,
    dashboard_name,
    digest_log_group,
    key_alias,
)
from .query import query_name, query_text
from .refresh import refresh_script
from .sharing import shared_log_groups, shared_namespaces, sink_policy
from .user_data import user_data

__all__ = [
    "ARCHIVE_COLUMN",
    "ARCHIVE_PARTITION",
    "ARCHIVE_PARTITION_FORMAT",
    "LogQuery",
    "agent_config",
    "agent_parameter",
    "agent_policy",
    "alarm_description",
    "allow",
    "archive_database",
    "archive_log_group",
    "archive_prefix",
    "archive_table",
    "archive_workgroup",
    "assumed_by",
    "dashboard_body",
    "dashboard_name",
    "dashboard_url",
    "data_protection_policy",
    "digest_log_group",
    "firehose_error_prefix",
    "firehose_prefix",
    "host_parameters",
    "image_id",
    "incident_rule",
    "insights_url",
    "key_alias",
    "key_policy",
    "log_query",
    "log_source",
    "logrotate_config",
    "metric_pattern",
    "metric_value",
    "over_tls_only",
    "partition_projection",
    "policy",
    "process_policy",
    "query_name",
    "query_text",
    "refresh_script",
    "rotation_parameter",
    "share_expression",
    "shared_log_groups",
    "shared_namespaces",
    "sink_policy",
    "user_data",
    "where_pattern",
]
