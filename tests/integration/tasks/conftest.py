"""A site with an office that gives, two departments that work, and the people in them, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing
from haidang.tasks.model.acts import Act
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import Task
from haidang.tasks.service import acting, clockwork, giving
from haidang.tasks.service.desk import Desk, desk_of
from haidang.tasks.service.giving import NewTask
from haidang.tasks.store import tasks

ME = system("test")
START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
"""Monday 16 March 2026, 09:30 in Vietnam."""


class World(msgspec.Struct):
    """Who is where, and hands to work."""

    db: Database
    clock: FixedClock
    settings: Settings
    desk: Desk
    orgs: dict[str, int]
    people: dict[str, int]

    async def who(self, name: str) -> Principal:
        async with self.db.transaction() as connection:
            found = await standing(connection, f"account:{self.people[name]}", self.clock.now())
        assert found is not None
        return found

    async def person(self, name: str, org: str, role: str, over: str | None = None) -> None:
        async with self.db.transaction() as connection:
            new = NewAccount(username=name, display_name=name.title(), org_id=self.orgs[org])
            found = await add_account(connection, self.clock, ME, new)
            grant = Grant(role, self.orgs[over or org])
            await add_grant(connection, self.clock, ME, found.account.id, grant)
        self.people[name] = found.account.id

    async def give(
        self, due: Due | None = None, *, by: str = "desk", to: str = "north", **facts: Any
    ) -> Task:
        new = NewTask(
            **({"title": "Chuyển dữ liệu về trung tâm", "owner_org": self.orgs[to],
                "due": due or Due(precision="day", on=date(2026, 4, 17))} | facts)
        )  # fmt: skip
        who = await self.who(by)
        async with self.db.transaction() as connection:
            return await giving.give(connection, self.desk, who, new)

    async def do(self, name: str, task: Task, act: Act, *, version: int | None = None) -> Task:
        who = await self.who(name)
        async with self.db.transaction() as connection:
            return await acting.perform(
                connection, self.desk, who, task.id, act, version=version or (await self.row(task)).version
            )

    async def row(self, task: Task) -> Task:
        async with self.db.transaction() as connection:
            found = await tasks.get(connection, task.id)
        assert found is not None
        return found

    async def tick(self) -> None:
        await clockwork.tick(self.db, self.desk)

    async def fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def run(self, query: str, *values: Any) -> None:
        async with self.db.transaction() as connection:
            await connection.execute(query, values)

    def at(self, moment: datetime) -> None:
        """Move the clock to a moment, forwards or backwards."""
        self.clock.advance(moment - self.clock.now())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(db: Database, tmp_path_factory: Any) -> AsyncIterator[World]:
    """The province's office, two departments with a division each, and their people."""
    folder: Path = tmp_path_factory.mktemp("tasks")
    clock = FixedClock(START)
    settings = Settings(data_dir=folder, province_code="24")
    await prepare(db, settings, clock)

    async def org(connection: Connection, name: str, parent: int) -> int:
        return (await add_org(connection, ME, NewOrg(name=name, parent_id=parent))).id

    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        north = await org(connection, "Sở Phương Bắc", root)
        south = await org(connection, "Sở Phương Nam", root)
        orgs = {
            "root": root, "north": north, "south": south, "office": await org(connection, "Văn phòng", root),
            "division": await org(connection, "Phòng Kỹ thuật", north),
        }  # fmt: skip
    world = World(db, clock, settings, desk_of(settings, clock), orgs, {})
    await world.person("desk", "office", "desk_officer", "root")
    await world.person("head", "office", "desk_officer", "root")
    await world.person("bac", "north", "department_head")
    await world.person("binh", "north", "department_officer")
    await world.person("ky.thuat", "division", "department_officer")
    await world.person("nam", "south", "department_head")
    yield world


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Each test begins at the same moment, with nothing due of the tests before it."""
    world.at(START)
    await world.run("UPDATE task SET next_action_at = NULL")
    await world.run("UPDATE notice_delivery SET next_try = NULL")
    yield
