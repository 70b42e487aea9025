"""``haidang feed``: list, check, run and replay feeds. Vietnamese, or English where ``LANG`` is English."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from haidang import organisation
from haidang.base import log
from haidang.base.clock import LOCAL, SystemClock
from haidang.base.errors import OperatorError
from haidang.base.opening import opened
from haidang.base.problems import Fault, Problem
from haidang.base.settings import load_settings
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.feeds import store
from haidang.feeds.connectors import unreadable
from haidang.feeds.connectors.file import FileConnector
from haidang.feeds.connectors.http import HttpConnector
from haidang.feeds.model.declaration import Declaration, FileSource, HttpSource
from haidang.feeds.model.life import Run, Tally
from haidang.feeds.model.mapping import Mapper
from haidang.feeds.model.reading import read_file
from haidang.feeds.service import declaring, overview, replay, runs
from haidang.feeds.service.intake import Doubles, Sorted, sort_rows
from haidang.organisation.permissions import system

_T = TypeVar("_T")
_ENGLISH = os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("en")
_FAULTS_SHOWN = 20
_CELL_SHOWN = 60

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
source_option = click.option("--source", metavar="PATH", help="Read this file or folder instead.")


@click.group()
def feed() -> None:
    """Check, run and replay feeds (docs/feeds.md). Nguồn dữ liệu."""
    settings = load_settings()
    if settings.log_level == "info":  # what a person should read is said by the command itself
        settings = msgspec.structs.replace(settings, log_level="warning")
    log.configure(settings)


@feed.command("list")
def list_feeds() -> None:
    """Show every feed of this site: state, last run, rows. Liệt kê các nguồn."""
    _finish(_list())


@feed.command()
@file_argument
@source_option
@click.option("--rows", default=5, show_default=True, type=click.IntRange(0, 1000), help="Entities to show.")
def check(file: Path, source: str | None, rows: int) -> None:
    """Map a source without storing anything; show entities, faults, totals. Kiểm tra, không ghi."""
    _finish(_check(file, source, rows))


@feed.command()
@file_argument
@source_option
@click.option("--again", is_flag=True, help="Read files again that have not changed.")
def run(file: Path, source: str | None, again: bool) -> None:
    """Declare a feed and run it once, now. Khai báo và chạy một lần."""
    found = _finish(_run(file, source, again=again))
    if found.outcome == "failed":
        sys.exit(1)


@feed.command("replay")
@file_argument
@source_option
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(0.001, 1e6), help="Times as fast."
)
@click.option("--from", "since", type=click.DateTime(), help="First moment to play (local time).")
@click.option("--to", "until", type=click.DateTime(), help="Moment to stop before (local time).")
@click.option("--keep-time", is_flag=True, help="Keep the observed times; store as the real record.")
@click.option("--loops", default=1, show_default=True, type=click.IntRange(0), help="Rounds; 0 goes on.")
def replay_feed(
    *,
    file: Path,
    source: str | None,
    speed: float,
    since: datetime | None,
    until: datetime | None,
    keep_time: bool,
    loops: int,
) -> None:
    """Play a historical file as if it were live. Phát lại dữ liệu cũ như đang diễn ra."""
    choice = replay.Choice(
        speed=speed,
        since=since.replace(tzinfo=LOCAL) if since else None,
        until=until.replace(tzinfo=LOCAL) if until else None,
        keep_time=keep_time,
        loops=loops,
    )
    _finish(_replay(file, source, choice))


def say(vi: str, en: str) -> None:
    """Tell the operator in the language of the terminal."""
    click.echo(en if _ENGLISH else vi)


def _finish(work: Coroutine[Any, Any, _T]) -> _T:
    """Do the work; a refusal ends the command with its reason, Ctrl-C ends it quietly."""
    try:
        return asyncio.run(work)
    except Problem as problem:
        faults = "".join(f"\n  {_fault(fault)}" for fault in problem.faults)
        vi, en = problem.vi or problem.kind.vi, problem.en or problem.kind.en
        raise OperatorError(vi + faults, en) from problem
    except KeyboardInterrupt:
        say("Đã dừng.", "Stopped.")
        sys.exit(130)


async def _list() -> None:
    settings = load_settings()
    async with opened(settings) as db, db.transaction() as connection:
        found = await overview.every(connection, system("command"), SystemClock().now())
    rows = [
        (
            each["name"],
            each["kind"],
            each["state"],
            _local((each["last_run"] or {}).get("finished_at")),
            str(each["entities"]),
            str(each["refused_open"]),
            each["title_en" if _ENGLISH else "title_vi"],
        )
        for each in found
    ]
    heads = ("nguồn", "loại", "trạng thái", "lần chạy cuối", "thực thể", "chưa xem", "tên")
    heads_en = ("feed", "kind", "state", "last run", "entities", "to look at", "title")
    _table(heads_en if _ENGLISH else heads, rows)


async def _check(file: Path, source: str | None, shown: int) -> None:
    declaration = declaring.with_source(read_file(file), source, file.parent)
    mapper = Mapper(declaration)
    now = SystemClock().now()
    entities: list[dict[str, Any]] = []
    tally, faults, keys = Tally(), 0, set()
    doubles = Doubles()
    async for batch in _connector(declaration, mapper).batches():
        found = sort_rows(mapper, batch.rows, now, batch.source, doubles)
        entities += found.entities[: shown - len(entities)]
        for row, mapped in found.rows:
            key = (mapped.entity or {}).get("id"), mapped.observed_at
            tally.unchanged += key in keys
            keys.add(key)
            tally.faulty += bool(mapped.faults or mapped.warnings)
            for fault in (*mapped.faults, *mapped.warnings):
                faults = _show_fault(row.no, batch.source, fault, faults)
        for refusal in found.refusals:
            for fault in refusal.faults:
                faults = _show_fault(refusal.row_no, refusal.source, fault, faults)
        _count(tally, batch.rows, found)
    for entity in entities:
        click.echo(msgspec.json.format(msgspec.json.encode(entity), indent=2).decode())
    if faults > _FAULTS_SHOWN:
        say(f"… và {faults - _FAULTS_SHOWN} lỗi nữa.", f"… and {faults - _FAULTS_SHOWN} more faults.")
    tally.accepted = tally.read - tally.refused - tally.unchanged
    _show_tally(declaration.feed, tally, len({key[0] for key in keys}))
    say("Chưa ghi gì vào cơ sở dữ liệu.", "Nothing was stored.")


def _count(tally: Tally, rows: list[Any], found: Sorted) -> None:
    tally.read += len(rows)
    tally.refused += found.refused


def _connector(declaration: Declaration, mapper: Mapper) -> FileConnector | HttpConnector:
    if isinstance(declaration.source, FileSource):
        return FileConnector(declaration.source, mapper.columns, again=True)
    if isinstance(declaration.source, HttpSource):
        allow = load_settings().feed_allow_hosts
        return HttpConnector(declaration.source, mapper.columns, allow_hosts=allow)
    raise unreadable(
        "Khai báo hợp lệ; nguồn MQTT chỉ được đọc khi máy chủ lắng nghe.",
        "The declaration is valid; an MQTT source is read only while the server listens.",
    )


async def _run(file: Path, source: str | None, *, again: bool) -> Run:
    settings, clock = load_settings(), SystemClock()
    declaration = declaring.with_source(read_file(file), source, file.parent)
    async with opened(settings) as db:
        await organisation.prepare(db, settings, clock)
        city = await City.open(db, settings, clock)
        locks = await db.dedicated()
        try:
            async with db.transaction() as connection:
                known = await declaring.declare(connection, declaration, clock.now())
            found = await runs.run_once(
                db, city, settings, clock, known, locks=locks, again=again, progress=_progress
            )
            async with db.transaction() as connection:
                refused = await store.refused(
                    connection, known.id, before=None, run_id=found.id, is_open=None, limit=_FAULTS_SHOWN
                )
                entities = (await store.entity_counts(connection, [known.name])).get(known.name, 0)
        finally:
            await locks.close()
            await city.close()
    for row in reversed(refused):
        for fault in msgspec.convert(row["faults"], list[Fault]):
            _show_fault(row["row_no"], row["source"], fault, 0)
    tally = Tally(found.read, found.accepted, found.unchanged, found.refused, found.faulty)
    _show_tally(declaration.feed, tally, entities)
    if found.message_vi:
        say(found.message_vi, found.message_en)
    return found


async def _replay(file: Path, source: str | None, choice: replay.Choice) -> None:
    settings, clock = load_settings(), SystemClock()
    declaration = declaring.with_source(read_file(file), source, file.parent)
    moments = await replay.load(declaration, choice, clock.now())
    days = replay.span(moments).days
    pace = timedelta(seconds=round(replay.span(moments).total_seconds() / choice.speed))
    say(
        f"{len(moments)} quan trắc, {days} ngày; một vòng kéo dài {pace}. Ctrl-C để dừng.",
        f"{len(moments)} observations over {days} days; a round takes {pace}. Ctrl-C stops.",
    )
    async with opened(settings) as db:
        await organisation.prepare(db, settings, clock)
        city = await City.open(db, settings, clock)
        try:
            async with db.transaction() as connection:
                known = await declaring.declare(connection, declaration, clock.now())
            word = "feed" if choice.keep_time else "replay"
            origin = Origin(
                owner_org=known.owner_org,
                area_code=known.area_code,
                sector=known.sector,
                source=f"{word}:{known.name}",
                simulated=declaration.simulated or not choice.keep_time,
            )
            played = 0
            async for group in replay.play(moments, choice, clock):
                await replay.store_group(city, known.name, origin, group, _tell)
                played += len(group)
                if sys.stderr.isatty():
                    click.echo(f"\r{played}/{len(moments)}", nl=False, err=True)
        finally:
            await city.close()
    say(f"Đã phát {played} quan trắc.", f"{played} observations played.")


def _tell(problem: Problem) -> None:
    click.echo(problem.en if _ENGLISH else problem.vi, err=True)


def _progress(tally: Tally) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{tally.read} …", nl=False, err=True)


def _show_fault(row_no: int, source: str, fault: Fault, shown: int) -> int:
    """Show a fault unless enough were shown; return how many there were with it."""
    if shown < _FAULTS_SHOWN:
        where = f"{source} " if source else ""
        row = f"row {row_no}" if _ENGLISH else f"dòng {row_no}"
        click.echo(f"{where}{row}: {_fault(fault)}")
    return shown + 1


def _fault(fault: Fault) -> str:
    text = fault.en if _ENGLISH else fault.vi
    value = f" [{fault.value[:_CELL_SHOWN]}]" if fault.value else ""
    return f"{fault.field}: {text}{value}" if fault.field else text + value


def _show_tally(name: str, tally: Tally, entities: int) -> None:
    heads = ("nguồn", "đọc", "nhận", "không đổi", "từ chối", "có lỗi", "thực thể")
    heads_en = ("feed", "read", "accepted", "unchanged", "refused", "faulty", "entities")
    numbers = (tally.read, tally.accepted, tally.unchanged, tally.refused, tally.faulty, entities)
    _table(heads_en if _ENGLISH else heads, [(name, *map(str, numbers))])


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    for line in (heads, tuple("─" * width for width in widths), *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _local(at: str | None) -> str:
    return datetime.fromisoformat(at).astimezone(LOCAL).strftime("%d/%m/%Y %H:%M:%S") if at else "—"
