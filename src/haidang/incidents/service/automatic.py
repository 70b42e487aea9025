"""What opens by itself: the step ``incidents`` of the pipeline reads alert events and opens or joins.

An alert whose rule says ``open: auto`` opens an incident, or joins one that is open by the ``join`` of its
kind. Where most of a sector, or of a source (a node), falls silent within two minutes, that is one outage:
what the house had opened of it one by one until then goes into it, unless somebody has taken it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from haidang.alerts.model.alert import COMMON, Alert
from haidang.alerts.service.linking import alerts_by_id
from haidang.base.database import Connection
from haidang.incidents.model.acts import Link, LinkTo, Merge
from haidang.incidents.model.incident import Incident
from haidang.incidents.model.joining import (
    OUTAGE,
    OUTAGE_MINUTES,
    TOGETHER,
    belongs,
    is_outage,
    key_of,
    opens,
    sector_key,
    source_key,
)
from haidang.incidents.model.tables import Kind
from haidang.incidents.procedures.service import running
from haidang.incidents.service import acting
from haidang.incidents.service.desk import Desk
from haidang.incidents.service.opening import Born, NewIncident, open_incident
from haidang.incidents.store import automatic as store
from haidang.incidents.store import incidents
from haidang.incidents.store.automatic import Silence
from haidang.organisation import root_org
from haidang.organisation.permissions import system

WHO = system("incidents")


async def awaited(connection: Connection) -> bool:
    """Say whether anything may open: where no alert is open, the log need not be looked at."""
    return await store.any_open(connection)


async def run(connection: Connection, desk: Desk, after: int, last: int) -> list[Incident]:
    """Open or join what the alert events ``after < seq <= last`` ask for; return what was opened or joined.

    Seeing an event again does nothing: its alert belongs to an incident by then.
    """
    numbers = await store.raised(connection, after, last)
    if not numbers:
        return []
    await running.hold_logs(connection)
    touched = await _outages(connection, desk, numbers)
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in await alerts_by_id(connection, numbers, lock=True):
        if opens(alert) and alert.rule == COMMON:
            touched.append(await _node(connection, desk, alert))
        elif opens(alert):
            kind = _kind(desk, alert)
            groups.setdefault((kind.kind, key_of(kind, alert)), []).append(alert)
    for (name, key), alerts in groups.items():
        touched += await _group(connection, desk, desk.tables.kind(name), key, alerts)
    return touched


def _kind(desk: Desk, alert: Alert) -> Kind:
    name = alert.rationale.incident_kind or "other"
    return desk.tables.kind(name if name in desk.tables.kinds else "other")


async def _group(
    connection: Connection, desk: Desk, kind: Kind, key: str, alerts: Sequence[Alert]
) -> list[Incident]:
    """Let alerts of one key join what is open, or open it; each incident gets all of its own at once."""
    since = desk.now() - timedelta(minutes=kind.join.minutes)
    known = await incidents.joinable(connection, key, since)
    rest, touched = list(alerts), []
    while rest:
        first, *rest = rest
        incident = next((each for each in known if belongs(kind, first, each)), None)
        joining = [first]
        if incident is None:
            incident, joining = await _open(connection, desk, kind, first, key), []
        joining += [each for each in rest if belongs(kind, each, incident)]
        rest = [each for each in rest if each not in joining]
        if joining:
            incident = await _join(connection, desk, incident, [each.id for each in joining])
        touched.append(incident)
    return touched


async def _open(connection: Connection, desk: Desk, kind: Kind, alert: Alert, key: str) -> Incident:
    new = NewIncident(
        kind=kind.kind, title=_title(alert), text=alert.text_vi or "", sector=alert.sector or kind.sector,
        place=alert.entity_name or "", owner_org=await _owner(connection, [alert]), source="alert",
        source_ref=alert.rule, alert_ids=(alert.id,), is_exercise=alert.is_exercise,
    )  # fmt: skip
    return await open_incident(connection, desk, WHO, new, Born(join_key=key, simulated=alert.simulated))


def _title(alert: Alert) -> str:
    where = alert.entity_name or alert.subject
    return f"{alert.title_vi}: {where}"[:300]


async def _owner(connection: Connection, alerts: Sequence[Alert]) -> int:
    """Return the unit whose alerts these are; the province's own where they are several's, or nobody's."""
    owners = {alert.owner_org for alert in alerts}
    owner = owners.pop() if len(owners) == 1 else None
    return owner if owner is not None else (await root_org(connection)).id


