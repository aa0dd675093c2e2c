"""A review of templates as the CDK writes them, and of templates that were tampered with."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentlog.assembly import Assembly, Template
from intentlog.assembly.billed import inventory
from intentlog.assembly.changes import LONGEST, NOTHING, changes, markdown
from intentlog.render.cost import estimate
from tests.assembly.changing import assembly, resource

ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Ref", "Fn::Join", "Statement", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def reviewed(before: Assembly, after: Assembly) -> str:
    """The review as it is printed."""
    costs = (estimate(inventory(one)) for one in (before, after))
    return markdown(changes(before, after), *costs)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where something is in a template's properties."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


def put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    """Change what is at a place."""
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value


def test_the_same_is_no_change(synthesized: Assembly) -> None:
    """Nothing is said of what is as it was."""
    assert reviewed(synthesized, synthesized) == NOTHING


@settings(deadline=None)
@given(data=st.data())
def test_no_template_breaks_it(synthesized: Assembly, data: st.DataObject) -> None:
    """Whatever is in a property, before or after, the review is Markdown of some length."""
    name = data.draw(st.sampled_from(sorted(synthesized.templates)))
    body = copy.deepcopy(dict(synthesized.templates[name].body))
    where = [
        ("Resources", logical_id, *path)
        for logical_id, one in body["Resources"].items()
        for path in places(one)
    ]
    put(body, data.draw(st.sampled_from(where)), data.draw(ANYTHING))
    changed = Template(stack=name, body=body, region="us-east-1")
    other = Assembly(templates={**synthesized.templates, name: changed})

    for before, after in ((synthesized, other), (other, synthesized)):
        text = reviewed(before, after)

        assert len(text) <= LONGEST
        assert reviewed(before, after) == text


def test_dangerous_ones_come_first(synthesized: Assembly) -> None:
    """Of everything that goes when there is nothing any more."""
    nothing = Assembly(
        templates={
            name: Template(stack=name, body={}, region="us-east-1")
            for name in synthesized.templates
        }
    )

    dangers = [change.danger for change in changes(synthesized, nothing)]

    assert dangers == sorted(dangers, reverse=True)
    assert dangers[0]
    assert not dangers[-1]


def test_a_long_review_is_cut() -> None:
    """GitHub takes 65,536 characters; how much is left out is said."""
    group = "AWS::Logs::LogGroup"
    before = assembly(
        shop={f"G{i}": resource(group, LogGroupName=f"/{i:0100}") for i in range(1000)}
    )

    text = reviewed(before, assembly(shop={}))

    assert len(text) <= LONGEST
    bullets = [line for line in text.splitlines() if line.startswith("- ")]
    assert bullets[-1] == f"- … and {1000 - len(bullets) + 1} more: see `cdk diff`"
    assert "**All of it**" in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/a`b", "``/a`b``"),
        ("`", "`` ` ``"),
        ("/a\n# heading", "`/a # heading`"),
        ("@everyone <img>", "`@everyone <img>`"),
        ("\x1b[31m", "`�[31m`"),
        ("x" * 500, f"`{'x' * 159}…`"),
    ],
)
def test_names_are_no_markdown(name: str, shown: str) -> None:
    """Whatever a name has in it stays in a code span of one line."""
    before = assembly(shop={"A": resource("AWS::Logs::LogGroup", LogGroupName=name)})

    change = changes(before, assembly(shop={}))[0]

    assert change.subject == f"Log group {shown}"
