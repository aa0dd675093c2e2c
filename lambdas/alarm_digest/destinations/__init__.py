"""Where messages are posted; a module for each kind, which escapes and cuts for itself."""

from alarm_digest.post import PostError

from .kinds import RENDERERS, Destination, load

__all__ = ["RENDERERS", "Destination", "PostError", "load"]
