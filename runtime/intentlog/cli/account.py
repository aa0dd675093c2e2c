"""The contract that a command is about, and AWS as its options name it."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from intentlog.contract import (
    Contract,
    ContractError,
    Environment,
    Record,
    Stream,
    load,
    load_environment,
)
from intentlog.errors import BackendError

from .contract_file import contract_path

if TYPE_CHECKING:
    from .options import Account

_ENVIRONMENTS: Final = "environments.toml"

NO_CONTRACT: Final = Contract(
    service="files",
    namespace="Files",
    record=Record(
        fields=("timestamp", "level", "category", "logger", "message"),
        optional=("user_id", "trace_id"),
        data="extra",
    ),
    streams={"all": Stream(file="all.log")},
)
"""What lines of files are taken for where no contract says it."""


class Chosen:
    """What the options of a command choose: a contract, and clients of AWS.

    Attributes:
        options: The options.
    """

    def __init__(self, options: Account) -> None:
        self.options = options

    @cached_property
    def contract(self) -> Contract:
        """The contract, with the names that the environment gives it.

        Raises:
            ContractError: There is none, or it is invalid.
        """
        found = load(contract_path(self.options.contract))
        return found.with_prefix(self.environment.prefix) if self.environment else found

    @cached_property
    def environment(self) -> Environment | None:
        """The environment of ``--env``."""
        name = self.options.env
        return None if name is None else load_environment(_ENVIRONMENTS, name)

    @property
    def region(self) -> str:
        """The region of ``--region``, of the environment, or of the shell.

        Raises:
            BackendError: None of them says one.
        """
        if found := self._session.region_name:
            return str(found)
        raise BackendError("which region? Say it with --region, or set AWS_REGION")

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        client = self._session.client(service)
        if ".amazonaws." in client.meta.endpoint_url:
            return client
        # An endpoint of one's own has no name before it, as the one that streams has at AWS.
        from botocore.config import Config

        return self._session.client(service, config=Config(inject_host_prefix=False))

    @cached_property
    def _session(self) -> Any:
        import boto3

        region = self.options.region or (self.environment.region if self.environment else None)
        return boto3.Session(
            profile_name=self.options.profile, region_name=region or region_of_shell()
        )


def region_of_shell() -> str | None:
    """Return ``AWS_REGION``, which the AWS CLI reads and boto3 does not."""
    return os.environ.get("AWS_REGION")


def or_no_contract(chosen: Chosen) -> Contract:
    """Return the chosen contract; `NO_CONTRACT` if nothing was said and there is no only one."""
    try:
        return chosen.contract
    except ContractError as error:
        if [problem.where for problem in error.problems] != ["--contract"]:
            raise
        return NO_CONTRACT
