"""Reading contracts: from files, from text, from Python."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intentlog.contract import (
    Alarm,
    Contract,
    ContractError,
    Files,
    Metric,
    Problem,
    Record,
    Stream,
    conflicts,
    load,
    parse,
    validate,
)


def told(path: Path) -> str:
    """Return what is said of a file that cannot be read as a contract, without its name."""
    with pytest.raises(ContractError) as raised:
        load(path)
    return str(raised.value).removeprefix(f"{path}: ")


def made(**changes: object) -> Contract:
    """Return a contract built in Python."""
    fields: dict[str, object] = {
        "service": "shop",
        "namespace": "Shop",
        "record": Record(fields=("timestamp", "level", "message")),
        "streams": {"app": Stream(file="app.log", log_group="shop")},
        "files": Files(directory="/logs"),
    }
    return Contract(**(fields | changes))  # type: ignore[arg-type]  # wrong types are the point


def test_minimal_contract_is_fine(minimal: str) -> None:
    """A service, a namespace, a record and one stream are enough."""
    contract = parse(minimal)

    assert contract.category_names == ("system",)
    assert contract.log_groups == {}
    assert contract.rotation_of("app").keep == 7


def test_minimal_contract_with_a_log_group_is_fine(minimal: str) -> None:
    """The agent needs to know where the file is, and nothing else."""
    contract = parse(
        minimal + 'streams.app.log_group = "shop"\nfiles.directory = "/var/log/shop"\n'
    )

    assert contract.log_groups == {"app": "shop"}


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is named, with the reason."""
    assert told(tmp_path / "no.toml") == "cannot be read: No such file or directory"


def test_directory_is_told(tmp_path: Path) -> None:
    """A directory is no contract."""
    assert told(tmp_path) == "cannot be read: Is a directory"


def test_path_with_a_null_is_told() -> None:
    """Even a path that the system cannot take is an ordinary mistake."""
    with pytest.raises(ContractError, match=r"^a\\x00b: cannot be read: embedded null byte$"):
        load("a\0b")


def test_other_encoding_is_told(tmp_path: Path) -> None:
    """A file that is not UTF-8 is told with the place."""
    path = tmp_path / "latin.toml"
    path.write_bytes(b'service = "caf\xe9"')

    assert told(path) == "cannot be read: is not UTF-8: byte 14 cannot be decoded"


def test_byte_order_mark_is_skipped(tmp_path: Path, minimal: str) -> None:
    """A file as some editors save it is read like any other."""
    path = tmp_path / "bom.toml"
    path.write_text(minimal, encoding="utf-8-sig")

    assert load(path) == parse(minimal)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("service = ", "Invalid value (at"),
        ('a = 1\na = "2"', "Cannot overwrite a value (at"),
        ("[a]\n[a]", "Cannot declare ('a',) twice (at line 2"),
        ("a = 2026-02-30", "Invalid date or datetime (at"),
        ("a = " + "[" * 5_000, "nested too deep"),
    ],
    ids=["no value", "key twice", "table twice", "no such day", "deep"],
)
def test_broken_toml_is_told(tmp_path: Path, text: str, reason: str) -> None:
    """What is not TOML is told in one line, with the place where there is one."""
    path = tmp_path / "broken.toml"
    path.write_text(text)

    assert told(path).startswith(f"is not TOML: {reason}")
    assert "\n" not in told(path)


def test_endless_number_is_told(tmp_path: Path) -> None:
    """A number with thousands of digits is a mistake like any other."""
    path = tmp_path / "number.toml"
    path.write_text("a = " + "9" * 5_000)

    assert told(path).startswith("is not TOML: Exceeds the limit")


def test_message_names_the_file_in_one_line() -> None:
    """Neither a file's name nor a key can break a message into lines."""
    error = ContractError("a\nb.toml", [Problem('x."\\n"', "no\r\n\x1b[31m\udc80")])

    assert str(error) == 'a\\nb.toml: x."\\n": no\\r\\n\\x1b[31m\\udc80'


