"""What a tool raises."""


class ToolError(Exception):
    """A tool could not do what the agent asked."""
