"""The saved queries of a contract."""

from aws_cdk import aws_logs as logs
from constructs import Construct

from intentlog.contract import Contract
from intentlog.render import query_name


class SavedQueries(Construct):
    """One query definition for each query, in a folder of the service's name, text verbatim.

    Attributes:
        queries: The query definitions by their names in the contract.
    """

    def __init__(self, scope: Construct, construct_id: str, *, contract: Contract) -> None:
        """Define the queries.

        Args:
            scope: The stack or construct they belong to.
            construct_id: Its id there.
            contract: The application's contract.
        """
        super().__init__(scope, construct_id)
        self.queries = {
            name: logs.CfnQueryDefinition(
                self,
                name,
                name=query_name(contract, name),
                query_string=query.text,
                log_group_names=list(contract.log_groups_of(name)),
                parameters=[
                    logs.CfnQueryDefinition.QueryParameterProperty(
                        name=parameter,
                        default_value=table.default,
                        description=table.purpose or None,
                    )
                    for parameter, table in query.parameters.items()
                ]
                or None,
            )
            for name, query in contract.queries.items()
        }
