"""What belongs to an incident. An alert belongs to one at a time, and its own row knows which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from haidang.alerts.cap.service import desk as cap
from haidang.alerts.cap.store import warnings
from haidang.alerts.model.alert import Alert
from haidang.alerts.service.linking import alerts_by_id, join_incident
from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Incident, LinkKind
from haidang.incidents.service.desk import Desk, holds, wrong
from haidang.incidents.store import around, incidents
from haidang.organisation.permissions import Principal, scope_sql

ELSEWHERE = kind(
    "alert-in-incident", 409, "Cảnh báo đã thuộc một sự cố khác", "The alert belongs to another incident"
)


SAID_MAX, SAID_REF, SAID_NOTE = 20, 160, 60
"""An entry of a chain is bounded; the rows themselves have everything."""


class Linked(NamedTuple):
    """What was linked, and the units that take part from now on because alerts of theirs were."""

    links: tuple[LinkTo, ...]
    orgs: tuple[int, ...]


async def alerts_of(
    connection: Connection,
    principal: Principal,
    ids: Iterable[int],
    *,
    is_exercise: bool,
    simulated: bool | None = None,
) -> list[Alert]:
    """Return, locked, alerts that the asker may see and that belong to no incident; ``Problem`` otherwise.

    Real alerts never go into an exercise or among simulated ones, where nobody would deal with them; nor do
    simulated ones into what is real, where devices would obey them. ``simulated``: None is as the first is.
    """
    wanted = sorted(set(ids))
    found = await alerts_by_id(connection, wanted, lock=True)
    seen = {each.id: each for each in found if may_see(principal, each)}
    for number in wanted:
        if number not in seen:
            raise wrong("alert_ids", "không có cảnh báo này", "there is no such alert", str(number))
        if seen[number].is_exercise != is_exercise:
            raise wrong(
                "alert_ids", "cảnh báo thật không vào diễn tập, và ngược lại",
                "a real alert never goes into an exercise, nor the other way round", str(number),
            )  # fmt: skip
        if simulated is None:
            simulated = seen[number].simulated
        if seen[number].simulated != simulated and not is_exercise:
            raise wrong(
                "alert_ids", "cảnh báo thật và mô phỏng không vào cùng một sự cố",
                "real and simulated alerts never share an incident", str(number),
            )  # fmt: skip
    for each in seen.values():
        if each.incident_id is not None:
            raise Problem(ELSEWHERE, alert=each.id, incident_id=each.incident_id)
    return list(seen.values())


async def entities(connection: Connection, principal: Principal, ids: Iterable[str]) -> set[str]:
    """Return which of these entities the asker may see."""
    scope, values = scope_sql(principal, "entity.read")
    return await around.entities(connection, scope, values, ids)


async def check_named(connection: Connection, principal: Principal, links: Sequence[LinkTo]) -> None:
    """Raise ``Problem`` where somebody links what is not there for them: conditions read what is linked.

    What is somebody else's and what does not exist are refused alike. Alerts are held by :func:`alerts_of`.
    """
    things = {link.ref for link in links if link.kind in {"entity", "camera"}}
    unseen = things - await entities(connection, principal, things)
    for link in links:
        if link.kind == "incident":
            other = await incidents.get(connection, _number(link))
            seen = other is not None and holds(principal, "incident.read", other, *other.orgs)
        elif link.kind == "warning":
            warning = await warnings.get(connection, _number(link))
            seen = warning is not None and cap.holds(principal, "warning.read", warning)
        else:
            seen = link.ref not in unseen
        if not seen:
            vi, en = UNKNOWN[link.kind]
            raise wrong("links", vi, en, link.ref)


UNKNOWN: dict[LinkKind, tuple[str, str]] = {
    "entity": ("không có thực thể này", "there is no such entity"),
    "camera": ("không có camera này", "there is no such camera"),
    "incident": ("không phải sự cố khác", "not another incident"),
    "warning": ("không có bản tin này", "there is no such warning"),
}


def may_see(principal: Principal, alert: Alert) -> bool:
    """Say whether the asker may see an alert."""
    return principal.may("alert.read", org_id=alert.owner_org, area_code=alert.area_code, sector=alert.sector)


async def add(
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, links: Sequence[LinkTo]
) -> Linked:
    """Link what was not linked before."""
    known = await incidents.known_links(connection, incident.id)
    fresh = [link for link in dict.fromkeys(links) if (link.kind, link.ref) not in known]
    others = [_number(link) for link in fresh if link.kind == "incident"]
    if incident.id in others or len(await incidents.existing(connection, others)) < len(set(others)):
        raise wrong("links", "không phải sự cố khác", "not another incident")
    alerts = [_number(link) for link in fresh if link.kind == "alert"]
    found = await alerts_of(
        connection, principal, alerts, is_exercise=incident.is_exercise, simulated=incident.simulated
    )
    added = await incidents.add_links(connection, incident.id, fresh, at=desk.now(), by=principal.id)
    await join_incident(connection, desk.clock, principal.id, alerts, incident.id)
    return Linked(tuple(added), owners(found))


def owners(alerts: Iterable[Alert]) -> tuple[int, ...]:
    """Return the units whose alerts these are: they take part in what becomes of them."""
    return tuple(dict.fromkeys(each.owner_org for each in alerts if each.owner_org is not None))


async def remove(
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, links: Sequence[LinkTo]
) -> list[LinkTo]:
    """Take links away, and return those that were there."""
    gone = await incidents.remove_links(connection, incident.id, links)
    await join_incident(connection, desk.clock, principal.id, _alerts(gone), None)
    return gone


async def move(
    connection: Connection, desk: Desk, principal: Principal, source: Incident, target: Incident
) -> None:
    """Give everything that belongs to one incident to another."""
    alerts = [int(ref) for _, ref in await incidents.known_links(connection, source.id, "alert")]
    await incidents.move_links(connection, source.id, target.id)
    link = LinkTo(kind="incident", ref=str(source.id), note=source.code)
    await incidents.add_links(connection, target.id, [link], at=desk.now(), by=principal.id)
    await join_incident(connection, desk.clock, principal.id, alerts, target.id)


def said(links: Sequence[LinkTo]) -> dict[str, Any]:
    """Return what a log entry says of links: how many, and the first of them."""
    return {
        "count": len(links),
        "links": [[link.kind, link.ref[:SAID_REF], link.note[:SAID_NOTE]] for link in links[:SAID_MAX]],
    }


def _number(link: LinkTo) -> int:
    if not (link.ref.isascii() and link.ref.isdecimal() and len(link.ref) <= 18):
        raise wrong("links", "cần là số", "must be a number", link.ref[:40])
    return int(link.ref)


def _alerts(links: Sequence[LinkTo]) -> list[int]:
    return [int(link.ref) for link in links if link.kind == "alert"]
