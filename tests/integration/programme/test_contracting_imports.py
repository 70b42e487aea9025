"""OCDS packages into the register: shown, approved by the owner, written once; our own export comes back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import psycopg
import pytest

from haidang.programme.model.register import Project
from haidang.programme.service import open_data
from haidang.programme.sheets.ocds import service
from haidang.programme.sheets.ocds.reading import read
from haidang.programme.sheets.ocds.service import Approval
from tests.integration.programme.conftest import BILLION, World, add_contract, add_record, refused
from tests.unit.programme.sheets.test_ocds import contract, package, release


def process(project: Project, **facts: Any) -> dict[str, Any]:
    budget = {"project": project.name, "projectID": project.public_id}
    return release(ocid=f"ocds-y-{project.id}", planning={"budget": budget}, **facts)


async def bring(world: World, project: Project, content: bytes, by: str = "chu") -> tuple[Any, Any]:
    who = await world.who(by)
    kept = await service.keep(world.settings, "ocds.json", content)
    async with world.db.transaction() as connection:
        return await service.take_in(
            connection, world.desk, who, project.program_id, settings=world.settings, kept=kept,
            reading=read(content),
        )  # fmt: skip


async def approve(world: World, made: Any, diff: str, content: bytes, by: str = "chu", **facts: Any) -> Any:
    who = await world.who(by)
    approval = Approval(diff=diff, document="15/QĐ-BQL ngày 01/02/2026", **facts)
    async with world.db.transaction() as connection:
        return await service.approve(
            connection, world.desk, who, made.id, settings=world.settings, approval=approval,
            reading=read(content), version=made.version,
        )  # fmt: skip


async def contracts(world: World, project: Project) -> list[tuple[Any, ...]]:
    return await world.fetch(
        "SELECT c.contract_no, c.value_dong, o.tax_code, k.name FROM contract c "
        "JOIN contractor o ON o.id = c.contractor_id LEFT JOIN package k ON k.id = c.package_id "
        "WHERE c.project_id = %s ORDER BY c.id", project.id,
    )  # fmt: skip


async def test_a_package_is_shown_approved_and_written_once(world: World) -> None:
    project = await world.project(await world.program(), name="Trung tâm A")
    content = package(process(project))
    made, diff = await bring(world, project, content)
    assert [row.kind for row in diff.rows] == ["added", "added"]
    assert await contracts(world, project) == [], "nothing is written before the approval"
    await refused(approve(world, made, "0" * 64, content), "programme-import-stale")
    done = await approve(world, made, diff.hash, content)
    assert done.result == {"packages_added": 1, "contracts_added": 1}
    assert await contracts(world, project) == [
        ("12/2026/HĐ", 78_000_000_001, "0101234567", "Gói thầu số 3: Thiết bị")
    ]
    await refused(approve(world, made, diff.hash, content), "programme-import-settled")
    again, same = await bring(world, project, content)
    assert [row.kind for row in same.rows] == ["unchanged", "unchanged"]
    await refused(approve(world, again, same.hash, content), "invalid-request")


async def test_another_owners_project_and_import_stay_out_of_reach(world: World) -> None:
    project = await world.project(await world.program(), name="Trung tâm B")
    content = package(process(project))
    made, diff = await bring(world, project, content)
    await refused(bring(world, project, content, "khac"), "not-found")
    await refused(approve(world, made, diff.hash, content, "khac"), "not-found")
    _, seen = await bring(world, project, content, "khach")
    assert {why.code for row in seen.rows for why in row.reasons} == {"not-yours"}
    who = await world.who("phong")
    async with world.db.transaction() as connection:
        found = await service.listed(connection, who, project.program_id, before=None, limit=10)
    assert made.id in {each["id"] for each in found["items"]}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("DELETE FROM contracting_import WHERE id = %s", made.id)


async def test_a_contract_needs_its_package_and_a_conflict_is_never_written(world: World) -> None:
    project = await world.project(await world.program(), name="Trung tâm C")
    content = package(process(project))
    made, diff = await bring(world, project, content)
    await refused(approve(world, made, diff.hash, content, rows=(2,)), "invalid-request")
    await approve(world, made, diff.hash, content)
    dearer = package(process(project, contracts=[contract(value={"amount": 5, "currency": "VND"})]))
    made, diff = await bring(world, project, dearer)
    assert [row.kind for row in diff.rows] == ["unchanged", "conflict"]
    await refused(approve(world, made, diff.hash, dearer, rows=(2,)), "invalid-request")
    assert (await contracts(world, project))[0][1] == 78_000_000_001


async def test_our_own_export_comes_back_unchanged(world: World) -> None:
    program = await world.program("VE-1")
    project = await world.project(program, is_public=True, name="Trung tâm D")
    bought = await add_record(
        world, project, "package", name="Gói thầu số 9", method="limited", estimate_dong=80 * BILLION,
        published_on="2026-01-10", opened_on="2026-02-01",
    )  # fmt: skip
    await add_contract(world, project, 78 * BILLION, package_id=bought.id, subject="Thiết bị")
    async with world.db.transaction() as connection:
        out = await open_data.package(
            connection, world.desk, world.settings, "ocds", address="https://a.gov.vn/x", program="VE-1"
        )
    content = json.dumps(msgspec.to_builtins(out.document)).encode()
    _, diff = await bring(world, project, content)
    assert [(row.what, row.kind, row.reasons) for row in diff.rows] == [
        ("package", "unchanged", ()), ("contract", "unchanged", ()),
    ]  # fmt: skip
