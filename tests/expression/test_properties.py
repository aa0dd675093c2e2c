"""Properties that hold for every expression: it prints back, and its pattern agrees with it."""

import json
from collections.abc import Iterator

from hypothesis import event, given, settings
from hypothesis import strategies as st

from intentlog.expression import (
    And,
    Comparison,
    Field,
    FilterPattern,
    Like,
    Membership,
    Not,
    NotExpressibleError,
    Or,
    Present,
    Value,
    Where,
    compile_where,
    fields_of,
    filter_pattern,
    matches,
    parse_where,
    to_text,
)

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
# Few and alike, so that an expression and a record often speak of the same thing.
TEXTS = st.sampled_from(
    ["", " ", "0", "1", "-1", "200", "200.0", "2e2", "+1", ".5", "x", "xyz", "Xy", "e", "1.2.3"]
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 200, 200.0, 0.5, 1e3, 2**60, 1e-7, 1e22])
REGEXES = st.sampled_from(
    ["x", "^x", "y$", "^$", "[0-9]", "^[^0-1]", "x|1", "\\d{2,}", "\\.0", "a!", "(?i)x", "1$", ".?"]
)
FIELDS = st.sampled_from(["a", "b", "n.a", "n.m.b", "@@k", "a b"]).map(Field)
ANY_NAMES = st.text(st.characters(exclude_characters="`\n", exclude_categories=["Cs"]), min_size=1)


def expressions(
    fields: st.SearchStrategy[Field],
    texts: st.SearchStrategy[str],
    numbers: st.SearchStrategy[int | float],
    regexes: st.SearchStrategy[str],
) -> st.SearchStrategy[Where]:
    """Build every kind of expression from the given parts."""
    values: st.SearchStrategy[Value] = texts | numbers | st.booleans()
    atoms: st.SearchStrategy[Where] = st.one_of(
        st.builds(Comparison, fields, st.sampled_from(OPERATORS[:2]), values),
        st.builds(Comparison, fields, st.sampled_from(OPERATORS[2:]), texts | numbers),
        st.builds(
            Membership, fields, st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans()
        ),
        st.builds(Like, fields, texts, st.just(value=False), st.booleans()),
        st.builds(Like, fields, regexes, st.just(value=True), st.booleans()),
        st.builds(Present, fields),
    )

    def junctions(inner: st.SearchStrategy[Where]) -> st.SearchStrategy[Where]:
        operands = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(And, operands) | st.builds(Or, operands) | st.builds(Not, inner)

    return st.recursive(atoms, junctions, max_leaves=5)


# What a field may hold; MISSING stands for no such key.
MISSING = object()
HELD: list[object] = [
    *("", " ", "0", "1", "-1", "200", "200.0", "2e2", "+1", ".5", "x", "xyz", "Xy", "e", "a!"),
    *("1.2.3", "true", "x\n", "é", "1 "),
    *(0, 1, -1, 2, 200, 200.0, 0.5, 1e3, 1000, 2**60, 1e-7, 1e22, 10**22, 1.0, 20, -0.0),
    *(True, False, None, {}, [], ["x"], {"b": "x"}, MISSING),
]


def record_with(values: dict[str, object], *, dotted: bool = False) -> dict[str, object]:
    """Build the JSON record in which each named field holds a value."""
    record: dict[str, object] = {}
    for name, value in values.items():
        keys = [name] if dotted else name.removeprefix("@").split(".")
        place = record
        for key in keys[:-1]:
            inner = place.setdefault(key, {})
            assert isinstance(inner, dict)
            place = inner
        if value is not MISSING:
            place[keys[-1]] = value
    return record


def records_about(where: Where, held: list[object], *, dotted: bool = False) -> Iterator[str]:
    """Give every field of an expression every value in turn, the other fields one of theirs."""
    names = list(dict.fromkeys(field.name for field in fields_of(where)))
    others = dict(zip(names, held, strict=False))
    for name in names:
        for value in HELD:
            yield json.dumps(record_with({**others, name: value}, dotted=dotted))


SMALL = expressions(FIELDS, TEXTS, NUMBERS, REGEXES)


@settings(max_examples=300, deadline=None)
@given(
    where=expressions(
        ANY_NAMES.map(Field),
        st.text(max_size=8),
        st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False),
        REGEXES | st.sampled_from(["/", "a/b[/]", "\\\\", "\\[x"]),
    )
)
def test_printed_expression_parses_to_itself(where: Where) -> None:
    """Nothing is lost between an expression and its text."""
    assert where == parse_where(to_text(where))


@settings(max_examples=400, deadline=None)
@given(where=SMALL, held=st.lists(st.sampled_from(HELD), min_size=6, max_size=6))
def test_pattern_matches_what_the_expression_matches(where: Where, held: list[object]) -> None:
    """A metric filter counts exactly the records that the contract's expression names."""
    try:
        pattern = FilterPattern.parse(filter_pattern(where))
    except NotExpressibleError:
        event("refused")
        return
    test = compile_where(where)
    for line in records_about(where, held):
        expected = test(json.loads(line))
        assert expected is pattern.matches(line), (to_text(where), pattern.text, line)


@settings(max_examples=60, deadline=None)
@given(where=SMALL, held=st.lists(st.sampled_from(HELD), min_size=6, max_size=6))
def test_pattern_with_dotted_keys_agrees_too(where: Where, held: list[object]) -> None:
    """The same holds for a record whose keys are spelled with the dot."""
    names = {field.name for field in fields_of(where)} - {"@@k"}
    try:
        pattern = FilterPattern.parse(filter_pattern(where, dotted_keys=names))
    except NotExpressibleError:
        return
    for line in records_about(where, held, dotted=True):
        assert matches(where, json.loads(line)) is pattern.matches(line), (pattern.text, line)


@settings(max_examples=100, deadline=None)
@given(where=SMALL, held=st.lists(st.sampled_from(HELD), min_size=6, max_size=6))
def test_expression_and_its_negation_never_both_match(where: Where, held: list[object]) -> None:
    """Two negations cancel; a missing field may leave both sides without a match."""
    test, negation = compile_where(where), compile_where(Not(where))
    double = compile_where(Not(Not(where)))
    for line in records_about(where, held):
        record = json.loads(line)
        assert not (test(record) and negation(record))
        assert test(record) is double(record)
