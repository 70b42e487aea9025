"""The disk under the embedded database: how much room it has left, and whether new data may still come.

PostgreSQL that can write no more of its log ends itself at once, and cannot start before there is room again.
So intake stops while there still is some: what was acknowledged stays readable, people can sign in and act,
and everything goes on by itself once there is room.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from prometheus_client import Gauge

from haidang.base.log import logger
from haidang.base.metrics import REGISTRY
from haidang.base.problems import STORAGE_FULL, Problem
from haidang.base.settings import Settings

RETRY_S = 30
"""When a sender should try again; making room takes a person a while."""


FREE = Gauge(
    "haidang_storage_free_bytes", "Room on the database's disk; -1 where it is elsewhere.", registry=REGISTRY
)
FULL = Gauge("haidang_storage_full", "1 while intake stops because the disk is full.", registry=REGISTRY)
_log = logger("base.disk")


class Room:
    """Watches the free space of some folders against a reserve."""

    def __init__(self, folders: Sequence[Path], reserve_bytes: int) -> None:
        self.folders = tuple(folders)
        self.reserve_bytes = reserve_bytes
        self.full = False
        """Whether the last look found less than the reserve."""

    def free_bytes(self) -> int | None:
        """Return what the fullest of the disks has left; None where none is on this machine."""
        found = [free for folder in self.folders if (free := _free_bytes(folder)) is not None]
        return min(found, default=None)

    def look(self) -> bool:
        """Look again; return whether it is full. A full disk is one until an eighth more is free."""
        free = self.free_bytes()
        needed = self.reserve_bytes * 9 // 8 if self.full else self.reserve_bytes
        FREE.set(-1 if free is None else free)
        before, self.full = self.full, free is not None and free < needed
        if self.full != before:
            said = (
                "the disk is nearly full, intake stops"
                if self.full
                else "there is room again, intake goes on"
            )
            _log.warning(said, free_bytes=free, reserve_bytes=self.reserve_bytes)
            FULL.set(self.full)
        return self.full


def room_of(settings: Settings) -> Room:
    """Return the watch over the embedded database's disks; over nothing where the database is elsewhere."""
    sockets = settings.data_dir / "run"
    pointer = settings.data_dir / "run.path"
    if pointer.is_file():
        sockets = Path(pointer.read_text().strip())
    data = settings.data_dir / "postgres"
    ours = settings.database_url is not None and quote(str(sockets), safe="") in settings.database_url
    watched = (data, data / "pg_wal") if ours and settings.disk_reserve_mb else ()
    return Room(watched, settings.disk_reserve_mb << 20)


def storage_full() -> Problem:
    """Return the refusal of a write that has no room."""
    return Problem(
        STORAGE_FULL,
        "Máy chủ tạm ngừng nhận dữ liệu mới vì ổ đĩa gần đầy; dữ liệu đã nhận vẫn còn và vẫn đọc được. "
        "Hãy gửi lại sau.",
        "The server takes no new data for now because its disk is nearly full; what it has taken is safe and "
        "can be read. Send this again later.",
        retry_after_s=RETRY_S,
    )


def _free_bytes(folder: Path) -> int | None:
    try:
        status = os.statvfs(folder)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
