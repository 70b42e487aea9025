"""Use cases of loaded tables: keep one, correct it, compute and analyse what it says.

What is kept is the file as it came and the method that was chosen; everything else is computed from them. A
method that has changed since is told, so that nobody wonders why a figure is another today.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.documents.turns import Turns, reading_busy
from haidang.indicators.indices import analysis, methods, store, tables, units
from haidang.indicators.indices.model import Method
from haidang.indicators.indices.report import Computed, computed, report
from haidang.indicators.indices.store import Loaded, Page
from haidang.indicators.indices.trend import trend
from haidang.indicators.indices.whatif import raises, what_if
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged

FAULTY = kind("index-table-faults", 422, "Bảng chỉ số có lỗi", "The table of an index has faults")
KNOWN = kind(
    "index-table-known", 409, "Đã có bảng của chỉ số và năm này", "There is a table of that index and year"
)
_FAULTS_TOLD = 100
_TURNS = Turns("indices", 1)
_QUEUE_MAX, _WAIT_S = 8, 30
_NEIGHBOURS_MAX = 12

Year = Annotated[int, msgspec.Meta(ge=1990, le=2100)]
Word = Annotated[str, msgspec.Meta(max_length=500)]


class NewTable(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a file that is loaded."""

    method: str
    name: str
    title: str = ""
    source: str = ""
    year: int | None = None
    units_on: date | None = None
    shared: bool = False
    owner_org: int | None = None
    with_faults: bool = False
    """Take it although rows have faults; those rows stay named and are not rated."""
    reason: str = ""
    """Why it corrects another."""


async def read(
    data_dir: Path, content: bytes, method: str, year: int | None, units_on: date | None
) -> Computed:
    """Read and compute a file in a thread, one after the other; ``Problem`` where it is no table."""
    return await _TURNS.take(
        lambda: _computed(methods.named(method, data_dir), content, year, units_on),
        queue_max=_QUEUE_MAX, wait_seconds=_WAIT_S, busy=reading_busy,
    )  # fmt: skip


def _computed(method: Method, content: bytes, year: int | None, units_on: date | None) -> Computed:
    return computed(method, tables.read(content, method, year=year, units_on=units_on))


@lru_cache(maxsize=32)
def _kept(method: Method, content: bytes, year: int, units_on: date | None) -> Computed:
    """Return a kept table as computed; files and methods are compared whole, so it is never out of date."""
    return _computed(method, content, year, units_on)


async def load(
    connection: Connection,
    clock: Clock,
    principal: Principal,
    new: NewTable,
    *,
    content: bytes,
    found: Computed,
) -> Loaded:
    """Keep a table that was read; the agency has one for an index and a year."""
    owner = new.owner_org if new.owner_org is not None else principal.org_id
    if owner is None:
        raise Problem(INVALID, faults=(Fault("owner", "cần đơn vị", "a unit is needed"),))
    principal.require("indicator.manage", org_id=owner)
    _sound(found, new.with_faults)
    year = _year(found)
    if standing := await store.standing(connection, owner, found.method.index, year):
        raise Problem(KNOWN, "Hãy đính chính bảng đã có.", "Correct the one that stands.", table=standing)
    facts = {
        "year": year, "units_on": new.units_on, "title": new.title or found.method.vi, "source": new.source,
        "shared": new.shared, "owner_org": owner, "name": new.name,
    }  # fmt: skip
    return await _keep(connection, clock, principal, found, facts | {"content": content})


def _sound(found: Computed, with_faults: bool) -> None:
    """Raise ``Problem`` that names each fault by row and column, unless they are taken as they are."""
    if not found.faults or with_faults:
        return
    listed = [
        Fault(f"{each.row}:{each.column}", f"{each.unit}: {each.vi}".strip(": "),
              f"{each.unit}: {each.en}".strip(": "), each.value or None)
        for each in found.faults[:_FAULTS_TOLD]
    ]  # fmt: skip
    raise Problem(
        FAULTY, f"{len(found.faults)} lỗi (dòng:cột).", f"{len(found.faults)} faults (row:column).",
        faults=tuple(listed),
    )  # fmt: skip


def _year(found: Computed) -> int:
    if found.table.year is None:
        raise Problem(INVALID, faults=(Fault("year", "cần năm của bảng", "the year of the table is needed"),))
    return found.table.year


async def _keep(
    connection: Connection, clock: Clock, principal: Principal, found: Computed, facts: dict[str, Any]
) -> Loaded:
    method = found.method
    by_method = {
        "method": method.method, "method_version": method.version, "method_sha256": methods.digest(method),
        "index_code": method.index, "sha256": hashlib.sha256(facts["content"]).hexdigest(),
        "created_by": principal.id, "recorded_at": clock.now(),
    }  # fmt: skip
    made = await store.add(connection, facts | by_method)
    action = "index_table.load" if made.corrects is None else "index_table.correct"
    said = {"index": made.index_code, "year": made.year, "method": made.method, "sha256": made.sha256}
    await audit(
        connection, principal, action, f"index_table:{made.id}",
        said | {"corrects": made.corrects, "reason": made.reason}, org_id=made.owner_org, clock=clock,
    )  # fmt: skip
    return made


