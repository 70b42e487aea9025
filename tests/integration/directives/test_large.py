"""Large and crowded: a campaign to all communes, a long notice, two desks at one document, one rule twice."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.directives.model.candidate import Accept, Candidate, Correct
from haidang.directives.service import confirming, issuing, registering, showing, telling
from haidang.directives.service.desk import Desk, desk_of
from haidang.directives.service.issuing import Issue
from haidang.directives.service.registering import Facts
from haidang.directives.store import candidates
from haidang.directives.store.directives import TIMELINESS
from haidang.organisation import prepare, root_org, system
from haidang.organisation.permissions import Principal, Scope
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.tasks.model.due import Due, end_of, local_day
from haidang.tasks.model.task import Task, timeliness
from haidang.tasks.service.giving import soon_end
from haidang.tasks.store import tasks as task_store

START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
COMMUNES = 150
_FIRST = ("An", "Bình", "Đông", "Hòa", "Lạc", "Minh", "Phú", "Tân", "Thanh", "Trung", "Vĩnh", "Xuân", "Yên")
_SECOND = ("Châu", "Điền", "Giang", "Hải", "Khê", "Lâm", "Mỹ", "Ninh", "Quang", "Sơn", "Thủy", "Trạch")
NAMES = tuple(f"{first} {second}" for first in _FIRST for second in _SECOND)[:COMMUNES]
ME = system("test")
DUE = Due(precision="day", on=date(2026, 5, 1))


class House(msgspec.Struct):
    """A province of many communes."""

    db: Database
    desk: Desk
    settings: Settings
    root: int
    communes: list[int]

    def officer(self, number: int) -> Principal:
        return Principal(f"account:{number}", "A", self.root, ME.scopes)

    async def notice(self, text: str) -> int:
        facts = Facts(signatory="Nguyễn Văn An", issued_on=date(2026, 3, 10), number="5/TB-UBND")
        incoming = await registering.text_in(
            self.db, self.desk, self.officer(1), text, owner_org=self.root, facts=facts
        )
        async with self.db.transaction() as connection:
            made = await registering.register(
                connection, self.desk, self.officer(1), incoming, facts, owner_org=self.root
            )
        return made.id

    async def of(self, document: int) -> list[Candidate]:
        async with self.db.transaction() as connection:
            return await candidates.of_document(connection, document)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(db: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("large"), province_code="24")
    clock = FixedClock(START)
    await prepare(db, settings, clock)
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        made = [
            await add_org(
                connection, ME, NewOrg(name=f"Ủy ban nhân dân xã {name}", kind="commune", parent_id=root)
            )
            for name in NAMES
        ]
    yield House(db, desk_of(settings, clock), settings, root, [each.id for each in made])


async def test_a_campaign_to_all_communes_is_one_issue(house: House) -> None:
    document = await house.notice(
        f"1. Yêu cầu UBND các xã, phường (trừ xã {NAMES[7]}) rà soát dữ liệu và báo cáo trước ngày 01/5/2026."
    )
    [one] = await house.of(document)
    async with house.db.transaction() as connection:
        me = house.officer(1)
        [one] = await confirming.perform(
            connection, house.desk, me, one.id, Correct(product="Báo cáo"), version=one.version
        )
        [one] = await confirming.perform(connection, house.desk, me, one.id, Accept(), version=one.version)
    assert one.lead_orgs is not None
    assert set(one.lead_orgs) == set(house.communes) - {house.communes[7]}, "the exception is left out"
    begun = time.perf_counter()
    results = await asyncio.gather(*(issue(house, document, who) for who in (1, 2)))
    took_s = time.perf_counter() - begun
    assert sorted(isinstance(each, Problem) for each in results) == [False, True], "one of two desks issues"
    async with house.db.transaction() as connection:
        me = house.officer(1)
        [made] = next(each for each in results if not isinstance(each, Problem))
        matrix = await telling.matrix(connection, house.desk, me, made.id)
        scope = Scope(frozenset({"directive.read", "task.read"}), frozenset({house.communes[3]}))
        mine = Principal("account:9", "B", house.communes[3], (scope,))
        theirs = await telling.matrix(connection, house.desk, mine, made.id)
    assert len(matrix["rows"]) == COMMUNES - 1 == matrix["of"]
    assert [each["org"]["id"] for each in theirs["rows"]] == [house.communes[3]]
    assert theirs["hidden"] == COMMUNES - 2
    assert took_s < 60  # a deadlock or a lost lock would wait for ever


async def issue(house: House, document: int, who: int) -> Any:
    try:
        async with house.db.transaction() as connection:
            return await issuing.issue(connection, house.desk, house.officer(who), document, Issue())
    except Problem as refused:
        return refused


async def test_a_long_notice_is_read_shown_and_confirmed(house: House) -> None:
    text = "\n".join(
        f"{no}. Giao UBND xã {NAMES[no % COMMUNES]} hoàn thành hạng mục {no} trước ngày 01/5/2026."
        for no in range(1, 401)
    )
    document = await house.notice(text)
    found = await house.of(document)
    assert len(found) > 300
    async with house.db.transaction() as connection:
        shown = await showing.opened(connection, house.desk, house.officer(1), document)
        assert len(shown["candidates"]) == len(found)
        done = await confirming.accept_complete(
            connection,
            house.desk,
            house.officer(1),
            document,
            confirming.Defaults(due=DUE, product="Báo cáo"),
        )
    assert len(done) == len(found)
    more = "\n".join(f"{no}. Giao UBND xã {NAMES[1]} làm việc {no}." for no in range(1, 1_200))
    with pytest.raises(Problem, match="document-too-long"):
        await house.notice(more)


async def test_timeliness_in_sql_is_the_rule(house: House) -> None:
    chance = random.Random(7)
    now = house.desk.now()
    states = (
        "draft",
        "new",
        "in_progress",
        "reported",
        "returned",
        "accepted",
        "closed",
        "suspended",
        "cancelled",
    )
    rows: list[Task] = []
    async with house.db.transaction() as connection:
        for number in range(300):
            state: Any = chance.choice(states)
            given = now - timedelta(days=chance.randint(0, 200))
            end = chance.choice([None, end_of(local_day(given) + timedelta(days=chance.randint(1, 210)))])
            done = state in {"reported", "accepted", "closed"}
            task = Task(
                id=0, version=1, title=f"Việc {number}", owner_org=house.communes[0], assigner_org=house.root,
                assigner="system:test", state=state, given_at=None if state == "draft" else given,
                due=Due(precision="none"), due_end=end, due_original=end,
                review_at=chance.choice([None, now + timedelta(days=chance.randint(-9, 9))]),
                due_set_at=given, created_at=given, changed_at=given,
                reported_at=given + timedelta(days=chance.randint(0, 210)) if done else None,
                accepted_at=now if state in {"accepted", "closed"} else None,
                paused_at=now - timedelta(days=chance.randint(0, 50)) if state == "suspended" else None,
                source_kind="manual", source_id="sql",
            )  # fmt: skip
            rows.append(msgspec.structs.replace(task, id=await task_store.insert(connection, task)))
        values = {"now": now, "soon": soon_end(house.desk.tasks, now)}
        cursor = await connection.execute(
            f"SELECT t.id, {TIMELINESS.format(end='t.due_end')} FROM task t WHERE t.source_id = 'sql'", values
        )
        said = dict(await cursor.fetchall())
    for task in rows:
        rule = timeliness(task, task.due_end, now, house.desk.tasks.calendar)
        assert said[task.id] == rule, (task.state, task.due_end, task.review_at, task.reported_at)
