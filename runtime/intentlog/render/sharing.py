"""What accounts share with one that watches them: the filters of a link, the policy of a sink.

Words and limits are those of the OAM API (CreateLink, PutSinkPolicy).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from intentlog.contract import Contract, ContractError, Problem

from .iam import PolicyDocument, policy

FILTER_CHARACTERS: Final = 2000
"""What a link's filter may have (OAM API, LogGroupConfiguration, MetricConfiguration)."""


def shared_log_groups(contracts: Iterable[Contract]) -> str:
    """Return the filter that shares the contracts' log groups, and no others.

    Raises:
        ContractError: It is longer than OAM takes.
    """
    groups = [group for contract in contracts for group in contract.log_groups.values()]
    return _one_of("LogGroupName", groups)


def shared_namespaces(contracts: Iterable[Contract]) -> str:
    """Return the filter that shares the contracts' metrics; empty if there are none.

    Raises:
        ContractError: It is longer than OAM takes.
    """
    namespaces = dict.fromkeys(contract.namespace for contract in contracts if contract.metrics)
    return _one_of("Namespace", list(namespaces)) if namespaces else ""


def sink_policy(
    *, accounts: Sequence[str], organization: str | None, shares: Sequence[str]
) -> PolicyDocument:
    """Return who may link to a sink, and to share what.

    Args:
        accounts: The accounts that may; empty for every account of the organization.
        organization: The organization that they must be of, if any.
        shares: The types of resources that they may share.

    Raises:
        ValueError: Neither accounts nor an organization are given.
    """
    if not accounts and organization is None:
        raise ValueError(
            "a sink needs accounts or an organization: else everybody could link to it"
        )
    condition: dict[str, Any] = {"ForAllValues:StringEquals": {"oam:ResourceTypes": list(shares)}}
    if organization is not None:
        condition["StringEquals"] = {"aws:PrincipalOrgID": organization}
    return policy(
        {
            "Effect": "Allow",
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Principal": {"AWS": list(accounts)} if accounts else "*",
            "Resource": "*",
            "Condition": condition,
        }
    )


def _one_of(term: str, names: Sequence[str]) -> str:
    # Neither log groups nor namespaces can have a quote in their names.
    listed = ", ".join(f"'{name}'" for name in names)
    text = f"{term} IN ({listed})"
    if len(text) > FILTER_CHARACTERS:
        what = (
            f"{len(names)} names make a filter of {len(text):,} characters ({term} IN ...); "
            f"a link takes {FILTER_CHARACTERS:,}: deploy fewer contracts with this environment"
        )
        raise ContractError("environments.toml", [Problem("monitoring_sink", what)])
    return text
