"""A sandbox for the whole test session."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A started sandbox; tests keep apart by the names they use."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as started:
        yield started
