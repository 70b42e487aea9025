"""``haidang doctor``: look at this installation and say, line by line, what is well and what is not."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click
import msgspec
import psycopg

from haidang.base import probe
from haidang.base.errors import OperatorError
from haidang.base.postgres import running
from haidang.base.settings import Settings, load_settings

_GB = 1024**3
_DISK_LOW_BYTES = 5 * _GB
_DISK_BAD_BYTES = _GB // 2
_FDATASYNC_LOW_PER_S = 50


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
        english = f"  {finding.en}\n" if finding.en != finding.vi else ""
        sys.stdout.write(f"{finding.level.value} {finding.vi}\n{english}")
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
    rate = probe.fdatasync_rate(folder)
    yield Finding(
        Level.WELL if rate >= _FDATASYNC_LOW_PER_S else Level.LOOK,
        f"Đĩa ghi bền vững được {rate:.0f} lần mỗi giây (fdatasync 8 KiB)",
        f"The disk writes durably {rate:.0f} times a second (fdatasync of 8 KiB)",
    )


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
    try:
        facts, writer = await probe.look(url), await probe.writer_at_work(url)
    except psycopg.Error as cause:
        return [Finding(Level.BAD, f"Không kết nối được cơ sở dữ liệu: {cause}", f"No connection: {cause}")]
    return [
        *[_finding(fact) for fact in facts],
        Finding(Level.WELL, "Tiến trình ghi đang hoạt động", "The city's writer is at work")
        if writer
        else Finding(
            Level.LOOK, "Chưa có tiến trình ghi: trung tâm chưa chạy", "No writer: the centre is not up"
        ),
    ]


def _finding(fact: probe.Fact) -> Finding:
    said = f"{fact.name} = {fact.value}"
    if fact.well:
        return Finding(Level.WELL, said, said)
    return Finding(Level.BAD if fact.serious else Level.LOOK, f"{said}: {fact.vi}", f"{said}: {fact.en}")
