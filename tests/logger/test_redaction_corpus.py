"""What must not be in a line, and what must stay: ``redaction/secret.txt``, ``harmless.txt``."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import intentlog
from intentlog.contract import Contract
from intentlog.logger.redaction import Redactor

Log = Callable[..., dict[str, object]]
CORPUS = Path(__file__).with_name("redaction")


def texts(file: str) -> Iterator[str]:
    """Yield the lines of a file that are no comments."""
    for line in (CORPUS / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line


def pairs() -> list[tuple[str, str]]:
    """Return each secret text and what is logged in its place."""
    blocks = "\n".join(texts("secret.txt")).split("\n\n")
    found = [tuple(block.strip("\n").split("\n")) for block in blocks if block.strip()]
    return [(text, masked) for text, masked in found]


SECRET = pairs()
HARMLESS = [text for text in texts("harmless.txt") if text]
LEAKS = [  # a text, and what of it must be nowhere
    ("mail to ada@example.com", "ada@"),
    ("password=hunter2", "hunter2"),
    ('{"token": "hunter2"}', "hunter2"),
    ("Bearer hunter2hunter2", "hunter2"),
    ("eyJhbGciOiJub25lIn0.eyJodW50ZXIyIn0.hunter2hunter2", "hunter2"),
    ("postgres://app:hunter2@db/x", "hunter2"),
    ("AKIAIOSFODNN7EXAMPLE", "AKIA"),
    ("github_pat_" + "a1" * 20, "a1"),
    ("4111 1111 1111 1111", "1111"),
    ("Cookie: a=b; sid=hunter2", "hunter2"),
    ("-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----", "hunter2"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\ncut", "hunter2"),
]


def test_corpora_are_there() -> None:
    """Neither file is read as empty."""
    assert len(SECRET) > 70
    assert len(HARMLESS) > 60


@pytest.mark.parametrize(("text", "masked"), SECRET, ids=range(len(SECRET)))
def test_secret_is_masked(text: str, masked: str) -> None:
    """What is around it stays, and what is masked is masked no further."""
    assert Redactor().text(text) == masked
    assert Redactor().text(masked) == masked
    assert Redactor().text(f"a {text} b").startswith("a ")


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_harmless_text_stays(text: str) -> None:
    """Versions, ids, hashes, times, names and code are no secrets."""
    assert Redactor().text(text) == text
    assert Redactor().mapping({"a": [text], "b": {"c": text}}) == {"a": [text], "b": {"c": text}}


@pytest.mark.parametrize(("text", "leak"), LEAKS, ids=[leak for leak, _ in LEAKS])
def test_secret_is_nowhere_in_a_line(agent: Contract, tmp_path: Path, text: str, leak: str) -> None:
    """Not in message, arguments, data, context, keys, names, exceptions, notes, causes, stacks."""
    intentlog.init_logging(agent, log_dir=tmp_path, console="off")
    logger = intentlog.get_logger(f"code_monet.{text}", bound=text)
    with intentlog.bind_context(user_id=text, request=text, more={"deep": [text]}):
        logger.info(text)
        logger.info("%s and %r", text, {"a": text})
        logger.info("m", a=text, b={text: 1}, c=[(text, text)], d=text.encode(), e={text})
        logger.info("m", context={"a": text}, body=json.dumps({"a": {"b": text}}))
        logger.info("m", error=ValueError(text), stack_info=True)
        try:
            try:
                raise KeyError(text)  # noqa: TRY301 -- it is to have a cause
            except KeyError as cause:
                cause.add_note(text)
                raise ExceptionGroup(text, [ValueError(text), OSError(5, text)]) from cause
        except ExceptionGroup:
            logger.exception(text)
    intentlog.shutdown()

    written = (tmp_path / "app.log").read_text(encoding="utf-8")
    assert written.count("\n") == 6
    assert leak not in written


def test_secret_in_a_source_line_is_masked(logged: Log) -> None:
    """A stack trace shows the code, without the literals that stand beside a secret's name."""
    try:
        login(user="ada", password="hunter2")  # noqa: S106 -- what must be masked
    except ValueError as error:
        record = logged("failed", exc_info=error)

    trace = record["extra"]["exception"]["stack_trace"]  # type: ignore[index]
    assert "hunter2" not in trace
    assert 'login(user="ada", password="[redacted]")' in trace


def login(user: str, password: str) -> None:
    """Refuse everybody."""
    raise ValueError(user + password[:0])


HOSTILE = [
    *("a", "é@", "a@", "a@a.", "x://", "x://a:", "eyJ-", "eyJaaaaaaaa.", "password", "_", "-"),
    *("bearer ", "bearer  ", "a.b-", "-----BEGIN PRIVATE KEY-----", "cookie:", "cookie: a"),
    *("cookie=a", "authorization:", "authorization: digest ", "token: ", "token=token.token="),
    *('token="', "token='\\'", '\\"', 'password\\"', "password=a,", "password=[a", "password ="),
    *("password = a(", "('a', ", "--a ", "--token ", "<a", "<token>", "%3A%2F%2Fa%3A", "%40"),
    *("1 ", "4111-", "4111 1111 1111 1112 ", "4", "sk-", "sk-a", "SG.", "gh", "xoxb-", "AKIA"),
    *("https://hooks.slack.com/services/", "https://u:a/", "a%40a.", "a=1,", " ", "\n", "{[("),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_the_length_alone(piece: str) -> None:
    """Eight times the text is about eight times the work, and not sixty-four times."""

    def work(length: int) -> float:
        text = "password@eyJ: " + piece * (length // len(piece)) + "!"
        took = []
        for _ in range(3):
            before = time.process_time()
            Redactor().text(text)
            took.append(time.process_time() - before)
        return min(took)

    little = max(work(10_000), 0.0005)

    assert work(80_000) / little < 24


@pytest.mark.parametrize("piece", ["a", "ada@example.com ", "password=hunter2 ", "1 "])
def test_endless_text_is_looked_at_no_further_than_it_is_shown(logged: Log, piece: str) -> None:
    """Of a text of 20 million characters, the beginning is written, and how much there was."""
    message = str(logged(piece * (20_000_000 // len(piece)))["message"])

    assert message.endswith(" more characters]")
    assert len(message) < 66_000
    assert "hunter2" not in message
    assert "ada@" not in message
