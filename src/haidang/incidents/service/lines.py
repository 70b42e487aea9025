"""An incident as the API says it, for lists and events; ``reading`` adds what one asker may do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.incidents.model.incident import MARKS, Incident
from haidang.incidents.procedures.store import runs
from haidang.incidents.service import clocks
from haidang.incidents.service.desk import Desk
from haidang.incidents.store import clocks as clock_store
from haidang.incidents.store import incidents

_TIMES = (
    "reported_at", "acknowledged_at", "verified_at", "classified_at", "dispatched_at", "on_scene_at",
    "contained_at", "closed_at", "changed_at",
)  # fmt: skip
_PLAIN = (
    "id", "version", "code", "kind", "severity", "state", "title", "place", "sector", "source", "source_ref",
    "is_exercise", "simulated", "merged_into", "split_from", "escalations", "outcome",
)  # fmt: skip


LINKS_MAX = 50
"""Most links of a kind that an incident is shown with; ``link_counts`` says how many there are."""


async def lines(connection: Connection, desk: Desk, found: Sequence[Incident]) -> list[dict[str, Any]]:
    """Return incidents as lists and the stream carry them, JSON-ready."""
    ids = [each.id for each in found]
    orgs = await incidents.org_names(connection, {each.owner_org for each in found})
    areas = await incidents.area_names(connection, {each.area_code for each in found if each.area_code})
    people = {each.commander for each in found if each.commander is not None}
    people |= {holder.account_id for each in found for holder in each.roles if holder.account_id is not None}
    names = await incidents.account_names(connection, people)
    reactions = await clock_store.of(connection, ids)
    linked = await incidents.links(connection, ids, LINKS_MAX)
    counts = await incidents.link_counts(connection, ids)
    now = desk.now()
    followed = await _followed(connection, ids, now)
    shown = []
    for each in found:
        kind = desk.tables.kind(each.kind)
        line = {name: getattr(each, name) for name in (*_PLAIN, *_TIMES)} | {
            "kind_vi": kind.vi, "kind_en": kind.en,
            "mark": mark_of(each),
            "location": None if each.lon is None else [each.lon, each.lat],
            "area": None if each.area_code is None
            else {"code": each.area_code, "name": areas.get(each.area_code, each.area_code)},
            "owner": {"id": each.owner_org, "name": orgs.get(each.owner_org, f"#{each.owner_org}")},
            "commander": _commander(each, names), "procedure": followed.get(each.id),
            "roles": [
                {"role": holder.role, "account_id": holder.account_id,
                 "name": names.get(holder.account_id or 0, holder.name)}
                for holder in each.roles
            ],
            "clocks": [clocks.shown(clock, now) for clock in reactions.get(each.id, [])],
            "link_counts": counts.get(each.id, {}),
            "links": [
                {"kind": link["kind"], "ref": link["ref"], "note": link["note"], "at": link["at"]}
                for link in linked.get(each.id, [])
            ],
        }  # fmt: skip
        shown.append(msgspec.to_builtins(line))
    return shown


def mark_of(incident: Incident) -> dict[str, str] | None:
    """Return what stands over every answer about an exercise or a simulation."""
    mark = MARKS[incident.realm]
    return None if mark is None else {"vi": mark[0], "en": mark[1]}


def _commander(incident: Incident, names: dict[int, str]) -> dict[str, Any] | None:
    if incident.commander_role is None:
        return None
    return {
        "role": incident.commander_role,
        "account_id": incident.commander,
        "name": names.get(incident.commander or 0, incident.commander_name or ""),
    }


async def _followed(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
    """Return how far the procedure of each incident is."""
    return {
        number: {"name": name, "version": edition, "state": state, "done": done, "of": of, "late": late}
        for number, name, edition, state, done, of, late in await runs.brief(connection, ids, now)
    }
