"""What is asked of lines: tables of metrics, alarms, mutes, saved queries, the dashboard."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from .table import Table, Text, Where

AlarmKind = Literal["threshold", "ratio", "band", "silence", "lag", "composite"]


class Metric(Table, frozen=True, kw_only=True):
    """A number counted from lines as they arrive in a log group."""

    stream: Annotated[Text, Meta(description="The stream whose lines are counted.")]
    where: Where = ""
    filter: Annotated[
        Text | None, Meta(description="Name of the metric filter. Default: the metric's name.")
    ] = None
    value: Annotated[
        Text | None,
        Meta(description="Numeric field whose value is taken. Default: each line counts 1."),
    ] = None
    embedded: Annotated[
        bool,
        Meta(
            description=(
                "Whether the logger writes the number into its lines, as CloudWatch's embedded "
                "metric format, and no metric filter is made."
            )
        ),
    ] = False
    unit: Annotated[Text, Meta(description="CloudWatch unit, such as Count or Milliseconds.")] = (
        "Count"
    )
    purpose: Annotated[str, Meta(description="What it counts, for people.")] = ""


class Alarm(Table, frozen=True, kw_only=True):
    """What wakes somebody. What it watches says which kind it is.

    ``metric``: its sum is above ``more_than``; with ``of``, its share of another metric is; with
    ``outside_band``, its sum is not what it usually is. ``stream``: nothing arrives; with
    ``lag_seconds``, lines arrive late. ``any_of``: one of other alarms rings, which then do not
    page by themselves.
    """

    metric: Annotated[Text | None, Meta(description="The metric that is watched.")] = None
    more_than: (
        Annotated[
            float,
            Meta(ge=0, description="It alarms when the sum is above this; with `of`, per cent."),
        ]
        | None
    ) = None
    of: Annotated[
        Text | None, Meta(description="The metric that `metric` is taken as a share of.")
    ] = None
    at_least: (
        Annotated[
            float, Meta(gt=0, description="With `of`: it stays quiet below this sum of `of`.")
        ]
        | None
    ) = None
    outside_band: (
        Annotated[
            float,
            Meta(
                gt=0,
                le=10,
                description=(
                    "It alarms when the sum is more than so many standard deviations from what "
                    "CloudWatch has learnt to expect."
                ),
            ),
        ]
        | None
    ) = None
    stream: Annotated[
        Text | None,
        Meta(description="It alarms when nothing of this stream arrives in CloudWatch Logs."),
    ] = None
    lag_seconds: (
        Annotated[
            float,
            Meta(
                gt=0,
                description=(
                    "With `stream`: it alarms when a line arrives later than this after its event. "
                    "Made where the environment has `log_alarms`."
                ),
            ),
        ]
        | None
    ) = None
    any_of: Annotated[
        tuple[Text, ...],
        Meta(description="Other alarms that make one incident: this one pages, they do not."),
    ] = ()
    within_minutes: (
        Annotated[
            int, Meta(ge=1, le=1440, description="Over how many minutes it looks. Not for any_of.")
        ]
        | None
    ) = None
    missing_data: Annotated[
        Literal["not breaching", "breaching", "ignore", "missing"],
        Meta(description="What minutes without data count as, for an alarm on a metric."),
    ] = "not breaching"
    purpose: Annotated[
        str, Meta(max_length=400, description="What it means when it rings, for people.")
    ] = ""
    query: Annotated[
        Text | None, Meta(description="The saved query that whoever is woken asks first.")
    ] = None
    runbook: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=300,
                description="What to do: a link, or where it is written.",
            ),
        ]
        | None
    ) = None
    log_lines: Annotated[
        int,
        Meta(
            ge=0,
            le=50,
            description=(
                "Lines shown in the notification, for an alarm on a metric's sum. Where the "
                "environment has `log_alarms`, the alarm then asks the log group itself."
            ),
        ),
    ] = 0

    @property
    def kind(self) -> AlarmKind:
        """What it watches, in a word."""
        if self.any_of:
            return "composite"
        if self.stream is not None:
            return "silence" if self.lag_seconds is None else "lag"
        if self.outside_band is not None:
            return "band"
        return "threshold" if self.of is None else "ratio"


class Mute(Table, frozen=True, kw_only=True):
    """When alarms do not page: a window that comes again, such as a nightly batch."""

    cron: Annotated[
        str,
        Meta(
            pattern=r"^[^\s/]+( [^\s/]+){4}$",
            max_length=200,
            description=(
                "When it begins: minute, hour, day of month, month, day of week: `0 2 * * SUN`. "
                "No steps (`/`)."
            ),
            extra={"wanted": "five fields without /: minute hour day-of-month month day-of-week"},
        ),
    ]
    minutes: Annotated[int, Meta(ge=1, le=21_600, description="How long it lasts.")]
    timezone: Annotated[
        str, Meta(min_length=1, max_length=50, description="IANA name, such as Europe/Berlin.")
    ] = "UTC"
    alarms: Annotated[
        tuple[Text, ...], Meta(max_length=100, description="Which alarms. Default: all that page.")
    ] = ()
    purpose: Annotated[str, Meta(max_length=1024, description="Why, for people.")] = ""


class Parameter(Table, frozen=True, kw_only=True):
    """A ``{{name}}`` in a saved query's text."""

    default: Annotated[str, Meta(max_length=1024, description="The value when none is given.")]
    purpose: Annotated[str, Meta(max_length=512, description="What it stands for, for people.")] = (
        ""
    )
    values: Annotated[
        tuple[str, ...],
        Meta(description="What a dashboard offers to choose from. Default: any text."),
    ] = ()


