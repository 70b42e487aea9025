"""Public projects as entities of the city: they follow the register, and nobody else writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from haidang.base.problems import NOT_FOUND, Problem
from haidang.city.corrections import Asked, delete_evolution
from haidang.city.log import head
from haidang.city.model import Origin
from haidang.city.models.catalogue import site_models
from haidang.city.service import City
from haidang.organisation.permissions import Principal, system
from haidang.programme.model.payments import NewPayment
from haidang.programme.model.register import Project
from haidang.programme.service import payments, projecting, projects
from haidang.programme.service.projects import ProjectPatch
from haidang.programme.store.projecting import Known
from tests.integration.programme.conftest import BILLION, ME, START, World, add_record

POINT = {"type": "Point", "coordinates": [107.08, 20.95]}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(world: World) -> AsyncIterator[City]:
    opened = await City.open(world.db, world.settings, world.clock)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def begin(world: World) -> None:
    """Each test begins on the same Monday, 16 March 2026."""
    world.clock.advance(START - world.clock.now())


async def follow(world: World, city: City, after: int) -> int:
    """Let the writer take the events of the inbox over with writes of its own, and the step pass them."""
    city.nudge()
    while await world.fetch("SELECT 1 FROM event_inbox LIMIT 1"):
        world.made += 1
        body = {"id": f"urn:ngsi-ld:Note:{world.made}", "type": "Note", "text": {"value": "bên cạnh"}}
        await city.upsert(ME, [body], origin=Origin(owner_org=world.orgs["root"]))
    async with world.db.transaction() as connection:
        last = await head(connection)
        await projecting.follow(city, connection, after, last, world.clock.now())
    return last


async def found(world: World, project: Project) -> dict[str, Any] | None:
    rows = await world.fetch(
        "SELECT e.owner_org, e.source, s.doc::text, e.loc IS NOT NULL FROM entity e "
        "JOIN entity_static s ON s.eid = e.eid WHERE e.id = %s",
        projecting.PREFIX + project.public_id,
    )
    return {"row": rows[0]} if rows else None


async def patch(world: World, project: Project, **facts: Any) -> Project:
    async with world.db.transaction() as connection:
        return await projects.change(
            connection, world.desk, ME, project.id, ProjectPatch(**facts), version=project.version
        )


async def test_a_public_project_follows_the_register_and_leaves_with_its_publicity(
    world: World, city: City
) -> None:
    program = await world.program()
    shown = await world.project(program, is_public=True, name="Camera giai đoạn I", geometry=POINT)
    hidden = await world.project(program, name="Dự án kín")
    at = await follow(world, city, 0)
    assert await found(world, shown) is not None and await found(world, hidden) is None
    row = (await found(world, shown) or {})["row"]
    assert (row[0], row[1], row[3]) == (world.orgs["builder"], "programme", True)
    assert "Camera giai đoạn I" in str(row[2])
    await patch(world, shown, is_public=False)
    await follow(world, city, at)
    assert await found(world, shown) is None, "what is public no more is no entity"
    with pytest.raises(Problem) as nothing:
        await delete_evolution(Asked(city, ME, "", projecting.PREFIX + shown.public_id))
    assert nothing.value.kind is NOT_FOUND, "nor has it a history"


async def test_money_and_progress_stand_in_it_once_they_are_known(world: World, city: City) -> None:
    project = await world.project(await world.program(), is_public=True, name="Trung tâm dữ liệu")
    at = await follow(world, city, 0)
    row = (await found(world, project) or {})["row"]
    assert "disbursedAmount" not in str(row[2]) and "7000000000" not in str(row[2])
    await world.plan(project, 40 * BILLION)
    new = NewPayment(
        fund_source_id=await world.source(), plan_year=2026, kind="volume", confirmed_dong=7 * BILLION,
        paid_on=date(2026, 3, 5), treasury_ref="KB-1",
    )  # fmt: skip
    async with world.db.transaction() as connection:
        await payments.enter(connection, world.desk, ME, project.id, new)
    await add_record(world, project, "progress", plan_year=2026, period=2, physical_pct="12.5")
    await follow(world, city, at)
    said = str((await found(world, project) or {})["row"][2])
    assert "7000000000" in said and "0.125" in said


@pytest.mark.parametrize("who", ["account:7", "key:3", "system:feed"])
async def test_nobody_else_writes_it_nor_takes_its_id_beforehand(world: World, city: City, who: str) -> None:
    project = await world.project(await world.program(), is_public=True, name="Trung tâm cấp cứu")
    await follow(world, city, 0)
    other = Principal(who, who, None, system("x").scopes)
    for public_id in (project.public_id, "DA-2031-000001"):
        body = {"id": f"urn:ngsi-ld:Project:{public_id}", "type": "Project", "name": {"value": "Chen vào"}}
        result = await city.upsert(other, [body], origin=Origin(owner_org=world.orgs["builder"]))
        [(_, _, problem)] = result.failed
        assert problem.kind.code == "entity-projected"
    assert "Trung tâm cấp cứu" in str((await found(world, project) or {})["row"][2])
    body = {"id": "urn:ngsi-ld:Project:other", "type": "Project", "name": {"value": "Của sở khác"}}
    result = await city.upsert(other, [body], origin=Origin(owner_org=world.orgs["builder"]))
    assert not result.failed, "projects of other systems are their own"


async def test_the_entity_fits_the_data_model(world: World) -> None:
    project = await world.project(
        await world.program(), is_public=True, name="Chiếu sáng", description="Thay đèn", project_group="B",
        finish_on=date(2026, 12, 31), geometry=POINT,
    )  # fmt: skip
    known = Known(status="implementation", total_dong=9, paid_dong=1, sources=("Ngân sách tỉnh",))
    body = projecting.entity(project, known)
    rules = site_models(world.settings.data_dir).rules("ComponentProject")
    assert rules is not None
    plain = {name: value for name, value in body.items() if name not in {"id", "type"}}
    assert [finding.fault for finding in rules.check(plain, whole=True)] == []
