"""README and docs: every snippet runs, every command exists, every link leads somewhere."""

import logging
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.contract.shape import read

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)\)")


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    """Return every block of a language."""
    return [
        Snippet(page, text[: match.start()].count("\n") + 1, match[1], match[2])
        for page in PAGES
        for text in [page.read_text()]
        for match in _FENCE.finditer(text)
        if match[1] == language
    ]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with the contracts, as a user's project has them."""
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    before = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}
    yield tmp_path
    intentlog.shutdown()
    intentlog.clear_context()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
@pytest.mark.usefixtures("workplace")
def test_python_snippets_run(snippet: Snippet) -> None:
    """As they stand, from top to bottom."""
    exec(compile(snippet.text, str(snippet), "exec"), {"__name__": "__main__"})  # noqa: S102


@pytest.mark.parametrize("snippet", snippets("toml"), ids=str)
def test_toml_snippets_are_of_the_contracts_shape(snippet: Snippet) -> None:
    """Nothing in them is unknown or of a wrong type; a part of a contract may lack the rest."""
    _, problems = read(Contract, tomllib.loads(snippet.text))

    assert [str(problem) for problem in problems if "is missing" not in problem.what] == []


@pytest.mark.parametrize("snippet", snippets("console"), ids=str)
def test_console_snippets_print_what_they_show(snippet: Snippet) -> None:
    """Each ``$ command`` is followed by its output."""
    command, _, expected = snippet.text.removeprefix("$ ").partition("\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    result = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout == expected


@pytest.mark.parametrize("snippet", snippets("sh"), ids=str)
def test_shell_snippets_name_targets_and_commands_that_exist(snippet: Snippet) -> None:
    """They deploy, so they cannot run here; what they name is there."""
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", snippet.text, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for command in re.findall(r"^diagnose ([\w-]+)", snippet.text, re.MULTILINE):
        diagnose = Path(sys.executable).with_name("diagnose")
        subprocess.run([diagnose, command, "--help"], capture_output=True, check=True)
    for file in re.findall(r"-r (\S+)", snippet.text):
        assert (ROOT / file).is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Relative links are files of the project."""
    missing = [
        link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()
    ]

    assert missing == []


def test_make_help_lists_every_target() -> None:
    """Each promised target is there with a line."""
    result = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = [line.split()[0] for line in result.stdout.splitlines()]

    promised = [
        "setup",
        "demo",
        "test",
        "lint",
        "synth",
        "diff",
        "deploy",
        "bench",
        "sandbox",
        "clean",
        "help",
    ]
    assert set(promised) <= set(listed)
    assert all(len(line.split()) > 2 for line in result.stdout.splitlines())
