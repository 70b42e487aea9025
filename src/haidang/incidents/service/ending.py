"""How an incident ends, joins another one, or falls in two."""

from __future__ import annotations

from datetime import datetime

import msgspec

from haidang.incidents.model import acts
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.service import running
from haidang.incidents.service import clocks, journal, linking, statistics
from haidang.incidents.service.desk import hindered, parts_of, visible, wrong
from haidang.incidents.service.dispatching import family, named, release_all
from haidang.incidents.service.doing import Doing
from haidang.incidents.service.opening import Born, NewIncident, open_incident
from haidang.incidents.service.telling import tell_log
from haidang.incidents.store import incidents, resources
from haidang.organisation.permissions import system
from haidang.tasks.model.acts import Cancel
from haidang.tasks.service import acting as tasks_acting

replace = msgspec.structs.replace
REASONS = {
    "false_alarm": ("Báo nhầm", "False alarm"), "out_of_scope": ("Không thuộc phạm vi", "Not for us"),
    "duplicate": ("Trùng", "Duplicate"), "test": ("Thử nghiệm", "Test"), "other": ("Khác", "Other"),
}  # fmt: skip


async def close(doing: Doing, act: acts.Close) -> Incident:
    """It is over: whoever is there is free again, and unfinished tasks of units end with it."""
    await _let_go(doing, f"Sự cố {doing.incident.code} đã kết thúc: {act.text}")
    doing.text = act.text
    return replace(doing.incident, outcome=act.text)


async def reject(doing: Doing, act: acts.Reject) -> Incident:
    """There was nothing, or it is not for us."""
    await _let_go(doing, f"Sự cố {doing.incident.code} bị loại: {act.text}")
    doing.text = act.text
    doing.detail["reason"] = act.reason
    return replace(doing.incident, outcome=f"{REASONS[act.reason][0]}: {act.text}")


async def _let_go(doing: Doing, why: str) -> None:
    await running.stop(doing.connection, doing.desk, doing.by, doing.incident.id, why)
    freed = await release_all(doing.connection, doing.desk, doing.incident)
    doing.detail["released"] = named(freed)
    numbers = await family(doing.connection, doing.incident.id)
    cancelled = []
    for number, version in await incidents.open_tasks(doing.connection, numbers):
        await tasks_acting.perform(
            doing.connection, doing.desk.tasks, system("incidents"), number, Cancel(text=why[:4_000]),
            version=version,
        )  # fmt: skip
        cancelled.append(number)
    doing.detail["tasks_ended"] = cancelled


async def merge(doing: Doing, act: acts.Merge) -> Incident:
    """It is the same as another one: links, resources, units and what comes of it go there."""
    before = doing.incident
    into = await visible(doing.connection, doing.principal, act.into)
    if into.id == before.id or into.realm != before.realm:
        raise wrong(
            "into", "phải là sự cố khác, cùng là thật, cùng là diễn tập hoặc cùng là mô phỏng",
            "must be another one: both real, both exercises or both simulated", str(act.into),
        )  # fmt: skip
    if not into.is_open:
        raise hindered("state", "merge")
    if "commander" not in parts_of(doing.principal, into):
        raise hindered("part", "merge")
    why = f"Sự cố được nhập vào {into.code}"
    await running.stop(doing.connection, doing.desk, doing.by, before.id, why)
    await linking.move(doing.connection, doing.desk, doing.principal, before, into)
    await resources.move_uses(doing.connection, before.id, into.id, None)
    merged = replace(
        into, version=into.version + 1, changed_at=doing.now, orgs=_together(into.orgs, before.orgs),
        dispatched_at=_first(into.dispatched_at, before.dispatched_at),
        on_scene_at=_first(into.on_scene_at, before.on_scene_at),
    )  # fmt: skip
    await incidents.update(doing.connection, merged)
    await clocks.settle(doing.connection, merged)
    await statistics.touched(doing.connection, merged)
    await tell_log(doing.connection, doing.desk, merged, action="absorb")
    await journal.write(
        doing.connection, doing.desk, doing.by, into.id, "absorb", act.text,
        detail={"incident": before.id, "code": before.code},
    )  # fmt: skip
    doing.text = act.text
    doing.detail |= {"into": into.id, "code": into.code}
    return replace(before, merged_into=into.id, outcome=f"→ {into.code}")


async def split(doing: Doing, act: acts.Split) -> Incident:
    """A part of it is something else: a new incident, with what goes along; each names the other."""
    before = doing.incident
    await running.hold_logs(doing.connection)
    there = await resources.at_incident(doing.connection, before.id, lock=True)
    if not set(act.resource_ids) <= {each.id for each in there}:
        raise wrong("resource_ids", "không ở sự cố này", "is not at this incident")
    moved = await linking.remove(doing.connection, doing.desk, doing.principal, before, act.links)
    if len(moved) < len(act.links):
        raise wrong("links", "không thuộc sự cố này", "does not belong to this incident")
    rest = tuple(link for link in moved if link.kind != "alert")
    new = NewIncident(
        kind=act.kind or before.kind, title=act.title, text=act.text, severity=act.severity,
        place=act.place or before.place, location=act.location or location_of(before),
        area_code=None if act.location else before.area_code, owner_org=before.owner_org, orgs=before.orgs,
        source=before.source, source_ref=before.source_ref, is_exercise=before.is_exercise,
        alert_ids=tuple(int(link.ref) for link in moved if link.kind == "alert"),
        links=(*rest, LinkTo(kind="incident", ref=str(before.id))),
    )  # fmt: skip
    born = Born(
        state="reported" if before.verified_at is None else "verified", simulated=before.simulated,
        split_from=before.id,
    )  # fmt: skip
    part = await open_incident(doing.connection, doing.desk, doing.principal, new, born)
    if act.resource_ids:
        await resources.move_uses(doing.connection, before.id, part.id, act.resource_ids)
        part = replace(part, dispatched_at=before.dispatched_at, version=part.version + 1)
        await incidents.update(doing.connection, part)
        await clocks.settle(doing.connection, part)
    await linking.add(
        doing.connection, doing.desk, doing.principal, before, [LinkTo(kind="incident", ref=str(part.id))]
    )
    doing.text = act.text
    doing.detail |= {
        "part": part.id, "code": part.code, "resources": list(act.resource_ids),
    } | linking.said(moved)  # fmt: skip
    return before


def location_of(incident: Incident) -> tuple[float, float] | None:
    """Return longitude and latitude, where they are known."""
    if incident.lon is None or incident.lat is None:
        return None
    return incident.lon, incident.lat


def _together(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
