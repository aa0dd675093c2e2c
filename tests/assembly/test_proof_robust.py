"""Templates of any shape: the proof says what it can, and never fails."""

import copy
import dataclasses
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intentlog.assembly import Assembly, Template, findings
from intentlog.contract import Contract

Place = tuple[Any, Any]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
INTRINSICS = st.sampled_from(
    [
        {"Ref": "AWS::NoValue"},
        {"Ref": "Nobody"},
        {"Fn::GetAtt": ["Nobody", "Arn"]},
        {"Fn::GetAtt": "Nobody"},
        {"Fn::If": ["Sometimes", {"Ref": "A"}, {"Ref": "B"}]},
        {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-Key"}},
        {"Fn::Join": ["", "not a list"]},
        {"Fn::Select": ["0", {"Fn::Split": [":", {"Ref": "Nobody"}]}]},
        {"Fn::Sub": ["${a}-${AWS::Region}", {"a": {"Ref": "Nobody"}}]},
    ]
)
JSON = st.recursive(
    SCALARS | INTRINSICS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any) -> Iterator[Place]:
    """Yield every place in a JSON value: what holds it, and its key there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(JSON, min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_a_template_with_anything_in_it_is_proven(
    values: list[Any], seed: int, synthesized: Assembly, contracts: list[Contract]
) -> None:
    """Some values of real templates are replaced by others, anywhere."""
    chance = random.Random(seed)  # noqa: S311, nobody shall guess nothing
    bodies = {name: copy.deepcopy(dict(t.body)) for name, t in synthesized.templates.items()}
    for value in values:
        inner, key = chance.choice(list(places(bodies)))
        inner[key] = value
    templates = {
        name: dataclasses.replace(template, body=bodies[name])
        for name, template in synthesized.templates.items()
        if isinstance(bodies[name], dict)
    }

    assert isinstance(findings(Assembly(templates=templates), contracts), list)


@given(body=st.dictionaries(st.sampled_from(["Resources", "Outputs", "Parameters"]), JSON))
def test_a_body_of_anything_is_proven(body: dict[str, Any], contracts: list[Contract]) -> None:
    """Not even its sections need to be what they should."""
    template = Template(stack="drawing-agent-logs", body=body)

    assert findings(Assembly(templates={template.stack: template}), contracts) != []


def test_outputs_that_import_themselves_are_followed_once(contracts: list[Contract]) -> None:
    """A circle of exports ends somewhere."""
    circle = {"Value": {"Fn::ImportValue": "Self"}, "Export": {"Name": "Self"}}
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::ImportValue": "Self"},
            "AlarmActions": [{"Fn::ImportValue": "Self"}],
        },
    }
    template = Template(
        stack="shop-alerts", body={"Resources": {"Alarm": alarm}, "Outputs": {"Self": circle}}
    )

    assert findings(Assembly(templates={"shop-alerts": template}), contracts) == []
