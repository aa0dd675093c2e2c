"""Asking CloudWatch Logs Insights, several questions at once and no longer than there is time."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
_TOO_MANY = ("LimitExceededException", "Throttling", "ThrottlingException")

Row = dict[str, str]
"""One row of an answer; its numbers are texts. A field that a line has not is not there."""


class NoEvidence(Exception):  # noqa: N818 -- that nothing was found is an answer, too
    """Nothing could be learnt; the text says why in a few words, and holds no secret."""


class Question(NamedTuple):
    """A query of Logs Insights, of some log groups and over some time."""

    groups: tuple[str, ...]
    text: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a query found: its rows, and how many lines it matched on the way to them."""

    rows: tuple[Row, ...]
    matched: int


class Asked:
    """Questions that are under way: asked when this is made, answered when it is waited for."""

    def __init__(self, logs: Any, questions: Sequence[Question], *, deadline: float) -> None:
        """Ask all questions; what is refused is known when the answers are.

        What is not answered by the deadline (of ``time.monotonic()``) is stopped.
        """
        self._logs = logs
        self._deadline = deadline
        self._begun = time.monotonic()
        self._answers: dict[int, Answer | NoEvidence] = {}
        self._open: dict[int, str] = {}
        self._count = len(questions)
        for number, question in enumerate(questions):
            if self._left() <= 0:
                self._answers[number] = NoEvidence("no time was left to ask Logs Insights")
                continue
            try:
                self._open[number] = _start(logs, question)
            except NoEvidence as reason:
                self._answers[number] = reason

    def answers(self) -> list[Answer | NoEvidence]:
        """Wait, and return an answer, or why there is none, to each question in its order."""
        pause = _FIRST_PAUSE
        while self._open and self._left() > 0:
            for number, query_id in list(self._open.items()):
                self._look(number, query_id)
            if self._open:
                time.sleep(max(0.0, min(pause, self._left())))
                pause = min(2 * pause, _LONGEST_PAUSE)
        self._stop()
        return [self._answers[number] for number in range(self._count)]

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _look(self, number: int, query_id: str) -> None:
        try:
            answer = _result(self._logs, query_id)
        except NoEvidence as reason:
            self._answers[number] = reason
            del self._open[number]
            return
        if answer is not None:
            self._answers[number] = answer
            del self._open[number]

    def _stop(self) -> None:
        waited = time.monotonic() - self._begun
        for number, query_id in self._open.items():
            self._answers[number] = NoEvidence(
                f"Logs Insights did not answer within {waited:.0f} s"
            )
            # If it cannot be stopped it ends by itself: what counts is that nobody waits for it.
            with suppress(BotoCoreError, ClientError):
                self._logs.stop_query(queryId=query_id)
        self._open.clear()


def _start(logs: Any, question: Question) -> str:
    request = {
        "logGroupNames": list(question.groups),
        "queryString": question.text,
        "startTime": int(question.start.timestamp()),
        "endTime": int(question.end.timestamp()),
    }
    try:
        return str(logs.start_query(**request)["queryId"])
    except (BotoCoreError, ClientError) as error:
        raise refused(error, "Logs Insights") from None
    except (KeyError, TypeError):
        raise NoEvidence("Logs Insights answered what cannot be read") from None


def _result(logs: Any, query_id: str) -> Answer | None:
    """Return a query's answer, or None while it runs."""
    try:
        answer = logs.get_query_results(queryId=query_id)
        if answer["status"] in {"Scheduled", "Running"}:
            return None
        if answer["status"] != "Complete":
            raise NoEvidence(f"the query of Logs Insights ended as {str(answer['status'])[:20]}")
        rows = tuple(
            {str(cell["field"]): str(cell["value"]) for cell in row if "value" in cell}
            for row in answer["results"]
        )
        matched = int(float(answer.get("statistics", {}).get("recordsMatched", 0)))
    except (BotoCoreError, ClientError) as error:
        raise refused(error, "Logs Insights") from None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise NoEvidence("Logs Insights answered what cannot be read") from None
    return Answer(rows=rows, matched=matched)


def refused(error: BotoCoreError | ClientError, service: str) -> NoEvidence:
    """Return what a refusal means; what AWS says of it may have names in it that nobody needs."""
    if not isinstance(error, ClientError):
        return NoEvidence(f"{service} cannot be reached ({type(error).__name__})")
    code = str(error.response.get("Error", {}).get("Code", "no code"))[:60]
    if code.startswith("AccessDenied"):
        return NoEvidence(f"the function may not ask {service} ({code})")
    if code == "ResourceNotFoundException":
        return NoEvidence("a log group of the contract does not exist")
    if code in _TOO_MANY:
        return NoEvidence(f"{service} is asked too much in this account ({code})")
    return NoEvidence(f"{service} refused ({code})")
