"""The shipper as a thread of the application."""

import os
import threading
from weakref import WeakMethod

from .directory import Shipper
from .errors import DeliveryError

_LAST_SECONDS = 5.0


class ShipperThread:
    """Delivers in the background; of several processes, one does, and the others stand by.

    A forked child has a thread of its own. At the end, what can be delivered is; the rest is in
    the files, for whoever delivers them next.
    """

    def __init__(self, shipper: Shipper) -> None:
        """Take what is to be run."""
        self._shipper = shipper
        self._ended = False
        self._start()
        again = WeakMethod(self._begin_in_child)
        os.register_at_fork(after_in_child=lambda: (method := again()) and method())

    def close(self) -> None:
        """Deliver what can be delivered at once, and end."""
        self._ended = True
        self._stop.set()
        self._thread.join(_LAST_SECONDS)
        if self._thread.is_alive():  # it waits for an answer, and nobody waits for it any more
            self._shipper.give_up(f"no answer within {_LAST_SECONDS:g} s")

    def _start(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intentlog-ship", daemon=True)
        self._thread.start()

    def _begin_in_child(self) -> None:
        if not self._ended:
            self._shipper.close()  # the parent's lock stays the parent's
            self._start()

    def _run(self) -> None:
        try:
            self._shipper.run(self._stop)
            if self._shipper.can_begin():  # whoever had the directory may have gone since
                self._shipper.finish(_LAST_SECONDS, patient=False)
        except DeliveryError as error:
            self._shipper.warn("delivery_ended", {"error": str(error)})
        finally:
            self._shipper.close()
