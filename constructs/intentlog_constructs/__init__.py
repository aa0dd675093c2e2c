"""CDK constructs derived from an intentlog contract; each works alone in anybody's stack."""

from .alarm_digest import AlarmDigest
from .alarms import ContractAlarms
from .dashboard import ContractDashboard
from .delivery_policy import DeliveryPolicy
from .log_groups import ContractLogGroups
from .logging_host import LoggingHost
from .metric_filters import ContractMetricFilters
from .saved_queries import SavedQueries

__all__ = [
    "AlarmDigest",
    "ContractAlarms",
    "ContractDashboard",
    "ContractLogGroups",
    "ContractMetricFilters",
    "DeliveryPolicy",
    "LoggingHost",
    "SavedQueries",
]
