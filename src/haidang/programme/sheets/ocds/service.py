"""OCDS imports: a file comes in, its difference is shown, the owner approves, only then it counts."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing, unchanged
from haidang.programme.model.records import Contract, Package, Paper, Short
from haidang.programme.model.register import Program
from haidang.programme.open_data.facts import Prefixes
from haidang.programme.service import programs, records
from haidang.programme.service.desk import Desk, holds, record, wrong
from haidang.programme.service.records import NewContractor
from haidang.programme.sheets.diff import KINDS
from haidang.programme.sheets.importing import SETTLED, STALE
from haidang.programme.sheets.ocds import store
from haidang.programme.sheets.ocds.diff import Diff, Known, Row, compared
from haidang.programme.sheets.ocds.reading import Reading
from haidang.programme.sheets.ocds.store import Import
from haidang.programme.store import register, rows
from haidang.tasks.service import evidence
from haidang.tasks.service.evidence import Kept

ROWS_MAX = 50_000


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person approves of a diff."""

    diff: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    """Hash of the diff that was seen."""
    document: Paper
    """The decision on the result of contractor selection, with its number and day."""
    rows: Annotated[tuple[int, ...], msgspec.Meta(max_length=10_000)] | None = None
    """Rows to take; absent: all that are added or changed."""
    reason: Short = ""


async def keep(settings: Settings, name: str, content: bytes) -> Kept:
    """Keep the file as evidence; the caller has read it, so that it is what it says."""
    return await evidence.keep_as(settings, name, "application/json", content)


async def content_of(settings: Settings, found: Import) -> bytes:
    """Return the bytes of an import's file, as they came."""
    content = await asyncio.to_thread(evidence.place(settings.data_dir, found.sha256).read_bytes)
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise missing("Tệp gốc không còn nguyên vẹn.", "The file is not what came in.")
    return content


async def take_in(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    *,
    settings: Settings,
    kept: Kept,
    reading: Reading,
) -> tuple[Import, Diff]:
    """Register a package that came in, and compare it; writes nothing beside any project."""
    program = await programs.visible(connection, principal, program_id)
    diff = await difference(connection, principal, settings, program_id, reading)
    [number] = await rows.fresh_ids(connection, "contracting_import", 1)
    made = Import(
        id=number, program_id=program_id, name=kept.name, sha256=kept.sha256, size_bytes=kept.size_bytes,
        scan=kept.scan,
        figures={"releases": len(reading.releases), "refused_cells": len(reading.refused),
                 "notes": len(reading.notes), "diff": counts(diff)},
        created_by=principal.id, recorded_at=desk.now(),
    )  # fmt: skip
    await rows.add(connection, "contracting_import", [made])
    await _record(connection, desk, principal, program, made, what="compare", more=made.figures)
    return made, diff


def counts(diff: Diff) -> dict[str, int]:
    """Return how many rows of each kind."""
    found = Counter(row.kind for row in diff.rows)
    return {kind: found[kind] for kind in KINDS}


async def difference(
    connection: Connection, principal: Principal, settings: Settings, program_id: int, reading: Reading
) -> Diff:
    """Return what a package would change now, of the projects that the asker sees."""
    names = await register.names_in_sight(connection, principal, program_id)
    projects = list((await register.in_sight(connection, principal, names)).values())
    ids = [project.id for project in projects]
    contracts = await rows.where(connection, "contract", Contract, limit=ROWS_MAX, project_id=ids)
    known = Known(
        projects=projects,
        mine=frozenset(each.id for each in projects if holds(principal, "programme.edit", each)),
        packages=await rows.where(connection, "package", Package, limit=ROWS_MAX, project_id=ids),
        contracts=contracts,
        tax_codes=await store.tax_codes(connection, [each.contractor_id for each in contracts]),
        prefixes=Prefixes(settings.oc4ids_prefix, settings.ocds_prefix),
    )
    return compared(reading, known)


async def find(
    connection: Connection, principal: Principal, import_id: int, *, lock: bool = False
) -> tuple[Import, Program]:
    """Return an import that the asker brought in, or of a programme that it oversees or plans for."""
    found = await rows.get(connection, "contracting_import", Import, import_id, lock=lock)
    if found is not None:
        program = await programs.visible(connection, principal, found.program_id)
        if found.created_by == principal.id or _watches(principal, program):
            return found, program
    raise missing("Không có lần nhập này.", "There is no such import.")


def _watches(principal: Principal, program: Program) -> bool:
    return any(
        principal.may(each, org_id=program.owner_org) for each in ("programme.plan", "programme.oversee")
    )


