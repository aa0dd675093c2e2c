"""The metric filters of a contract's metrics."""

from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import metric_pattern, metric_value


class ContractMetricFilters(Construct):
    """One metric filter for each metric, without dimensions and 0 when nothing matches.

    CloudWatch refuses a default value together with dimensions, and an alarm needs the value.

    Attributes:
        filters: The metric filters by their metrics' names.
    """

    def __init__(self, scope: Construct, construct_id: str, *, contract: Contract) -> None:
        """Define the filters; the log groups must exist when they are deployed.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
        """
        super().__init__(scope, construct_id)
        self.filters = {
            name: logs.CfnMetricFilter(
                self,
                name,
                filter_name=metric.filter or name,
                filter_pattern=metric_pattern(contract, name),
                log_group_name=contract.log_groups[metric.stream],
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_name=name,
                        metric_namespace=contract.namespace,
                        metric_value=metric_value(contract, name),
                        default_value=0,
                        unit=metric.unit,
                    )
                ],
            )
            for name, metric in contract.metrics.items()
            if not metric.embedded
        }