def test_python_contract_is_checked_as_strictly() -> None:
    """A contract built in Python gets the messages that its TOML would get, all at once."""
    contract = made(
        service=5,
        metrics={"Errors": Metric(stream="ap", unit="Counts")},
        alarms={"slow": Alarm(metric="Latency", more_than=float("nan"), within_minutes=0)},
        dashboard={"rows": [["x"]]},
        namespace=None,
    )

    with pytest.raises(ContractError) as raised:
        validate(contract)

    assert str(raised.value).splitlines() == [
        "contract: service: expected a string, not an integer",
        "contract: namespace: expected a string that is not empty, not None",
        "contract: alarms.slow.more_than: nan is not allowed; expected a number at least 0",
        (
            "contract: alarms.slow.within_minutes: "
            "0 is not allowed; expected an integer at least 1, at most 1440"
        ),
        'contract: metrics.Errors.stream: no stream "ap"; did you mean "app"?',
        'contract: metrics.Errors.unit: no unit "Counts"; did you mean "Count"?',
        'contract: alarms.slow.metric: no metric "Latency"; there are: Errors',
        (
            'contract: dashboard.rows[0][0]: no widget "x"; '
            "there are: alarms, alarms.slow, metrics.Errors, streams.app"
        ),
    ]


def test_keys_that_are_no_strings_are_told() -> None:
    """Only Python can have them; they are refused, not a traceback."""
    with pytest.raises(ContractError, match=r"streams: a key is a string, not 5"):
        validate(made(streams={5: Stream(file="x")}))


def test_valid_python_contract_comes_back_as_a_file_gives_it(
    drawing_agent: Path, chimera: Path
) -> None:
    """Lists become tuples, integers numbers, and what was read once passes unchanged."""
    metrics = {"Errors": Metric(stream="app")}
    alarm = Alarm(metric="Errors", more_than=10, within_minutes=5)
    contract = validate(
        made(
            metrics=metrics,
            alarms={"x": alarm},
            record=Record(fields=["timestamp", "level", "message"]),  # type: ignore[arg-type]
        )
    )

    assert contract.record.fields == ("timestamp", "level", "message")
    assert isinstance(contract.alarms["x"].more_than, float)
    for path in (drawing_agent, chimera):
        assert validate(load(path)) == load(path)


def test_digest_is_that_of_the_meaning(tmp_path: Path, drawing_agent: Path) -> None:
    """The order of tables and comments change no byte; any other change does."""
    contract = load(drawing_agent)
    head, *tables = drawing_agent.read_text().split("\n[")
    shuffled = "# other words\n" + head + "".join(f"\n[{table}" for table in reversed(tables))
    # The first stream with a log group is what queries ask by default.
    first, last = '[streams.app]\nfile           = "app.log"', "[streams.errors]"
    assert first in shuffled
    assert shuffled.index(last) < shuffled.index(first)
    for name in (name for name in contract.queries if name != "top-errors"):
        shuffled = shuffled.replace(f"[queries.{name}]", f'[queries.{name}]\nstreams = ["app"]')
    path = tmp_path / "shuffled.toml"
    path.write_text(shuffled)

    assert load(path).canonical_json() == contract.canonical_json()
    assert load(path).digest() == contract.digest()
    assert load(path).with_prefix("dev-").digest() != contract.digest()
    assert len(contract.digest()) == 12


def test_digest_tells_what_order_decides(minimal: str) -> None:
    """Which stream a query asks by default follows from the order; so does the digest."""
    streams = ['streams.b = { file = "b", log_group = "b" }', 'streams.c = { file = "c" }']
    streams[1] = 'streams.c = { file = "c", log_group = "c" }'
    head = minimal + 'delivery.by = "process"\nqueries.q = { title = "Q", text = "limit 1" }\n'

    one, other = (parse(head + "\n".join(order)) for order in (streams, streams[::-1]))

    assert one.log_groups_of("q") == ("b",)
    assert other.log_groups_of("q") == ("c",)
    assert one.digest() != other.digest()


