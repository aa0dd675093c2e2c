"""Signing in by magic link."""
