"""The function's redaction, held against the logger's own: the two must not drift apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alarm_digest.redaction import redacted
from intentlog.logger.redaction import Redactor

SECRET = [
    "mail to ada@example.com now",
    "Ada.Love+tag@mail.example.co.uk",
    "jürgen@müller.de",
    "/login?email=ada%40example.com",
    "Authorization: Bearer abcdef123456",
    "Authorization: Basic dXNlcjpwYXNz",
    'authorization="Digest abc"',
    '{"authorization": "Digest abc", "a": 1}',
    "Bearer aB3-xyz.q~",
    "basic dXNlcjpwYXNz",
    "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
    "key AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE.",
    "postgres://app:s3cret@db/x",
    "redis://:s3cret@db/0",
    "GET /cb?token=abc123&x=1",
    "password=hunter2, user=ada",
    "PASSWORD: hunter2",
    "{'password': 'hunter2', 'a': 1}",
    r"{\"api_key\": \"abc\", \"a\": 1}",
    "aws_secret_access_key=wJalrXUtnFEMI",
    "Set-Cookie: sid=abc; HttpOnly",
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1" * 20,
    "npm_" + "a1" * 18,
    "sk-ant-api03-" + "x" * 20,
    "sk_live_" + "x" * 20,
    "xoxb-0000000000-abcdef",
    "glpat-" + "a" * 20,
    "AIza" + "b" * 35,
    "SG." + "a" * 16 + "." + "b" * 16,
    "https://hooks.slack.com/services/T0/B0/xyz",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest",
    "-----BEGIN PRIVATE KEY-----\nMIIE and it was cut",
    "card 4111 1111 1111 1111 refused",
    "card 378282246310005 refused, 5555-5555-5555-4444 too",
    "https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&x=1",
]
HARMLESS = [
    "",
    "version 1.2.3, python 3.11.7, react@18.2.0",
    "6a1f0c9e-3b7a-4b7e-9c56-3f0f2f1d9f10",
    "9e107d9d372bb6826bd81d3542a419d6",
    "2024-01-15T10:30:45.123Z",
    "icon@2x.png, photo.final.jpg, a_b-c.tar.gz",
    "https://example.com:8443/a/b?page=2",
    "git@github.com:a/b.git, getty@tty1.service",
    "max_tokens: 100, token_count=5, tokens=12",
    "Basic understanding of bearer authentication",
    "unexpected token: }",
    "the secret is out; a password is required",
    "1-5759e988-bd862e3fe1be46a994272793",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "order 4111111111111112, at 1732269600123456",
    "@timestamp and @message",
]


@pytest.mark.parametrize("text", [*SECRET, *HARMLESS])
def test_it_redacts_what_the_logger_redacts(text: str) -> None:
    """Letter by letter the same, also when it was redacted already."""
    once = redacted(text)

    assert once == Redactor().text(text)
    assert redacted(once) == once
    assert (once != text) == (text in SECRET)


@given(st.text(max_size=300), st.sampled_from(SECRET), st.text(max_size=300))
def test_a_secret_between_other_lines_is_found(before: str, secret: str, after: str) -> None:
    """It never raises, and the secret is not there as it was."""
    assert secret not in redacted(f"{before}\n {secret}\n{after}")


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 50_000, "eyJ-" * 12_500, "a@" * 25_000, "x://" * 12_500, "password" * 6_000),
        *("bearer " * 7_000, "a.b-" * 12_500, "-----BEGIN PRIVATE KEY-----" * 2_000, "4" * 50_000),
    ],
    ids=lambda text: text[:10],
)
def test_a_long_text_comes_back(text: str) -> None:
    """With a pattern that tries again at every letter this would take minutes."""
    assert redacted(text)
