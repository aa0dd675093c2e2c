"""The stacks of one application: which constructs, in which stack; no resources of their own."""

from .application import add_application
from .monitoring import add_monitoring_link

__all__ = ["add_application", "add_monitoring_link"]
