"""The archive as tables that Athena asks."""

from collections.abc import Iterable

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from intentlog.contract import Contract, archive_days
from intentlog.render import (
    ARCHIVE_COLUMN,
    ARCHIVE_PARTITION,
    archive_database,
    archive_prefix,
    archive_table,
    archive_workgroup,
    partition_projection,
)

from .acknowledgment import acknowledge_aws_key
from .private_bucket import PrivateBucket

_RESULTS_DAYS = 7
_MOST_SCANNED_BYTES = 100 * 1024**3
_HADOOP = "org.apache.hadoop"


class ArchiveQuery:
    """A table for each archived stream, and the workgroup that asks them, for $0.50 at most.

    Attributes:
        workgroup: The Athena workgroup, ``<service>-archive``.
        tables: The tables by the names of their streams.
        results: The bucket of the answers, which are kept for a week.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        contract: Contract,
        streams: Iterable[str],
        bucket: str,
        key_arn: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the tables and the workgroup.

        Args:
            scope: What its resources belong to.
            contract: The application's contract.
            streams: The archived streams.
            bucket: The name of the archive's bucket.
            key_arn: The key that encrypts the answers. Default: that of S3.
            removal_policy: What becomes of the answers when the stack goes. Default: they stay,
                until they expire.
        """
        self._days = archive_days(contract)
        database = glue.CfnDatabase(
            scope,
            "Database",
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=archive_database(contract), description=f"Archive of {contract.service}"
            ),
        )
        tables = Construct(scope, "Tables")  # whose names are the contract's
        self.tables = {name: self._table(tables, database, name, bucket) for name in streams}
        self.results = PrivateBucket(
            Construct(scope, "Results"),
            expires_after_days=_RESULTS_DAYS,
            key_arn=key_arn,
            removal_policy=removal_policy,
        )
        self.workgroup = self._workgroup(scope, contract, key_arn)
        if key_arn is None:
            acknowledge_aws_key(self.workgroup, "CKV_AWS_159")

    def _table(
        self, scope: Construct, database: glue.CfnDatabase, stream: str, bucket: str
    ) -> glue.CfnTable:
        location = f"s3://{bucket}/{archive_prefix(stream)}"
        return glue.CfnTable(
            scope,
            stream,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name=archive_table(stream),
                description=f"Lines of the stream {stream}, as they arrived",
                table_type="EXTERNAL_TABLE",
                parameters=partition_projection(location, self._days),
                partition_keys=[
                    glue.CfnTable.ColumnProperty(name=ARCHIVE_PARTITION, type="string")
                ],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    location=location,
                    columns=[glue.CfnTable.ColumnProperty(name=ARCHIVE_COLUMN, type="string")],
                    input_format=f"{_HADOOP}.mapred.TextInputFormat",
                    output_format=f"{_HADOOP}.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    # It separates columns at the character 1, which JSON never has.
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=f"{_HADOOP}.hive.serde2.lazy.LazySimpleSerDe",
                        parameters={"serialization.format": "1"},
                    ),
                ),
            ),
        )

    def _workgroup(
        self, scope: Construct, contract: Contract, key_arn: str | None
    ) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            scope,
            "Workgroup",
            name=archive_workgroup(contract),
            description=f"Asks the archive of {contract.service}",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=_MOST_SCANNED_BYTES,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.results.bucket.ref}/",
                    expected_bucket_owner=Aws.ACCOUNT_ID,
                    encryption_configuration=(
                        athena.CfnWorkGroup.EncryptionConfigurationProperty(
                            encryption_option="SSE_KMS" if key_arn else "SSE_S3", kms_key=key_arn
                        )
                    ),
                ),
            ),
        )
