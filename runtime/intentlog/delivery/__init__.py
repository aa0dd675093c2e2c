"""The way out: files that are followed, and their lines delivered to CloudWatch Logs."""

from .cloudwatch import CloudWatch
from .directory import Shipper
from .errors import DeliveryError
from .status import StreamStatus, status

__all__ = ["CloudWatch", "DeliveryError", "Shipper", "StreamStatus", "status"]
