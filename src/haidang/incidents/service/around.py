"""What stands around an incident: the nearest cameras and free resources, and the files of its log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from haidang.base.database import Connection
from haidang.base.geometry import box_around, distance_m
from haidang.base.settings import Settings
from haidang.incidents.model.incident import Incident
from haidang.incidents.service import journal, resources
from haidang.incidents.service.desk import Desk, hindered, parts_of, visible, wrong
from haidang.incidents.service.lines import mark_of
from haidang.incidents.store import around as store
from haidang.incidents.store import resources as resource_store
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import missing
from haidang.tasks.service import evidence
from haidang.tasks.service.evidence import Kept

CAMERA = "Camera"
RADII_M = (500, 2_000, 10_000)
"""How far is looked for cameras, until enough are found."""
FOUND_MAX = 2_000
FREE_MAX = 2_000
FILES_MAX = 200
keep = evidence.keep


async def nearest(
    connection: Connection, principal: Principal, incident_id: int, limit: int
) -> dict[str, Any]:
    """Return cameras and free resources by distance; where the place is not known, resources by name."""
    incident = await visible(connection, principal, incident_id)
    where, values = resources.scope(principal)
    free = await resource_store.free(connection, where, values, FREE_MAX)
    rows = await resources.rows(connection, principal, free)
    if incident.lon is None or incident.lat is None:
        rows.sort(key=lambda row: str(row["name"]))
        rows = [row | {"distance_m": None} for row in rows[:limit]]
        return {"cameras": [], "resources": rows, "mark": mark_of(incident)}
    lon, lat = incident.lon, incident.lat
    for row in rows:
        at = row["location"]
        row["distance_m"] = None if at is None else round(distance_m(lon, lat, at[0], at[1]))
    rows.sort(key=lambda row: (row["distance_m"] is None, row["distance_m"] or 0, str(row["name"])))
    cameras = await entities_near(connection, principal, CAMERA, lon, lat, limit)
    return {"cameras": cameras, "resources": rows[:limit], "mark": mark_of(incident)}


async def entities_near(  # noqa: PLR0917 - what, where, how many
    connection: Connection, principal: Principal, type_name: str, lon: float, lat: float, limit: int
) -> list[dict[str, Any]]:
    """Return the nearest entities of a type that the asker may see, within the last of :data:`RADII_M`."""
    scope, values = scope_sql(principal, "entity.read")
    near: list[dict[str, Any]] = []
    for radius in RADII_M:
        found = await store.entities_near(
            connection, scope, values, type_name=type_name, box=box_around(lon, lat, radius), limit=FOUND_MAX
        )
        near = [
            {"id": id_, "name": name, "location": [x, y], "modified_at": at,
             "distance_m": round(distance_m(lon, lat, x, y))}
            for id_, name, x, y, at in found
        ]  # fmt: skip
        near = sorted(
            (each for each in near if each["distance_m"] <= radius),
            key=lambda each: (each["distance_m"], each["id"]),
        )
        if len(near) >= limit:
            break
    return near[:limit]


# --- files


async def may_attach(connection: Connection, principal: Principal, incident_id: int) -> Incident:
    """Return the incident to whose log the asker may attach files."""
    incident = await visible(connection, principal, incident_id)
    if "unit" not in parts_of(principal, incident):
        raise hindered("part", "note")
    return incident


async def attach(
    connection: Connection, desk: Desk, principal: Principal, incident_id: int, kept: Kept
) -> dict[str, Any]:
    """Add a kept file to an incident; its entry in the log carries the SHA-256."""
    await may_attach(connection, principal, incident_id)
    if len(await store.files(connection, incident_id)) >= FILES_MAX:
        raise wrong("files", f"tối đa {FILES_MAX} tệp", f"at most {FILES_MAX} files")
    facts = msgspec.structs.asdict(kept) | {"by": principal.id, "at": desk.now()}
    number = await store.add_file(connection, incident_id, facts)
    detail = {"files": [_said(facts | {"id": number})]}
    entry = await journal.write(connection, desk, principal.id, incident_id, "file", kept.name, detail=detail)
    return _said(facts | {"id": number}) | {"no": entry.no}


async def files_of(connection: Connection, incident_id: int, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return what a log entry says of files that were attached before."""
    found = await store.files(connection, incident_id, ids) if ids else []
    if len(found) < len(set(ids)):
        raise wrong("files", "không có tệp này", "there is no such file")
    return [_said(each) for each in found]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "name", "media_type", "size_bytes", "sha256", "scan")}


async def file(
    connection: Connection, principal: Principal, incident_id: int, file_id: int
) -> dict[str, Any]:
    """Return a file's row for whoever sees its incident."""
    await visible(connection, principal, incident_id)
    found = await store.files(connection, incident_id, [file_id])
    if not found:
        raise missing("Không có tệp này.", "There is no such file.")
    return found[0]


async def content(settings: Settings, row: dict[str, Any]) -> bytes:
    """Return what is in a file."""
    path = evidence.place(settings.data_dir, row["sha256"])
    if not path.is_file():
        raise missing("Tệp không còn trên đĩa.", "The file is no longer on the disk.")
    return await asyncio.to_thread(path.read_bytes)


def headers(row: dict[str, Any]) -> dict[str, str]:
    """Return the headers under which a file leaves: always as an attachment."""
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(row['name'])}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
