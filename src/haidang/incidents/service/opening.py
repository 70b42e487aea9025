"""Opening an incident: by hand, from alerts, from a call or another system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from haidang.alerts.model.alert import Alert
from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.base.geometry import is_position
from haidang.incidents.model.acts import Ids, LinkTo, Long, Title
from haidang.incidents.model.incident import Incident, Severity, Source, State, Word
from haidang.incidents.model.tables import Facts
from haidang.incidents.procedures.service import running
from haidang.incidents.service import clocks, journal, linking, statistics
from haidang.incidents.service.desk import Desk, wrong
from haidang.incidents.service.telling import tell_log
from haidang.incidents.store import incidents
from haidang.organisation import locate
from haidang.organisation.permissions import Principal

NO_PROCEDURE = ""


class NewIncident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to open an incident."""

    kind: Word
    title: Title
    severity: Severity | None = None
    """Absent: what the decision table says of kind and facts."""
    facts: Facts = Facts()
    text: Long = ""
    place: Annotated[str, msgspec.Meta(max_length=300)] = ""
    """In words: a road, a house number."""
    location: tuple[float, float] | None = None
    """Longitude, latitude."""
    area_code: str | None = None
    """The commune; absent: the one that the location lies in."""
    sector: Word | None = None
    """Absent: the kind's own."""
    owner_org: int | None = None
    """The unit that answers for it; absent: the asker's own."""
    orgs: Annotated[tuple[int, ...], msgspec.Meta(max_length=50)] = ()
    """Further units that take part and see it."""
    source: Source = "hand"
    source_ref: Annotated[str, msgspec.Meta(max_length=200)] = ""
    alert_ids: Ids = ()
    links: Annotated[tuple[LinkTo, ...], msgspec.Meta(max_length=200)] = ()
    is_exercise: bool = False
    procedure: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    """Which one is started; absent: the one that applies; empty: none."""


class Born(msgspec.Struct, frozen=True, kw_only=True):
    """What an opening knows beyond what was asked for."""

    state: State = "reported"
    join_key: str | None = None
    simulated: bool = False
    split_from: int | None = None
    facts: dict[str, Any] = {}


async def open_incident(
    connection: Connection, desk: Desk, principal: Principal, new: NewIncident, born: Born | None = None
) -> Incident:
    """Open an incident and return it; ``Problem`` where the asker may not, or something is not known.

    Whoever opens it by hand has acknowledged it; what the house opens waits for somebody. The procedure that
    is named, or the one that applies, starts with it.
    """
    born = born or Born()
    if new.area_code is not None and born.split_from is None:
        await check_area(connection, new.area_code)  # what an alert says of itself is taken as it is
    if new.alert_ids:
        await running.hold_logs(connection)
    if new.kind not in desk.tables.kinds:
        known = ", ".join(desk.tables.kinds)
        raise wrong("kind", f"một trong: {known}", f"one of: {known}", new.kind)
    if born.split_from is None:  # what is split off was linked before
        await linking.check_named(connection, principal, new.links)
    alerts = await linking.alerts_of(connection, principal, new.alert_ids, is_exercise=new.is_exercise)
    incident = await _drafted(connection, desk, principal, *_with_alerts(new, born, alerts))
    principal.require(
        "incident.work", org_id=incident.owner_org, area_code=incident.area_code, sector=incident.sector
    )
    if incident.is_exercise:
        principal.require("exercise.run", org_id=incident.owner_org)
    incident = msgspec.structs.replace(incident, id=await incidents.insert(connection, incident))
    await clocks.set_for(connection, desk, incident)
    await clocks.settle(connection, incident)
    links = (*new.links, *(LinkTo(kind="alert", ref=str(number)) for number in new.alert_ids))
    linked = await linking.add(connection, desk, principal, incident, links)
    detail = {
        "code": incident.code, "kind": incident.kind, "severity": incident.severity,
        "severity_rule": incident.severity_rule, "title": incident.title, "place": incident.place,
        "area_code": incident.area_code, "owner_org": incident.owner_org, "source": incident.source,
        "source_ref": incident.source_ref, "is_exercise": incident.is_exercise,
        "split_from": incident.split_from,
    } | linking.said(linked.links)  # fmt: skip
    await statistics.touched(connection, incident)
    await tell_log(connection, desk, incident, action="open")
    await journal.write(
        connection, desk, principal.id, incident.id, "open", new.text or incident.title, detail=detail
    )
    if new.procedure != NO_PROCEDURE:
        await running.start(connection, desk, principal, incident.id, new.procedure)
    return incident


