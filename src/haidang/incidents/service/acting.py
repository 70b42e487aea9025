"""Doing an act: one function for each, the same way around all of them.

:func:`perform` locks the row, holds the version against what was seen, asks the rules, lets the act make a
new row, and then writes it with its clocks, its event and its log entry.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.incidents.model import acts
from haidang.incidents.model.acts import Act, act_name, after, hinders
from haidang.incidents.model.incident import Holder, Incident
from haidang.incidents.procedures.service import running
from haidang.incidents.service import clocks, dispatching, ending, journal, linking, statistics
from haidang.incidents.service.desk import Desk, hindered, parts_of, visible, wrong
from haidang.incidents.service.doing import Doing
from haidang.incidents.service.opening import check_area, check_units, checked_position
from haidang.incidents.service.telling import tell_log, tell_role
from haidang.incidents.store import incidents
from haidang.organisation import locate
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, unchanged

replace = msgspec.structs.replace
_AT = {
    "verified": "verified_at", "classified": "classified_at", "contained": "contained_at",
    "closed": "closed_at", "rejected": "closed_at", "merged": "closed_at",
}  # fmt: skip
"""Which time a state notes as it is reached."""


async def perform(
    connection: Connection, desk: Desk, principal: Principal, incident_id: int, act: Act, *, version: int
) -> Incident:
    """Do an act and return the incident after it; ``Problem`` where it is not open, or outdated."""
    if isinstance(act, acts.Merge):
        await incidents.lock(connection, (incident_id, act.into))
    before = await visible(connection, principal, incident_id, lock=True)
    name = act_name(act)
    if isinstance(act, acts.Note):
        return await _note(connection, desk, principal, before, act)
    unchanged(before, version)
    parts = parts_of(principal, before)
    hindrance = hinders(name, before, parts)
    if hindrance is not None:
        raise hindered(hindrance, name)
    doing = Doing(connection, desk, principal, before, parts)
    done = await _DO[type(act)](doing, act)
    incident = moved(doing, name, done)
    await incidents.update(connection, incident)
    if (incident.kind, incident.severity) != (before.kind, before.severity):
        await clocks.set_for(connection, desk, incident)
    await clocks.settle(connection, incident)
    if name in {"classify", "set_role"}:
        # Before the log of the incident is held: an act on a step takes its run first, and then this log.
        await running.look(connection, desk, incident.id, doing.by)
    await statistics.touched(connection, incident)
    await tell_log(connection, desk, incident, action=name)
    detail = doing.detail | {"from": before.state, "to": incident.state}
    await journal.write(connection, desk, doing.by, incident.id, name, doing.text, detail=detail)
    return incident


def moved(doing: Doing, name: str, incident: Incident) -> Incident:
    """Return an incident in the state that an act leads to, with the time of it and the next version."""
    state = after(name, doing.incident.state, sent=incident.dispatched_at is not None)
    facts: dict[str, Any] = {"state": state, "version": doing.incident.version + 1, "changed_at": doing.now}
    if incident.acknowledged_at is None and doing.by.startswith("account:") and name != "on_scene":
        facts["acknowledged_at"] = doing.now
    if state != doing.incident.state and state in _AT:
        facts[_AT[state]] = doing.now
    if name == "classify" and incident.classified_at is None:
        facts["classified_at"] = doing.now
    return replace(incident, **facts)


async def _note(
    connection: Connection, desk: Desk, principal: Principal, incident: Incident, act: acts.Note
) -> Incident:
    hindrance = hinders("note", incident, parts_of(principal, incident))
    if hindrance is not None:
        raise hindered(hindrance, "note")
    await journal.write(connection, desk, principal.id, incident.id, "note", act.text, corrects=act.corrects)
    return incident


async def _acknowledge(doing: Doing, _: acts.Acknowledge) -> Incident:
    return replace(doing.incident, acknowledged_at=doing.now)


async def _verify(doing: Doing, act: acts.Verify) -> Incident:
    doing.text = act.text
    doing.detail["by_means"] = act.by_means
    return doing.incident


async def _classify(doing: Doing, act: acts.Classify) -> Incident:
    before, tables = doing.incident, doing.desk.tables
    kind = act.kind or before.kind
    if kind not in tables.kinds:
        raise wrong(
            "kind", f"một trong: {', '.join(tables.kinds)}", f"one of: {', '.join(tables.kinds)}", kind
        )
    facts = before.facts | (msgspec.to_builtins(act.facts) if act.facts else {})
    decided = tables.severity_of(facts | {"kind": kind})
    severity = act.severity or decided.severity
    if severity != decided.severity:
        if "commander" not in doing.parts:
            raise hindered("part", "classify")
        if not act.text:
            raise wrong("text", "cần nêu lý do khác với bảng", "say why it is not as the table says")
    doing.text = act.text
    doing.detail |= {
        "kind": [before.kind, kind], "severity": [before.severity, severity], "facts": facts,
        "table": decided.row, "table_severity": decided.severity,
    }  # fmt: skip
    sector = before.sector if kind == before.kind else tables.kind(kind).sector or before.sector
    return replace(
        before, kind=kind, severity=severity, severity_rule=decided.row, facts=facts, sector=sector
    )


async def _describe(doing: Doing, act: acts.Describe) -> Incident:
    before = doing.incident
    given: dict[str, Any] = {
        name: getattr(act, name) for name in ("title", "text", "place") if getattr(act, name)
    }
    area = act.area_code
    if act.location is not None:
        given["lon"], given["lat"] = checked_position(act.location)
        area = area or locate(*act.location)
    if area is not None and area != before.area_code:
        await check_area(doing.connection, area)
        given["area_code"] = area
    if not given:
        raise wrong("do", "không có gì thay đổi", "nothing is to change")
    incident = replace(before, **given)
    # Who moves it into another commune must be on duty there too; nobody moves it out of their own sight.
    doing.principal.require(
        "incident.work", org_id=before.owner_org, area_code=incident.area_code, sector=before.sector
    )
    doing.detail |= changes(before, incident)
    return incident


async def _assign_commander(doing: Doing, act: acts.AssignCommander) -> Incident:
    before = doing.incident
    await _check_person(doing, act.account_id)
    doing.text = act.text
    doing.detail |= {
        "role": act.role, "account_id": act.account_id, "name": act.name,
        "before": [before.commander_role, before.commander, before.commander_name],
    }  # fmt: skip
    return replace(before, commander_role=act.role, commander=act.account_id, commander_name=act.name or None)


async def _set_role(doing: Doing, act: acts.SetRole) -> Incident:
    await _check_person(doing, act.account_id)
    doing.detail |= {"role": act.role, "account_id": act.account_id, "name": act.name}
    rest = tuple(holder for holder in doing.incident.roles if holder.role != act.role)
    if act.account_id is None and not act.name:
        return replace(doing.incident, roles=rest)
    if len(rest) >= ROLES_MAX:
        raise wrong("role", f"tối đa {ROLES_MAX}", f"at most {ROLES_MAX}")
    return replace(
        doing.incident, roles=(*rest, Holder(role=act.role, account_id=act.account_id, name=act.name))
    )


ROLES_MAX = 40


async def _check_person(doing: Doing, account_id: int | None) -> None:
    """Raise ``Problem`` but for people of units that take part, and whom the asker may look up anyway."""
    if account_id is None:
        return
    units = await incidents.units_of(doing.connection, account_id)
    taking_part = not set(units).isdisjoint(doing.incident.orgs)
    if not units or not (taking_part or doing.principal.may("account.read", org_id=units[-1])):
        raise wrong("account_id", "không có người này", "there is no such person", str(account_id))


async def _contain(doing: Doing, act: acts.Contain) -> Incident:
    doing.text = act.text
    return doing.incident


async def _link(doing: Doing, act: acts.Link) -> Incident:
    await linking.check_named(doing.connection, doing.principal, act.links)
    linked = await linking.add(doing.connection, doing.desk, doing.principal, doing.incident, act.links)
    doing.detail |= linking.said(linked.links)
    return replace(doing.incident, orgs=tuple(dict.fromkeys((*doing.incident.orgs, *linked.orgs))))


async def _unlink(doing: Doing, act: acts.Unlink) -> Incident:
    gone = await linking.remove(doing.connection, doing.desk, doing.principal, doing.incident, act.links)
    doing.text = act.text
    doing.detail |= linking.said(gone)
    return doing.incident


async def _invite(doing: Doing, act: acts.Invite) -> Incident:
    await check_units(doing.connection, act.orgs)
    doing.text = act.text
    doing.detail["orgs"] = list(act.orgs)
    return replace(doing.incident, orgs=tuple(dict.fromkeys((*doing.incident.orgs, *act.orgs))))


async def _escalate(doing: Doing, act: acts.Escalate) -> Incident:
    before = doing.incident
    to = await tell_role(
        doing.connection, doing.desk, before, act.to, key=f"incident-escalated:{before.id}:{before.version}",
        kind="incident-escalated", vi=f"Xin ý kiến chỉ đạo ({act.text})", en=f"Escalated ({act.text})",
    )  # fmt: skip
    doing.text = act.text
    doing.detail |= {"role": act.to, "account_id": to.account_id, "org_id": to.org_id}
    return replace(before, escalations=before.escalations + 1)


_Do = Callable[[Doing, Any], Awaitable[Incident]]
_DO: dict[type, _Do] = {
    acts.Acknowledge: _acknowledge, acts.Verify: _verify, acts.Classify: _classify, acts.Describe: _describe,
    acts.AssignCommander: _assign_commander, acts.SetRole: _set_role,
    acts.Dispatch: dispatching.dispatch, acts.OnScene: dispatching.on_scene, acts.Contain: _contain,
    acts.Close: ending.close, acts.Reject: ending.reject, acts.Merge: ending.merge, acts.Split: ending.split,
    acts.Link: _link, acts.Unlink: _unlink, acts.Invite: _invite, acts.Escalate: _escalate,
}  # fmt: skip
"""Which function does which act; a note is no change of the incident."""