async def listed(
    connection: Connection, principal: Principal, program_id: int, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return a page of the imports that the asker may see."""
    program = await programs.visible(connection, principal, program_id)
    by = None if _watches(principal, program) else principal.id
    found = await store.page(connection, program_id, by, before=before, limit=limit + 1)
    return {
        "items": msgspec.to_builtins(found[:limit]),
        "next": str(found[limit - 1].id) if len(found) > limit else None,
    }


async def approve(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    import_id: int,
    *,
    settings: Settings,
    approval: Approval,
    reading: Reading,
    version: int,
) -> Import:
    """Write the approved rows through the register's services; all of them, or none.

    ``Problem``: decided already, the register has changed since the diff that was seen, a row that cannot be
    taken.
    """
    found, program = await find(connection, principal, import_id)
    await store.turn(connection, found.program_id)
    found, program = await find(connection, principal, import_id, lock=True)
    if found.state != "compared":
        raise Problem(SETTLED, state=found.state)
    unchanged(found, version)
    diff = await difference(connection, principal, settings, found.program_id, reading)
    if diff.hash != approval.diff:
        raise Problem(STALE, diff=diff.hash, counts=counts(diff))
    result = await _write(connection, desk, principal, _taken(diff, approval.rows))
    after = msgspec.structs.replace(
        found, version=found.version + 1, state="approved", document=approval.document, result=result,
        reason=approval.reason, decided_by=principal.id, decided_at=desk.now(),
    )  # fmt: skip
    await rows.put(connection, "contracting_import", after)
    await _record(
        connection, desk, principal, program, after, what="approve",
        more={"diff": diff.hash, "document": approval.document} | result,
    )  # fmt: skip
    return after


def _taken(diff: Diff, wanted: tuple[int, ...] | None) -> list[Row]:
    """Return the rows that a person takes, packages before contracts; ``Problem`` for one that cannot be."""
    by_row = {row.row: row for row in diff.rows}
    numbers = [row.row for row in diff.rows if row.kind in ("added", "changed")] if wanted is None else wanted
    taken: list[Row] = []
    for number in sorted(set(numbers)):
        row = by_row.get(number)
        if row is None or row.kind not in ("added", "changed"):
            raise wrong("rows", "không phải dòng thêm hay sửa", "is no added or changed row", str(number))
        above = by_row.get(row.package_row or 0)
        if above is not None and above.kind == "added" and above.row not in numbers:
            raise wrong(
                "rows", "gói thầu của hợp đồng chưa được lấy", "its package is not taken", str(number)
            )
        taken.append(row)
    if not taken:
        raise wrong("rows", "không có dòng nào để nhập", "nothing is to be taken")
    return sorted(taken, key=lambda row: (row.what != "package", row.row))


async def _write(
    connection: Connection, desk: Desk, principal: Principal, taken: list[Row]
) -> dict[str, int]:
    done: Counter[str] = Counter()
    packages: dict[int, int] = {}
    for row in taken:
        assert row.project_id is not None  # noqa: S101 - rows without a project are refused
        facts = dict(row.after)
        if row.what == "contract":
            facts = await _contract_facts(connection, desk, principal, row, packages)
        if row.kind == "added":
            [made] = await records.add_many(connection, desk, principal, row.project_id, [(row.what, facts)])
            packages[row.row] = made.id
        else:
            assert row.id is not None and row.version is not None  # noqa: S101 - it is of the register
            await records.amend(
                connection, desk, principal, row.id, facts, name=row.what, version=row.version
            )
        done[f"{row.what}s_{row.kind}"] += 1
    return dict(done)


async def _contract_facts(
    connection: Connection, desk: Desk, principal: Principal, row: Row, packages: dict[int, int]
) -> dict[str, Any]:
    """Return the facts of a contract, with the company known by its tax code and its package."""
    facts = dict(row.after)
    if row.kind == "added":
        new = NewContractor(name=facts.pop("contractor"), tax_code=facts.pop("tax_code"))
        facts["contractor_id"] = (await records.add_contractor(connection, desk, principal, new)).id
        if row.package_row in packages:
            facts["package_id"] = packages[row.package_row or 0]
    return facts


async def reject(
    connection: Connection, desk: Desk, principal: Principal, import_id: int, reason: str, *, version: int
) -> Import:
    """Decide that a package is not taken."""
    found, program = await find(connection, principal, import_id, lock=True)
    if found.state != "compared":
        raise Problem(SETTLED, state=found.state)
    unchanged(found, version)
    after = msgspec.structs.replace(
        found, version=found.version + 1, state="rejected", reason=reason, decided_by=principal.id,
        decided_at=desk.now(),
    )  # fmt: skip
    await rows.put(connection, "contracting_import", after)
    await _record(connection, desk, principal, program, after, what="reject", more={"reason": reason})
    return after


async def _record(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program: Program,
    found: Import,
    *,
    what: str,
    more: dict[str, Any],
) -> None:
    await record(
        connection, desk, principal.id, action=f"contracting.{what}",
        subject=f"contracting_import:{found.id}", about=program, told=False,
        body={"sha256": found.sha256, "name": found.name} | more,
    )  # fmt: skip
