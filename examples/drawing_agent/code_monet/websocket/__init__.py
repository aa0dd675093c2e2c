"""The conversation between a person and the agent."""
