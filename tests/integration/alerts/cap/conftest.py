"""A site with a centre, two people who write and one who approves, and a department apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from haidang.alerts.cap.model.draft import Draft
from haidang.alerts.cap.model.warning import Act, CapWarning, Send, Submit
from haidang.alerts.cap.model.warning import Approve as ApproveIt
from haidang.alerts.cap.service import acting, drafting
from haidang.alerts.cap.service.desk import Desk, desk_of
from haidang.alerts.cap.store import warnings as store
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing

START = datetime(2026, 11, 22, 7, 5, tzinfo=UTC)
ME = system("test")


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

    def flood(self, **facts: Any) -> Draft:
        """A draft that keeps every rule, with what differs."""
        return msgspec.convert(
            {
                "categories": ["Met"], "urgency": "Immediate", "severity": "Severe", "certainty": "Observed",
                "expires": self.clock.now() + timedelta(hours=6),
                "texts": [{"event": "Lũ", "headline": "Lũ trên sông Thương",
                           "description": "Nước còn lên", "instruction": "Rời vùng thấp"}],
                "areas": [{"description": "Ven sông", "polygons": [
                    [[21.3, 106.1], [21.3, 106.3], [21.4, 106.3], [21.3, 106.1]]]}],
            } | facts,
            Draft,
        )  # fmt: skip

    async def draft(self, by: str = "truc", *, incident: int | None = None, exercise: bool | None = None,
                    **facts: Any) -> CapWarning:  # fmt: skip
        who = await self.who(by)
        async with self.db.transaction() as connection:
            return await drafting.draft(
                connection, self.desk, who, self.flood(**facts), incident_id=incident, is_exercise=exercise
            )

    async def do(self, name: str, warning: CapWarning, act: Act, *, version: int | None = None) -> CapWarning:
        who = await self.who(name)
        async with self.db.transaction() as connection:
            return await acting.perform(
                connection, self.desk, who, warning.id, act,
                version=version or (await self.row(warning)).version,
            )  # fmt: skip

    async def row(self, warning: CapWarning) -> CapWarning:
        async with self.db.transaction() as connection:
            found = await store.get(connection, warning.id)
        assert found is not None
        return found

    async def sent(self, warning: CapWarning | None = None, **facts: Any) -> CapWarning:
        """Return a warning that one has written, another has approved and the first has sent."""
        made = warning or await self.draft(**facts)
        await self.do("truc", made, Submit())
        await self.do("truong", made, ApproveIt())
        self.clock.advance(timedelta(minutes=1))
        return await self.do("truc", made, Send())

    async def run(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            cursor = await connection.execute(query, values)
            return await cursor.fetchall() if cursor.description else []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(db: Database, tmp_path_factory: Any) -> AsyncIterator[World]:
    """The centre, a department, and their people."""
    folder: Path = tmp_path_factory.mktemp("warnings")
    (folder / "warnings").mkdir()
    (folder / "warnings" / "tsunami.yaml").write_text(APPROVED, encoding="utf-8")
    clock = FixedClock(START)
    settings = Settings(data_dir=folder, province_code="24", cap_sender="canhbao@bacninh.example.vn")
    await prepare(db, settings, clock)
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        north = (await add_org(connection, ME, NewOrg(name="Sở Phương Bắc", parent_id=root))).id
    world = World(db, clock, settings, desk_of(settings, clock), {"root": root, "north": north}, {})
    for name, org, role in (
        ("truc", "root", "duty_operator"), ("truc.hai", "root", "duty_operator"),
        ("truong", "root", "duty_head"), ("bac", "north", "duty_head"), ("xem", "root", "viewer"),
    ):  # fmt: skip
        async with db.transaction() as connection:
            new = NewAccount(username=name, display_name=name.title(), org_id=world.orgs[org])
            found = await add_account(connection, clock, ME, new)
            await add_grant(connection, clock, ME, found.account.id, Grant(role, world.orgs[org]))
        world.people[name] = found.account.id
    yield world


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Each test begins at the same moment."""
    world.clock.advance(START - world.clock.now())
    yield


APPROVED = """
template: tsunami
vi: Sóng thần
en: Tsunami
categories: [Geo]
response_types: [Evacuate]
urgency: Immediate
severity: Extreme
certainty: Observed
hours: 2
places:
  coast: {vi: Bờ biển, en: Coast}
texts:
  - event: Sóng thần
    headline: Sóng thần vào {coast}
    description: Sóng thần đang vào {coast}.
    instruction: Chạy lên cao ngay.
approved:
  document: "12/QĐ-UBND ngày 05/01/2026"
  until: 2026-12-31
"""
