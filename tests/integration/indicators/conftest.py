"""A province with an office that keeps the register, two departments and a commune that owe figures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.indicators.model.due import DueRule
from haidang.indicators.model.register import Form, Indicator
from haidang.indicators.model.submission import Act, Submission
from haidang.indicators.service import discipline, expecting, register, submissions
from haidang.indicators.service.desk import Desk, desk_of
from haidang.indicators.service.expecting import NewDuty
from haidang.indicators.service.register import FirstMethod, NewForm, NewIndicator
from haidang.indicators.service.submissions import Entry
from haidang.indicators.store import submissions as submission_store
from haidang.organisation import prepare, root_org, system
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.standing import standing
from haidang.tasks.service import clockwork

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
    made: int = 0

    def at(self, moment: datetime) -> None:
        """Move the clock to a moment, forwards or backwards."""
        self.clock.advance(moment - self.clock.now())

    def local(self, text: str) -> None:
        """Move the clock to a moment in Vietnam."""
        self.at(datetime.fromisoformat(text + "+07:00"))

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

    async def form(self, **facts: Any) -> Form:
        self.made += 1
        due = DueRule(working_days=3, at="17:00")
        new = NewForm(
            **({"code": f"bieu-{self.made}", "vi": f"Biểu tháng {self.made}", "en": f"Monthly {self.made}",
                "period_kind": "month", "due": due, "collector_org": self.orgs["office"]} | facts)
        )  # fmt: skip
        async with self.db.transaction() as connection:
            return await register.add_form(connection, self.desk, ME, new)

    async def indicator(self, form: Form | None = None, **facts: Any) -> Indicator:
        self.made += 1
        given: dict[str, Any] = {
            "code": f"CT-{self.made}", "vi": f"Chỉ tiêu {self.made}", "en": f"Indicator {self.made}",
            "unit": "%", "decimals": 1, "low": Decimal(0), "high": Decimal(100), "direction": "up",
            "level": "unit",
            "owner_org": self.orgs["office"], "period_kind": form.period_kind if form else "month",
            "form_code": form.code if form else None, "source_kind": "submitted" if form else "computed",
            "method": FirstMethod(vi="Cách tính", en="How", valid_from=date(2021, 1, 1)),
        }  # fmt: skip
        async with self.db.transaction() as connection:
            return await register.add(connection, self.desk, ME, NewIndicator(**(given | facts)))

    async def owe(self, indicator: Indicator, *orgs: str, period: str = "2026-02", **facts: Any) -> None:
        duties = [NewDuty(org=self.orgs[org], period=period, **facts) for org in orgs]
        async with self.db.transaction() as connection:
            await expecting.set_duties(connection, self.desk, ME, indicator.id, duties)

    async def tick(self) -> dict[str, int]:
        found = await discipline.tick(self.db, self.desk)
        await clockwork.tick(self.db, self.desk.tasks)
        return found

    async def submission(self, form: Form, org: str, start: date) -> Submission:
        async with self.db.transaction() as connection:
            found = await submission_store.of(connection, form.code, self.orgs[org], start)
        assert found is not None
        return found

    async def enter(self, by: str, row: Submission, *entries: Entry, **facts: Any) -> dict[str, Any]:
        who = await self.who(by)
        async with self.db.transaction() as connection:
            return await submissions.enter(connection, self.desk, who, row.id, entries, **facts)

    async def do(self, by: str, row: Submission, act: Act) -> Submission:
        who = await self.who(by)
        async with self.db.transaction() as connection:
            now = await submission_store.get(connection, row.id)
            assert now is not None
            return await submissions.perform(connection, self.desk, who, row.id, act, version=now.version)

    async def shown(self, by: str, row: Submission) -> dict[str, Any]:
        who = await self.who(by)
        async with self.db.transaction() as connection:
            return await submissions.shown(
                connection, self.desk, who, await submissions.visible(connection, who, row.id)
            )

    async def fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.db.transaction() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def run(self, query: str, *values: Any) -> None:
        async with self.db.transaction() as connection:
            await connection.execute(query, values)

    async def place(self, org: str) -> int:
        [(number,)] = await self.fetch(
            "SELECT id FROM indicator_place WHERE org_id = %s AND kind = 'unit'", self.orgs[org]
        )
        return int(number)


async def refused(waiting: Any, code: str) -> Problem:
    """It is refused, for this reason."""
    with pytest.raises(Problem) as refusal:
        await waiting
    assert refusal.value.kind.code == code, (refusal.value, refusal.value.faults)
    return refusal.value


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(db: Database, tmp_path_factory: Any) -> AsyncIterator[World]:
    """The office, two departments and a commune, and their people."""
    folder: Path = tmp_path_factory.mktemp("indicators")
    clock = FixedClock(START)
    settings = Settings(data_dir=folder, province_code="24")
    await prepare(db, settings, clock)

    async def org(connection: Connection, name: str, parent: int) -> int:
        return (await add_org(connection, ME, NewOrg(name=name, parent_id=parent))).id

    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        orgs = {"root": root}
        for key, name in (
            ("office", "Văn phòng tỉnh"), ("north", "Sở Phương Bắc"), ("south", "Sở Phương Nam"),
            ("commune", "UBND xã Hòa Bình"),
        ):  # fmt: skip
            orgs[key] = await org(connection, name, root)
    world = World(db, clock, settings, desk_of(settings, clock), orgs, {})
    await world.person("van.phong", "office", "desk_officer", "root")
    await world.person("bac", "north", "department_officer")
    await world.person("truong.bac", "north", "department_head")
    await world.person("nam", "south", "department_officer")
    await world.person("truong.nam", "south", "department_head")
    await world.person("can.bo.xa", "commune", "department_officer")
    yield world


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def fresh(world: World) -> AsyncIterator[None]:
    """Each test begins at the same moment, with nothing asked for by the tests before it."""
    world.at(START)
    await world.run("UPDATE indicator_form SET active = false")
    await world.run("UPDATE indicator_submission SET looked_at = now() WHERE looked_at IS NULL")
    await world.run("UPDATE task SET next_action_at = NULL")
    yield


HOUR = timedelta(hours=1)
