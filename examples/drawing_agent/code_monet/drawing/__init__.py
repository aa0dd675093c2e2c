"""The canvas itself."""