class Example(Table, frozen=True, kw_only=True):
    """Lines, and what a saved query answers from them: a test, and documentation."""

    lines: Annotated[Text, Meta(description="Lines as the file has them, each on its own.")]
    expected: Annotated[
        tuple[dict[str, str], ...],
        Meta(
            description=(
                "The rows of the answer, in order; each value a text, as `--json` prints it. A "
                "cell that is not there is left out."
            )
        ),
    ]
    parameters: Annotated[
        dict[Text, str], Meta(description="Values of parameters. Default: their defaults.")
    ] = {}
    arrive_after_seconds: Annotated[
        float,
        Meta(ge=0, description="How long after its event each line arrives: @ingestionTime."),
    ] = 0.0
    purpose: Annotated[str, Meta(description="What it shows, for people.")] = ""


class Query(Table, frozen=True, kw_only=True):
    """A question that is asked often, in the query language of Logs Insights."""

    title: Annotated[Text, Meta(description="Its name in the console.")]
    text: Annotated[Text, Meta(max_length=10_000, description="Logs Insights QL, deployed as is.")]
    streams: Annotated[
        tuple[Text, ...],
        Meta(description="Whose log groups it asks. Default: the first stream that has one."),
    ] = ()
    parameters: Annotated[
        dict[Text, Parameter], Meta(description="Each `{{name}}` of the text.")
    ] = {}
    view: Annotated[
        Literal["table", "time series", "bar", "pie"],
        Meta(description="How a dashboard shows the answer."),
    ] = "table"
    examples: Annotated[
        tuple[Example, ...],
        Meta(description="What it answers from which lines; `intentlog query test` tries them."),
    ] = ()

    def filled(self, values: Mapping[str, str] | None = None) -> str:
        """Return the text with values for its parameters; their defaults for the rest."""
        from intentlog.expression import PARAMETER  # noqa: PLC0415 -- the logger needs it not

        chosen = {name: parameter.default for name, parameter in self.parameters.items()}
        chosen.update(values or {})
        return PARAMETER.sub(lambda found: chosen[found[1]], self.text).strip()


class Dashboard(Table, frozen=True, kw_only=True):
    """What a person sees at a glance."""

    rows: Annotated[
        tuple[tuple[Text, ...], ...],
        Meta(
            description=(
                "Rows of widgets; a widget is named by its table: `alarms.high-error-rate`, "
                "`metrics.ErrorCount`, `queries.errors-by-category`, `streams.app` (what arrives, "
                "and what that costs); or `alarms` for the states of all alarms."
            )
        ),
    ]
