"""How whoever is on call is told: the part of an environment that the digest is made from."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from .problem import Problem, join
from .table import Table, Text

DestinationKind = Literal[
    "slack", "slack-bot", "teams", "discord", "google-chat", "pagerduty", "webhook", "email"
]
_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_ONLY: Final[dict[str, tuple[DestinationKind, ...]]] = {
    "addresses": ("email",),
    "channel": ("slack-bot",),
    "endpoint": ("slack-bot", "pagerduty"),
}
"""The kinds that have a key; the others have it not."""
_MOST_DESTINATIONS: Final = 8
"""What a function's environment variables have room for: 4 KB (AWS Lambda, "Quotas")."""
_NEEDED: Final[dict[DestinationKind, str]] = {"email": "addresses", "slack-bot": "channel"}


class Destination(Table, frozen=True, kw_only=True):
    """Somewhere that digests are posted to."""

    kind: Annotated[
        DestinationKind,
        Meta(
            description=(
                "What takes it: a webhook of Slack, Microsoft Teams (Workflows), Discord or Google "
                "Chat; a bot of Slack's, which keeps an incident in one thread; PagerDuty (Events "
                "v2); any webhook, as JSON, signed where its secret has a key; e-mail."
            )
        ),
    ]
    channel: Annotated[
        Text | None,
        Meta(description="The channel's id (`slack-bot`), such as C0123456789."),
    ] = None
    addresses: Annotated[
        tuple[
            Annotated[str, Meta(pattern=_ADDRESS, extra={"wanted": "an e-mail address"})],
            ...,
        ],
        Meta(description="Who is written to (`email`), once each has confirmed."),
    ] = ()
    endpoint: (
        Annotated[
            str,
            Meta(
                pattern=r"^(https://[^\s/]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/\S*)?$",
                description=(
                    "Another address of the API (`slack-bot`, `pagerduty`), such as "
                    "https://events.eu.pagerduty.com/v2/enqueue. Default: the usual one."
                ),
                extra={"wanted": "an https URL"},
            ),
        ]
        | None
    ) = None

    @property
    def has_secret(self) -> bool:
        """Whether a URL or a token is needed to reach it."""
        return self.kind != "email"


class Notifications(Table, frozen=True, kw_only=True):
    """How whoever is on call is told."""

    webhook: Annotated[
        Literal["slack", "json"] | None,
        Meta(
            description=(
                "The short form of one destination, named `webhook`: Slack's webhook, or any, as "
                "JSON. Default: slack, if there are no `destinations`."
            )
        ),
    ] = None
    destinations: Annotated[
        dict[
            Annotated[
                str,
                Meta(
                    # What becomes of it in an output's name must not be that of another.
                    pattern="^[a-z][a-z0-9]{0,29}(-[a-z][a-z0-9]{0,29}){0,4}$",
                    extra={
                        "wanted": "a name: lower-case words of letters and digits, a letter first, "
                        "with hyphens between them"
                    },
                ),
            ],
            Destination,
        ],
        Meta(description="Where digests are posted to, all of them. Default: see `webhook`."),
    ] = {}
    batch_seconds: Annotated[
        int,
        Meta(ge=0, le=60, description="How long notifications are gathered into one message."),
    ] = 30
    window_minutes: Annotated[
        int,
        Meta(
            ge=0,
            le=60,
            description=(
                "A destination gets one message in this time, at most; what comes meanwhile is "
                "told at its end. 0: whatever comes is told at once."
            ),
        ),
    ] = 5
    remind_minutes: Annotated[
        int,
        Meta(ge=5, le=10_080, description="An alarm that still rings is told again so often."),
    ] = 60
    daily_at: (
        Annotated[
            str,
            Meta(
                pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
                description="When the daily digest is posted, as 07:00. Default: there is none.",
                extra={"wanted": "a time of the day, such as 07:00"},
            ),
        ]
        | None
    ) = None
    timezone: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=50,
            description="IANA name of the time zone of `daily_at`, such as Europe/Berlin.",
        ),
    ] = "UTC"
    alarm_names_beginning: Annotated[
        tuple[Text, ...],
        Meta(
            max_length=20,
            description=(
                "Alarms that are not the contract's and are told all the same, by the beginnings "
                "of their names. Default: none."
            ),
        ),
    ] = ()
    email: (
        Annotated[
            str,
            Meta(
                pattern=_ADDRESS,
                description=(
                    "Who is told by e-mail when a digest cannot be posted: a way round the "
                    "destinations and the function. Default: nobody, and no alarm watches the "
                    "dead letters."
                ),
                extra={"wanted": "an e-mail address"},
            ),
        ]
        | None
    ) = None
    reserved_concurrency: Annotated[
        int,
        Meta(
            ge=0,
            le=100,
            description=(
                "Concurrent runs that the digest function keeps for itself, and at most has. "
                "0: it shares the account's, which some accounts need."
            ),
        ),
    ] = 5

    @property
    def posted_to(self) -> dict[str, Destination]:
        """Every destination by its name, in the order of the file."""
        short = Destination(kind="webhook" if self.webhook == "json" else "slack")
        return self.destinations or {"webhook": short}


def check_notifications(table: Notifications, where: str) -> Iterator[Problem]:
    """Yield what the shape of the table alone does not show."""
    if table.webhook is not None and table.destinations:
        what = "it is the short form of one destination, and there are `destinations`; leave it out"
        yield Problem(join(where, "webhook"), what)
    if (count := len(table.destinations)) > _MOST_DESTINATIONS:
        what = f"{count} are too many; the digest function can be told of {_MOST_DESTINATIONS}"
        yield Problem(join(where, "destinations"), what)
    for name, destination in table.destinations.items():
        yield from _keys(destination, join(join(where, "destinations"), name))
    if table.remind_minutes < table.window_minutes:
        what = f"a reminder waits for the window of {table.window_minutes} minutes; give it as many"
        yield Problem(join(where, "remind_minutes"), what)
    try:
        ZoneInfo(table.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = f'no time zone "{table.timezone}"; expected an IANA name, such as Europe/Berlin'
        yield Problem(join(where, "timezone"), what)


def _keys(destination: Destination, where: str) -> Iterator[Problem]:
    """Compare the keys that are given with those that the destination's kind has."""
    kind = destination.kind
    if (needed := _NEEDED.get(kind)) and not getattr(destination, needed):
        what = f'a destination of kind "{kind}" needs `{needed}`'
        yield Problem(where, what, (join(where, "kind"), join(where, needed)))
    for key, kinds in _ONLY.items():
        if getattr(destination, key) and kind not in kinds:
            whose = " or ".join(f'"{each}"' for each in kinds)
            what = f'only {whose} has it, and this is "{kind}"; leave it out'
            yield Problem(join(where, key), what, (join(where, "kind"),))
