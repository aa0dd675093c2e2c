"""What changes between two assemblies, in words: every difference, dangerous ones first.

What is not known well is still told, plainly. Only hashes of assets, ``Metadata``, ``DependsOn``,
outputs and parameters go without a word: none of them changes what is deployed by itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from intentlog.assembly.template import Assembly, Resource, Template
from intentlog.assembly.words import code, codes, count, from_to, text

from .access import ACCESS
from .alarms import ALARMS, starved
from .archive import ARCHIVE
from .delivery import DELIVERY
from .hosts import HOST
from .insights import INSIGHTS
from .kinds import Finding, Kind, Pair
from .logs import LOGS
from .pairing import paired, shown

KINDS: Final[Mapping[str, Kind]] = {
    **LOGS,
    **ALARMS,
    **DELIVERY,
    **ARCHIVE,
    **ACCESS,
    **HOST,
    **INSIGHTS,
}

_KEPT: Final = ("Retain", "RetainExceptOnCreate", "Snapshot")
_SECTIONS: Final = ("Conditions", "Mappings", "Transform")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: what it is about, and what it means, both in Markdown."""

    subject: str
    sentence: str
    danger: bool

    def __str__(self) -> str:
        return f"{self.subject} {self.sentence}"


def changes(before: Assembly, after: Assembly) -> list[Change]:
    """Return what changes: what is dangerous first, then the rest, each in a fixed order."""
    found = [
        *_stacks(before, after),
        *_resources(before, after),
        *(_told(alarm, finding) for alarm, finding in starved(before, after)),
    ]
    return sorted(dict.fromkeys(found), key=lambda change: not change.danger)


def _stacks(before: Assembly, after: Assembly) -> Iterator[Change]:
    for name, template in before.templates.items():
        if name not in after.templates:
            said = (
                f"is in the app no more: `cdk deploy` leaves it as it is, with {_holds(template)}, "
                "and nobody looks after it"
            )
            yield Change(subject=f"Stack {code(name)}", sentence=said, danger=True)
    for name, template in after.templates.items():
        if name in before.templates:
            yield from _same_stack(before.templates[name], template)
        else:
            said = f"is new, with {_holds(template)}"
            yield Change(subject=f"Stack {code(name)}", sentence=said, danger=False)


def _same_stack(old: Template, new: Template) -> Iterator[Change]:
    subject = f"Stack {code(new.stack)}"
    if old.region != new.region:
        said = (
            f"goes to another region, {from_to(old.region, new.region)}: all of it is made anew, "
            "and the old one stays where it is"
        )
        yield Change(subject=subject, sentence=said, danger=True)
    for section in _SECTIONS:
        if old.body.get(section) != new.body.get(section):
            said = f"changes its {section}, on which resources may depend"
            yield Change(subject=subject, sentence=said, danger=False)


def _holds(template: Template) -> str:
    nouns = Counter(
        _kind(resource).noun if resource.type in KINDS else "other resource"
        for resource in shown(Assembly(templates={template.stack: template}))
    )
    return ", ".join(count(number, noun) for noun, number in nouns.items()) or "nothing in it"


def _resources(before: Assembly, after: Assembly) -> Iterator[Change]:
    pairing = paired(before, after, _name)
    for old, new in pairing.same:
        pair = Pair(old=old, new=new, before=before, after=after)
        yield from (_told(new, finding) for finding in _compared(pair))
    for old, new in pairing.moved:
        yield _told(new, _clash(old, new))
        pair = Pair(old=old, new=new, before=before, after=after)
        yield from (_told(new, finding) for finding in _properties(pair))
    for resource in pairing.gone:
        # A stack that is gone from the app goes on; what it holds was said with it.
        if resource.stack in after.templates:
            yield _told(resource, _gone(resource))
    for resource in pairing.new:
        findings = _new(resource)
        known = resource.stack in before.templates
        yield from (_told(resource, one) for one in findings if known or one.danger)


