"""A service's shipper in a log directory: every stream that has a log group, in one thread."""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from intentlog.contract import Contract

from .dead_letters import DeadLetters
from .errors import DeliveryError, UnavailableError, without_passwords
from .lag import ReportingService
from .lock import DirectoryLock
from .old_state import adopt_old_state
from .shipper import Destination, Service, StreamShipper
from .state import State, StreamState, check_files, load_state, save_state

_TELL_SECONDS: Final = 60.0
_LOCK_SECONDS: Final = 5.0
_SYNC_SECONDS: Final = 1.0

Tell = Callable[[str, Mapping[str, object]], None]


class Shipper:
    """Delivers a service's streams in a directory, as the only one that does.

    Where another process delivers them, it waits until that has gone.
    """

    def __init__(  # noqa: PLR0913 -- made where an application or a command begins
        self,
        contract: Contract,
        directory: Path,
        service: Service,
        *,
        groups: Mapping[str, str] | None = None,
        tell: Tell | None = None,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        """Take what is delivered.

        Args:
            contract: The contract of the lines.
            directory: Where the files are.
            service: What takes the events.
            groups: The log group of each stream. Default: the contract's.
            tell: Takes warnings, once a minute each: what happened, and its data.
            redact: Takes secrets out of errors' texts. Default: passwords of addresses alone are.
        """
        self._contract = contract
        self._directory = directory
        self._groups = groups or contract.log_groups
        self._service = ReportingService(
            service, contract, groups=self._groups, directory=directory
        )
        self._tell = tell or _tell_nobody
        self._redact_more = redact
        self._lock = DirectoryLock(directory, contract.service)
        self._state = State()
        self._streams: dict[str, StreamShipper] = {}
        self._told_at: dict[str, float] = {}
        self._told_losses: dict[tuple[str, str], int] = {}
        self._sync_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Deliver until it is told to stop.

        Raises:
            DeliveryError: The state cannot be read.
        """
        while not stop.is_set():
            wait = self.step() if self.can_begin() else _LOCK_SECONDS
            if wait > 0:
                stop.wait(wait)

    def can_begin(self) -> bool:
        """Take the directory, or say that it cannot be had now: ``begin``, for who can wait."""
        try:
            return self.begin()
        except OSError as error:  # it is not there yet, or may not be written
            self.warn("delivery_waiting", {"error": f"{self._directory}: {error.strerror}"})
            return False

    def begin(self) -> bool:
        """Take the directory, or say that somebody else has it.

        Raises:
            DeliveryError: The state cannot be read, or another service delivers the same files.
            OSError: There is no such directory, or it cannot be written.
        """
        if not self._lock.acquire():
            self.close()
        elif not self._streams:
            try:
                self._begin_streams()
            finally:
                if not self._streams:
                    self._lock.release()
        return bool(self._streams)

    def _begin_streams(self) -> None:
        """Load the state and begin, unless the version before this one delivers the directory."""
        service = self._contract.service
        files = {name: self._contract.streams[name].file for name in self._groups}
        check_files(self._directory, service, files.values())
        if adopt_old_state(self._directory, service, files.values()):
            self._state = load_state(self._directory, service)
            is_new = self._state.name_anew(files)
            self._streams = {name: self._stream(name) for name in self._groups}
            if is_new:  # another service is to see whose the files are
                self._save(may_sync=False)

    def step(self, *, at_once: bool = False) -> float:
        """Deliver what is due of each stream; return how many seconds there is nothing to do."""
        waits = [_step(stream, at_once=at_once) for stream in self._streams.values()]
        for name, stream in self._streams.items():
            self._tell_of(name, stream.state)
        self._service.report()
        return min(waits, default=_LOCK_SECONDS)

    def finish(self, seconds: float, *, patient: bool = True) -> bool:
        """Deliver all that there is, then say of it what else would be said within a minute.

        Takes and returns what ``flush`` does.
        """
        delivered = self.flush(seconds, patient=patient)
        self._told_at.clear()
        for name, stream in self._streams.items():
            self._tell_losses(name, stream.state)
        if patient or not self.errors():
            self._service.report(at_once=True)
        return delivered

    def flush(self, seconds: float, *, patient: bool = True) -> bool:
        """Deliver all that there is, for so long at most; say whether that was all.

        Args:
            seconds: How long it tries.
            patient: Whether it tries again what fails.
        """
        end = time.monotonic() + seconds
        for stream in self._streams.values():
            stream.look_now()  # the last rotation may be younger than the last look
        while self._streams and time.monotonic() < end:
            wait = self.step(at_once=True)
            if self._is_idle() or (self.errors() and not patient):
                break
            time.sleep(min(wait, max(0.0, end - time.monotonic())))
        if self._streams:
            self._save()  # what was not found, also
        return self._is_idle()

    def close(self) -> None:
        """Let go of the directory; what is not delivered is still in the files."""
        for stream in self._streams.values():
            stream.close()
        self._streams = {}
        self._lock.release()

    def errors(self) -> dict[str, str]:
        """Return why the last attempt failed, of each stream whose did."""
        return {
            name: stream.state.last_error
            for name, stream in self._streams.items()
            if stream.state.last_error
        }

    def give_up(self, reason: str) -> None:
        """Note why what is left was not delivered, after a call was broken off."""
        for stream in self._streams.values():
            if not stream.idle:
                stream.failed(UnavailableError(reason))

    def warn(self, event: str, data: Mapping[str, object]) -> bool:
        """Tell what somebody should look at, once a minute; say whether it was told."""
        key = f"{event} {data.get('stream', '')}"
        now = time.monotonic()
        if now - self._told_at.get(key, -_TELL_SECONDS) < _TELL_SECONDS:
            return False
        self._told_at[key] = now
        self._tell(event, data)
        return True

    def _tell_of(self, name: str, state: StreamState) -> None:
        if state.last_error:
            self.warn("delivery_failing", {"stream": name, "error": state.last_error})
        self._tell_losses(name, state)

    def _tell_losses(self, name: str, state: StreamState) -> None:
        refused, destroyed = state.rejected, state.destroyed_bytes
        self._tell_loss("delivery_refused", name, refused, {"dropped": state.dropped})
        self._tell_loss("delivery_destroyed", name, destroyed, {})

    def _tell_loss(self, event: str, name: str, count: int, data: Mapping[str, object]) -> None:
        """Tell what is lost in all, when it has become more."""
        told = {"stream": name, event.removeprefix("delivery_"): count, **data}
        if count > self._told_losses.get((event, name), 0) and self.warn(event, told):
            self._told_losses[event, name] = count

    def _is_idle(self) -> bool:
        return all(stream.idle and not stream.state.last_error for stream in self._streams.values())

    def _stream(self, name: str) -> StreamShipper:
        stream = self._contract.streams[name]
        state = self._state.streams[name]
        state.log_stream = log_stream_name()
        self._told_losses["delivery_refused", name] = state.rejected
        self._told_losses["delivery_destroyed", name] = state.destroyed_bytes
        path = self._directory / stream.file
        return StreamShipper(
            path,
            Destination(self._groups[name], state.log_stream, stream.retention_days),
            contract=self._contract,
            state=state,
            service=self._service,
            dead_letters=DeadLetters(path, self._contract.rotation_of(name)),
            save=self._save,
            redact=self._redact,
        )

    def _redact(self, text: str) -> str:
        text = without_passwords(text)
        return self._redact_more(text) if self._redact_more else text

    def _save(self, *, may_sync: bool = True) -> None:
        now = time.monotonic()
        sync = may_sync and now >= self._sync_at
        try:
            save_state(self._directory, self._contract.service, self._state, sync=sync)
        except OSError as error:  # a full disk: what is delivered now may be repeated
            self.warn("delivery_state_unsaved", {"error": str(error.strerror)})
        else:
            self._sync_at = now + _SYNC_SECONDS if sync else self._sync_at


def _step(stream: StreamShipper, *, at_once: bool) -> float:
    try:
        return stream.step(at_once=at_once)
    except DeliveryError:
        raise
    except Exception as error:  # noqa: BLE001 -- one stream is not to stop the others
        return stream.failed(UnavailableError(f"{type(error).__name__}: {error}"))


def log_stream_name() -> str:
    """Return the name of a log stream that begins now: time, host, process."""
    started = time.strftime("%Y/%m/%d/%H-%M-%S", time.gmtime())
    host = socket.gethostname().replace(":", "-").replace("*", "-")[:200]
    return f"{started}-{host}-{os.getpid()}"


def _tell_nobody(_event: str, _data: Mapping[str, object]) -> None:
    pass
