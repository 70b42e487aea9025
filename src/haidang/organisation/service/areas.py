"""Use cases of administrative areas: the list, what a code means on a day, the outlines of a site."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

from haidang.base.clock import LOCAL, Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.organisation import area_source, chain
from haidang.organisation.model import Area
from haidang.organisation.outline_file import Outline, read_outlines
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.organisation.store import areas as store
from haidang.organisation.store import outlines

OUTLINES_UNREADABLE = kind(
    "outlines-unreadable", 400, "Không đọc được tệp ranh giới", "The file of outlines cannot be read"
)


class Became(msgspec.Struct, frozen=True):
    """A unit of today that an older one became, wholly or in part."""

    area: Area
    share_kind: Literal["whole", "part"]


class OutlineReport(msgspec.Struct, frozen=True):
    """What an import of outlines did; every row that was refused is named."""

    file_name: str
    sha256: str
    provinces: int
    communes: int
    refused: tuple[Fault, ...]
    notes: tuple[str, ...]


async def load_areas(connection: Connection) -> bool:
    """Put the package's list, with our overlay, into the database where another one stands; say whether."""
    version = area_source.list_version()
    if await store.lock_list_version(connection) == version:
        return False
    listed = await asyncio.to_thread(area_source.read_list)
    await store.replace_list(connection, version, listed.areas, listed.successions)
    return True


async def resolve_area(connection: Connection, code: str, on: date) -> Area | None:
    """Return what a code means on a day: 24 is Bắc Giang on 30 June 2025 and Bắc Ninh the day after."""
    return await store.on_day(connection, code, on)


async def area_today(connection: Connection, code: str, on: date) -> list[Became]:
    """Return the units of today that the unit of a day became; ``part`` ones a person must decide on."""
    area = await store.on_day(connection, code, on)
    if area is None:
        return []
    found = await store.became(connection, area.code, area.valid_from)
    return [Became(each, "part" if share == "part" else "whole") for each, share in found]


async def list_areas(
    connection: Connection,
    on: date,
    *,
    parent: str | None = None,
    kinds: tuple[str, ...] = (),
    text: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[Area]:
    """Return the units of a day in dictionary order."""
    return await store.search(connection, on, parent=parent, kinds=kinds, text=text, after=after, limit=limit)


async def get_area(connection: Connection, code: str, on: date) -> Area:
    """Return what a code means on a day; raise ``Problem`` where it means nothing."""
    area = await store.on_day(connection, code, on)
    if area is None:
        raise missing(
            f"Không có đơn vị hành chính mã {code} vào ngày {on:%d/%m/%Y}.",
            f"No area has the code {code} on {on.isoformat()}.",
        )
    return area


async def import_outlines(
    connection: Connection,
    clock: Clock,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    note: str | None = None,
    code_field: str = "code",
) -> OutlineReport:
    """Put the outlines of a GeoJSON file in place of what the same units had; keep where they came from.

    A row that cannot be used is refused by name and hides none of the others. Raises ``Problem`` where the
    file is no FeatureCollection at all.
    """
    if not principal.everywhere("area.manage"):
        principal.require("area.manage", org_id=None, area_code=None, sector=None)
    try:
        reading = await asyncio.to_thread(read_outlines, content, code_field=code_field)
    except ValueError as cause:
        raise Problem(
            OUTLINES_UNREADABLE,
            "Cần tệp GeoJSON dạng FeatureCollection, mã hóa UTF-8.",
            f"A GeoJSON FeatureCollection in UTF-8 is needed: {cause}",
        ) from cause
    rows, refused, notes = await _matched(connection, reading.outlines)
    faults = (*reading.refused, *refused)
    digest = hashlib.sha256(content).hexdigest()
    if rows:
        import_id = await outlines.record_import(
            connection, file_name=file_name, sha256=digest, note=note, at=clock.now(), by=principal.id,
            accepted=len(rows), refused=len(faults),
        )  # fmt: skip
        await outlines.replace(connection, import_id, rows)
    await chain.audit(
        connection, principal, "area.outlines", "areas",
        {"file": file_name, "sha256": digest, "accepted": len(rows), "refused": len(faults), "note": note},
        clock=clock,
    )  # fmt: skip
    provinces = sum(row.level == "province" for row in rows)
    return OutlineReport(file_name, digest, provinces, len(rows) - provinces, faults, tuple(notes))


async def _matched(
    connection: Connection, found: tuple[Outline, ...]
) -> tuple[list[outlines.OutlineRow], list[Fault], list[str]]:
    other = {each.other: each for each in area_source.read_overlay().also_coded}
    rows: dict[str, outlines.OutlineRow] = {}
    refused: list[Fault] = []
    notes: list[str] = []
    for outline in found:
        area = await store.latest(connection, outline.code)
        if area is None and outline.code in other:
            known = other[outline.code]
            area = await store.latest(connection, known.code)
            notes.append(f"{outline.code} → {known.code}: {known.note}")
        if area is None or len(area.code) == 3 or area.code in rows:
            refused.append(
                Fault(
                    "code",
                    "không có đơn vị hành chính mã này hôm nay",
                    "no area has this code today",
                    outline.code,
                )
            )
            continue
        level = "province" if len(area.code) == 2 else "commune"
        rows[area.code] = outlines.OutlineRow(area.code, area.valid_from, level, outline.box, outline.text)
    return list(rows.values()), refused, notes


async def outlines_of(
    connection: Connection, level: str, parent: str | None = None
) -> list[tuple[str, str, str, str | None, str]]:
    """Return (code, full name, kind, parent code, GeoJSON geometry) of the outlines of a level."""
    if level not in ("province", "commune"):
        raise Problem(
            INVALID, faults=(Fault("level", "province hoặc commune", "province or commune", level[:40]),)
        )
    return await outlines.of_today(connection, level, parent)


def today_of(clock: Clock, on: date | None = None) -> date:
    """Return a day given, or today in Vietnam."""
    at: datetime = clock.now()
    return on or at.astimezone(LOCAL).date()
