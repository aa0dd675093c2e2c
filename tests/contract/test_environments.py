"""``environments.toml``: where contracts are deployed."""

from pathlib import Path

import pytest

from intentlog.contract import (
    ContractError,
    Destination,
    Environment,
    Notifications,
    load_environment,
)


def problems(path: Path, text: str, name: str = "dev") -> list[str]:
    """Return what is reported of a file."""
    path.write_text(text)
    with pytest.raises(ContractError) as raised:
        load_environment(path, name)
    return [str(problem) for problem in raised.value.problems]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a test writes its environments."""
    return tmp_path / "environments.toml"


def test_shipped_environments_are_fine(drawing_agent: Path) -> None:
    """Each shipped environment can be chosen, and only production keeps what it holds."""
    path = drawing_agent.parents[1] / "environments.toml"

    removal = {name: load_environment(path, name).removal for name in ("dev", "prod", "sandbox")}

    assert removal == {"dev": "destroy", "prod": "retain", "sandbox": "destroy"}


def test_region_is_enough(file: Path) -> None:
    """Everything else has a default."""
    file.write_text('dev.region = "us-gov-west-1"')

    assert load_environment(file, "dev") == Environment(region="us-gov-west-1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ['no environment "dev"; there are none']),
        ('Dev.region = "us-east-1"', ['no environment "dev"; did you mean "Dev"?']),
        ("dev = 5", ["dev: expected a table, as in [dev]"]),
        ("[dev]", ["dev.region: is missing; expected an AWS region, such as us-east-1"]),
        (
            'dev.region = "Frankfurt"',
            ['dev.region: "Frankfurt" is not allowed; expected an AWS region, such as us-east-1'],
        ),
        (
            'dev = { region = "us-east-1", account = 123456789012 }',
            ["dev.account: expected a string, not an integer"],
        ),
        (
            'dev = { region = "us-east-1", account = "١٢٣٤٥٦٧٨٩٠١٢" }',
            ['dev.account: "١٢٣٤٥٦٧٨٩٠١٢" is not allowed; expected a string of 12 digits'],
        ),
        (
            'dev = { region = "us-east-1", prefix = "aws-" }',
            [
                (
                    'dev.prefix: "aws-" is not allowed; expected lower-case letters, digits and '
                    "hyphens, a letter first, at most 20, not aws or ssm first"
                )
            ],
        ),
        (
            'dev = { region = "us-east-1", removal = "delete" }',
            ['dev.removal: "delete" is not allowed; expected one of destroy, retain'],
        ),
        (
            '["a b"]\nregion = 1\n[dev]\nregion = "us-east-1"\nnotifications.batch_seconds = 61',
            [
                '"a b".region: expected a string, not an integer',
                (
                    "dev.notifications.batch_seconds: "
                    "61 is not allowed; expected an integer at least 0, at most 60"
                ),
            ],
        ),
    ],
)
def test_mistake_is_told(file: Path, text: str, told: list[str]) -> None:
    """Every mistake of every environment is told, with its place."""
    assert problems(file, text) == told


def test_a_webhook_is_the_short_form_of_one_destination() -> None:
    """Its name is that of the output, ``WebhookSecret``; without any, Slack's is meant."""
    assert Notifications().posted_to == {"webhook": Destination(kind="slack")}
    assert Notifications(webhook="json").posted_to == {"webhook": Destination(kind="webhook")}


def test_destinations_are_named_and_in_their_order(file: Path) -> None:
    """As many as somebody wants, each with what its kind needs."""
    file.write_text(
        """
        [dev]
        region = "us-east-1"
        [dev.notifications.destinations]
        oncall = { kind = "slack-bot", channel = "C0123456789" }
        pager  = { kind = "pagerduty", endpoint = "https://events.eu.pagerduty.com/v2/enqueue" }
        all-of-us = { kind = "email", addresses = ["team@example.com", "boss@example.com"] }
        """
    )

    destinations = load_environment(file, "dev").notifications.posted_to

    assert list(destinations) == ["oncall", "pager", "all-of-us"]
    assert [each.has_secret for each in destinations.values()] == [True, True, False]


NOTIFYING = """
[dev]
region = "us-east-1"
[dev.notifications]
{}
"""
AT = "dev.notifications"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "destinations.oncall = {}",
            [
                (
                    f"{AT}.destinations.oncall.kind: is missing; expected one of discord, email, "
                    "google-chat, pagerduty, slack, slack-bot, teams, webhook"
                )
            ],
        ),
        (
            'destinations.oncall = { kind = "slackbot", chanel = "C1" }',
            [
                f'{AT}.destinations.oncall.chanel: no key "chanel"; did you mean "channel"?',
                (
                    f'{AT}.destinations.oncall.kind: "slackbot" is not allowed; '
                    'did you mean "slack-bot"?'
                ),
            ],
        ),
        (
            (
                'destinations.oncall = { kind = "slack-bot" }\n'
                'destinations.mail = { kind = "email", channel = "C1", endpoint = "https://a.b" }'
            ),
            [
                f'{AT}.destinations.oncall: a destination of kind "slack-bot" needs `channel`',
                f'{AT}.destinations.mail: a destination of kind "email" needs `addresses`',
                (
                    f'{AT}.destinations.mail.channel: only "slack-bot" has it, and this is '
                    '"email"; leave it out'
                ),
                (
                    f'{AT}.destinations.mail.endpoint: only "slack-bot" or "pagerduty" has it, '
                    'and this is "email"; leave it out'
                ),
            ],
        ),
        (
            'destinations.On_Call = { kind = "teams" }',
            [
                (
                    f'{AT}.destinations.On_Call: "On_Call" is not allowed; expected a name: '
                    "lower-case words of letters and digits, a letter first, with hyphens between "
                    "them"
                )
            ],
        ),
        (
            'destinations.mail = { kind = "email", addresses = ["nobody"] }',
            [
                (
                    f'{AT}.destinations.mail.addresses[0]: "nobody" is not allowed; expected an '
                    "e-mail address"
                )
            ],
        ),
        (
            'destinations.pager = { kind = "pagerduty", endpoint = "http://example.com" }',
            [
                (
                    f'{AT}.destinations.pager.endpoint: "http://example.com" is not allowed; '
                    "expected an https URL"
                )
            ],
        ),
        (
            "\n".join(f'destinations.team{n} = {{ kind = "teams" }}' for n in range(9)),
            [f"{AT}.destinations: 9 are too many; the digest function can be told of 8"],
        ),
        (
            'webhook = "json"\ndestinations.oncall = { kind = "teams" }',
            [
                (
                    f"{AT}.webhook: it is the short form of one destination, and there are "
                    "`destinations`; leave it out"
                )
            ],
        ),
        (
            'window_minutes = 30\nremind_minutes = 10\ndaily_at = "7:00"\ntimezone = "Berlin"',
            [
                f'{AT}.daily_at: "7:00" is not allowed; expected a time of the day, such as 07:00',
                (
                    f"{AT}.remind_minutes: a reminder waits for the window of 30 minutes; give it "
                    "as many"
                ),
                (
                    f'{AT}.timezone: no time zone "Berlin"; expected an IANA name, such as '
                    "Europe/Berlin"
                ),
            ],
        ),
    ],
)
def test_mistake_in_notifications_is_told(file: Path, text: str, told: list[str]) -> None:
    """What is missing, what is too much, and what does not go together."""
    assert problems(file, NOTIFYING.format(text)) == told
