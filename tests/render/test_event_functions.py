"""The module of typed functions: it runs, and checkers are content with it."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import intentlog
from intentlog.contract import Contract, load, parse
from intentlog.render.event_functions import event_functions
from intentlog.testing import capture_logs

ROOT = Path(__file__).parents[2]
SHOP = r'''
service = "shop"
namespace = "Shop"
streams.app.file = "shop.log"
record.fields = ["timestamp", "level", "message"]

[events.bare]
logger = "shop"

[events.OrderPlaced]
logger  = 'shop."orders"\1'
purpose = """Somebody "ordered" \\d what takes so long to say that it has no place on one line;
it ends with a \"\"\"quotation\"\"\""""
fields  = { id = "string", Type = "integer", l = "number", str = "boolean", print = "array" }

[events.OrderPlaced.optional]
log_event  = "object"
_log       = "string"
intentlog  = "string"
Mapping    = "object"
O          = "array"
self       = "integer"
match      = "string"
'''


@pytest.fixture(scope="module")
def shop() -> Contract:
    """Return a contract with every type, and with names that Python or its linters know."""
    return parse(SHOP)


def made(contract: Contract) -> ModuleType:
    """Return the module, as an import would."""
    module = ModuleType("made")
    exec(event_functions(contract), vars(module))  # noqa: S102
    return module


def test_module_of_a_small_contract() -> None:
    """All of it: the docstring from the purpose, types, what may be left out."""
    contract = parse(
        'service = "shop"\nnamespace = "Shop"\nstreams.app.file = "shop.log"\n'
        'record.fields = ["timestamp", "level", "message"]\n'
        "[events.order_placed]\n"
        'logger = "shop.orders"\npurpose = "Somebody ordered"\nlevel = "WARNING"\n'
        'fields = { order = "string", total = "number" }\noptional = { address = "object" }\n'
    )

    assert event_functions(contract) == (
        '"""The events of shop, a function each.\n'
        "\n"
        "Written by ``intentlog contract events``: change the contract, not this file.\n"
        '"""\n'
        "\n"
        "from collections.abc import Mapping\n"
        "\n"
        "from intentlog import log_event as _log_event\n"
        "\n"
        "__all__ = [\n"
        '    "log_order_placed",\n'
        "]\n"
        "\n"
        "\n"
        "def log_order_placed(\n"
        "    *,\n"
        "    order: str,\n"
        "    total: float,\n"
        "    address: Mapping[str, object] | None = None,\n"
        "    exc_info: BaseException | bool | None = None,\n"
        ") -> None:\n"
        '    """Log ``order_placed``: Somebody ordered.\n'
        "\n"
        "    At WARNING, by ``shop.orders``.\n"
        '    """\n'
        "    _log_event(\n"
        '        "order_placed",\n'
        "        {\n"
        '            "order": order,\n'
        '            "total": total,\n'
        '            "address": address,\n'
        "        },\n"
        '        logger="shop.orders",\n'
        '        level="WARNING",\n'
        "        exc_info=exc_info,\n"
        "    )\n"
    )


def test_example_has_what_is_written_now() -> None:
    """After a change of the contract: intentlog contract events ... > .../events.py."""
    contract = load(ROOT / "contracts" / "chimera.toml")

    assert (ROOT / "examples" / "chimera" / "events.py").read_text() == event_functions(contract)


def test_functions_log_their_events(shop: Contract) -> None:
    """Whatever their data are called, and without what is not given."""
    functions = made(shop)
    given: dict[str, Any] = {"id": "A1", "Type": 1, "l": 0.5, "str": True, "print": [1]}
    with capture_logs(shop) as logs:
        functions.log_bare(exc_info=ValueError("x"))
        functions.log_OrderPlaced(**given)
        functions.log_OrderPlaced(**given, log_event={}, _log="x", intentlog="x", self=1)

    assert [line["message"] for line in logs] == ["bare", "OrderPlaced", "OrderPlaced"]
    assert logs[0]["data"]["exception"]["message"] == "x"
    assert logs[1]["data"] == given
    assert logs[2]["data"] == given | {"log_event": {}, "_log": "x", "intentlog": "x", "self": 1}


def test_functions_are_documented(shop: Contract) -> None:
    """Whatever the purpose has in it."""
    functions = made(shop)

    assert functions.log_bare.__doc__ == "Log ``bare``.\n\n    At INFO, by ``shop``.\n    "
    assert r'Somebody "ordered" \d what' in functions.log_OrderPlaced.__doc__
    assert functions.__all__ == ["log_OrderPlaced", "log_bare"]


def test_contract_without_events_is_a_module() -> None:
    """It has nothing in it but its docstring."""
    agent = load(ROOT / "contracts" / "drawing-agent.toml")
    functions = made(agent)

    assert "The events of drawing-agent" in (functions.__doc__ or "")
    assert [name for name in vars(functions) if name.startswith("log_")] == []


@pytest.mark.parametrize("width", ["88", "100"])
def test_linter_and_formatter_are_content(shop: Contract, tmp_path: Path, width: str) -> None:
    """Every rule of ruff, without an exemption that is not used."""
    module = tmp_path / "events.py"
    module.write_text(event_functions(shop))
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--no-cache", "--line-length", width]
    ignored = "COM812,CPY001,D203,D213,INP001"  # the formatter's; contradictory; of the place
    google = ["--config", "lint.pydocstyle.convention='google'"]
    rules = ["--select=ALL", f"--ignore={ignored}", *google, "--output-format=concise"]
    rules += ["--config", "lint.isort.known-third-party=['intentlog']"]

    for command in (["format", "--diff", *options], ["check", *options, *rules]):
        done = subprocess.run(
            [*ruff, *command, module], capture_output=True, check=False, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_type_checker_is_content_and_finds_wrong_calls(shop: Contract, tmp_path: Path) -> None:
    """``mypy --strict`` takes the module, and takes no call that the contract would not."""
    (tmp_path / "events.py").write_text(event_functions(shop))
    (tmp_path / "calls.py").write_text(
        "from events import log_bare, log_OrderPlaced as placed\n"
        "log_bare()\n"
        "placed(id='A1', Type=1, l=1, str=True, print=(1, 2), Mapping={'a': 1})\n"
        "placed(id=1, Type=1, l=1.5, str=True, print=[])\n"
        "placed(id='A1', Type=1.5, l=1.5, str=True, print=[])\n"
        "placed(id='A1', Type=1, l=1.5, str=True)\n"
        "placed(id='A1', Type=1, l=1.5, str=True, print=[], colour='red')\n"
        "log_bare(exc_info='x')\n"
    )

    runtime = Path(intentlog.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--output=json", "calls.py", "events.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(runtime)},
        capture_output=True,
        check=False,
        text=True,
    )

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(error["file"], error["line"], error["code"]) for error in found] == [
        ("calls.py", 4, "arg-type"),
        ("calls.py", 5, "arg-type"),
        ("calls.py", 6, "call-arg"),
        ("calls.py", 7, "call-arg"),
        ("calls.py", 8, "arg-type"),
    ]
