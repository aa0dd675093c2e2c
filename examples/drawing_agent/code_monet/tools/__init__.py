"""What the agent may use."""
