"""A review as Markdown, for a comment on a pull request."""

from collections.abc import Iterator, Sequence
from typing import Final

from intentlog.render import prices
from intentlog.render.cost import Estimate

from .compare import Change

LONGEST: Final = 60_000
"""Characters, at most: GitHub takes 65,536 in a comment, and whoever posts it adds some."""

NOTHING: Final = "Nothing changes for logs, alarms or cost.\n"


def markdown(found: Sequence[Change], before: Estimate, after: Estimate) -> str:
    """Return what changes, dangerous ones first, and what it costs a month before and after."""
    if not found:
        return NOTHING
    cost = "\n".join(_cost(before, after))
    dangers = [change for change in found if change.danger]
    others = [change for change in found if not change.danger]
    room = LONGEST - len(cost)
    text = "\n".join(_cut(_sections(dangers, others, before, after), room))
    return f"{text}\n{cost}\n"


def _sections(
    dangers: Sequence[Change], others: Sequence[Change], before: Estimate, after: Estimate
) -> Iterator[str]:
    yield "## What changes for logs"
    yield ""
    counted = f"**{len(dangers)} dangerous**" if dangers else "Nothing dangerous"
    yield f"{counted}, {len(others)} other. Cost a month: {_dollars(before)} → {_dollars(after)}."
    for title, changes in (("Dangerous", dangers), ("Other changes", others)):
        if changes:
            yield ""
            yield f"### {title}"
            yield ""
            yield from _bullets(changes)


def _bullets(changes: Sequence[Change]) -> Iterator[str]:
    """Yield a line for each subject, with all that is said of it."""
    said: dict[str, list[str]] = {}
    for change in changes:
        said.setdefault(change.subject, []).append(change.sentence)
    for subject, sentences in said.items():
        yield f"- {subject} {'; '.join(sentences)}"


def _cut(lines: Iterator[str], room: int) -> Iterator[str]:
    """Yield as many lines as there is room for, and how many are left out."""
    lines_left = list(lines)
    note = "- … and {} more: see `cdk diff`"
    room -= len(note) + 10
    while lines_left and len(lines_left[0]) < room:
        line = lines_left.pop(0)
        room -= len(line) + 1
        yield line
    left = sum(line.startswith("- ") for line in lines_left)
    if left:
        yield note.format(left)


def _cost(before: Estimate, after: Estimate) -> Iterator[str]:
    old, new = (
        {item.component: item.usd for item in estimate.items} for estimate in (before, after)
    )
    rows = [
        (component, old.get(component, 0.0), new.get(component, 0.0))
        for component in dict.fromkeys((*old, *new))
    ]
    changed = [row for row in rows if f"{row[1]:.2f}" != f"{row[2]:.2f}"]
    if not changed:
        return
    yield ""
    yield "### Cost a month"
    yield ""
    yield "| | before | after |"
    yield "|---|---:|---:|"
    for component, was, now in changed:
        yield f"| {component} | ${was:.2f} | ${now:.2f} |"
    yield f"| **All of it** | **{_dollars(before)}** | **{_dollars(after)}** |"
    yield ""
    yield (
        f"List prices of {prices.REGION} as of {prices.AS_OF}, without the host; "
        "volumes are those that the contracts expect."
    )


def _dollars(estimate: Estimate) -> str:
    return f"${estimate.usd:.2f}"
