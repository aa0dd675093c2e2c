"""The stacks of one application: which constructs, in which stack; no resources of their own."""

from .application import add_application

__all__ = ["add_application"]
