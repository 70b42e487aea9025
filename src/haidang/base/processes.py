"""Children that never outlive their parent, whatever becomes of it, and a bound on starting them again."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # found before any fork: a child between fork and exec may not look for libraries


def spawn(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    last_signal: signal.Signals,
    stdout: int | None = None,
    stderr: int | None = None,
    user: Mapping[str, Any] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets ``last_signal`` when the calling thread ends.

    A session of its own, so that Ctrl-C reaches the parent alone, which then stops its children in order.
    The kernel watches over the *thread* that forks: call this from one that lives as long as the child shall.
    ``user`` holds the arguments of :class:`subprocess.Popen` that change the user.
    """
    parent = os.getpid()

    def end_with_parent() -> None:
        # After the change of user, which would clear it; and the parent may have ended just before.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        cwd="/",
        env=dict(environ),
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - it only calls the kernel
        **(user or {}),
    )


def end(child: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> bool:
    """End a child by each signal in turn, waiting so many seconds after each; was the first enough?"""
    for number, (signal_number, patience_s) in enumerate(steps):
        if child.poll() is None:
            child.send_signal(signal_number)
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
        return number == 0
    child.kill()
    child.wait()
    return False


class Patience:
    """How often something may be started again: ``times`` within ``window_s`` seconds."""

    def __init__(self, times: int = 5, window_s: float = 600) -> None:
        self._starts: deque[float] = deque(maxlen=times)
        self._window_s = window_s

    def allows(self) -> bool:
        """Count one more start and return whether it is still within the bound."""
        now = time.monotonic()
        spent = len(self._starts) == self._starts.maxlen and now - self._starts[0] < self._window_s
        self._starts.append(now)
        return not spent
