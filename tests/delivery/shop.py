"""A small contract whose process delivers at once, its lines, and the command that ships them."""

import json
import sys
from datetime import UTC, datetime

CONTRACT = """
service   = "shop"
namespace = "Shop"

[record]
timestamp = "milliseconds"
fields    = ["timestamp", "level", "logger", "message"]
optional  = ["extra"]
data      = "extra"

[files.rotation]
by            = "process"
max_megabytes = 1
keep          = 100

[streams.app]
file           = "app.log"
log_group      = "/shop/app"
retention_days = 30
purpose        = "All lines"

[delivery]
by            = "process"
batch_events  = 100
batch_seconds = 0.2
"""

GROUP = "/shop/app"
SHIP = [sys.executable, "-c", "from intentlog.cli.intentlog import main; main()", "ship"]


def line(number: int, *, at: datetime | None = None, text: str = "") -> str:
    """Return a line as the shop's logger would write it, without its newline."""
    when = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    record = {"timestamp": when, "level": "INFO", "logger": "shop", "message": f"{number}{text}"}
    return json.dumps(record, separators=(",", ":"))
