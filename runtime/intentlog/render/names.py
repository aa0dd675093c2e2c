"""Names that AWS sees and the contract does not spell out."""

from intentlog.contract import Contract


def key_alias(contract: Contract) -> str:
    """Return the alias of the key that encrypts the application's logs and alarms."""
    return f"alias/{contract.service}"


def digest_log_group(contract: Contract) -> str:
    """Return the log group of the digest function."""
    return f"/aws/lambda/{contract.service}-alarm-digest"


def agent_parameter(contract: Contract) -> str:
    """Return the SSM parameter that holds the CloudWatch agent's configuration."""
    return f"/{contract.service}/cloudwatch-agent"


def dashboard_name(contract: Contract) -> str:
    """Return the dashboard's name."""
    return contract.service


def archive_database(contract: Contract) -> str:
    """Return the database of the archive's tables, one for each stream: ``archive_table``."""
    return f"{contract.service.replace('-', '_')}_archive"


def archive_workgroup(contract: Contract) -> str:
    """Return the Athena workgroup that the archive is asked in."""
    return f"{contract.service}-archive"


def archive_log_group(contract: Contract) -> str:
    """Return the log group where Firehose says what it could not put into the archive."""
    return f"/aws/kinesisfirehose/{contract.service}-archive"
