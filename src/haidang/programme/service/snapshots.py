"""Figures of an issued report, frozen with the SHA-256 of what they say."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.model.plans import Year
from haidang.programme.model.register import Program
from haidang.programme.service import money, nodes, programs
from haidang.programme.service.desk import Desk, record
from haidang.programme.service.money import Cut
from haidang.programme.store import rows


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A row; never changed."""

    id: int
    program_id: int
    title: str
    plan_year: int
    plan_as_of: date
    cutoff: date
    known_at: datetime
    figures: dict[str, Any]
    sha256: str
    created_by: str
    recorded_at: datetime


class NewSnapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which report is issued, of which year and by which days."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    plan_year: Year
    plan_as_of: date
    cutoff: date


async def freeze(
    connection: Connection, desk: Desk, principal: Principal, program_id: int, new: NewSnapshot
) -> dict[str, Any]:
    """Freeze denominators, payments, rates and the sums of every line as they are known now."""
    program = await programs.kept(connection, principal, program_id)
    return await keep(connection, desk, principal, program, new)


async def keep(
    connection: Connection, desk: Desk, principal: Principal, program: Program, new: NewSnapshot
) -> dict[str, Any]:
    """Freeze the figures of a programme; whoever calls has asked whether the asker may."""
    now, [number] = desk.now(), await rows.fresh_ids(connection, "programme_snapshot", 1)
    figures = await _figures(connection, program.id, new.plan_year, new.plan_as_of, new.cutoff, now)
    made = Snapshot(
        id=number, program_id=program.id, known_at=now, figures=figures, sha256=digest(figures),
        created_by=principal.id, recorded_at=now, **msgspec.structs.asdict(new),
    )  # fmt: skip
    await rows.add(connection, "programme_snapshot", [made])
    await record(
        connection, desk, principal.id, action="snapshot.freeze", subject=f"program:{program.id}",
        about=program, body={"snapshot": number, "title": new.title, "sha256": made.sha256},
    )  # fmt: skip
    return dict(msgspec.to_builtins(made))


async def _figures(  # noqa: PLR0917 - of what, by which days
    connection: Connection, program_id: int, year: int, plan_as_of: date, cutoff: date, known_at: datetime
) -> dict[str, Any]:
    cut = Cut(plan_year=year, plan_as_of=plan_as_of, cutoff=cutoff, known_at=known_at)
    standing = money.shown(await money.standing(connection, program_id, cut))
    tree = await nodes.tree(connection, program_id, year, valid_on=plan_as_of, known_at=known_at)
    lines = [[each.node.id, each.node.name, each.own_dong, each.total_dong] for each in tree.branches]
    # What owners expect is not kept on two clocks, and no part of an issued figure.
    del standing["estimated"], standing["known_at"]
    found: dict[str, Any] = msgspec.to_builtins({"money": standing, "lines": lines})
    return found


def digest(figures: dict[str, Any]) -> str:
    """Return the SHA-256 of figures in their one written form."""
    said = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


async def listed(connection: Connection, principal: Principal, program_id: int) -> list[dict[str, Any]]:
    """Return the reports that were issued of a programme, the latest first, without their figures."""
    await programs.kept(connection, principal, program_id)
    found = await rows.where(
        connection, "programme_snapshot", Snapshot, order="t.id DESC", limit=500, program_id=program_id
    )
    return [{name: value for name, value in msgspec.to_builtins(each).items() if name != "figures"}
            for each in found]  # fmt: skip


async def opened(connection: Connection, principal: Principal, snapshot_id: int) -> dict[str, Any]:
    """Return an issued report: whether it is as it was issued, and whether the register still says so.

    ``reproduced`` counts the same anew for the same days and the same moment of knowledge.
    """
    found = await rows.get(connection, "programme_snapshot", Snapshot, snapshot_id)
    if found is None:
        raise missing("Không có bản chốt số liệu này.", "There is no such snapshot.")
    await programs.kept(connection, principal, found.program_id)
    again = await _figures(
        connection, found.program_id, found.plan_year, found.plan_as_of, found.cutoff, found.known_at
    )
    return dict(msgspec.to_builtins(found)) | {
        "sound": digest(found.figures) == found.sha256, "reproduced": digest(again) == found.sha256,
    }  # fmt: skip
