"""Which log group each stream goes to, and what replaces it."""

import pytest

from intentlog.contract import Contract, ContractError, parse
from intentlog.delivery.groups import log_groups
from tests.delivery.shop import CONTRACT


def test_the_contracts_log_groups_are_taken_as_they_are(bot: Contract) -> None:
    """Nothing replaces them."""
    assert log_groups(bot, None) == {"all": "Chimera", "executions": "Chimera/executions"}


def test_what_is_below_the_replaced_group_goes_along(bot: Contract) -> None:
    """So that one setting moves all of an application's lines."""
    assert log_groups(bot, "Staging") == {"all": "Staging", "executions": "Staging/executions"}


@pytest.mark.parametrize("other", ["/shop/other", "/shop/apples"])
def test_of_groups_that_are_not_below_each_other_none_is_replaced(other: str) -> None:
    """Nobody could tell which one is meant."""
    two = parse(f'{CONTRACT}\n[streams.other]\nfile = "other.log"\nlog_group = "{other}"')

    with pytest.raises(ContractError, match=f"replaces which one. there are: /shop/app, {other}"):
        log_groups(two, "/staging/app")