async def _join(connection: Connection, desk: Desk, incident: Incident, alerts: Sequence[int]) -> Incident:
    links = tuple(LinkTo(kind="alert", ref=str(number)) for number in alerts)
    return await acting.perform(
        connection, desk, WHO, incident.id, Link(links=links), version=incident.version
    )


async def _outages(connection: Connection, desk: Desk, numbers: Sequence[int]) -> list[Incident]:
    """Open or join an outage for each sector most of which has fallen silent."""
    silent = await store.silence(connection, numbers, desk.now() - TOGETHER)
    found = [await _sector(connection, desk, each) for each in silent if is_outage(each.entities, each.of)]
    return [each for each in found if each is not None]


async def _sector(connection: Connection, desk: Desk, silence: Silence) -> Incident | None:
    alerts = await alerts_by_id(connection, silence.alerts, lock=True)
    fresh = [alert for alert in alerts if alert.incident_id is None]
    key = sector_key(silence.sector, simulated=silence.simulated)
    known = await incidents.joinable(connection, key, desk.now() - timedelta(minutes=OUTAGE_MINUTES))
    if known and not fresh:
        return None
    if known:
        outage = await _join(connection, desk, known[0], [alert.id for alert in fresh])
    else:
        minutes = TOGETHER.seconds // 60
        new = NewIncident(
            kind=OUTAGE, sector=silence.sector, source="system", source_ref=key,
            title=f"{silence.entities}/{silence.of} thiết bị của lĩnh vực {silence.sector} mất tín hiệu",
            text=f"{silence.entities} trên {silence.of} thiết bị mất tín hiệu trong {minutes} phút",
            owner_org=await _owner(connection, alerts), alert_ids=tuple(alert.id for alert in fresh),
        )  # fmt: skip
        born = Born(
            join_key=key, simulated=silence.simulated,
            facts={"share_down": round(silence.entities / silence.of, 3)},
        )  # fmt: skip
        outage = await open_incident(connection, desk, WHO, new, born)
    return await _absorb(connection, desk, outage, silence.alerts)


async def _node(connection: Connection, desk: Desk, alert: Alert) -> Incident:
    """Open or join an outage for the alert that stands for most of a source."""
    since = desk.now() - timedelta(minutes=OUTAGE_MINUTES)
    keys = [source_key(alert.source or alert.subject, simulated=alert.simulated)]
    if alert.sector is not None:
        keys.append(sector_key(alert.sector, simulated=alert.simulated))
    for key in keys:
        for known in await incidents.joinable(connection, key, since):
            outage = await _join(connection, desk, known, [alert.id])
            return await _absorb(connection, desk, outage, await store.explained(connection, alert.id))
    share = None
    if isinstance(alert.value, int | float) and alert.limit_value:
        share = round(alert.value / alert.limit_value, 3)
    new = NewIncident(
        kind=OUTAGE, title=f"{alert.title_vi}: {alert.source or alert.subject}"[:300],
        text=alert.text_vi or "", sector=alert.sector, owner_org=await _owner(connection, [alert]),
        source="alert", source_ref=alert.rule, alert_ids=(alert.id,), is_exercise=alert.is_exercise,
    )  # fmt: skip
    born = Born(
        join_key=keys[0], simulated=alert.simulated, facts={} if share is None else {"share_down": share}
    )
    outage = await open_incident(connection, desk, WHO, new, born)
    return await _absorb(connection, desk, outage, await store.explained(connection, alert.id))


async def _absorb(connection: Connection, desk: Desk, outage: Incident, alerts: Sequence[int]) -> Incident:
    """Merge what the house had opened one by one, and nobody has touched, into the outage."""
    for number in await store.untouched(connection, alerts, WHO.id):
        if number != outage.id:
            act = Merge(into=outage.id, text="Thuộc cùng một sự cố mất tín hiệu hàng loạt")
            await acting.perform(connection, desk, WHO, number, act, version=1)
    return await incidents.get(connection, outage.id) or outage
