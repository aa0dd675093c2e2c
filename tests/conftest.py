"""What every test shares."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import settings

# The tools of this environment, Node for the CDK among them, also when it is not activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

# A script that starts tests in the background ignores Ctrl-C, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A change is not to fail in CI for an example that it did not bring; locally, look for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files, so that no worker is left with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What this thread waits for: written down instead of waited for; others really wait."""
    waited: list[float] = []
    mine, sleep = threading.get_ident(), time.sleep

    def wait(seconds: float) -> None:
        if threading.get_ident() == mine:
            waited.append(seconds)
        else:
            sleep(seconds)

    monkeypatch.setattr(time, "sleep", wait)
    return waited
