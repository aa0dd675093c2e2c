"""Which keys hold secrets, and which only resemble those that do."""

import pytest

from intentlog.logger.redaction import Redactor

MASKED_KEYS = [
    *("password", "Password", "user_password", "passwordHash", "DB_PASSWORD", "pwd"),
    *("token", "access_token", "accessToken", "X-Auth-Token", "csrf-token", "jwt"),
    *("Authorization", "cookie", "Set-Cookie", "x-api-key", "apiKey", "api key"),
    *("aws_secret_access_key", "client_secret", "private_key", "credentials"),
    *("password1", "new_password2", "password_confirmation", "secret_string", "SecretBinary"),
    *("user[password]", "user.password", "smtp_pass", "dbPass", "cvv2", "otp", "auth_key"),
    *("authorization_code", "AccountKey", "pass\u200bword", "p" * 200 + "_token"),
    *("magic_link", "magicLink", "session_id", "web_session_id", "session_id_2"),
]
KEPT_KEYS = [
    *("max_tokens", "token_count", "tokens", "input_tokens", "tokenizer", "secretary"),
    *("password_changed_at", "cookie_consent", "author", "key", "keys", "id", "user_id"),
    *("passed", "pass", "bypass", "compass", "keyboard", "monkey", "public_key_id", "key_id"),
    *("password_reset_requested", "cookie_banner", "authorization_code_flow", "authority"),
    *("secret_id", "secret_arn", "token_type", "next_tokens", "passport", "shotput", "session"),
    *("no_magic_links", "obsession_ids", "path", "hash", "message", "x"),
]


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


@pytest.mark.parametrize(
    "pair",
    [
        {"name": "DB_PASSWORD", "value": "hunter2"},
        {"Name": "API_KEY", "Value": ["hunter2"]},
        {"key": "Cookie", "value": "hunter2"},
        [b"authorization", b"hunter2"],
        ("x-api-key", "hunter2"),
    ],
)
def test_name_and_value_are_a_pair(pair: object) -> None:
    """As ECS has its environment, CloudFront its headers, ASGI its scope: the value is masked."""
    data = Redactor().mapping({"environment": [pair], "pair": pair})

    assert "hunter2" not in str(data)
    assert Redactor().mapping({"name": "region", "value": "eu"}) == {
        "name": "region",
        "value": "eu",
    }


def test_masked_keys_stay_apart() -> None:
    """Two keys that look alike once they are masked keep what they hold, both."""
    data = Redactor().mapping({"ada@example.com": 1, "abe@example.com": 2, 5: "a", "5": "b"})

    assert data == {"a***@example.com": 1, "a***@example.com (2)": 2, "5": "a", "5 (4)": "b"}


@pytest.mark.parametrize("card", [4111111111111111, 4111111111111111.0, "4111 1111 1111 1111"])
def test_card_of_any_type_is_masked(card: object) -> None:
    """A card's number is one as an integer, and as the float that a table makes of it."""
    assert Redactor().mapping({"a": card, "b": [[card]]}) == {
        "a": "[redacted]",
        "b": [["[redacted]"]],
    }
    assert Redactor().mapping({"a": 4111111111111112.0, "b": 1e300}) == {
        "a": 4111111111111112.0,
        "b": 1e300,
    }
