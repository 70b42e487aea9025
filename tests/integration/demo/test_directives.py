"""The demonstration's directives: read, confirmed, issued, each gone its way; made once, and marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.boards.directives.board import PLACES, Asked, snapshot
from haidang.boards.directives.brief import brief
from haidang.demo import directing, store
from haidang.demo.conclusions import CHAIRMAN, NOTICES
from haidang.demo.directing import OFFICE
from haidang.demo.province import AGENCIES, COMMITTEE
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.tasks.service.desk import desk_of

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
ISSUED = [notice for notice in NOTICES if notice.issued]
GIVEN = sum(len(ask.to) for notice in ISSUED for ask in notice.asks)


@pytest.fixture(scope="module")
def life() -> FixedClock:
    return FixedClock(NOW)


async def test_they_stand_in_every_state_and_are_made_once(
    db: Database, life: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"))
    await organisation.prepare(db, settings, life)
    async with db.transaction() as connection:
        root = (await organisation.root_org(connection)).id
        orgs = {}
        for each in (COMMITTEE, *AGENCIES):
            above = orgs[each.under] if each is not COMMITTEE else root
            new = NewOrg(name=each.name, parent_id=above, kind=each.kind)
            orgs[each.word] = (await add_org(connection, OFFICE, new)).id
    assert await directing.prepare(db, settings, life, orgs) == len(NOTICES)
    assert await directing.prepare(db, settings, life, orgs) == 0, "they are there"
    desk = desk_of(settings, life)
    async with db.transaction() as connection:
        board = await snapshot(connection, desk, OFFICE, Asked())
        page = await brief(connection, settings, life, OFFICE, leader=CHAIRMAN)
        [(by_hand,)] = await (
            await connection.execute("SELECT count(*) FROM extraction_candidate WHERE origin <> 'engine'")
        ).fetchall()
        for log in ("tasks", "directives"):
            verdict = await verify_log(connection, log)
            assert verdict.sound, "what is told of the past is a sound log of today"
    total = board["total"]
    assert total["given"] == GIVEN and total["reconciles"] and board["simulated"]
    standing = {name for name in (*PLACES, "done_on_time", "done_late") if total[name]}
    assert standing == {*PLACES, "done_on_time", "done_late"} - {"suspended"}
    assert total["bands"]["1-30"] and total["bands"]["31-60"] and total["bands"]["61-120"]
    assert by_hand == 0, "the engine reads every directive of our own notices"
    assert page["late"] and page["this_week"]["rows"] and page["waiting"]["verdicts"]["rows"]
    assert page["changes"]["rows"]
    assert len([row for row in board["heat"]["rows"] if row.late]) >= 4

    async with db.transaction() as connection:
        await directing.close(connection, settings, life)
        assert await store.open_directives(connection, OFFICE.id) == []
        assert directing.gone(await store.notices(connection, OFFICE.id))
    life.advance(timedelta(hours=1))
    assert await directing.prepare(db, settings, life, orgs) == len(NOTICES), "it comes back"
