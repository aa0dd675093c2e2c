"""What each mistake in a contract is answered.

The cases are in ``problems/*.txt``: lines of ``base.toml`` that are replaced (``-``), what stands
there instead (``+``), and every problem that is then reported (``>``).
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intentlog.contract import ContractError, parse

PROBLEMS = Path(__file__).parent / "problems"
BASE = (PROBLEMS / "base.toml").read_text()
QUERY = "text = 'filter level = \"ERROR\" | limit 20'"


def cases() -> Iterator[object]:
    """Yield each case of the fixture files: the changed contract and its problems."""
    for file in sorted(PROBLEMS.glob("*.txt")):
        for block in file.read_text().strip().split("\n\n"):
            title, *lines = block.splitlines()
            old, new, told = ([line[2:] for line in lines if line[0] == sign] for sign in "-+>")
            before, after = "".join(f"{x}\n" for x in old), "".join(f"{x}\n" for x in new)
            assert BASE.count(before) == 1, title
            yield pytest.param(BASE.replace(before, after), told, id=f"{file.stem}: {title[2:]}")


def problems_of(text: str) -> list[str]:
    """Return what is reported of a contract's text."""
    with pytest.raises(ContractError) as raised:
        parse(text, source="x.toml")
    assert str(raised.value).splitlines() == [f"x.toml: {p}" for p in raised.value.problems]
    return [str(problem) for problem in raised.value.problems]


def test_base_is_fine() -> None:
    """The contract that the cases begin with has no problem, so each case has one cause."""
    assert parse(BASE).service == "shop"


@pytest.mark.parametrize(("text", "told"), list(cases()))
def test_mistake_is_told(text: str, told: list[str]) -> None:
    """Each mistake is reported with its place, what is wrong and what is allowed."""
    assert problems_of(text) == told


def test_all_problems_come_at_once() -> None:
    """Problems of shape, of references and of AWS's limits come together, one line each."""
    text = (
        BASE.replace("within_minutes = 5", 'within_minutes = "5"')
        .replace('metric = "ErrorCount"', 'metric = "ErorCount"')
        .replace('log_group = "/shop/app"', 'log_group = "/shop/app"\nretention_days = 31')
    )

    assert [problem.partition(": ")[0] for problem in problems_of(text)] == [
        "alarms.errors.within_minutes",
        "streams.app.retention_days",
        "alarms.errors.metric",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(
            '"Errors"',
            f'"{"E" * 251}"',
            "queries.errors.title: the title has 251 characters; "
            "250 are allowed, the service comes first",
            id="long title",
        ),
        pytest.param(
            QUERY,
            f"text = '{'#' * 10_001}'",
            f'queries.errors.text: "{"#" * 59}…" is not allowed; '
            "expected a string that is not empty, of at most 10000 characters",
            id="long text is cut in the message",
        ),
        pytest.param(
            "rows = [[",
            "rows = [[" + '"alarms.errors",' * 22,
            "dashboard.rows[0]: 25 widgets do not fit: a dashboard has 24 columns",
            id="wide row",
        ),
        pytest.param(
            "rows = [",
            "rows = [" + ("[" + '"alarms.errors",' * 20 + "],") * 25,
            "dashboard.rows: there are 503 widgets; a dashboard has 500 at most",
            id="large dashboard",
        ),
        pytest.param(
            QUERY,
            "".join(f'parameters.p{n}.default = ""\n' for n in range(21))
            + f"text = 'filter user_id in [{', '.join(f'{{{{p{n}}}}}' for n in range(21))}]'",
            "queries.errors.parameters: there are 21; a saved query has 20 at most",
            id="many parameters",
        ),
        pytest.param(
            "[dashboard]",
            "".join(f'[metrics.M{n}]\nstream = "app"\n' for n in range(100)) + "[dashboard]",
            'metrics: stream "app" has 101 filters; a log group has 100 at most',
            id="many metric filters",
        ),
        pytest.param(
            "[dashboard]",
            "".join(
                f"[metrics.M{n}]\nstream = 'app'\nwhere = 'message like /a{n}/'\n" for n in range(6)
            )
            + "[dashboard]",
            'metrics: stream "app" has 6 filters with a /regex/; a log group has 5 at most',
            id="many metric filters with a regular expression",
        ),
        pytest.param(
            "[dashboard]",
            "".join(f'[streams.s{n}]\nfile = "{n}"\nlog_group = "{n}"\n' for n in range(51))
            + f'[queries.wide]\ntitle = "W"\ntext = "limit 1"\n'
            f"streams = {[f's{n}' for n in range(51)]}\n[dashboard]",
            "queries.wide.streams: there are 51; a query asks 50 log groups at most",
            id="many log groups",
        ),
    ],
)
def test_too_much_is_told(old: str, new: str, told: str) -> None:
    """What is beyond a quota of AWS is reported with the quota."""
    assert problems_of(BASE.replace(old, new, 1)) == [told]


@pytest.mark.parametrize("regex", ["a{99999999999999999999}", "(" * 3_000 + "a" + ")" * 3_000])
def test_too_large_regex_is_told(regex: str) -> None:
    """A regular expression that cannot be compiled for its size is a mistake like any other."""
    # Others of this process may have moved the limit that the second one is to reach.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    text = BASE.replace(
        'file = "local.log"', f"file = 'local.log'\nwhere = 'message like /{regex}/'"
    )

    try:
        problems = problems_of(text)
    finally:
        sys.setrecursionlimit(before)

    assert problems == [
        "streams.local.where: this regular expression is too large (line 1, column 14)"
    ]


def test_alarm_name_counts_the_service() -> None:
    """An alarm's name in CloudWatch begins with the service, and has its limit as a whole."""
    name = "a" * 251

    problems = problems_of(BASE.replace("alarms.errors", f"alarms.{name}"))

    assert problems == [
        (
            f'alarms.{name}: CloudWatch refuses the name "shop-{name}"; '
            "allowed: 1-255 characters, no control characters"
        )
    ]


@pytest.mark.parametrize(
    "query",
    [
        "fields @timestamp, extra.email as mail | filter mail like /x/ | sort mail desc",
        "stats count(*) as n, avg(extra.ms) as ms by bin(5m), level | filter n > 5",
        "stats count(*) by level | sort `count(*)` desc",
        'parse message "user=*, from=*" as who, origin | filter who != "" and origin != ""',
        "parse message /user=(?<who>\\S+)/ | stats count(*) by who",
        "fields strcontains(message, 'x') as hit, level | filter hit = 1 and ispresent(user_id)",
        'unnest extra.items into item | filter item.name = "x" | limit 5',
        "pattern @message | sort @sampleCount desc",
        'filter level = "ERROR" | display message, extra.id | dedup extra.id',
        "filter `user_id` = 42 # who",
    ],
)
def test_query_may_name_what_it_makes(query: str) -> None:
    """Aliases, parsed fields, functions, keywords and Insights' own fields are no problem."""
    text = BASE.replace(QUERY, f"text = '''{query}'''")

    assert parse(text).queries["errors"].text == query


def test_a_name_that_the_query_gives_may_have_any_value() -> None:
    """Once a command has renamed fields, ``category`` need not be the record's."""
    text = "text = 'fields extra.kind as category | filter category = \"anything\"'"

    assert parse(BASE.replace(QUERY, text)).queries["errors"]
