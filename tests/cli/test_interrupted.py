"""Ctrl-C while files are asked."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "drawing-agent.toml"
INTENTLOG = Path(sys.executable).with_name("intentlog")
# Every line with every other one: it would take minutes.
ENDLESS = (
    'filter n >= 0 | join type=inner left=l right=r where l.level=r.level (SOURCE "other") '
    "| stats count_distinct(l.n)"
)


def test_ctrl_c_ends_a_question_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    """DuckDB is stopped, its directory is gone, and nobody gets a traceback."""
    lines, temporary = tmp_path / "app.log", tmp_path / "temporary"
    lines.write_text(
        "".join(json.dumps({"level": "INFO", "n": n}) + "\n" for n in range(100_000)),
    )
    temporary.mkdir()
    with subprocess.Popen(
        [INTENTLOG, "query", "run", ENDLESS, "--file", lines, "--contract", CONTRACT],
        env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = process.stderr.readline()  # it has begun
        while not list(temporary.glob("intentlog-*")):
            assert process.poll() is None, told + process.stderr.read()
            time.sleep(0.01)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]

    assert process.returncode == 130
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []
