"""CDK constructs derived from an intentlog contract; each works alone in anybody's stack."""

from .alarm_digest import AlarmDigest
from .alarm_topic import AlarmTopic
from .alarms import ContractAlarms
from .dashboard import ContractDashboard
from .delivery_lag import DeliveryLag
from .delivery_policy import DeliveryPolicy
from .delivery_proof import DeliveryProof
from .digest_watch import DigestWatch
from .encryption_key import EncryptionKey
from .log_archive import LogArchive
from .log_groups import ContractLogGroups
from .logging_host import LoggingHost
from .metric_filters import ContractMetricFilters
from .monitoring import MonitoringLink, MonitoringSink
from .saved_queries import SavedQueries

__all__ = [
    "AlarmDigest",
    "AlarmTopic",
    "ContractAlarms",
    "ContractDashboard",
    "ContractLogGroups",
    "ContractMetricFilters",
    "DeliveryLag",
    "DeliveryPolicy",
    "DeliveryProof",
    "DigestWatch",
    "EncryptionKey",
    "LogArchive",
    "LoggingHost",
    "MonitoringLink",
    "MonitoringSink",
    "SavedQueries",
]
