"""What a database server and its disk can be relied on for; asked at the start and by ``haidang doctor``.

An external server belongs to somebody else: its weaknesses are told, never changed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec
from psycopg import AsyncConnection

OLDEST_VERSION = 160_000
"""PostgreSQL 16, as ``server_version_num`` writes it."""


class Fact(msgspec.Struct, frozen=True):
    """One property of the server, and what is wrong with it where something is."""

    name: str
    value: str
    serious: bool = False
    vi: str = ""
    en: str = ""

    @property
    def well(self) -> bool:
        """Whether it is as it should be."""
        return not self.en


# What each should be, and what is wrong where it is anything else.
_WANTED = (
    Fact("server_encoding", "UTF8", True, "tiếng Việt cần UTF8", "Vietnamese needs UTF8"),
    Fact("fsync", "on", True, "mất điện là mất dữ liệu", "a power cut loses data"),
    Fact("full_page_writes", "on", True, "mất điện có thể hỏng dữ liệu", "a power cut can tear pages"),
    Fact("synchronous_commit", "on", False, "ghi đã báo xong có thể mất", "acknowledged writes can be lost"),
    Fact("data_checksums", "on", False, "đĩa hỏng không bị phát hiện", "a failing disk stays unseen"),
)


async def look(url: str) -> list[Fact]:
    """Return the server's properties; raises psycopg's errors where it cannot be reached."""
    async with await AsyncConnection.connect(url, autocommit=True, connect_timeout=10) as connection:

        async def show(name: str) -> str:
            row = await (await connection.execute("SELECT current_setting(%s)", (name,))).fetchone()
            return str(row[0]) if row else ""

        return [
            _version(await show("server_version"), int(await show("server_version_num"))),
            *[_judge(await show(wanted.name), wanted) for wanted in _WANTED],
        ]


async def writer_at_work(url: str) -> bool:
    """Return whether somebody holds the city's writer lock."""
    async with await AsyncConnection.connect(url, autocommit=True, connect_timeout=10) as connection:
        cursor = await connection.execute(
            "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
            "AND application_name = 'haidang writer' AND datname = current_database()"
        )
        return await cursor.fetchone() is not None


def fdatasync_rate(folder: Path, seconds: float = 1.0) -> float:
    """Return how often a second 8 KiB can be written and synchronised: the bound of durable commits."""
    path = folder / ".fdatasync"
    block, count, started = os.urandom(8192), 0, time.perf_counter()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        while time.perf_counter() - started < seconds:
            os.pwrite(descriptor, block, 0)
            os.fdatasync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
        path.unlink()
    return count / (time.perf_counter() - started)


def _version(text: str, number: int) -> Fact:
    if number >= OLDEST_VERSION:
        return Fact("PostgreSQL", text)
    return Fact("PostgreSQL", text, True, "cần phiên bản 16 trở lên", "version 16 or later is needed")


def _judge(value: str, wanted: Fact) -> Fact:
    return Fact(wanted.name, value) if value == wanted.value else msgspec.structs.replace(wanted, value=value)
