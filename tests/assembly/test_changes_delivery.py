"""What a review says of the ways to somebody, of permissions, of the host, of questions."""

import pytest

from tests.assembly.changing import QUEUE, ROLE, Body, assembly, resource, said, said_of_properties


def may(*actions: str, on: str = "arn:aws:logs:::log-group:/shop/app") -> Body:
    """A policy document that allows actions."""
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on}]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"RedrivePolicy": {"maxReceiveCount": 5}},
            {},
            "! Queue `shop/It` loses its dead-letter queue: what cannot be posted is lost",
        ),
        (
            {"SqsManagedSseEnabled": True},
            {"SqsManagedSseEnabled": False},
            "! Queue `shop/It` no longer encrypts notifications at rest",
        ),
        (
            {"MessageRetentionPeriod": 600},
            {"MessageRetentionPeriod": 60},
            "! Queue `shop/It` keeps messages for another time, in seconds, `600` → `60`",
        ),
    ],
)
def test_queues(old: Body, new: Body, expected: str) -> None:
    """What is lost on the way to somebody."""
    assert said_of_properties(QUEUE, old, new) == [expected]


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        (
            "AWS::Scheduler::Schedule",
            {"State": "ENABLED"},
            {"State": "DISABLED"},
            "! Schedule `shop/It` is switched off: what waits is told to nobody",
        ),
        (
            "AWS::Scheduler::Schedule",
            {"ScheduleExpression": "cron(0 7 * * ? *)"},
            {"ScheduleExpression": "cron(30 6 * * ? *)"},
            ("Schedule `shop/It` runs at other times, `cron(0 7 * * ? *)` → `cron(30 6 * * ? *)`"),
        ),
        (
            "AWS::Events::Rule",
            {},
            {"State": "DISABLED"},
            "! Event rule `shop/It` is switched off: alarms reach nobody through it",
        ),
        (
            "AWS::DynamoDB::Table",
            {"SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": "key"}},
            {},
            "! Table `shop/It` encrypts what digests remember with a key of AWS",
        ),
    ],
)
def test_the_clock_and_the_memory_of_digests(
    kind: str, old: Body, new: Body, expected: str
) -> None:
    """What keeps a digest from being posted in time, and what it remembers from being read."""
    assert said_of_properties(kind, old, new) == [expected]


def test_without_its_clock_a_digest_waits_for_ever() -> None:
    """That is told; so is what becomes of runs that fail, and of what was remembered."""
    gone = assembly(
        shop={
            "Sweep": resource("AWS::Scheduler::Schedule"),
            "Failed": resource("AWS::Lambda::EventInvokeConfig"),
            "State": resource("AWS::DynamoDB::Table"),
        }
    )

    assert said(gone, assembly(shop={})) == [
        "! Schedule `shop/Sweep` is removed: what it ran is not run any more",
        (
            "! Rule for failed runs `shop/Failed` is removed: a run by the clock that fails is "
            "noticed by nobody"
        ),
        "Table `shop/State` is removed: digests forget what they told, and may tell it once more",
    ]


def test_who_is_told() -> None:
    """A topic or a subscription that goes, and one that comes."""
    topic = resource("AWS::SNS::Topic", TopicName="shop")
    mail = resource("AWS::SNS::Subscription", Protocol="email", Endpoint="on-call@example.com")

    assert said(assembly(shop={"T": topic, "S": mail}), assembly(shop={})) == [
        "! Topic `shop` is removed: alarms that told it tell nobody",
        "! Subscription `shop/S` is removed: its endpoint is told nothing any more",
    ]
    assert said(assembly(shop={}), assembly(shop={"S": mail})) == [
        "Subscription `shop/S` is new: it tells `on-call@example.com` by `email`"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            may("logs:PutLogEvents"),
            may("logs:PutLogEvents", "logs:DeleteLogGroup"),
            [
                (
                    "! Role `shop/It` is widened: it lets its holder do `logs:DeleteLogGroup` on "
                    "`arn:aws:logs:::log-group:/shop/app`"
                )
            ],
        ),
        (
            may("logs:PutLogEvents"),
            may("logs:PutLogEvents", on="*"),
            ["! Role `shop/It` is widened: it lets its holder do `logs:PutLogEvents` on `*`"],
        ),
        (
            may("logs:PutLogEvents", "logs:CreateLogStream"),
            may("logs:CreateLogStream"),
            [
                (
                    "! Role `shop/It` is narrowed: it no longer lets its holder do "
                    "`logs:PutLogEvents` on `arn:aws:logs:::log-group:/shop/app`, and what relied "
                    "on it fails in silence"
                )
            ],
        ),
        (
            may("logs:*"),
            may("logs:PutLogEvents"),
            [
                (
                    "Role `shop/It` is narrowed: it no longer lets its holder do `logs:*` on "
                    "`arn:aws:logs:::log-group:/shop/app`"
                )
            ],
        ),
        (
            may("a:B", "a:C"),
            may("a:C", "a:B"),
            ["Role `shop/It` is written otherwise; it allows the same"],
        ),
    ],
)
def test_roles(old: Body, new: Body, expected: list[str]) -> None:
    """What is allowed from now on, however it is written."""
    before, after = ([{"PolicyName": "P", "PolicyDocument": one}] for one in (old, new))

    assert said_of_properties(ROLE, {"Policies": before}, {"Policies": after}) == expected