def _compared(pair: Pair) -> Iterator[Finding]:
    if pair.old.type != pair.new.type:
        said = (
            f"changes its type from {_kind(pair.old).noun}, which CloudFormation refuses under one "
            "logical id, so the deploy fails"
        )
        yield Finding(said, danger=True)
        return
    yield from _attributes(pair)
    yield from _renamed(pair)
    yield from _properties(pair)


def _renamed(pair: Pair) -> Iterator[Finding]:
    kind = _kind(pair.new)
    if kind.name not in pair.changed():
        return
    kept = _keeps(pair.old, "UpdateReplacePolicy")
    if not kind.holds_data:
        fate = "a new one is made, and the old one goes"
    elif kept:
        fate = "a new, empty one is made, and the old one stays behind with what it holds"
    else:
        fate = "a new, empty one is made, and the old one is deleted with what it holds"
    said = f"gets another name, {from_to(pair.was(kind.name), pair.now(kind.name))}: {fate}"
    yield Finding(said, danger=kind.holds_data)


def _attributes(pair: Pair) -> Iterator[Finding]:
    kind = _kind(pair.new)
    was, now = (_keeps(one, "DeletionPolicy") for one in (pair.old, pair.new))
    if was and not now:
        yield Finding("is deleted with its stack from now on", danger=kind.holds_data)
    elif now and not was:
        yield Finding("stays when its stack goes, from now on")
    conditions = [one.attributes.get("Condition") for one in (pair.old, pair.new)]
    if conditions[0] != conditions[1]:
        yield Finding(f"is made on another condition, {from_to(*conditions)}")


def _properties(pair: Pair) -> Iterator[Finding]:
    kind = _kind(pair.new)
    unknown: list[str] = []
    for name in pair.changed():
        if name == kind.name or name in kind.ignored:
            continue
        if rule := kind.rules.get(name):
            yield from rule(pair)
        else:
            unknown.append(name)
    for name in unknown:
        values = pair.was(name), pair.now(name)
        simple = all(value is None or isinstance(value, str | int | float) for value in values)
        said = f"changes {code(name)}"
        yield Finding(f"{said}, {from_to(*values)}" if simple else said)


def _clash(old: Resource, new: Resource) -> Finding:
    said = (
        f"is another resource of the templates, {from_to(old.path, new.path)}, with the same "
        "name: it cannot be made while the old one is there"
    )
    return Finding(said, danger=_kind(new).holds_data)


def _gone(resource: Resource) -> Finding:
    kind = _kind(resource)
    loss = f": {kind.loss}" if kind.loss else ""
    if kind.holds_data:
        kept = _keeps(resource, "DeletionPolicy")
        what = "stays, with what it holds, and nobody looks after it" if kept else "is deleted"
        return Finding(f"is in the templates no more and {what}{loss}", kind.removal_is_danger)
    return Finding(f"is removed{loss}", kind.removal_is_danger)


def _new(resource: Resource) -> list[Finding]:
    kind = _kind(resource)
    gain = f": {kind.gain}" if kind.gain else ""
    more = list(kind.describe(resource)) if kind.describe else []
    if more:
        said = f"is new: {'; '.join(finding.sentence for finding in more)}"
        return [Finding(said, kind.gain_is_danger or any(one.danger for one in more))]
    return [Finding(f"is new{gain}", kind.gain_is_danger)]


def _keeps(resource: Resource, policy: str) -> bool:
    return resource.attributes.get(policy) in _KEPT


def _told(resource: Resource, finding: Finding) -> Change:
    noun = _kind(resource).noun
    subject = f"{noun[0].upper()}{noun[1:]} {code(_name(resource) or resource.path)}"
    return Change(subject=subject, sentence=finding.sentence, danger=finding.danger)


def _kind(resource: Resource) -> Kind:
    return KINDS.get(resource.type) or Kind(noun=codes([resource.type]))


def _name(resource: Resource) -> str:
    kind = KINDS.get(resource.type)
    value = resource.properties.get(kind.name) if kind and kind.name else None
    return text(value) if isinstance(value, str) else ""
