"""What a killed run leaves behind, and how the next start gets it out of its way.

A pid file alone proves nothing: after a crash its number may belong to anybody, and it may be cut short. The
processes themselves say the truth: every process of a server stands in its data directory and bears the name
``postgres``. So those are looked for, and files without any such process are only waste. Linux.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from haidang.base.postgres.error import PostgresError

_FAST, _IMMEDIATE = signal.SIGINT, signal.SIGQUIT
_ORPHANS_S = 10.0


def postmaster_of(data: Path) -> int | None:
    """Return the pid of the live server of this data directory: the one that is no other's child."""
    living = _living(data)
    return next((pid for pid, parent in living.items() if parent not in living), None) if living else None


def clear(data: Path, sockets: Path, *, patience_s: float = 60) -> bool:
    """End what still runs on this data directory and delete its stale files; return whether there was any.

    Only the holder of the data folder's lock may call this: then whatever still runs has lost its owner.
    """
    found = _end_processes(data, patience_s)
    for path in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        if path.exists() or path.is_symlink():
            path.unlink()
            found = True
    return found


def _end_processes(data: Path, patience_s: float) -> bool:
    """Ask the server to stop fast, then at once; its children without it end by themselves or are killed."""
    if not _living(data):
        return False
    deadline = time.monotonic() + patience_s
    asked = None
    while living := _living(data):
        master = next((pid for pid, parent in living.items() if parent not in living), None)
        late = time.monotonic() > deadline
        wish = (_IMMEDIATE if late else _FAST) if master and _is_master(master, data) else None
        if master and wish and wish != asked:
            _signal(master, wish)
            asked = wish
        if time.monotonic() > deadline + _ORPHANS_S:
            for pid in living:
                _signal(pid, signal.SIGKILL)
        if time.monotonic() > deadline + 2 * _ORPHANS_S:
            raise PostgresError(
                f"Tiến trình cơ sở dữ liệu cũ {sorted(living)} không dừng được.",
                f"The database processes {sorted(living)} of an earlier run cannot be stopped.",
            )
        time.sleep(0.05)
    return True


def _living(data: Path) -> dict[int, int]:
    """Return pid → parent pid of every ``postgres`` process that stands in this data directory."""
    wanted = os.path.realpath(data)
    found: dict[int, int] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            parent = _postgres_parent(entry.path, wanted)
            if parent is not None:
                found[int(entry.name)] = parent
    return found


def _postgres_parent(process: str, wanted: str) -> int | None:
    try:
        stat = Path(process, "stat").read_text()
        if "(postgres)" not in stat or Path(process, "cwd").readlink().as_posix() != wanted:
            return None
    except OSError:  # it ended meanwhile, or is another user's and so none of ours
        return None
    state, parent = stat.rpartition(")")[2].split()[:2]
    return None if state in "ZX" else int(parent)


def _is_master(pid: int, data: Path) -> bool:
    """Return whether the process was started with this data directory: a child shows its task instead."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in words or os.fsencode(os.path.realpath(data)) in words


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