def test_a_resources_policy_that_forbids_less() -> None:
    """A refusal that goes is as much as a permission that comes."""
    deny = {
        "Effect": "Deny",
        "Action": "sqs:*",
        "Principal": "*",
        "Resource": "queue",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    old, new = {"Statement": [deny]}, Body(Statement=[])

    assert said_of_properties(
        "AWS::SQS::QueuePolicy", {"PolicyDocument": old}, {"PolicyDocument": new}
    ) == [
        (
            "! Queue policy `shop/It` is widened: it no longer forbids `*` do `sqs:*` on "
            "`queue` if "
            "`Bool aws:SecureTransport false`"
        )
    ]


def test_a_new_role_for_everything() -> None:
    """Dangerous, where a plain one is not."""
    role = resource(ROLE, Policies=[{"PolicyDocument": may("logs:*", on="*")}])

    assert said(assembly(shop={}), assembly(shop={"R": role})) == [
        (
            "! Role `shop/R` is new: it lets its holder do `logs:*` on `*`; `logs:*` is more "
            "than a "
            "part of logging needs"
        )
    ]


def test_the_agent_collects_less() -> None:
    """A file that is in its configuration no more."""
    old, new = (
        f'{{"logs":{{"logs_collected":{{"files":{{"collect_list":[{files}]}}}}}}}}'
        for files in (
            (
                '{"file_path":"/a.log","log_group_name":"/a"},{"file_path":"/b.log","log_group_name":"/b"}'
            ),
            '{"file_path":"/a.log","log_group_name":"/c"}',
        )
    )

    assert said_of_properties(
        "AWS::SSM::Parameter", {"Value": old}, {"Value": new}, Name="/shop/agent"
    ) == [
        "! Host configuration `/shop/agent` no longer collects `/b.log` for `/b`",
        "Host configuration `/shop/agent` sends `/a.log` to another log group, `/a` → `/c`",
    ]


def test_the_host() -> None:
    """What it is launched with, and whether one is kept running."""
    old = {"MetadataOptions": {"HttpTokens": "required"}, "UserData": "a"}
    new = {"MetadataOptions": {"HttpTokens": "optional"}, "UserData": "b"}

    assert said_of_properties(
        "AWS::EC2::LaunchTemplate",
        {"LaunchTemplateData": old},
        {"LaunchTemplateData": new},
        LaunchTemplateName="shop",
    ) == [
        (
            "! Launch template `shop` changes its metadata service, `HttpTokens required` → "
            "`HttpTokens optional`: credentials can be had without a session token (IMDSv1)"
        ),
        (
            "Launch template `shop` runs another script when a host starts: hosts that run keep "
            "what they were launched with"
        ),
    ]
    assert said_of_properties(
        "AWS::AutoScaling::AutoScalingGroup", {"MaxSize": "1"}, {"MaxSize": "0"}
    ) == ["! Host group `shop/It` changes `MaxSize`, `1` → `0`: no host is kept running"]


def test_a_saved_query_asks_something_else() -> None:
    """Its text, from and to, in one line."""
    assert said_of_properties(
        "AWS::Logs::QueryDefinition",
        {"QueryString": "filter a\n| limit 5"},
        {"QueryString": "filter b"},
        Name="shop/Errors",
    ) == ["Saved query `shop/Errors` asks another question, `filter a | limit 5` → `filter b`"]


def test_a_dashboard_shows_something_else() -> None:
    """Its widgets, by their titles."""
    old, new = (
        f'{{"widgets":[{{"properties":{{"title":"{title}"}}}}]}}' for title in ("Errors", "Lines")
    )

    assert said_of_properties(
        "AWS::CloudWatch::Dashboard",
        {"DashboardBody": old},
        {"DashboardBody": new},
        DashboardName="shop",
    ) == ["Dashboard `shop` no longer shows `Errors`", "Dashboard `shop` shows `Lines`, too"]
