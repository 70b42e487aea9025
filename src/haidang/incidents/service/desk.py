"""What every use case of incidents stands on: clock, tables of the site, desk of tasks; and refusals."""

from __future__ import annotations

from datetime import datetime

import msgspec

from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.incidents.model.acts import Hindrance, Part
from haidang.incidents.model.incident import Incident
from haidang.incidents.store import incidents
from haidang.incidents.tables import Tables, load_tables
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.service import desk as tasks_desk

NOT_NOW = kind(
    "incident-act-refused",
    409,
    "Không thực hiện được với sự cố lúc này",
    "This cannot be done with the incident now",
)
NOT_YOURS = kind(
    "incident-part-missing",
    403,
    "Bạn không giữ vai trò này trong sự cố",
    "You do not stand in this part of the incident",
)

HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "part": (
        "Việc này thuộc về chỉ huy sự cố hoặc đơn vị khác.",
        "This is the commander's or another unit's to do.",
    ),
    "state": (
        "Trạng thái hiện tại của sự cố không cho phép.",
        "The incident's present state does not allow it.",
    ),
    "acknowledged": ("Sự cố đã có người tiếp nhận.", "Somebody has acknowledged it already."),
    "nobody_sent": ("Chưa điều động lực lượng nào.", "Nobody has been sent yet."),
}


class Desk(msgspec.Struct, frozen=True):
    """The rules of a site and its clock."""

    clock: Clock
    tables: Tables
    tasks: tasks_desk.Desk

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its files are read once in a process."""
    return Desk(clock, load_tables(settings.data_dir), tasks_desk.desk_of(settings, clock))


async def visible(
    connection: Connection, principal: Principal, incident_id: int, *, lock: bool = False
) -> Incident:
    """Return an incident that the asker may see; ``Problem`` (404) where there is none for this asker."""
    incident = await incidents.get(connection, incident_id, lock=lock)
    if incident is None or not holds(principal, "incident.read", incident, *incident.orgs):
        raise missing("Không có sự cố này.", "There is no such incident.")
    return incident


def holds(principal: Principal, permission: str, incident: Incident, *orgs: int) -> bool:
    """Say whether the asker holds a permission over one of some units, where and for what the incident is."""
    return any(
        principal.may(permission, org_id=org, area_code=incident.area_code, sector=incident.sector)
        for org in orgs
    )


def parts_of(principal: Principal, incident: Incident) -> frozenset[Part]:
    """Return the parts in which the asker stands towards an incident."""
    asked: dict[Part, bool] = {
        "worker": holds(principal, "incident.work", incident, incident.owner_org),
        "commander": holds(principal, "incident.command", incident, incident.owner_org)
        or (incident.commander is not None and principal.id == f"account:{incident.commander}"),
        "unit": holds(principal, "incident.work", incident, *incident.orgs),
    }
    return frozenset(part for part, yes in asked.items() if yes)


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def hindered(hindrance: Hindrance, name: str) -> Problem:
    """Return the refusal of an act."""
    vi, en = HINDRANCES[hindrance]
    return Problem(NOT_YOURS if hindrance == "part" else NOT_NOW, vi, en, act=name, hindrance=hindrance)
