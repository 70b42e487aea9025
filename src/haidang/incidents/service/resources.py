"""Vehicles and teams: kept by their unit, sent by incidents; what each does is said by whoever is there."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.geometry import is_position
from haidang.base.problems import Problem, kind
from haidang.incidents.model import resources as model
from haidang.incidents.model.resources import (
    KIND_WORDS,
    RULES,
    Part,
    Resource,
    ResourceAct,
    ResourceKind,
    act_name,
    offered,
)
from haidang.incidents.service import clocks, journal, linking, statistics
from haidang.incidents.service.desk import Desk, holds, wrong
from haidang.incidents.service.dispatching import may_see
from haidang.incidents.service.telling import tell_log
from haidang.incidents.store import incidents
from haidang.incidents.store import resources as store
from haidang.organisation import locate
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import changes, missing, unchanged

NOT_NOW = kind(
    "resource-act-refused",
    409,
    "Không thực hiện được với lực lượng, phương tiện lúc này",
    "This cannot be done with the resource now",
)
replace = msgspec.structs.replace
SENT_MAX = 500
Short = Annotated[str, msgspec.Meta(max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewResource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle or team of a unit; the name is unique there."""

    name: Name
    kind: ResourceKind
    org_id: int
    call_sign: Short = ""
    contact: Short = ""
    """The unit's duty line; never a person's own number."""
    capacity: Short = ""
    area_code: str | None = None
    """Absent: the commune of its position."""
    sector: str | None = None
    entity_id: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    """The entity whose position it has (a tracked vehicle)."""
    location: tuple[float, float] | None = None


