"""The agent: what it decides to do, and doing it."""
