"""What must not be in a line, and what must stay."""

from collections.abc import Callable

import pytest

from intentlog.logger.redaction import Redactor

Log = Callable[..., dict[str, object]]

MASKED_TEXTS = [
    ("mail to ada@example.com now", "mail to a***@example.com now"),
    ("Ada.Love+tag@mail.example.co.uk", "A***@mail.example.co.uk"),
    ("_x@example.com", "_***@example.com"),
    ("jürgen@müller.de", "j***@müller.de"),
    ("über@example.com", "ü***@example.com"),
    ("/login?email=ada%40example.com", "/login?email=a***%40example.com"),
    ("Authorization: Bearer abcdef123456", "Authorization: Bearer [redacted]"),
    ("basic dXNlcjpwYXNz", "basic [redacted]"),
    (
        "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "jwt [redacted]",
    ),
    ("key AKIAIOSFODNN7EXAMPLE", "key [redacted]"),
    ("postgres://app:s3cret@db/x", "postgres://app:[redacted]@db/x"),
    ("redis://:s3cret@db/0", "redis://:[redacted]@db/0"),
    ("GET /cb?token=abc123&x=1", "GET /cb?token=[redacted]&x=1"),
    ("password=hunter2, user=ada", "password=[redacted], user=ada"),
    ("password: hunter2", "password: [redacted]"),
    ("{'password': 'hunter2', 'a': 1}", "{'password': '[redacted]', 'a': 1}"),
    ('{"api_key": "abc", "a": 1}', '{"api_key": "[redacted]", "a": 1}'),
    ("aws_secret_access_key=wJalrXUtnFEMI", "aws_secret_access_key=[redacted]"),
    ("ghp_" + "a1" * 18, "[redacted]"),
    ("github_pat_" + "a1" * 20, "[redacted]"),
    ("sk-ant-api03-" + "x" * 20, "[redacted]"),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest",
        "[redacted]\nrest",
    ),
]
KEPT_TEXTS = [
    "version 1.2.3, python 3.11.7, react@18.2.0",
    "6a1f0c9e-3b7a-4b7e-9c56-3f0f2f1d9f10",
    "9e107d9d372bb6826bd81d3542a419d6",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "2024-01-15T10:30:45.123Z",
    "icon@2x.png, photo.final.jpg, a_b-c.tar.gz",
    "https://example.com:8443/a/b?page=2",
    "http://host:8080/users/@me",
    "max_tokens: 100, token_count=5, tokens=12",
    "Basic understanding of bearer authentication",
    "unexpected token: }",
    "the secret is out; a password is required",
    "1-5759e988-bd862e3fe1be46a994272793",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "@timestamp and @message",
    "Tool use: draw_path",
]
MASKED_KEYS = [
    *("password", "Password", "user_password", "passwordHash", "DB_PASSWORD", "pwd"),
    *("token", "access_token", "accessToken", "X-Auth-Token", "csrf-token", "jwt"),
    *("Authorization", "cookie", "Set-Cookie", "x-api-key", "apiKey", "api key"),
    *("aws_secret_access_key", "client_secret", "private_key", "credentials"),
    *("magic_link", "magicLink", "session_id", "web_session_id"),
]
KEPT_KEYS = [
    *("max_tokens", "token_count", "tokens", "input_tokens", "tokenizer", "secretary"),
    *("password_changed_at", "cookie_consent", "author", "key", "keys", "id", "user_id"),
    *("no_magic_links", "obsession_ids", "path", "hash", "message", "x"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED_TEXTS)
def test_secret_in_text_is_masked(text: str, masked: str) -> None:
    """Secrets are known by what they look like; what is around them stays."""
    assert Redactor().text(text) == masked
    assert Redactor().text(masked) == masked


@pytest.mark.parametrize("text", KEPT_TEXTS)
def test_other_text_stays(text: str) -> None:
    """Versions, ids, hashes, times and names are no secrets."""
    assert Redactor().text(text) == text


@pytest.mark.parametrize("key", MASKED_KEYS)
def test_secret_key_is_masked(key: str) -> None:
    """What such a key holds is not shown, be it text, number or more."""
    redactor = Redactor(["magic_link", "session_id"])

    data = redactor.mapping({key: {"a": 1}, "in": [{key: "x"}, {key: 5}]})

    assert data == {key: "[redacted]", "in": [{key: "[redacted]"}, {key: "[redacted]"}]}


@pytest.mark.parametrize("key", KEPT_KEYS)
def test_other_key_stays(key: str) -> None:
    """A key that only resembles a secret's keeps what it holds."""
    assert Redactor(["magic_link", "session_id"]).mapping({key: 100}) == {key: 100}


def test_whether_there_is_a_secret_stays() -> None:
    """Yes, no and nothing give no secret away."""
    data = {"password": None, "has_password": True, "token": False}

    assert Redactor().mapping(data) == data


@pytest.mark.parametrize("key", ["пин", "秘密", "_-"])
def test_own_keys_of_other_letters(key: str) -> None:
    """A contract's key of other letters masks that key and not everything else."""
    assert Redactor([key]).mapping({"a": 1}) == {"a": 1}
    if key != "_-":
        assert Redactor([key]).mapping({key: 1}) == {key: "[redacted]"}


def test_short_own_key_masks_words_only() -> None:
    """``pin`` is not what ``spin`` ends with."""
    data = Redactor(["pin"]).mapping({"pin": 1, "userPin": 2, "user_pin": 3, "spin": 4})

    assert data == {
        "pin": "[redacted]",
        "userPin": "[redacted]",
        "user_pin": "[redacted]",
        "spin": 4,
    }


def test_headers_are_masked() -> None:
    """Pairs of a name and a value, as ASGI has headers, are masked like a mapping."""
    headers = [(b"authorization", b"xyz"), (b"host", b"example.com"), ("Cookie", "a=b")]

    assert Redactor().mapping({"headers": headers}) == {
        "headers": [
            ["authorization", "[redacted]"],
            ["host", "example.com"],
            ["Cookie", "[redacted]"],
        ]
    }


def test_whole_line_is_masked(logged: Log) -> None:
    """The message, its arguments, the data, the exception and the record's fields are masked."""
    record = logged(
        "mail to %s",
        "ada@example.com",
        extra={"user_id": "ada@example.com", "ada@example.com": b"ada@example.com"},
        exc_info=ValueError("no ada@example.com"),
    )

    assert "ada@" not in str(record)
    assert record["message"] == "mail to a***@example.com"
    assert record["user_id"] == "a***@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "eyJ-" * 50_000,
        "a@" * 100_000,
        "x://" * 50_000,
        "password" * 25_000,
        "bearer " * 30_000,
        "a.b-" * 50_000,
        "-----BEGIN PRIVATE KEY-----" * 5_000,
        "_" * 200_000,
    ],
    ids=lambda text: text[:10],
)
def test_long_text_takes_no_time(text: str) -> None:
    """No text keeps the logger busy: time grows with its length alone."""
    import time  # noqa: PLC0415

    before = time.process_time()
    Redactor().text(text)

    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("GET /draw?session_id=abcdefgh&page=2", "GET /draw?session_id=[redacted]&page=2"),
        ("Session-Id: abcdefgh", "Session-Id: [redacted]"),
        ('{"sessionid": "abcdefgh"}', '{"sessionid": "[redacted]"}'),
        ("pin=1234, spin=5", "pin=[redacted], spin=5"),
        ("the session id is unknown", "the session id is unknown"),
    ],
)
def test_own_keys_are_redacted_in_text(text: str, written: str) -> None:
    """What the contract names is secret in messages and URLs, too; not in longer words."""
    assert written == Redactor(["session_id", "pin"]).text(text)
