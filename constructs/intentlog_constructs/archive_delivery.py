"""A stream's way into the archive's bucket: Firehose, which unpacks and gathers."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.render import archive_table, firehose_error_prefix, firehose_prefix

from .acknowledgment import acknowledge_aws_key

# The most that Firehose gathers: objects are few, and large enough for Glacier (128 KB).
_GATHER_MEGABYTES = 128
_GATHER_SECONDS = 900


class ArchiveDelivery:
    """Puts a stream's lines into the bucket: unpacked, one a line, gzipped, by day.

    Attributes:
        delivery_stream: Firehose's stream, which a subscription filter sends to.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        stream: str,
        bucket_arn: str,
        log_group: logs.CfnLogGroup,
        role: iam.CfnRole,
        key_arn: str | None,
    ) -> None:
        """Define the delivery.

        Args:
            scope: What its resources belong to.
            stream: The archived stream.
            bucket_arn: The bucket.
            log_group: Where Firehose says what it could not put there.
            role: The role of Firehose, which writes to the bucket.
            key_arn: The key that encrypts what is on its way. None: that of Firehose.
        """
        log_stream = logs.CfnLogStream(
            scope,
            "Problems",
            log_group_name=log_group.ref,
            log_stream_name=archive_table(stream),
        )
        self.delivery_stream = firehose.CfnDeliveryStream(
            scope,
            "Delivery",
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=_encryption(key_arn),
            extended_s3_destination_configuration=(
                firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty(
                    bucket_arn=bucket_arn,
                    role_arn=role.attr_arn,
                    buffering_hints=firehose.CfnDeliveryStream.BufferingHintsProperty(
                        size_in_m_bs=_GATHER_MEGABYTES, interval_in_seconds=_GATHER_SECONDS
                    ),
                    cloud_watch_logging_options=(
                        firehose.CfnDeliveryStream.CloudWatchLoggingOptionsProperty(
                            enabled=True,
                            log_group_name=log_group.ref,
                            log_stream_name=log_stream.ref,
                        )
                    ),
                    compression_format="GZIP",
                    prefix=firehose_prefix(stream),
                    error_output_prefix=firehose_error_prefix(stream),
                    processing_configuration=_processing(),
                )
            ),
        )
        if key_arn is None:
            acknowledge_aws_key(self.delivery_stream, "CKV_AWS_241")


def _encryption(
    key_arn: str | None,
) -> firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty:
    return firehose.CfnDeliveryStream.DeliveryStreamEncryptionConfigurationInputProperty(
        key_type="CUSTOMER_MANAGED_CMK" if key_arn else "AWS_OWNED_CMK", key_arn=key_arn
    )


def _processing() -> firehose.CfnDeliveryStream.ProcessingConfigurationProperty:
    """Unpack what CloudWatch Logs sends, gzipped envelopes of events, into lines."""
    processors = (
        ("Decompression", "CompressionFormat", "GZIP"),
        ("CloudWatchLogProcessing", "DataMessageExtraction", "true"),
        ("AppendDelimiterToRecord", "Delimiter", "\\n"),
    )
    return firehose.CfnDeliveryStream.ProcessingConfigurationProperty(
        enabled=True,
        processors=[
            firehose.CfnDeliveryStream.ProcessorProperty(
                type=kind,
                parameters=[
                    firehose.CfnDeliveryStream.ProcessorParameterProperty(
                        parameter_name=name, parameter_value=value
                    )
                ],
            )
            for kind, name, value in processors
        ],
    )
