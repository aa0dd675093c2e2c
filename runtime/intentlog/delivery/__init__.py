"""The way out: files, their rotation, their delivery to CloudWatch Logs, the audit trail."""
