"""``haidang doctor``: look at this installation and say, line by line, what is well and what is not."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import click
import msgspec

from haidang.base.errors import OperatorError
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings

_GB = 1024**3
_DISK_LOW_BYTES = 5 * _GB
_DISK_BAD_BYTES = _GB // 2
_FDATASYNC_S = 1.0
_FDATASYNC_LOW_PER_S = 50
_POSTGRES_OLDEST = 160_000


class Level(Enum):
    """How well something is."""

    WELL = "✓"
    """as it should be"""
    LOOK = "!"
    """works, but somebody should look at it"""
    BAD = "✗"
    """does not work"""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    level: Level
    vi: str
    en: str


@click.command()
def doctor() -> None:
    """Check this installation; the exit code is 1 where something does not work.

    Kiểm tra cài đặt này.
    """
    settings = load_settings()
    findings = [*_machine(settings), *_interface(), *_database(settings)]
    for finding in findings:
        sys.stdout.write(f"{finding.level.value} {finding.vi}\n  {finding.en}\n")
    if any(finding.level is Level.BAD for finding in findings):
        sys.exit(1)


def _machine(settings: Settings) -> Iterator[Finding]:
    cores, memory = os.cpu_count() or 1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        Level.WELL,
        f"Python {version}, {cores} lõi, {memory / _GB:.1f} GB bộ nhớ",
        f"Python {version}, {cores} cores, {memory / _GB:.1f} GB of memory",
    )
    folder = settings.data_dir
    if not folder.exists():
        yield Finding(
            Level.LOOK,
            f"Chưa có thư mục dữ liệu {folder}",
            f"There is no data folder {folder} yet: haidang up",
        )
        return
    free = shutil.disk_usage(folder).free
    level = Level.BAD if free < _DISK_BAD_BYTES else Level.LOOK if free < _DISK_LOW_BYTES else Level.WELL
    yield Finding(
        level,
        f"Thư mục dữ liệu {folder}: còn trống {free / _GB:.1f} GB",
        f"Data folder {folder}: {free / _GB:.1f} GB free",
    )
    if not os.access(folder, os.W_OK):
        yield Finding(Level.BAD, f"Không ghi được vào {folder}", f"{folder} cannot be written to")
        return
    rate = _fdatasync_rate(folder)
    yield Finding(
        Level.WELL if rate >= _FDATASYNC_LOW_PER_S else Level.LOOK,
        f"Đĩa ghi bền {rate:.0f} lần mỗi giây (fdatasync 8 KiB)",
        f"The disk writes durably {rate:.0f} times a second (fdatasync of 8 KiB)",
    )


def _fdatasync_rate(folder: Path) -> float:
    """Return how often a second 8 KiB can be written and synchronised: the bound of durable commits."""
    path = folder / ".doctor"
    block, count, started = os.urandom(8192), 0, time.perf_counter()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        while time.perf_counter() - started < _FDATASYNC_S:
            os.pwrite(descriptor, block, 0)
            os.fdatasync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
        path.unlink()
    return count / (time.perf_counter() - started)


def _interface() -> Iterator[Finding]:
    index = Path(__file__).resolve().parents[1] / "web" / "dist" / "index.html"
    if index.exists():
        yield Finding(Level.WELL, "Giao diện đã được dựng", "The interface is built")
        return
    node = shutil.which("node")
    said = (
        subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if node
        else ""
    )
    found = said.strip() or "—"
    yield Finding(
        Level.LOOK,
        f"Chưa dựng giao diện (Node: {found}); hãy chạy: make setup",
        f"The interface is not built (Node: {found}); run: make setup",
    )


def _database(settings: Settings) -> list[Finding]:
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        return [Finding(Level.LOOK, "Chưa tạo cơ sở dữ liệu", "The database is not made yet: haidang up")]
    try:
        with running(settings) as url:
            return asyncio.run(_ask(url))
    except OperatorError as fault:
        return [Finding(Level.BAD, fault.vi, fault.en)]


async def _ask(url: str) -> list[Finding]:
    """Look at the database itself; a server of somebody else's is only warned about, never changed."""
    import psycopg  # noqa: PLC0415 - only this part needs it

    try:
        async with await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=10
        ) as connection:

            async def show(name: str) -> str:
                row = await (await connection.execute("SELECT current_setting(%s)", (name,))).fetchone()
                return str(row[0]) if row else ""

            return [*await _server_findings(show), await _writer(connection)]
    except psycopg.Error as cause:
        return [Finding(Level.BAD, f"Không kết nối được cơ sở dữ liệu: {cause}", f"No connection: {cause}")]


async def _server_findings(show: Callable[[str], Awaitable[str]]) -> list[Finding]:
    version = await show("server_version")
    new_enough = int(await show("server_version_num")) >= _POSTGRES_OLDEST
    found = [
        Finding(
            Level.WELL if new_enough else Level.BAD,
            f"PostgreSQL {version}" + ("" if new_enough else ": cần phiên bản 16 trở lên"),
            f"PostgreSQL {version}" + ("" if new_enough else ": version 16 or later is needed"),
        )
    ]
    for name, wanted, level, why_vi, why_en in (
        ("server_encoding", "UTF8", Level.BAD, "tiếng Việt cần UTF8", "Vietnamese needs UTF8"),
        ("fsync", "on", Level.BAD, "mất điện là mất dữ liệu", "a power cut loses data"),
        ("full_page_writes", "on", Level.BAD, "mất điện có thể hỏng dữ liệu", "a power cut can tear pages"),
        (
            "synchronous_commit",
            "on",
            Level.LOOK,
            "ghi đã báo xong có thể mất",
            "acknowledged writes can be lost",
        ),
        ("data_checksums", "on", Level.LOOK, "đĩa hỏng không bị phát hiện", "a failing disk stays unseen"),
    ):
        value = await show(name)
        well = value == wanted
        found.append(
            Finding(
                Level.WELL if well else level,
                f"{name} = {value}" + ("" if well else f": {why_vi}"),
                f"{name} = {value}" + ("" if well else f": {why_en}"),
            )
        )
    return found


async def _writer(connection: Any) -> Finding:
    """Say whether somebody holds the city's writer lock."""
    cursor = await connection.execute(
        "SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'haidang writer' "
        "AND a.datname = current_database() LIMIT 1"
    )
    row = await cursor.fetchone()
    if row:
        return Finding(Level.WELL, "Bộ ghi đang hoạt động", "The city's writer is at work")
    return Finding(Level.LOOK, "Chưa có bộ ghi: trung tâm chưa chạy", "No writer: the centre is not up")
