"""From a contract to text: what each side of the logging is configured with. Pure functions."""

from .agent import agent_config
from .dashboard import dashboard_body
from .filters import metric_pattern, metric_value, where_pattern
from .iam import agent_statement, process_statement
from .logrotate import logrotate_config
from .query import query_name, query_text
from .user_data import user_data

__all__ = [
    "agent_config",
    "agent_statement",
    "dashboard_body",
    "logrotate_config",
    "metric_pattern",
    "metric_value",
    "process_statement",
    "query_name",
    "query_text",
    "user_data",
    "where_pattern",
]
