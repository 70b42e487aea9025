"""Shifts and their handover: listed by the house, signed by both leads, visible until it is.

What is handed over is frozen as it was listed; both sign its SHA-256, and the chain ``shifts`` keeps it.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.incidents.model.acts import Long, Text
from haidang.incidents.service.desk import Desk, wrong
from haidang.incidents.store import incidents
from haidang.incidents.store import shifts as store
from haidang.incidents.store.shifts import Handover, Shift
from haidang.organisation import chain
from haidang.organisation.permissions import Principal, scope_sql
from haidang.organisation.service.access import missing, unchanged
from haidang.organisation.service.standing import standing

LOG = "shifts"
"""The chained log of shifts and signatures."""
NO_SHIFT = kind("no-shift", 409, "Đơn vị chưa có ca trực", "The unit has no shift on")
TAKEN = kind("shift-on", 409, "Đơn vị đang có ca trực", "The unit has a shift on")
WAITING = kind("handover-waiting", 409, "Còn bàn giao chưa ký", "A handover is not signed yet")
DONE = kind("handover-done", 409, "Bàn giao đã ký hoặc đã rút", "The handover is signed or withdrawn")
NOT_A_SIDE = kind(
    "handover-not-yours", 403, "Chỉ hai trưởng ca của bàn giao được ký", "Only its two shift leads sign"
)


class NewHandover(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who takes over, and what the list does not say."""

    incoming: int
    org_id: int | None = None
    """Absent: the asker's own unit."""
    note: Long = ""


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a handover does not hold."""

    reason: Text


async def take(connection: Connection, desk: Desk, principal: Principal, org_id: int | None) -> Shift:
    """Begin a unit's shift with the asker as its lead, where none is on; ``Problem`` where one is."""
    org = _org(principal, org_id)
    lead = _person(principal)
    principal.require("shift.work", org_id=org)
    if org not in await incidents.org_names(connection, [org]):
        raise wrong("org_id", "không có đơn vị này", "there is no such unit", str(org))
    number = await store.begin(connection, org, lead, desk.now())
    if number is None:
        raise Problem(TAKEN, "Hãy nhận bàn giao.", "Take it by a handover.", org_id=org)
    await _log(connection, desk, principal, "shift.begin", f"shift:{number}", org, {"lead": lead})
    found = await store.current(connection, org)
    assert found is not None  # noqa: S101 - it has just begun
    return found


async def hand_over(
    connection: Connection, desk: Desk, principal: Principal, new: NewHandover, items: dict[str, Any]
) -> Handover:
    """Freeze what is handed over; ``items`` is the list as the house has made it. Nobody has signed yet."""
    org = _org(principal, new.org_id)
    principal.require("shift.work", org_id=org)
    shift = await store.current(connection, org, lock=True)
    if shift is None:
        raise Problem(NO_SHIFT, org_id=org)
    incoming = await standing(connection, f"account:{new.incoming}", desk.now())
    if incoming is None or not incoming.may("shift.work", org_id=org):
        raise wrong(
            "incoming", "người này không trực được ở đơn vị", "this person cannot be on duty there",
            str(new.incoming),
        )  # fmt: skip
    if new.incoming == shift.lead:
        raise wrong("incoming", "phải là người khác", "must be somebody else", str(new.incoming))
    plain = msgspec.to_builtins(items)
    facts = {
        "org_id": org, "shift_id": shift.id, "outgoing": shift.lead, "incoming": new.incoming,
        "made_at": desk.now(), "note": new.note, "items": plain, "items_sha256": digest(plain, new.note),
    }  # fmt: skip
    number = await store.add_handover(connection, facts)
    if number is None:
        raise Problem(WAITING, org_id=org)
    body = {name: facts[name] for name in ("shift_id", "outgoing", "incoming", "items_sha256", "note")}
    await _log(connection, desk, principal, "handover.make", f"handover:{number}", org, body)
    return await _found(connection, number)


def digest(items: dict[str, Any], note: str) -> str:
    """Return what both sign: SHA-256 over the list and the note."""
    return hashlib.sha256(chain.canonical([items, note]).encode()).hexdigest()


async def sign(
    connection: Connection, desk: Desk, principal: Principal, handover_id: int, *, version: int
) -> Handover:
    """Sign as the side that one is; with the second signature the next shift begins."""
    before = await _visible(connection, principal, handover_id, lock=True)
    person = _person(principal)
    if person not in {before.outgoing, before.incoming}:
        raise Problem(NOT_A_SIDE)
    unchanged(before, version)
    side = "outgoing" if person == before.outgoing else "incoming"
    if before.withdrawn_at is not None or getattr(before, f"{side}_signed_at") is not None:
        raise Problem(DONE)
    await store.sign(connection, handover_id, side, desk.now())
    after = await _found(connection, handover_id)
    body = {"side": side, "items_sha256": before.items_sha256, "both": after.signed}
    if after.signed:
        await store.end(connection, before.shift_id, desk.now())
        body["next_shift"] = await store.begin(connection, before.org_id, before.incoming, desk.now())
    await _log(connection, desk, principal, "handover.sign", f"handover:{handover_id}", before.org_id, body)
    return after


async def withdraw(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    handover_id: int,
    reason: str,
    *,
    version: int,
) -> Handover:
    """Take a handover back before both have signed: another person, or something is missing in it."""
    before = await _visible(connection, principal, handover_id, lock=True)
    principal.require("shift.work", org_id=before.org_id)
    unchanged(before, version)
    if before.signed or before.withdrawn_at is not None:
        raise Problem(DONE)
    await store.withdraw(connection, handover_id, desk.now())
    await _log(
        connection, desk, principal, "handover.withdraw", f"handover:{handover_id}", before.org_id,
        {"reason": reason},
    )  # fmt: skip
    return await _found(connection, handover_id)


