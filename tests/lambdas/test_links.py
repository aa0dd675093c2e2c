"""Links into the console: the same encoding as everywhere else, no network, every partition."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.links import alarm_url, insights_url, region_of, trace_url
from intentlog.render import console

START = datetime(2026, 11, 22, 9, 54, 12, tzinfo=UTC)
END = datetime(2026, 11, 22, 10, 6, 12, 345_000, tzinfo=UTC)
QUERY = 'filter level in ["ERROR"]\n| fields @timestamp, `a-b`\n| limit 5'


def test_insights_has_query_and_window_filled_in() -> None:
    """In the form that the console itself puts behind its ``#``."""
    url = insights_url("eu-central-1", ["/a/b"], QUERY, start=START, end=END)

    assert url == (
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        "#logsV2:logs-insights$3FqueryDetail$3D~$28end~$272026-11-22T10*3a06*3a12.345Z"
        "~start~$272026-11-22T09*3a54*3a12.000Z~timeType~$27ABSOLUTE~tz~$27UTC"
        "~editorString~$27filter*20level*20in*20*5b*22ERROR*22*5d*0a*7c*20fields*20"
        "*40timestamp*2c*20*60a-b*60*0a*7c*20limit*205~source~$28~$27*2fa*2fb$29$29"
    )


@given(st.text(), st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_it_is_the_encoding_of_the_alarms_own_links(query: str, groups: list[str]) -> None:
    """Query and log groups stand there as in the links of an alarm's description."""
    there = console.insights_url("us-east-1", groups, query, last_minutes=60)
    here = insights_url("us-east-1", groups, query, start=START, end=END)

    assert _after_window(here) == _after_window(there)


def _after_window(url: str) -> str:
    return url[url.index("~editorString") :]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "us-east-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_each_partition_has_its_console(region: str, host: str) -> None:
    """An alarm's name is escaped as a part of a path."""
    place = f"https://{host}/cloudwatch/home?region={region}#"

    assert alarm_url(region, "my alarm/1") == f"{place}alarmsV2:alarm/my%20alarm%2F1"
    assert trace_url(region, "1-5759e988-bd862e3fe1be46a994272793") == (
        f"{place}xray:traces/1-5759e988-bd862e3fe1be46a994272793"
    )


@pytest.mark.parametrize("trace", ["", "abc", "1-5759e988-bd862e3fe1be46a99427279g", "x)/../"])
def test_what_is_no_xray_trace_has_no_link(trace: str) -> None:
    """A trace id is whatever a line says."""
    assert trace_url("us-east-1", trace) == ""


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        ("arn:aws:cloudwatch:us-east-1:1:alarm:a", "us-east-1"),
        ("arn:aws-us-gov:cloudwatch:us-gov-west-1:1:alarm:a", "us-gov-west-1"),
        ("arn:aws:cloudwatch:evil.example/#:1:alarm:a", ""),
        ("", ""),
        ("a name", ""),
    ],
)
def test_the_region_is_that_of_the_arn(arn: str, region: str) -> None:
    """What is no region would become a host's name."""
    assert region_of(arn) == region


@given(st.text())
def test_an_alarm_may_have_any_name(name: str) -> None:
    """Nothing in it ends the link or begins another one."""
    url = alarm_url("us-east-1", name)

    assert re.fullmatch(r"[!-~]+", url)
    assert not set(url) & set("<>|\"'`()[]")
    assert unquote(url.rpartition("/")[2]) == name.encode(errors="replace").decode()