class ResourcePatch(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What is to change; what is left out stays. Status and position have acts."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    kind: ResourceKind | msgspec.UnsetType = msgspec.UNSET
    call_sign: Short | msgspec.UnsetType = msgspec.UNSET
    contact: Short | msgspec.UnsetType = msgspec.UNSET
    capacity: Short | msgspec.UnsetType = msgspec.UNSET
    entity_id: Annotated[str, msgspec.Meta(max_length=500)] | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


async def keep(connection: Connection, desk: Desk, principal: Principal, new: NewResource) -> Resource:
    """Add a resource, or return the one that its unit has under that name already."""
    principal.require("resource.manage", org_id=new.org_id, area_code=new.area_code, sector=new.sector)
    if new.org_id not in await incidents.org_names(connection, [new.org_id]):
        raise wrong("org_id", "không có đơn vị này", "there is no such unit", str(new.org_id))
    lon, lat = new.location or (None, None)
    if lon is not None and lat is not None and not is_position(lon, lat):
        raise wrong("location", "kinh độ, vĩ độ", "longitude, latitude")
    await _check_tracked(connection, principal, new.entity_id)
    facts = {name: getattr(new, name) for name in NewResource.__struct_fields__ if name != "location"}
    if new.area_code is None and lon is not None and lat is not None:
        facts["area_code"] = locate(lon, lat)
    resource = Resource(
        id=0, version=1, lon=lon, lat=lat, position_at=desk.now() if new.location else None,
        status_at=desk.now(), **facts,
    )  # fmt: skip
    number = await store.insert(connection, resource)
    if number is None:
        found = await store.named(connection, new.org_id, new.name)
        assert found is not None  # noqa: S101 - the conflict says that it is there
        if not may_see(principal, found):
            raise wrong("name", "đơn vị đã có tên này", "the unit has one of this name", new.name)
        return found
    resource = replace(resource, id=number)
    await audit(
        connection, principal, "resource.create", f"resource:{number}", resource, org_id=new.org_id,
        clock=desk.clock,
    )  # fmt: skip
    return resource


async def change(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    resource_id: int,
    patch: ResourcePatch,
    *,
    version: int,
) -> Resource:
    """Change what a resource is called and whether it is still ours to send."""
    before = await _visible(connection, principal, resource_id, lock=True)
    principal.require(
        "resource.manage", org_id=before.org_id, area_code=before.area_code, sector=before.sector
    )
    unchanged(before, version)
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    if given.get("active") is False and before.incident_id is not None:
        raise _refused(before, "active")
    if given.get("name", before.name) != before.name and await store.named(
        connection, before.org_id, given["name"]
    ):
        raise wrong("name", "đơn vị đã có tên này", "the unit has one of this name", given["name"])
    if given.get("entity_id", before.entity_id) != before.entity_id:
        await _check_tracked(connection, principal, given["entity_id"])
    after = replace(before, **given, version=before.version + 1)
    await store.update(connection, after)
    await audit(
        connection, principal, "resource.change", f"resource:{resource_id}", changes(before, after),
        org_id=before.org_id, clock=desk.clock,
    )  # fmt: skip
    return after


async def act(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    resource_id: int,
    doing: ResourceAct,
    *,
    version: int,
) -> Resource:
    """Do an act on a resource; what concerns the incident it is at stands in that one's log too."""
    seen = await _visible(connection, principal, resource_id)
    if seen.incident_id is not None:  # the incident's row first, as everywhere
        await incidents.lock(connection, (seen.incident_id,))
    before = await _visible(connection, principal, resource_id, lock=True)
    unchanged(before, version)
    name = act_name(doing)
    rule = RULES[name]
    if before.status not in rule.moves:
        raise _refused(before, name)
    if rule.part not in await parts_of(connection, principal, before):
        principal.require(
            "resource.manage", org_id=before.org_id, area_code=before.area_code, sector=before.sector
        )
    status = rule.moves[before.status]
    after = replace(before, status=status, version=before.version + 1)
    if isinstance(doing, model.Position):
        after = _moved(desk, after, doing.location)
    else:
        note = doing.note if isinstance(doing, model.Out) else ""
        after = replace(after, status_at=desk.now(), status_note=note)
    if status in {"free", "out"}:
        after = replace(after, incident_id=None)
    await store.update(connection, after)
    if name in {"on_way", "on_scene", "release"}:
        field = "ended_at" if name == "release" else f"{name}_at"
        await store.note(connection, [resource_id], field, desk.now())
        await _tell_incident(connection, desk, principal, before, name)
    return after


async def _check_tracked(connection: Connection, principal: Principal, entity_id: str | None) -> None:
    """Raise ``Problem`` where the asker may not see what is tracked: others would see where it is."""
    if entity_id is not None and not await linking.entities(connection, principal, [entity_id]):
        raise wrong("entity_id", "không có thực thể này", "there is no such entity", entity_id)


async def parts_of(connection: Connection, principal: Principal, resource: Resource) -> frozenset[Part]:
    """Return the parts in which the asker stands towards a resource."""
    crew = any(
        principal.may(word, org_id=resource.org_id, area_code=resource.area_code, sector=resource.sector)
        for word in ("resource.manage", "incident.work")
    )
    if crew:
        return frozenset({"crew", "sender"})
    incident = await incidents.get(connection, resource.incident_id) if resource.incident_id else None
    sends = incident is not None and holds(principal, "incident.work", incident, incident.owner_org)
    return frozenset({"sender"}) if sends else frozenset()


async def _tell_incident(
    connection: Connection, desk: Desk, principal: Principal, resource: Resource, name: str
) -> None:
    assert resource.incident_id is not None  # noqa: S101 - of the statuses in which these acts are done
    incident = await incidents.get(connection, resource.incident_id)
    assert incident is not None  # noqa: S101 - a foreign key
    if name == "on_scene" and incident.on_scene_at is None:
        incident = replace(
            incident, on_scene_at=desk.now(), changed_at=desk.now(), version=incident.version + 1
        )
        await incidents.update(connection, incident)
        await clocks.settle(connection, incident)
        await statistics.touched(connection, incident)
    await tell_log(connection, desk, incident, action=f"resource-{name}")
    await journal.write(
        connection, desk, principal.id, incident.id, f"resource-{name}", resource.name,
        detail={"resource": resource.id, "org_id": resource.org_id},
    )  # fmt: skip


def _moved(desk: Desk, resource: Resource, location: tuple[float, float]) -> Resource:
    if not is_position(*location):
        raise wrong("location", "kinh độ, vĩ độ", "longitude, latitude")
    return replace(resource, lon=location[0], lat=location[1], position_at=desk.now())


def _refused(resource: Resource, name: str) -> Problem:
    return Problem(
        NOT_NOW,
        f"Trạng thái hiện tại: {resource.status}.",
        f"Its present status: {resource.status}.",
        act=name,
        status_now=resource.status,
        incident_id=resource.incident_id,
    )


async def _visible(
    connection: Connection, principal: Principal, resource_id: int, *, lock: bool = False
) -> Resource:
    found = await store.get(connection, [resource_id], lock=lock)
    if not found or not may_see(principal, found[0]):
        raise missing("Không có lực lượng, phương tiện này.", "There is no such resource.")
    return found[0]


def scope(principal: Principal) -> tuple[str, dict[str, Any]]:
    """Return the predicate of what the asker may see; ``dispatching.may_see`` is the same in Python."""
    return scope_sql(principal, "resource.read", org="r.org_id", area="r.area_code", sector="r.sector")


async def listed(
    connection: Connection,
    principal: Principal,
    *,
    status: str | None = None,
    kind: str | None = None,
    org: int | None = None,
    active: bool | None = True,
    after: int = 0,
    limit: int = 50,
) -> dict[str, Any]:
    """Return resources, in the order they were made, with what the asker may do."""
    where, values = scope(principal)
    found = await store.page(
        connection, where, values, status=status, kind=kind, org=org, active=active, after=after,
        limit=limit + 1,
    )  # fmt: skip
    shown = found[:limit]
    return {
        "items": await rows(connection, principal, shown),
        "next": str(shown[-1].id) if len(found) > limit else None,
    }


async def sent(connection: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return, briefly, the resources that are at an incident or on their way."""
    where, values = scope(principal)
    found = [
        each
        for status in ("assigned", "on_way", "on_scene")
        for each in await store.page(
            connection,
            where,
            values,
            status=status,
            kind=None,
            org=None,
            active=None,
            after=0,
            limit=SENT_MAX,
        )
    ]
    return [
        {"id": each.id, "name": each.name, "status": each.status, "incident_id": each.incident_id}
        for each in found
    ]


async def one(connection: Connection, principal: Principal, resource_id: int) -> dict[str, Any]:
    """Return one resource as the API says it."""
    [row] = await rows(connection, principal, [await _visible(connection, principal, resource_id)])
    return row


async def rows(connection: Connection, principal: Principal, found: list[Resource]) -> list[dict[str, Any]]:
    """Return resources as the API says them; a tracked one is where its entity is."""
    orgs = await incidents.org_names(connection, {each.org_id for each in found})
    tracked = await store.positions(connection, [each.entity_id for each in found if each.entity_id])
    shown = []
    for each in found:
        vi, en = KIND_WORDS[each.kind]
        lon, lat, at = tracked.get(each.entity_id or "", (each.lon, each.lat, each.position_at))
        parts = await parts_of(connection, principal, each)
        shown.append(
            {name: getattr(each, name) for name in Resource.__struct_fields__ if name not in {"lon", "lat"}}
            | {
                "kind_vi": vi, "kind_en": en, "org": {"id": each.org_id, "name": orgs.get(each.org_id, "")},
                "location": None if lon is None else [lon, lat], "position_at": at,
                "acts": offered(each, parts),
            }
        )  # fmt: skip
    return shown
