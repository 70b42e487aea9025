"""Which unit, and who in it, fills a role: data of the site, by area; an incident may name its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.incidents.model.incident import Incident
from haidang.incidents.procedures.book import book_of
from haidang.incidents.procedures.store import roles as store
from haidang.incidents.service.desk import Desk, holds
from haidang.organisation import root_org
from haidang.organisation.chain import audit
from haidang.organisation.permissions import Principal
from haidang.tasks.store import people, tasks

FILLERS_MAX = 5_000
SHIFT_LEAD = "shift_lead"


class Filler(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit, and perhaps the one person in it, that fills a role in an area (absent: everywhere)."""

    org_id: int
    account_id: int | None = None
    area_code: str | None = None


class Filled(NamedTuple):
    """Who fills a role for an incident."""

    org_id: int
    account_id: int | None
    named: bool
    """False: nobody was named, and it falls to the incident's own unit."""


async def filled(connection: Connection, incident: Incident, role: str) -> Filled:
    """Return who fills a role: whom the incident names, else the site for its area, else its own unit.

    The shift lead is whoever leads the shift that is on in the incident's unit.
    """
    found = await _named(connection, incident, role) or await _of_site(connection, incident, role)
    return found or Filled(incident.owner_org, None, named=False)


async def approver(connection: Connection, incident: Incident, role: str) -> Filled:
    """Return who approves in a role: whom the site names, else the incident, else its own unit.

    Whoever commands an incident must not choose who looks over their shoulder: within a unit that the site
    names, the incident may name the person; a person that the site names stays.
    """
    own = await _named(connection, incident, role)
    found = await _of_site(connection, incident, role)
    if found is None:
        return own or Filled(incident.owner_org, None, named=False)
    if own is None or found.account_id is not None:
        return found
    return own if own.org_id in await people.below(connection, found.org_id) else found


async def _named(connection: Connection, incident: Incident, role: str) -> Filled | None:
    holders = [(each.role, each.account_id) for each in incident.roles]
    for word, account in [(incident.commander_role, incident.commander), *holders]:
        if word == role and account is not None:
            org = await people.of_org(connection, account)
            if org is not None:
                return Filled(org, account, named=True)
    return None


async def _of_site(connection: Connection, incident: Incident, role: str) -> Filled | None:
    if role == SHIFT_LEAD:
        lead = await store.shift_lead(connection, incident.owner_org)
        if lead is not None:
            return Filled(incident.owner_org, lead, named=True)
    found = await store.filled(connection, role, incident.area_code)
    if found is None:
        return None
    org, account = found
    if account is not None:
        there = await people.of_org(connection, account) in await people.below(connection, org)
        account = account if there else None  # whoever it was has left; the unit still fills it
    return Filled(org, account, named=True)


async def stands_in(connection: Connection, principal: Principal, incident: Incident, who: Filled) -> bool:
    """Say whether the asker stands in a role: the person that is named, else anybody of the unit.

    Where nobody was named at all, whoever commands the incident stands in it.
    """
    if who.account_id is not None:
        return principal.id == f"account:{who.account_id}"
    if not who.named:
        return holds(principal, "incident.command", incident, incident.owner_org)
    return principal.org_id in await people.below(connection, who.org_id)


async def fill(
    connection: Connection, desk: Desk, principal: Principal, role: str, fillers: Sequence[Filler]
) -> None:
    """Replace who fills a role; ``Problem`` where the role, a unit, a person or an area is not known."""
    if role not in book_of(desk.tasks.data_dir).roles:
        raise Problem(INVALID, faults=(Fault("role", "không có vai này", "there is no such role", role),))
    if len(fillers) > FILLERS_MAX:
        raise Problem(INVALID, faults=(Fault("items", f"tối đa {FILLERS_MAX}", f"at most {FILLERS_MAX}"),))
    # Whose task a step becomes concerns every agency: it is said by whoever oversees the whole house.
    principal.require("task.oversee", org_id=(await root_org(connection)).id)
    faults = await _faults(connection, fillers)
    if faults:
        raise Problem(INVALID, faults=tuple(faults))
    await store.replace(
        connection, role, [(each.area_code, each.org_id, each.account_id) for each in fillers]
    )
    body = {"role": role, "fillers": [msgspec.to_builtins(each) for each in fillers[:200]]}
    await audit(
        connection, principal, "procedure_role.fill", f"procedure_role:{role}", body, clock=desk.clock
    )


async def _faults(connection: Connection, fillers: Sequence[Filler]) -> list[Fault]:
    orgs = await tasks.org_names(connection, [each.org_id for each in fillers])
    codes = [each.area_code for each in fillers]
    areas = await store.known_areas(connection, [code for code in codes if code is not None])
    found = []
    for place, each in enumerate(fillers):
        if each.org_id not in orgs:
            where = f"items.{place}.org_id"
            found.append(Fault(where, "không có đơn vị này", "there is no such unit", str(each.org_id)))
        if each.area_code is not None and each.area_code not in areas:
            where = f"items.{place}.area_code"
            found.append(Fault(where, "không có địa bàn này", "there is no such area", each.area_code))
        if codes.index(each.area_code) != place:
            where = f"items.{place}.area_code"
            found.append(Fault(where, "địa bàn lặp lại", "this area stands twice", each.area_code))
        if each.account_id is not None and (
            await people.of_org(connection, each.account_id)
            not in await people.below(connection, each.org_id)
        ):
            where = f"items.{place}.account_id"
            found.append(Fault(where, "không thuộc đơn vị", "is not of the unit", str(each.account_id)))
    return found


async def listed(connection: Connection, desk: Desk, principal: Principal) -> list[dict[str, Any]]:
    """Return every role with its words and who fills it, as far as the asker sees those units."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in await store.everything(connection):
        if principal.may("task.read", org_id=row["org_id"]):
            rows.setdefault(row.pop("role"), []).append(row)
    roles = book_of(desk.tasks.data_dir).roles
    return [
        {"role": each.word, "vi": each.vi, "en": each.en, "items": rows.get(each.word, [])}
        for each in sorted(roles.values(), key=lambda one: one.word)
    ]
