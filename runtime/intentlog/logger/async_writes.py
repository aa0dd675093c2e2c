"""Asynchronous writes: a call only queues its line, a thread writes it."""

import errno
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.util import Finalize, register_after_fork
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Final
from weakref import WeakMethod

from .losses import Losses
from .record import Fields
from .settings import WhenFull
from .sinks import Sink

LINES_QUEUED: Final = 10_000
_WAIT_SECONDS: Final = 10.0
_INFO: Final = 20

Write = Callable[[Fields, bytes], None]


class AsyncWrites:
    """A bounded queue of lines and the thread that writes them.

    Everything that was queued is written by ``close``, at the end of the process and before a
    SIGTERM that nobody else handles ends it. A killed process loses what is queued.
    """

    def __init__(self, losses: Losses, when_full: WhenFull) -> None:
        """Take what counts losses, and what a call does when the queue is full."""
        self._losses = losses
        self._drops = when_full == "drop"
        self._begin()
        os.register_at_fork(after_in_child=_weakly(self._begin))
        register_after_fork(self, AsyncWrites._end_with_child)
        self._end_with_child()
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._terminate)

    def writer(self, sink: Sink, level: int) -> Write:
        """Return what queues the lines of a level for a sink."""
        return partial(self._put, sink.write, self._drops and level <= _INFO)

    def flush(self) -> None:
        """Wait until all is written that was queued before; for ten seconds at most."""
        thread = self._thread
        if thread is threading.current_thread():
            return
        if thread is not None and thread.is_alive():
            written = threading.Event()
            self._queue.put(written.set)
            written.wait(_WAIT_SECONDS)
        else:  # it is only beginning, or the interpreter ends
            self._write_left()

    def close(self) -> None:
        """Write what is queued; from here on, each call writes its line itself."""
        self._closed = True
        self._at_end.cancel()
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._queue.put(None)
            thread.join(_WAIT_SECONDS)
        self._write_left()
        if signal.getsignal(signal.SIGTERM) == self._terminate:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _begin(self) -> None:
        # In a forked child, too: what its parent queued is its parent's to write.
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._room = threading.Event()
        self._closed = False

    def _put(self, write: Write, may_drop: bool, fields: Fields, line: bytes) -> None:
        if self._queue.qsize() >= LINES_QUEUED and not self._closed:
            if may_drop:
                self._losses.add(OSError(errno.ENOBUFS, "the queue is full"))
                return
            self._wait_for_room()
        self._queue.put(partial(write, fields, line))
        if self._thread is None:
            self._start()
        if self._closed:
            self._write_left()

    def _wait_for_room(self) -> None:
        while self._queue.qsize() >= LINES_QUEUED and not self._closed:
            self._room.clear()
            self._room.wait(0.05)  # it may have been set just before

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._closed:
                thread = threading.Thread(target=self._run, name="intentlog", daemon=True)
                self._thread = thread  # now, because a signal may come while it starts
                try:
                    thread.start()
                except RuntimeError:  # the process is ending
                    self._thread, self._closed = None, True

    def _run(self) -> None:
        queue, room = self._queue, self._room
        while (write := queue.get()) is not None:
            self._do(write)
            room.set()

    def _write_left(self) -> None:
        with suppress(Empty):
            while True:
                if write := self._queue.get_nowait():
                    self._do(write)

    def _do(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Exception as failure:  # noqa: BLE001 -- the others are written all the same
            self._losses.add(failure)

    def _terminate(self, number: int, _frame: FrameType | None) -> None:
        self.flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _end_with_child(self) -> None:
        """Have a child of ``multiprocessing`` write all before it ends: it runs no ``atexit``."""
        self._at_end = Finalize(None, _weakly(self.flush), exitpriority=0)


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    """Return what calls a method as long as its object is there."""
    weak = WeakMethod(method)

    def call() -> None:
        strong = weak()
        if strong is not None:
            strong()

    return call
