"""A province with finance, an office and two project owners; hands to decide, plan and pay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing
from haidang.programme.model.plans import Revision
from haidang.programme.model.records import Record
from haidang.programme.model.register import Program, Project
from haidang.programme.service import plans, programs, projects, records
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.service.plans import Revised
from haidang.programme.service.programs import NewDecision, NewProgram
from haidang.programme.service.projects import NewProject

ME = system("test")
START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
"""Monday 16 March 2026, 09:30 in Vietnam."""
BILLION = 1_000_000_000


class World(msgspec.Struct):
    """Who is where, and hands to work."""

    db: Database
    clock: FixedClock
    settings: Settings
    desk: Desk
    orgs: dict[str, int]
    people: dict[str, int]
    made: int = 0
    hour: timedelta = timedelta(hours=1)

    async def who(self, name: str) -> Principal:
        async with self.db.transaction() as connection:
            found = await standing(connection, f"account:{self.people[name]}", self.clock.now())
        assert found is not None
        return found

    async def person(self, name: str, org: str, role: str, over: str | None = None) -> None:
        async with self.db.transaction() as connection:
            new = NewAccount(username=name, display_name=name.title(), org_id=self.orgs[org])
            found = await add_account(connection, self.clock, ME, new)
            await add_grant(connection, self.clock, ME, found.account.id, Grant(role, self.orgs[over or org]))
        self.people[name] = found.account.id

    async def program(self, code: str = "", **facts: Any) -> Program:
        self.made += 1
        new = NewProgram(
            **({"code": code or f"CT-{self.made}", "name": "Đô thị thông minh", "period_from": 2021,
                "period_to": 2030, "owner_org": self.orgs["finance"]} | facts)
        )  # fmt: skip
        async with self.db.transaction() as connection:
            return await programs.create(connection, self.desk, ME, new)

    async def project(self, program: Program, owner: str = "builder", **facts: Any) -> Project:
        new = NewProject(
            **(
                {"program_id": program.id, "name": "Trung tâm điều hành", "owner_org": self.orgs[owner]}
                | facts
            )
        )
        async with self.db.transaction() as connection:
            return await projects.create(connection, self.desk, ME, new)

    async def decision(self, program: Program, day: date = date(2026, 1, 5), kind: Any = "plan") -> int:
        new = NewDecision(kind=kind, doc_number=f"{day:%d%m}/QĐ-UBND", signed_on=day)
        async with self.db.transaction() as connection:
            [made] = await programs.decide(connection, self.desk, ME, program.id, [new])
        return made.id

    async def source(self, code: str = "provincial") -> int:
        [(number,)] = await self.fetch("SELECT id FROM fund_source WHERE code = %s", code)
        return int(number)

    async def plan(
        self, project: Project, amount_dong: int, day: date = date(2026, 1, 5), by: str = "", **facts: Any
    ) -> Revised:
        async with self.db.transaction() as connection:
            new = NewDecision(kind="plan", doc_number="1/QĐ-UBND", signed_on=day)
            [decision] = await programs.decide(connection, self.desk, ME, project.program_id, [new])
        revision = Revision(
            **({"project_id": project.id, "fund_source_id": await self.source(), "plan_kind": "annual",
                "plan_year": 2026, "amount_dong": amount_dong, "decision_id": decision.id,
                "valid_from": day} | facts)
        )  # fmt: skip
        who = await self.who(by) if by else ME
        async with self.db.transaction() as connection:
            return await plans.revise(connection, self.desk, who, project.program_id, [revision])

    async def fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def run(self, query: str, *values: Any) -> None:
        async with self.db.transaction() as connection:
            await connection.execute(query, values)


async def refused(waiting: Any, code: str, hindrance: str | None = None) -> Problem:
    """It is refused, for this reason."""
    with pytest.raises(Problem) as refusal:
        await waiting
    assert refusal.value.kind.code == code, refusal.value
    if hindrance is not None:
        assert refusal.value.extra["hindrance"] == hindrance
    return refusal.value


async def add_record(world: World, project: Project, kind: str, by: str = "", /, **facts: Any) -> Any:
    """Add a record to a project as one of its people, or as the house."""
    who = await world.who(by) if by else ME
    async with world.db.transaction() as connection:
        [made] = await records.add_many(connection, world.desk, who, project.id, [(kind, facts)])
    return made


async def add_contract(world: World, project: Project, dong: int, **facts: Any) -> Record:
    """Sign a contract with a company of its own."""
    world.made += 1
    new = records.NewContractor(name=f"Công ty {world.made}", tax_code=f"{world.made:010}")
    async with world.db.transaction() as connection:
        company = await records.add_contractor(connection, world.desk, ME, new)
    given = {
        "contractor_id": company.id, "contract_no": f"HD-{world.made}", "value_dong": dong,
        "signed_on": "2025-06-01", "effective_on": "2025-06-01", "expires_on": "2026-12-31",
    }  # fmt: skip
    found: Record = await add_record(world, project, "contract", **(given | facts))
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(db: Database, tmp_path_factory: Any) -> AsyncIterator[World]:
    """The finance department, the office, two owners, and their people."""
    folder: Path = tmp_path_factory.mktemp("programme")
    clock = FixedClock(START)
    settings = Settings(data_dir=folder, province_code="24")
    await prepare(db, settings, clock)

    async def org(connection: Connection, name: str, parent: int) -> int:
        return (await add_org(connection, ME, NewOrg(name=name, parent_id=parent))).id

    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        orgs = {"root": root}
        for key, name in (
            ("finance", "Sở Nguồn lực"), ("office", "Văn phòng tỉnh"), ("builder", "Ban Quản lý Một"),
            ("other", "Ban Quản lý Hai"),
        ):  # fmt: skip
            orgs[key] = await org(connection, name, root)
    world = World(db, clock, settings, desk_of(settings, clock), orgs, {})
    await world.person("tien", "finance", "finance_officer", "root")
    await world.person("phong", "office", "desk_officer", "root")
    await world.person("chu", "builder", "project_officer")
    await world.person("khac", "other", "project_officer")
    await world.person("khach", "builder", "viewer")
    yield world
