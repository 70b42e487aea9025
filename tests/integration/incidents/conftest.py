"""A site with a duty room, two departments and their people, without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.incidents.model.acts import Act
from haidang.incidents.model.incident import Incident
from haidang.incidents.service import acting, opening, reading
from haidang.incidents.service.desk import Desk, desk_of
from haidang.incidents.service.opening import NewIncident
from haidang.incidents.store import incidents
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing

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
            await add_grant(connection, self.clock, ME, found.account.id, Grant(role, self.orgs[over or org]))
        self.people[name] = found.account.id

    async def open(self, by: str = "truc", **facts: Any) -> Incident:
        new = NewIncident(**({"kind": "flood", "title": "Ngập đường Trần Phú"} | facts))
        who = await self.who(by)
        async with self.db.transaction() as connection:
            return await opening.open_incident(connection, self.desk, who, new)

    async def plain(self, by: str = "truc", **facts: Any) -> Incident:
        """Open an incident without a procedure."""
        return await self.open(by, **({"procedure": ""} | facts))

    async def do(
        self, name: str, incident: Incident | int, act: Act, *, version: int | None = None
    ) -> Incident:
        who, number = await self.who(name), incident if isinstance(incident, int) else incident.id
        async with self.db.transaction() as connection:
            seen = version or (await self.row(number)).version
            return await acting.perform(connection, self.desk, who, number, act, version=seen)

    async def thing(self, name: str, org: str = "police", *, lon: float = 106.1, of: str = "Car") -> str:
        """Put an entity of a unit into the city, once."""
        await self.run("INSERT INTO type (iri, name) VALUES (%s, %s) ON CONFLICT (iri) DO NOTHING", of, of)
        await self.run(
            "INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, "
            "id, source, doc, loc) SELECT (SELECT coalesce(max(eid), 2999) + 1 FROM entity), id, 1, now(), "
            "now(), 0, 1, %s, false, %s, 'x', '{}', point(%s, 20.6) FROM type WHERE name = %s "
            "ON CONFLICT DO NOTHING",
            self.orgs[org], name, lon, of,
        )  # fmt: skip
        await self.run(
            "INSERT INTO entity_static (eid, seq, name, name_fold, doc) SELECT eid, 1, id, id, '{}' "
            "FROM entity WHERE id = %s ON CONFLICT DO NOTHING",
            name,
        )
        return name

    async def row(self, incident: Incident | int) -> Incident:
        number = incident if isinstance(incident, int) else incident.id
        async with self.db.transaction() as connection:
            found = await incidents.get(connection, number)
        assert found is not None
        return found

    async def read(self, name: str, incident: Incident | int) -> dict[str, Any]:
        number = incident if isinstance(incident, int) else incident.id
        who = await self.who(name)
        async with self.db.transaction() as connection:
            return await reading.incident(connection, self.desk, who, number)

    async def log(self, name: str, incident: Incident | int) -> list[dict[str, Any]]:
        """Return the log in its order."""
        number = incident if isinstance(incident, int) else incident.id
        who = await self.who(name)
        async with self.db.transaction() as connection:
            found = await reading.log(connection, who, number, before=None, after=0, limit=200)
        return list(found["items"])

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
    """The duty room over everything, two departments of their own, and their people."""
    folder: Path = tmp_path_factory.mktemp("incidents")
    clock = FixedClock(START)
    settings = Settings(data_dir=folder, province_code="24")
    await prepare(db, settings, clock)

    async def org(connection: Connection, name: str, parent: int) -> int:
        return (await add_org(connection, ME, NewOrg(name=name, parent_id=parent))).id

    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        orgs = {
            "root": root, "centre": await org(connection, "Trung tâm điều hành", root),
            "police": await org(connection, "Công an", root),
            "works": await org(connection, "Sở Xây dựng", root),
        }  # fmt: skip
    world = World(db, clock, settings, desk_of(settings, clock), orgs, {})
    await world.person("truc", "centre", "duty_operator", "root")
    await world.person("hai", "centre", "duty_operator", "root")
    await world.person("truong.ca", "centre", "duty_head", "root")
    await world.person("cong.an", "police", "duty_operator")
    await world.person("xay.dung", "works", "duty_head")
    yield world


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Each test begins at the same moment."""
    world.at(START)
    yield
