"""The way out: files that are followed, and their lines delivered to CloudWatch Logs."""

from .cloudwatch import CloudWatch
from .directory import Shipper
from .errors import DeliveryError

__all__ = ["CloudWatch", "DeliveryError", "Shipper"]
