"""A warning of an incident: drafted with the incident's own flag, and told in the incident's log."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from haidang.alerts.cap.model.draft import Draft
from haidang.alerts.cap.model.warning import CapWarning
from haidang.alerts.cap.service import desk as cap
from haidang.alerts.cap.service import drafting, reading
from haidang.alerts.cap.store.warnings import events
from haidang.base.clock import Clock
from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, write
from haidang.base.settings import Settings
from haidang.incidents.model.acts import LinkTo
from haidang.incidents.service import journal
from haidang.incidents.service.desk import Desk, visible
from haidang.incidents.store import incidents
from haidang.organisation.permissions import Principal

TOLD: dict[str, str] = {
    "draft": "Soạn bản tin cảnh báo",
    "approve": "Duyệt bản tin cảnh báo",
    "refuse": "Từ chối bản tin cảnh báo",
    "send": "Phát bản tin cảnh báo",
    "replaced": "Bản tin cảnh báo được thay bằng bản cập nhật",
    "cancelled": "Hủy bản tin cảnh báo",
    "expired": "Bản tin cảnh báo hết hiệu lực",
}
"""What happens to a warning → how the log of its incident says it."""


async def draft_of(
    connection: Connection, cap_desk: cap.Desk, principal: Principal, incident_id: int, new: Draft
) -> CapWarning:
    """Draft a warning of an incident that the asker may see; whether it is an exercise follows the incident.

    It belongs to the incident's unit unless the draft names another.
    """
    incident = await visible(connection, principal, incident_id)
    whole = msgspec.structs.replace(
        new, owner_org=new.owner_org or incident.owner_org, sector=new.sector or incident.sector
    )
    made = await drafting.draft(
        connection, cap_desk, principal, whole, incident_id=incident.id, is_exercise=incident.is_exercise,
        simulated=incident.simulated,
    )  # fmt: skip
    link = LinkTo(kind="warning", ref=str(made.id))
    await incidents.add_links(connection, incident.id, [link], at=cap_desk.now(), by=principal.id)
    return made


async def tell(connection: Connection, desk: Desk, after: int, last: int) -> None:
    """Write what happened to warnings, in a stretch of the log, into the logs of their incidents."""
    for kind, body in await events(connection, after, last, tuple(TOLD)):
        text = f"{TOLD[kind]} {body['identifier']}: {body['headline']}"
        detail = {"warning_id": body["id"], "what": kind, "state": body["state"]}
        await journal.write(connection, desk, body["by"], body["incident_id"], "warning", text, detail=detail)


@post(
    "/api/v1/incidents/{incident_id:int}/warnings",
    opt={"permission": "warning.write"},
    tags=["warnings"],
    summary="Draft a warning of an incident",
)
async def draft_warning_of_incident(
    *,
    request: Asked,
    key: Key,
    incident_id: FromPath[int],
    data: JSONBody[Draft],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> Any:
    """Write a warning down; it is an exercise exactly where its incident is one, or is simulated."""
    desk = cap.desk_of(settings, clock)

    async def work(connection: Connection) -> Any:
        made = await draft_of(connection, desk, principal, incident_id, data)
        return await reading.opened(connection, desk, principal, made.id)

    return await write(request, db, principal.id, key, work)


ROUTES = (draft_warning_of_incident,)