async def log_unsigned(connection: Connection, desk: Desk, actor: str, handover: Handover) -> None:
    """Note that the leader was told of a handover that waits too long."""
    body = {"outgoing": handover.outgoing_signed_at, "incoming": handover.incoming_signed_at}
    await chain.append(
        connection, desk.clock, log=LOG, actor=actor, action="handover.unsigned",
        subject=f"handover:{handover.id}", org_id=handover.org_id, body=body,
    )  # fmt: skip


async def able(
    connection: Connection, desk: Desk, principal: Principal, org_id: int | None
) -> dict[str, Any]:
    """Return who may take over in a unit: whoever holds ``shift.work`` over it, by name."""
    org = _org(principal, org_id)
    principal.require("shift.work", org_id=org)
    found = []
    for number, name in await store.holders(connection, "shift.work"):
        one = await standing(connection, f"account:{number}", desk.now())
        if one is not None and one.may("shift.work", org_id=org):
            found.append({"id": number, "name": name})
    return {"items": found}


async def current(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return the shifts that are on, and the handovers that nobody or only one side has signed."""
    scope, values = scope_sql(principal, "shift.work", org="s.org_id", area=None, sector=None)
    found = await store.all_current(connection, scope, values)
    waiting = await store.handovers(
        connection, scope.replace("s.org_id", "h.org_id"), values, True, None, 200
    )
    orgs = await incidents.org_names(connection, {each.org_id for each in found})
    names = await incidents.account_names(connection, {each.lead for each in found})
    return {
        "items": [
            {
                "id": each.id, "org": {"id": each.org_id, "name": orgs.get(each.org_id, "")},
                "lead": {"id": each.lead, "name": names.get(each.lead, "")}, "started_at": each.started_at,
                "mine": principal.id == f"account:{each.lead}",
            }
            for each in found
        ],
        "unsigned": [
            {name: value for name, value in each.items() if name != "items"}
            for each in await shown(connection, desk, principal, waiting)
        ],
        "now": desk.now(),
    }  # fmt: skip


async def listed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    *,
    unsigned: bool | None,
    before: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return handovers of the units over which the asker works shifts, newest first."""
    scope, values = scope_sql(principal, "shift.work", org="h.org_id", area=None, sector=None)
    found = await store.handovers(connection, scope, values, unsigned, before, limit + 1)
    return {
        "items": await shown(connection, desk, principal, found[:limit]),
        "next": str(found[limit - 1].id) if len(found) > limit else None,
    }


async def one(connection: Connection, desk: Desk, principal: Principal, handover_id: int) -> dict[str, Any]:
    """Return one handover with all that was handed over."""
    [row] = await shown(connection, desk, principal, [await _visible(connection, principal, handover_id)])
    return row


async def shown(
    connection: Connection, desk: Desk, principal: Principal, found: list[Handover]
) -> list[dict[str, Any]]:
    """Return handovers as the API says them; ``late``: unsigned for longer than the site allows."""
    orgs = await incidents.org_names(connection, {each.org_id for each in found})
    people = {person for each in found for person in (each.outgoing, each.incoming)}
    names = await incidents.account_names(connection, people)
    allowed = timedelta(minutes=desk.tables.reaction.handover_sign_minutes)
    rows = []
    for each in found:
        state = "withdrawn" if each.withdrawn_at else "signed" if each.signed else "unsigned"
        may = [
            "sign"
            for side in ("outgoing", "incoming")
            if state == "unsigned"
            and getattr(each, f"{side}_signed_at") is None
            and principal.id == f"account:{getattr(each, side)}"
        ]
        rows.append(
            {
                "id": each.id, "version": each.version, "state": state,
                "late": state == "unsigned" and desk.now() >= each.made_at + allowed,
                "org": {"id": each.org_id, "name": orgs.get(each.org_id, "")}, "shift_id": each.shift_id,
                "outgoing": {"id": each.outgoing, "name": names.get(each.outgoing, ""),
                             "signed_at": each.outgoing_signed_at},
                "incoming": {"id": each.incoming, "name": names.get(each.incoming, ""),
                             "signed_at": each.incoming_signed_at},
                "made_at": each.made_at, "note": each.note, "items": each.items,
                "items_sha256": each.items_sha256, "acts": may,
            }
        )  # fmt: skip
    return rows


async def _visible(
    connection: Connection, principal: Principal, handover_id: int, *, lock: bool = False
) -> Handover:
    found = await store.handover(connection, handover_id, lock=lock)
    if found is None or not principal.may("shift.work", org_id=found.org_id):
        raise missing("Không có bàn giao này.", "There is no such handover.")
    return found


async def _found(connection: Connection, handover_id: int) -> Handover:
    found = await store.handover(connection, handover_id)
    assert found is not None  # noqa: S101 - the caller has it
    return found


def _org(principal: Principal, org_id: int | None) -> int:
    org = org_id if org_id is not None else principal.org_id
    if org is None:
        raise wrong("org_id", "cần có", "is needed")
    return org


def _person(principal: Principal) -> int:
    word, _, number = principal.id.partition(":")
    if word != "account":
        raise Problem(NOT_A_SIDE)
    return int(number)


async def _log(  # noqa: PLR0917 - who does what to what
    connection: Connection,
    desk: Desk,
    principal: Principal,
    action: str,
    subject: str,
    org_id: int,
    body: dict[str, Any],
) -> None:
    await chain.append(
        connection, desk.clock, log=LOG, actor=principal.id, action=action, subject=subject, org_id=org_id,
        body=body,
    )  # fmt: skip
