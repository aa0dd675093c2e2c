"""Commands whose parameters are made when one of them is chosen.

Typer makes those of every command at each start, which is a third of what ``--help`` takes.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

from .options import with_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.models import CommandFunctionType


class App(typer.Typer):
    """A Typer with deferred commands; a parameter called ``options`` becomes several options."""

    def command(
        self, name: str | None = None, **settings: Any
    ) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Register a command, as Typer does."""
        register = super().command(name, cls=_Deferred, **settings)

        def registered(command: CommandFunctionType) -> CommandFunctionType:
            register(_without_parameters(command))
            return command

        return registered


class _Deferred(TyperCommand):
    """A command that knows its name and help only, until somebody asks for its parameters."""

    _whole: Any = None

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters: parsing, helping and completing all begin with them."""
        if self._whole is None and self.callback:
            self._whole = _whole(inspect.unwrap(self.callback))
            self.params = [*self._whole.params, *self.params]  # --show-completion, if it is alone
            self.callback = self._whole.callback
        return super().get_params(ctx)


def _without_parameters(command: Callable[..., None]) -> Callable[[], None]:
    @functools.wraps(command)
    def named() -> None: ...

    named.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    named.__annotations__ = {}
    return named


def _whole(command: Callable[..., None]) -> Any:
    app = typer.Typer(add_completion=False)
    app.command()(with_options(command))
    return typer.main.get_command(app)
