"""What belongs to an incident. An alert belongs to one at a time, and its own row knows which."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.base.database import Connection
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.model.incident import Incident
from haidang.incidents.service.desk import Desk, wrong
from haidang.incidents.store import incidents
from haidang.organisation.permissions import Principal


async def add(
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, links: Sequence[LinkTo]
) -> list[LinkTo]:
    """Link, and return what was not linked before."""
    others = [link.ref for link in links if link.kind == "incident"]
    for ref in others:
        if not ref.isdecimal() or int(ref) == incident.id:
            raise wrong("links", "không phải sự cố khác", "not another incident", ref)
    return await incidents.add_links(connection, incident.id, links, at=desk.now(), by=principal.id)


async def move(
    connection: Connection, desk: Desk, principal: Principal, source: Incident, target: Incident
) -> None:
    """Give everything that belongs to one incident to another."""
    await incidents.move_links(connection, source.id, target.id)
    link = LinkTo(kind="incident", ref=str(source.id), note=source.code)
    await incidents.add_links(connection, target.id, [link], at=desk.now(), by=principal.id)


async def remove(
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, links: Sequence[LinkTo]
) -> list[LinkTo]:
    """Take links away, and return those that were there."""
    return await incidents.remove_links(connection, incident.id, links)
