"""A thread that keeps the embedded server alive: starts it, starts it again when it dies, stops it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from haidang.base.postgres.error import PostgresError
from haidang.base.postgres.server import Server

_RESTARTS_MAX = 5
_WINDOW_S = 600.0
_WATCH_S = 0.2


class Supervisor:
    """Keeps one server running until :meth:`stop`; gives up after five deaths within ten minutes.

    ``gave_up`` is called once, from the supervisor's thread, when the server cannot be kept alive.
    """

    def __init__(self, server: Server, *, gave_up: Callable[[PostgresError], None]) -> None:
        self.server = server
        self._gave_up = gave_up
        self._stopping = threading.Event()
        self._settled = threading.Event()
        self._fault: PostgresError | None = None
        self._thread = threading.Thread(target=self._run, name="postgres-supervisor")

    def start(self) -> None:
        """Start the server and return when it is ready; raise what keeps it from it."""
        self._thread.start()
        try:
            # Waking now and then lets a Ctrl-C through to the main thread.
            while not self._settled.wait(0.2):
                pass
        except BaseException:
            self.stop()
            raise
        if self._fault:
            self._thread.join()
            raise self._fault

    def stop(self) -> None:
        """Stop the server and the watching; return when both have ended."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self.server.start(cancelled=self._stopping.is_set)
        except PostgresError as fault:
            self._fault = fault
            return
        except Exception as cause:
            self._fault = PostgresError(
                "Không khởi động được cơ sở dữ liệu.", f"The database did not start: {cause!r}"
            )
            return
        finally:
            self._settled.set()
        try:
            self._watch()
        finally:
            self.server.stop()

    def _watch(self) -> None:
        deaths: deque[float] = deque(maxlen=_RESTARTS_MAX)
        while not self._stopping.is_set():
            code = self.server.wait(_WATCH_S)
            if code is None or self._stopping.is_set():
                continue
            now = time.monotonic()
            try:
                if len(deaths) == _RESTARTS_MAX and now - deaths[0] < _WINDOW_S:
                    raise PostgresError("Cơ sở dữ liệu liên tục bị dừng.", "The database keeps dying.")
                deaths.append(now)
                self.server.restart(code, cancelled=self._stopping.is_set)
            except PostgresError as fault:
                if not self._stopping.is_set():
                    self._gave_up(fault)
                return
