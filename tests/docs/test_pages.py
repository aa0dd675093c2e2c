"""Pages that are made of something else, and places that others link to."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import intentlog_constructs
from docs import security_tables
from docs.construct_pages import docstring, example_of
from docs.pages import pages, stale
from intentlog.cli.diagnose import app
from intentlog.contract import Environment, load, parse
from intentlog.contract.shape import read

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OPERATIONS = DOCS / "operations.md"
EVERY_PAGE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^):]*)#([^)]+)\)")
_RUNBOOK = re.compile(r"docs/operations\.md#([\w-]+)")


def anchors(page: Path) -> set[str]:
    """Return what can be linked to in a page, in GitHub's spelling."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    plain = (re.sub(r"[^\w\- ]", "", heading) for heading in _HEADING.findall(text))
    return {heading.strip().lower().replace(" ", "-") for heading in plain}


def blocks(page: str, language: str) -> list[str]:
    """Return a page's blocks of a language."""
    found = _BLOCK.findall((DOCS / page).read_text())
    return [text for name, text in found if name == language]


@pytest.mark.slow
def test_generated_pages_are_what_make_docs_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """References, the constructs' pages, the tables of who can do what; else ``make docs``."""
    monkeypatch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")

    assert stale(pages()) == []


@pytest.mark.parametrize("name", intentlog_constructs.__all__)
def test_every_construct_has_a_page_and_an_example(name: str) -> None:
    """Whoever adds one adds ``docs/constructs/examples/<name>.py`` and says ``make docs``."""
    assert example_of(getattr(intentlog_constructs, name)).is_file()
    assert (DOCS / "constructs" / f"{name}.md").is_file()
    assert f"({name}.md)" in (DOCS / "constructs" / "README.md").read_text()


def test_a_docstring_is_read_with_its_sections() -> None:
    """Lines flow together, code is Markdown's, entries go on where they are indented."""
    read_one = docstring(
        """Say a thing.

        More of ``it``,
        at length.

        Args:
            one: The first,
                in two lines. Default: none.
            two: The second.
        """
    )

    assert read_one.summary == "Say a thing."
    assert read_one.description == "More of `it`, at length."
    assert read_one.sections == {
        "Args": {"one": "The first, in two lines. Default: none.", "two": "The second."}
    }


def test_both_applications_have_the_same_rights_but_for_delivery() -> None:
    """``docs/security.md`` shows one of them whole; the other is the same with its own names."""
    of_both = [
        security_tables.rights_in_general(f"{service}-{part}")
        for part in ("logs", "alerts")
        for service in ("drawing-agent", "chimera")
    ]

    assert of_both[0::2] == of_both[1::2]
    assert all(of_both)


def test_nothing_that_is_deployed_may_unmask_or_read_lines_but_alarms_and_the_digest() -> None:
    """``docs/security.md`` says that reading is what the account's own policies allow."""
    text = (DOCS / "security.md").read_text()
    shipped = text[text.index("BEGIN rights ") : text.index("BEGIN rights-on-request")]
    for action in ("logs:Unmask", "logs:FilterLogEvents", "logs:GetLogEvents"):
        assert f"`{action}`" not in shipped

    asking = [row for row in shipped.splitlines() if "`logs:StartQuery`" in row]
    assert len(asking) == 1
    assert "| role `drawing-agent-alerts/Digest/Function/Role`" in asking[0]


@pytest.mark.parametrize("place", ["contracts", "constructs"])
def test_every_runbook_is_there(place: str) -> None:
    """What an alarm's description links to is a heading of ``docs/operations.md``."""
    files = [file for file in (ROOT / place).rglob("*") if file.suffix in {".py", ".toml"}]
    named = {anchor for file in files for anchor in _RUNBOOK.findall(file.read_text())}

    assert named
    assert named <= anchors(OPERATIONS)


def test_every_runbook_says_what_it_means_what_to_look_at_and_how_to_mend() -> None:
    """Each has three things to look at, and says when it is mended."""
    sections = re.split(r"^## ", OPERATIONS.read_text(), flags=re.MULTILINE)[1:6]

    for section in sections:
        for part in ("**Look at**", "\n1. ", "\n2. ", "\n3. ", "**Mend**", "**Mended when**"):
            assert part in section, section.partition("\n")[0]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_links_to_headings_lead_somewhere(page: Path) -> None:
    """Also those into other pages."""
    missing = [
        f"{file}#{anchor}"
        for file, anchor in _LINK.findall(page.read_text())
        if anchor not in anchors((page.parent / file) if file else page)
    ]

    assert missing == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_diagnose_command_is_one(page: Path) -> None:
    """Its name and its options exist, also in lists and in the middle of a sentence."""
    commands = re.findall(r"(?:^ *|`)(diagnose [a-z-]+[^`\n#]*)", page.read_text(), re.MULTILINE)

    for command in commands:
        result = CliRunner().invoke(app, [*shlex.split(command)[1:], "--help"])
        assert result.exit_code == 0, f"{command}: {result.output}"


def test_the_alarms_of_the_contracts_page_are_alarms() -> None:
    """Each kind is shown as it can stand in a contract, and all kinds are shown."""
    shown = [
        text for text in blocks("contract.md", "toml") if re.match(r"\[(alarms|mutes)\.", text)
    ]
    contract = parse((ROOT / "contracts" / "chimera.toml").read_text() + "\n".join(shown))

    own = set(load(ROOT / "contracts" / "chimera.toml").alarms)
    kinds = {alarm.kind for name, alarm in contract.alarms.items() if name not in own}
    assert kinds == {"threshold", "ratio", "band", "silence", "lag", "composite"}


@pytest.mark.parametrize("page", ["deploying.md", "host.md", "multi-account.md"])
def test_environments_that_are_shown_are_of_their_shape(page: str) -> None:
    """Nothing in them is unknown or of a wrong type; a part of one may lack the rest."""
    shown = [text for text in blocks(page, "text") if text.startswith("[")]

    assert shown
    for table in [table for text in shown for table in tomllib.loads(text).values()]:
        _, problems = read(Environment, table)
        assert [str(problem) for problem in problems if "is missing" not in problem.what] == []


def test_every_key_of_an_environment_is_explained_where_one_deploys() -> None:
    """``docs/deploying.md`` shows or names each, besides the reference."""
    text = (DOCS / "deploying.md").read_text()
    reference = (DOCS / "environments-reference.md").read_text()

    keys = re.findall(r"^\| `(\w+)` \|", reference, re.MULTILINE)
    assert len(keys) > 10
    assert [key for key in keys if key not in text] == []
