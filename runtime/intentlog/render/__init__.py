"""From a contract to text: what each side of the logging is configured with. Pure functions."""

from .agent import agent_config
from .alarm import (
    LogQuery,
    alarm_description,
    incident_rule,
    log_query,
    share_expression,
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
from .names import agent_parameter, dashboard_name, digest_log_group, key_alias
from .query import query_name, query_text
from .refresh import refresh_script
from .sharing import shared_log_groups, shared_namespaces, sink_policy
from .user_data import user_data

__all__ = [
    "LogQuery",
    "agent_config",
    "agent_parameter",
    "agent_policy",
    "alarm_description",
    "allow",
    "assumed_by",
    "dashboard_body",
    "dashboard_name",
    "dashboard_url",
    "data_protection_policy",
    "digest_log_group",
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
