"""The names the room offers."""

from types import ModuleType

from intentlog import expression


def test_every_imported_name_is_exported() -> None:
    """The list of public names and what the package imports are the same."""
    imported = {
        name
        for name, value in vars(expression).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert imported <= set(expression.__all__)
    assert [name for name in expression.__all__ if not hasattr(expression, name)] == []
