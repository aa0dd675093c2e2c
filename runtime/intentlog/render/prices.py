"""What AWS charges: list prices of us-east-1, each with where it was read, as of one date.

A gigabyte is 2**30 bytes and a month 730 hours, as in the AWS Pricing Calculator. To bring the
table up to date: read the pages again, change prices, change ``AS_OF``. At ``AS_OF`` they were
compared with published copies of the CloudWatch, KMS and Secrets Manager pages; masking, bands,
SQS, Lambda, X-Ray, EventBridge, DynamoDB, Firehose, S3 and Systems Manager are as commonly quoted.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

AS_OF: Final = date(2026, 11, 22)
REGION: Final = "us-east-1"
HOURS_A_MONTH: Final = 730
DAYS_A_MONTH: Final = HOURS_A_MONTH / 24

_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"
_FIREHOSE = "https://aws.amazon.com/firehose/pricing/"
_KMS = "https://aws.amazon.com/kms/pricing/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_SECRETS = "https://aws.amazon.com/secrets-manager/pricing/"
_SQS = "https://aws.amazon.com/sqs/pricing/"
_SSM = "https://aws.amazon.com/systems-manager/pricing/"
_XRAY = "https://aws.amazon.com/xray/pricing/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs.

    ``free`` units of each month cost an account nothing; the free tier of CloudWatch Logs is one
    for everything that is priced by the gigabyte, and counted at ingestion.
    """

    usd: float
    unit: str
    source: str
    free: float = 0.0


INGESTION: Final = Price(usd=0.50, unit="GB", source=_CLOUDWATCH, free=5)
INGESTION_INFREQUENT: Final = Price(usd=0.25, unit="GB", source=_CLOUDWATCH)
STORAGE: Final = Price(usd=0.03, unit="GB-month", source=_CLOUDWATCH)
MASKING: Final = Price(usd=0.12, unit="GB", source=_CLOUDWATCH)
SCANNING: Final = Price(usd=0.005, unit="GB scanned", source=_CLOUDWATCH)
METRIC: Final = Price(usd=0.30, unit="metric", source=_CLOUDWATCH, free=10)
ALARM: Final = Price(usd=0.10, unit="metric watched", source=_CLOUDWATCH, free=10)
BAND_ALARM: Final = Price(usd=0.30, unit="alarm", source=_CLOUDWATCH)
"""An alarm on a band watches three metrics: its own, and the two edges of the band."""
COMPOSITE_ALARM: Final = Price(usd=0.50, unit="alarm", source=_CLOUDWATCH)
LOG_ALARM: Final = Price(usd=0.10, unit="alarm", source=_CLOUDWATCH)
"""A log alarm is a standard alarm, and what its query scans comes on top."""
DASHBOARD: Final = Price(usd=3.00, unit="dashboard", source=_CLOUDWATCH, free=3)
KEY: Final = Price(usd=1.00, unit="key", source=_KMS)
KEY_REQUESTS: Final = Price(usd=0.03, unit="10,000 requests", source=_KMS, free=2)
SECRET: Final = Price(usd=0.40, unit="secret", source=_SECRETS)
QUEUE_REQUESTS: Final = Price(usd=0.40, unit="million requests", source=_SQS, free=1)
DIGEST_SECONDS: Final = Price(
    usd=0.0000133334 / 4, unit="256 MB-second", source=_LAMBDA, free=1_600_000
)
DIGEST_RUNS: Final = Price(usd=0.20, unit="million runs", source=_LAMBDA, free=1)
CLOCK_RUNS: Final = Price(usd=1.00, unit="million invocations", source=_EVENTBRIDGE, free=14)
TABLE_READS: Final = Price(usd=0.125, unit="million read units", source=_DYNAMODB)
TABLE_WRITES: Final = Price(usd=0.625, unit="million write units", source=_DYNAMODB)
TRACES: Final = Price(usd=5.00, unit="million traces", source=_XRAY, free=0.1)
ADVANCED_PARAMETER: Final = Price(usd=0.05, unit="parameter", source=_SSM)
ARCHIVE_DELIVERY: Final = Price(usd=0.029, unit="GB", source=_FIREHOSE)
ARCHIVE_UNPACKING: Final = Price(usd=0.00325, unit="GB", source=_FIREHOSE)
ARCHIVE_STORAGE: Final = Price(usd=0.023, unit="GB-month", source=_S3)
ARCHIVE_GLACIER: Final = Price(usd=0.004, unit="GB-month", source=_S3)
NOTHING: Final = Price(usd=0.0, unit="", source=_CLOUDWATCH)