def test_prefix_is_on_every_name_that_aws_sees(drawing_agent: Path) -> None:
    """Two environments can share an account: service, namespace, groups and alarms differ."""
    contract = load(drawing_agent)
    prefixed = contract.with_prefix("dev-")

    assert contract.with_prefix("") is contract
    assert prefixed.service == "dev-drawing-agent"
    assert prefixed.namespace == "dev-DrawingAgent"
    assert prefixed.log_groups == {
        "app": "/dev-drawing-agent/app",
        "errors": "/dev-drawing-agent/errors",
    }
    assert prefixed.alarm_name("high-error-rate") == "dev-drawing-agent-high-error-rate"
    assert prefixed.streams["app"].file == "app.log"
    assert validate(prefixed) == prefixed


def test_contracts_share_nothing(drawing_agent: Path, chimera: Path) -> None:
    """The shipped contracts can be deployed together."""
    assert conflicts({path.name: load(path) for path in (drawing_agent, chimera)}) == []


def test_conflicts_are_told(minimal: str) -> None:
    """What two contracts would both create is told of the later one."""
    text = minimal + (
        'delivery.by = "process"\nstreams.app.log_group = "shop"\nmetrics.Sold.stream = "app"\n'
    )
    other = text.replace('"shop"', '"shop2"').replace('group = "shop2"', 'group = "shop"')

    errors = conflicts({"a.toml": parse(text), "b.toml": parse(text), "c.toml": parse(other)})

    assert [str(error) for error in errors] == [
        (
            'b.toml: service: "shop" is the service of a.toml already\n'
            'b.toml: streams.app.log_group: "shop" is the log group of a.toml already\n'
            'b.toml: metrics.Sold: "Shop/Sold" is the metric of a.toml already'
        ),
        (
            'c.toml: streams.app.log_group: "shop" is the log group of a.toml already\n'
            'c.toml: metrics.Sold: "Shop/Sold" is the metric of a.toml already'
        ),
    ]


# --- anything at all

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["level", "app", "ERROR", 'level = "ERROR"', "{{x}}", "a\nb", "alarms.x"])
)
KEYS = st.text(max_size=5) | st.sampled_from(
    ["file", "where", "log_group", "metric", "stream", "text", "title", "fields", "x"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
TABLES = st.dictionaries(st.sampled_from(Contract.__struct_fields__) | KEYS, VALUES, max_size=8)


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value in a contract's data."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for key, item in inner for found in paths(item, (*path, key)))]


def replaced(value: object, path: tuple[str | int, ...], new: object) -> object:
    """Return data with another value at a path."""
    if not path:
        return new
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)  # type: ignore[call-overload]
    copy[key] = replaced(copy[key], tuple(rest), new)
    return copy


def judged(monkey: pytest.MonkeyPatch, data: object) -> list[str]:
    """Return the problems of plain data, as if a file had had it."""
    monkey.setattr(tomllib, "loads", lambda _text: data)
    try:
        parse("")
    except ContractError as error:
        told = error
    else:
        return []
    lines = str(told).splitlines()
    assert len(lines) == len(told.problems) == len(set(lines))
    return lines


@settings(max_examples=80, deadline=None)
@given(TABLES)
def test_any_data_is_a_contract_or_a_contract_error(data: dict[str, object]) -> None:
    """Whatever a file holds, it is refused with a list of problems, never with a traceback."""
    with pytest.MonkeyPatch.context() as monkey:
        assert judged(monkey, data)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("drawing-agent.toml", {"x": 5}),
        ("chimera.toml", {"x": 5}),
        ("drawing-agent.toml", "\x00"),
        ("chimera.toml", ["a\nb"]),
    ],
)
def test_wrong_value_anywhere_is_told(name: str, wrong: object, drawing_agent: Path) -> None:
    """At every place of a contract, a value of a wrong type or kind ends in problems alone."""
    data = tomllib.loads((drawing_agent.parent / name).read_text())
    with pytest.MonkeyPatch.context() as monkey:
        for path in paths(data)[1:]:
            lines = judged(monkey, replaced(data, path, wrong))
            if isinstance(wrong, dict):
                assert lines, path
