"""Logs Insights QL: parse, check, and ask local files, CloudWatch or the archive."""
