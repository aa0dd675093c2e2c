"""What a benchmark ran on."""

import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path


def machine(directory: Path) -> dict[str, str]:
    """Return what describes the machine, and the file system of a directory."""
    run = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(directory)],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "file_system": run.stdout.strip() or "unknown",
    }


def in_words(machine: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """Return the sentence that a page begins with: the machine, and what took part."""
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    return (
        f"{machine['processor']}, {machine['processors']} processors, {machine['system']}, "
        f"{machine['file_system']}; Python {machine['python']}; {packages}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
