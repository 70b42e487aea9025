"""Many at once: what a Treasury list or a schedule brings for many projects of one programme.

The same rules as one by one (:mod:`payments`, :mod:`records`), asked by a handful of statements whatever the
number; all of them, or none. A batch is one entry of the log, with its count, its sum and the SHA-256 of its
rows, and one event of the programme.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.programme.model.kinds import KINDS, Kind
from haidang.programme.model.payments import NewPayment, Paid, Payment
from haidang.programme.model.records import Commitment, Record
from haidang.programme.model.register import FundSource, Project
from haidang.programme.service import programs
from haidang.programme.service.desk import Desk, balanced, holds, known_orgs, record, require, wrong
from haidang.programme.service.payments import period_on
from haidang.programme.service.records import built, kind_of, write_rows
from haidang.programme.store import records as store
from haidang.programme.store import register, rows

MANY_MAX = 20_000


class Listed(NewPayment, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment on a list of the Treasury, with the owner's estimate beside it where there was one."""

    project_id: int
    estimate_dong: Paid | None = None


class Fact(msgspec.Struct, frozen=True):
    """What is to be kept of a project: a kind of record and its fields."""

    project_id: int
    kind: str
    facts: Mapping[str, Any]


async def enter(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, news: Sequence[Listed]
) -> list[Payment]:
    """Enter payments that the Treasury has made, in their order; finance's to do."""
    if not news:
        return []
    projects = await _projects(connection, principal, program_id, [each.project_id for each in news])
    for project in projects.values():
        require(principal, "payment.confirm", project)
    await _payable(connection, news)
    now = desk.now()
    ids = await rows.fresh_ids(connection, "payment", len(news))
    made = [
        Payment(
            id=number, owner_org=projects[each.project_id].owner_org, state="confirmed",
            period=period_on(desk, each.paid_on, each.plan_year), confirmed_by=principal.id,
            confirmed_at=now, created_by=principal.id, recorded_at=now, changed_at=now,
            **msgspec.structs.asdict(each),
        )
        for number, each in zip(ids, news, strict=True)
    ]  # fmt: skip
    with balanced():
        await rows.add(connection, "payment", made)
    signed = (-each.confirmed_dong if each.kind == "recovery" else each.confirmed_dong for each in news)
    await _said(
        connection,
        desk,
        principal,
        program_id,
        action="payment.enter",
        made=made,
        more={"net_dong": sum(signed)},
    )
    return made


async def _payable(connection: Connection, news: Sequence[Listed]) -> None:
    """Raise ``Problem`` for contracts of other projects, advances under none, or sources that are none."""
    pairs = {each.contract_id: each.project_id for each in news if each.contract_id is not None}
    owners = await _projects_of(connection, KINDS["contract"], pairs)
    sources = {each.id for each in await rows.where(connection, "fund_source", FundSource)}
    for each in news:
        if each.contract_id is None and each.kind != "volume":
            raise wrong("contract_id", "tạm ứng và thu hồi theo hợp đồng", "advances are under a contract")
        if each.contract_id is not None and owners.get(each.contract_id) != each.project_id:
            raise wrong(
                "contract_id", "không thuộc dự án này", "is not of this project", str(each.contract_id)
            )
        if each.fund_source_id not in sources:
            raise wrong("fund_source_id", "không có nguồn vốn này", "there is no such fund source")


async def keep(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, facts: Sequence[Fact]
) -> list[Record]:
    """Keep records of any kinds beside many projects, kind by kind; return them in the order of ``facts``."""
    if not facts:
        return []
    if len(facts) > MANY_MAX:
        raise wrong("records", f"tối đa {MANY_MAX}", f"{MANY_MAX} at most")
    projects = await _projects(connection, principal, program_id, [each.project_id for each in facts])
    for project in projects.values():
        require(principal, "programme.edit", project)
    now = desk.now()
    made: dict[int, Record] = {}
    for name in dict.fromkeys(each.kind for each in facts):
        found = kind_of(name)
        places = [place for place, each in enumerate(facts) if each.kind == name]
        ids = await rows.fresh_ids(connection, found.table, len(places))
        new = [
            built(
                found, facts[place].facts,
                {"id": number, "version": 1, "project_id": facts[place].project_id, "recorded_at": now,
                 "created_by": principal.id, "changed_at": now},
            )
            for number, place in zip(ids, places, strict=True)
        ]  # fmt: skip
        await _refers(connection, found, new)
        promises = [row for row in new if isinstance(row, Commitment)]
        await store.supersede_commitments(
            connection, [(row.project_id, row.plan_year, row.period) for row in promises], now
        )
        await write_rows(connection, found, new)
        made |= dict(zip(places, new, strict=True))
    kept = [made[place] for place in range(len(facts))]
    counts = {name: sum(each.kind == name for each in facts) for name in {each.kind for each in facts}}
    await _said(
        connection, desk, principal, program_id, action="record.add", made=kept, more={"kinds": counts}
    )
    return kept


async def _refers(connection: Connection, found: Kind, new: Sequence[Record]) -> None:
    """Raise ``Problem`` where a row names what is not of its project, no unit or no contractor."""
    if found.row is KINDS["party"].row:
        raise wrong("kind", "từng dự án một", "one project at a time")
    for field, name in found.refs.items():
        asked = {getattr(row, field) for row in new} - {None}
        owners = await _projects_of(connection, KINDS[name], asked)
        for row in new:
            number = getattr(row, field)
            if number is not None and owners.get(number) != row.project_id:
                raise wrong(field, "không thuộc dự án này", "is not of this project", str(number))
    for field in found.orgs:
        await known_orgs(connection, field, (getattr(row, field) for row in new))
    for field in ("contractor_id", "bidder_id"):
        companies = {getattr(row, field) for row in new if hasattr(row, field)}
        if companies - await rows.existing(connection, "contractor", companies):
            raise wrong(field, "không có nhà thầu này", "there is no such contractor")
    if any(getattr(row, "evidence", ()) for row in new):
        raise wrong("evidence", "từng dự án một", "one project at a time")


async def _projects(
    connection: Connection, principal: Principal, program_id: int, ids: Collection[int]
) -> dict[int, Project]:
    """Return the projects named, locked; ``Problem`` where one is not of the programme in sight."""
    await programs.visible(connection, principal, program_id)
    found = await register.of_program(connection, program_id, set(ids), lock=True)
    seen = {
        number: project
        for number, project in found.items()
        if holds(principal, "programme.read", project, *project.orgs)
    }
    if set(ids) - set(seen):
        missing = str(min(set(ids) - set(seen)))
        raise wrong("project_id", "không thuộc chương trình", "is not of the programme", missing)
    return seen


async def _projects_of(connection: Connection, found: Kind, ids: Collection[int]) -> dict[int, int]:
    """Return of which project each of these records is."""
    held = await rows.where(connection, found.table, _Owned, id=sorted(ids), limit=MANY_MAX) if ids else []
    return {each.id: each.project_id for each in held}


class _Owned(msgspec.Struct, frozen=True):
    id: int
    project_id: int


async def _said(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    *,
    action: str,
    made: Sequence[msgspec.Struct],
    more: Mapping[str, Any],
) -> None:
    program = await programs.visible(connection, principal, program_id)
    body = {"count": len(made), "sha256": hashlib.sha256(msgspec.json.encode(made)).hexdigest()}
    await record(
        connection, desk, principal.id, action=action, subject=f"program:{program_id}", about=program,
        body=body | dict(more),
    )  # fmt: skip
