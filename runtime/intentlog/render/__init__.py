"""From a contract to text: what each side of the logging is configured with. Pure functions."""

from .agent import agent_config
from .dashboard import dashboard_body
from .filters import metric_pattern, metric_value, where_pattern
from .iam import agent_policy, allow, assumed_by, over_tls_only, policy, process_policy
from .image import image_id
from .logrotate import logrotate_config
from .query import query_name, query_text
from .user_data import user_data

__all__ = [
    "agent_config",
    "agent_policy",
    "allow",
    "assumed_by",
    "dashboard_body",
    "image_id",
    "logrotate_config",
    "metric_pattern",
    "metric_value",
    "over_tls_only",
    "policy",
    "process_policy",
    "query_name",
    "query_text",
    "user_data",
    "where_pattern",
]
