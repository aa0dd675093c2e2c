"""What the tests of command lines share."""

from collections.abc import Iterator

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture
def terminal() -> Iterator[type[Terminal]]:
    """What runs commands; they are ended with the test."""
    started: list[Terminal] = []

    class Started(Terminal):
        def __init__(self, *arguments: str, columns: int = 100, **variables: str) -> None:
            super().__init__(*arguments, columns=columns, **variables)
            started.append(self)

    yield Started
    for each in started:
        each.close()
