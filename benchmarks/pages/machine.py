"""What a benchmark ran on."""

import os
import platform
import subprocess
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


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
