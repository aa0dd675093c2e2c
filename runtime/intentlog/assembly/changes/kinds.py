"""What a review knows of a type of resource: what to call it, and what its changes mean."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from intentlog.assembly.template import Assembly, Resource
from intentlog.assembly.words import from_to, plain

# Assets are compared as they are there: that the code changed is worth a line.
_WITH_ASSETS = frozenset({"Code", "Content"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a change means, in Markdown, without its subject: it begins in lower case."""

    sentence: str
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One resource before and after, and the assemblies that it is in."""

    old: Resource
    new: Resource
    before: Assembly
    after: Assembly

    def was(self, name: str) -> Any:
        """Return a property's value before."""
        return self.old.properties.get(name)

    def now(self, name: str) -> Any:
        """Return a property's value after."""
        return self.new.properties.get(name)

    def changed(self) -> list[str]:
        """Return the names of the properties that differ."""
        return sorted(
            name
            for name in {*self.old.properties, *self.new.properties}
            if _seen(name, self.was(name)) != _seen(name, self.now(name))
        )


Rule = Callable[[Pair], Iterable[Finding]]
"""Says what it means that a property changed; it is asked only when it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of resource.

    Attributes:
        noun: What to call it.
        name: The property that names it in AWS. CloudFormation replaces what gets another name.
        loss: What it means that it is gone.
        gain: What it means that it is new; empty where that speaks for itself.
        removal_is_danger: Whether it is dangerous to be without it.
        gain_is_danger: Whether it is dangerous to have it.
        holds_data: Whether something is lost with it that no deploy brings back.
        rules: What it means that a property changed, by the property's name.
        ignored: Properties whose change means nothing to anybody.
        describe: Says more of a new one.
    """

    noun: str
    name: str = ""
    loss: str = ""
    gain: str = ""
    removal_is_danger: bool = False
    gain_is_danger: bool = False
    holds_data: bool = False
    rules: Mapping[str, Rule] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    describe: Callable[[Resource], Iterable[Finding]] | None = None


def _seen(name: str, value: object) -> object:
    return value if name in _WITH_ASSETS else plain(value)


def swaps(name: str, what: str, why: str = "", *, danger: bool = False) -> Rule:
    """Return the rule of a property whose two values say it all: ``what, old → new: why``."""
    clause = f": {why}" if why else ""

    def rule(pair: Pair) -> Iterable[Finding]:
        yield Finding(f"{what}, {from_to(pair.was(name), pair.now(name))}{clause}", danger)

    return rule


def encryption(property_name: str, what: str) -> Rule:
    """Return the rule of a property that names the key which encrypts ``what``."""

    def rule(pair: Pair) -> Iterable[Finding]:
        old, new = pair.was(property_name), pair.now(property_name)
        if not new:
            said = f"no longer encrypts {what} with a key of the account: to read them takes no key"
            yield Finding(said, danger=True)
        elif not old:
            yield Finding(f"encrypts {what} with a key of the account from now on")
        else:
            yield Finding(
                f"encrypts {what} with another key: what is there still needs the old one"
            )

    return rule
