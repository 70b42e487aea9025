"""A site with an operations centre, two departments and their people; rules that the tests make up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest_asyncio

from haidang.alerts.model.acts import Act
from haidang.alerts.model.alert import Alert
from haidang.alerts.model.signal import Rationale, Signal
from haidang.alerts.service import acting, raising
from haidang.alerts.service.clockwork import tick
from haidang.alerts.service.raising import Applied
from haidang.alerts.store import alerts as store
from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing
from haidang.tasks.service.desk import Desk, desk_of

ME = system("test")
START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Rules:
    """A book that knows whatever rule is asked for; what is particular about one is told beforehand."""

    def __init__(self) -> None:
        self.own: dict[str, dict[str, Any]] = {}

    def rationale(self, rule: str) -> Rationale | None:
        if rule == "gone":
            return None
        facts: dict[str, Any] = {
            "rule": rule, "version": 1, "title_vi": f"Vượt ngưỡng {rule}", "title_en": f"Above {rule}",
            "priority": 2, "respond_within_s": 900, "cause_vi": "Mưa lớn", "cause_en": "Heavy rain",
            "consequence_vi": "Ngập đường", "consequence_en": "Flooded road", "action_vi": "Cấm đường",
            "action_en": "Close the road", "incident_kind": "flood", "incident_severity": 2,
            "incident_open": "suggest",
        }  # fmt: skip
        return Rationale(**facts | self.own.get(rule, {}))


class World(msgspec.Struct):
    """Who is where, and hands to work."""

    db: Database
    clock: FixedClock
    settings: Settings
    desk: Desk
    rules: Rules
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

    def signal(self, entity: str = "gauge:1", rule: str = "water-3", **facts: Any) -> Signal:
        given: dict[str, Any] = {
            "kind": "raise", "rule": rule, "entity": entity, "entity_type": "FloodMonitoring",
            "at": self.clock.now(), "entity_name": f"Trạm {entity}", "owner_org": self.orgs["north"],
            "area_code": "00001", "sector": "water", "source": "feed:gauges", "value": 5.7, "limit": 5.6,
            "unit": "MTR",
        }  # fmt: skip
        return Signal(**given | facts)

    async def apply(self, *signals: Signal) -> Applied:
        async with self.db.transaction() as connection:
            return await raising.apply(connection, self.clock, self.rules, signals, desk=self.desk)

    async def raise_(self, entity: str = "gauge:1", rule: str = "water-3", **facts: Any) -> Alert:
        await self.apply(self.signal(entity, rule, **facts))
        return await self.standing(entity, rule)

    async def clear(self, entity: str = "gauge:1", rule: str = "water-3") -> None:
        await self.apply(self.signal(entity, rule, kind="clear", value=5.1))

    async def standing(self, entity: str, rule: str = "water-3") -> Alert:
        """The alert of an entity and a rule that is open, else the last."""
        found = await self.alerts("a.rule = %s AND a.subject = %s", rule, entity)
        assert found, f"no alert of {rule} for {entity}"
        return found[-1]

    async def alerts(self, where: str = "TRUE", *values: Any) -> Sequence[Alert]:
        async with self.db.transaction() as connection:
            return await store.read(connection, where, values, "ORDER BY a.id")

    async def row(self, alert: Alert) -> Alert:
        [found] = await self.alerts("a.id = %s", alert.id)
        return found

    async def do(self, name: str, alert: Alert, act: Act, *, version: int | None = None) -> Alert:
        who = await self.who(name)
        seen = version if version is not None else (await self.row(alert)).version
        async with self.db.transaction() as connection:
            return await acting.perform(connection, self.desk, who, alert.id, act, version=seen)

    async def tick(self) -> None:
        await tick(self.db, self.desk)

    async def fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def run(self, query: str, *values: Any) -> None:
        async with self.db.transaction() as connection:
            await connection.execute(query, values)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(db: Database, tmp_path_factory: Any) -> AsyncIterator[World]:
    """The province's operations centre, two departments, and their people."""
    clock = FixedClock(START)
    settings = Settings(data_dir=tmp_path_factory.mktemp("alerts"), province_code="24")
    await prepare(db, settings, clock)

    async def org(connection: Connection, name: str, parent: int) -> int:
        return (await add_org(connection, ME, NewOrg(name=name, parent_id=parent))).id

    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        orgs = {
            "root": root, "north": await org(connection, "Sở Phương Bắc", root),
            "south": await org(connection, "Sở Phương Nam", root),
            "centre": await org(connection, "Trung tâm điều hành", root),
        }  # fmt: skip
    world = World(db, clock, settings, desk_of(settings, clock), Rules(), orgs, {})
    await world.person("truc", "centre", "duty_operator", "root")
    await world.person("phuong", "centre", "duty_operator", "root")
    await world.person("truong.ca", "centre", "duty_head", "root")
    await world.person("bac", "north", "department_head")
    await world.person("nam", "south", "department_head")
    await world.person("xem", "north", "viewer")
    yield world


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Each test begins at the same moment, without an alert of the tests before it."""
    world.clock.advance(START - world.clock.now())
    world.rules.own.clear()
    await world.run("TRUNCATE alert, alert_raise, alert_deed, alert_maintenance")
    yield
