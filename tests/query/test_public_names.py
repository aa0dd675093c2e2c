"""What the room offers, and that its page says what it does."""

from pathlib import Path

from intentlog import query
from intentlog.query.lint import RULES
from intentlog.query.parse_commands import COMMANDS

_PAGE = Path(__file__).parents[2] / "docs" / "query-language.md"


def test_everything_that_is_exported_is_there() -> None:
    """The names of ``__all__`` are importable and sorted."""
    assert all(hasattr(query, name) for name in query.__all__)
    assert query.__all__ == sorted(query.__all__)


def test_every_rule_and_command_is_on_the_page() -> None:
    """Who reads a finding can look its rule up."""
    page = _PAGE.read_text().lower()

    assert [rule for rule in RULES if f"`{rule}`" not in page] == []
    assert [command for command in COMMANDS if f"`{command}" not in page] == []