async def visible(
    connection: Connection, principal: Principal, table_id: int, *, lock: bool = False
) -> Loaded:
    """Return a table in sight; ``Problem`` (404) where there is none for this asker."""
    found = await store.find(connection, principal, table_id, lock=lock)
    if found is None:
        raise missing("Không có bảng chỉ số này.", "There is no such table of an index.")
    return found


async def may_correct(connection: Connection, principal: Principal, table_id: int) -> Loaded:
    """Return a table that the asker may correct; a shared one is seen by more than may."""
    found = await visible(connection, principal, table_id)
    principal.require("indicator.manage", org_id=found.owner_org)
    return found


async def correct(
    connection: Connection, clock: Clock, principal: Principal, table_id: int, new: NewTable, *, version: int,
    content: bytes, found: Computed,
) -> Loaded:  # fmt: skip
    """Put a corrected file in a table's place; the former one stays, superseded."""
    before = await visible(connection, principal, table_id, lock=True)
    principal.require("indicator.manage", org_id=before.owner_org)
    unchanged(before, version)
    if before.superseded_at is not None:
        raise Problem(KNOWN, "Bảng này đã được đính chính.", "This table was corrected already.")
    if not new.reason.strip():
        raise Problem(INVALID, faults=(Fault("reason", "cần lý do", "a reason is needed"),))
    _sound(found, new.with_faults)
    await store.supersede(connection, before.id, clock.now())
    facts = {
        "year": before.year, "units_on": before.units_on, "title": before.title, "source": before.source,
        "shared": before.shared, "owner_org": before.owner_org, "name": new.name, "corrects": before.id,
        "reason": new.reason.strip(), "simulated": before.simulated,
    }  # fmt: skip
    return await _keep(connection, clock, principal, found, facts | {"content": content})


def told(table: Loaded, data_dir: Path) -> dict[str, Any]:
    """Return what is said of a table, and whether its method has changed since it was loaded."""
    method = methods.known(data_dir).get(table.method)
    changed = method is None or methods.digest(method) != table.method_sha256
    return dict(msgspec.to_builtins(table)) | {"method_changed": changed}


async def opened(
    connection: Connection, data_dir: Path, principal: Principal, table_id: int
) -> dict[str, Any]:
    """Return a table with its report."""
    table = await visible(connection, principal, table_id)
    found = await _of(connection, data_dir, table)
    return told(table, data_dir) | {"report": await asyncio.to_thread(report, found)}


async def _of(connection: Connection, data_dir: Path, table: Loaded) -> Computed:
    method = methods.named(table.method, data_dir)
    content = await store.content(connection, table.id)
    return await asyncio.to_thread(_kept, method, content, table.year, table.units_on)


async def listed(connection: Connection, data_dir: Path, principal: Principal, asked: Page) -> dict[str, Any]:
    """Return the tables that stand, in sight."""
    found = await store.page(connection, principal, asked)
    following = str(found[-1].id) if len(found) == asked.limit else None
    return {"items": [told(each, data_dir) for each in found], "next": following}


async def analysed(
    connection: Connection, data_dir: Path, principal: Principal, table_id: int, *, unit: str,
    neighbours: str = "", place: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a unit's profile, gaps, what-if and reach of rounding; quick raises by the year before."""
    table = await visible(connection, principal, table_id)
    found = await _of(connection, data_dir, table)
    key = _key(found, unit)
    beside = [_key(found, each) for each in neighbours.split(",")[:_NEIGHBOURS_MAX] if each.strip()]
    earlier = await store.years(connection, principal, table.index_code, only=table.year - 1)
    before = [await _of(connection, data_dir, each) for each in earlier if each.method == table.method]
    return await asyncio.to_thread(_analysed, found, key, beside, place, before)


def _analysed(
    found: Computed, key: str, beside: list[str], place: int | None, before: list[Computed]
) -> dict[str, Any]:
    answer = analysis.profile(found, key, beside)
    field = analysis.field_of(found)
    if field is None or key not in field.values:
        return answer | {"what_if": None}
    past = analysis.field_of(before[0]) if before else None
    quick = raises(past, field) if past is not None else None
    return answer | {"what_if": what_if(field, key, place=place, quick=quick)}


def _key(found: Computed, unit: str) -> str:
    """Return the key of a unit that is named by key or by name; ``Problem`` (404) where it is not there."""
    keys = {each.row.key for each in found.rated}
    names = {units.plain(each.row.name): each.row.key for each in found.rated}
    names |= {units.plain(each.row.unit): each.row.key for each in found.rated}
    key = unit if unit in keys else names.get(units.plain(unit))
    if key is None:
        raise missing(f"Bảng không có đơn vị {unit[:80]}.", f"The table has no unit {unit[:80]}.")
    return key


async def series(
    connection: Connection, data_dir: Path, principal: Principal, index: str, unit: str
) -> dict[str, Any]:
    """Return a unit through the years of an index; one table a year, the one recorded last."""
    tables_ = await store.years(connection, principal, index)
    found = [await _of(connection, data_dir, each) for each in tables_]
    key = next((key for each in reversed(found) if (key := _maybe(each, unit)) is not None), unit)
    answer = await asyncio.to_thread(trend, found, key)
    of = [{"id": each.id, "year": each.year, "title": each.title, "method": each.method} for each in tables_]
    return answer | {"index": index, "tables": of}


def _maybe(found: Computed, unit: str) -> str | None:
    try:
        return _key(found, unit)
    except Problem:
        return None
