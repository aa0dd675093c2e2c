"""Workspaces: a canvas each, shared by whoever opens it."""