def _with_alerts(new: NewIncident, born: Born, alerts: Sequence[Alert]) -> tuple[NewIncident, Born]:
    """Fill in what alerts say of place, units and gravity where the asker does not."""
    if not alerts:
        return new, born
    first = min(alerts, key=lambda each: (each.priority, each.first_at))
    suggested = [
        each.rationale.incident_severity
        for each in alerts
        if each.rationale.incident_kind == new.kind and each.rationale.incident_severity is not None
    ]
    facts: dict[str, Any] = {"priority": first.priority}
    if suggested:
        facts["suggested"] = min(suggested)
    location = (first.lon, first.lat) if first.lon is not None and first.lat is not None else None
    new = msgspec.structs.replace(
        new, location=new.location or location, area_code=new.area_code or first.area_code,
        sector=new.sector or first.sector, orgs=tuple(dict.fromkeys((*new.orgs, *linking.owners(alerts)))),
        source="alert" if new.source == "hand" else new.source,
    )  # fmt: skip
    simulated = born.simulated or all(each.simulated for each in alerts)
    return new, msgspec.structs.replace(born, facts=facts | born.facts, simulated=simulated)


async def _drafted(
    connection: Connection, desk: Desk, principal: Principal, new: NewIncident, born: Born
) -> Incident:
    now = desk.now()
    owner = new.owner_org if new.owner_org is not None else principal.org_id
    if owner is None:
        raise wrong("owner_org", "cần có", "is needed")
    orgs = tuple(dict.fromkeys((owner, *new.orgs)))
    await check_units(connection, orgs)
    kind = desk.tables.kind(new.kind)
    facts = msgspec.to_builtins(new.facts) | born.facts
    decided = desk.tables.severity_of(facts | {"kind": new.kind})
    lon, lat = checked_position(new.location) if new.location else (None, None)
    area = new.area_code
    if area is None and lon is not None and lat is not None:
        area = locate(lon, lat)
    year = now.astimezone(LOCAL).year
    number = await incidents.next_number(connection, year, exercise=new.is_exercise)
    by_hand = principal.id.startswith("account:")
    return Incident(
        id=0, version=1, code=f"DT-{year}-{number}" if new.is_exercise else f"{year}-{number}",
        kind=new.kind, severity=new.severity or decided.severity, severity_rule=decided.row, facts=facts,
        title=new.title.strip(), text=new.text, place=new.place.strip(), lon=lon, lat=lat, area_code=area,
        sector=new.sector or kind.sector, owner_org=owner, orgs=orgs, source=new.source,
        source_ref=new.source_ref, opened_by=principal.id, state=born.state, is_exercise=new.is_exercise,
        simulated=born.simulated, join_key=born.join_key, split_from=born.split_from, reported_at=now,
        acknowledged_at=now if by_hand else None, verified_at=now if born.state != "reported" else None,
        changed_at=now,
    )  # fmt: skip


async def check_units(connection: Connection, orgs: tuple[int, ...]) -> None:
    """Raise ``Problem`` where a unit is none of the house's."""
    known = await incidents.org_names(connection, orgs)
    for org in orgs:
        if org not in known:
            raise wrong("orgs", "không có đơn vị này", "there is no such unit", str(org))


async def check_area(connection: Connection, code: str) -> None:
    """Raise ``Problem`` where an area is none of today's."""
    if code not in await incidents.area_names(connection, [code]):
        raise wrong("area_code", "không có đơn vị hành chính này", "there is no such area", code)


def checked_position(location: tuple[float, float]) -> tuple[float, float]:
    """Return longitude and latitude; ``Problem`` where they are no place on earth."""
    if not is_position(*location):
        raise wrong("location", "kinh độ, vĩ độ", "longitude, latitude", f"{location[0]}, {location[1]}")
    return location
