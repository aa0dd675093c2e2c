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

    # Their order is the linter's matter: constants come first there.
    assert sorted(imported) == sorted(expression.__all__)
