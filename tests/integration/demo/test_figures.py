"""The figures of the demonstration: owed, handed in, late, reminded and counted; made once, and marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.demo import figures, province
from haidang.demo.figures import KEEPER, OWED, said
from haidang.indicators.service import discipline
from haidang.indicators.service.desk import desk_of
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.store import areas

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


async def agencies(connection: Connection) -> dict[str, int]:
    root = (await organisation.root_org(connection)).id
    orgs: dict[str, int] = {}
    for each in (province.COMMITTEE, *province.AGENCIES):
        above = orgs[each.under] if each is not province.COMMITTEE else root
        area = province.CODE if each.kind == "committee" else each.area_code
        new = NewOrg(name=each.name, parent_id=above, kind=each.kind, area_code=area)
        orgs[each.word] = (await add_org(connection, KEEPER, new)).id
    return orgs


async def test_units_owe_hand_in_and_one_is_late_reminded_and_counted(
    db: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings, life = Settings(data_dir=tmp_path_factory.mktemp("demo")), FixedClock(NOW)
    await organisation.prepare(db, settings, life)
    async with db.transaction() as connection:
        await areas.add(connection, province.areas())
        orgs = await agencies(connection)
    await figures.prepare(db, settings, life, orgs)
    desk = desk_of(settings, life)
    async with db.transaction() as connection:
        found = await discipline.book(connection, desk, KEEPER, 2026, None)
        cursor = await connection.execute(
            "SELECT state, count(*), bool_and(simulated) FROM indicator_submission GROUP BY 1"
        )
        states = {state: (count, simulated) for state, count, simulated in await cursor.fetchall()}
        cursor = await connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE flags & 16 = 0) FROM indicator_value v "
            "JOIN indicator i ON i.id = v.indicator_id WHERE i.form_code IS NOT NULL"
        )
        [(values, unmarked)] = await cursor.fetchall()
        for log in ("tasks", "indicators"):
            assert (await verify_log(connection, log)).sound, log
    assert {"open", "approved", "locked"} <= set(states)
    assert all(simulated for _, simulated in states.values())
    assert values > 300
    assert unmarked == 0
    units = {unit["org_id"]: unit for unit in found["units"]}
    late = units.pop(orgs[figures.LATE_UNIT])
    assert late["late"] >= 3
    assert late["lacking"] >= 1  # last month's form, still not there
    assert late["reminders"] >= 2
    assert late["mark"] in {3, 6}
    assert all(unit["late"] == unit["counted"] == 0 for unit in units.values())
    assert all(unit["share_in_time"] == 1 for unit in units.values())

    await figures.prepare(db, settings, life, orgs)
    async with db.transaction() as connection:
        cursor = await connection.execute("SELECT count(*) FROM indicator_submission")
        [(before,)] = await cursor.fetchall()
    # Life goes on: the next morning's forms are opened and handed in by themselves.
    for _ in range(18):
        life.advance(timedelta(hours=1))
        await discipline.tick(db, desk)
        await figures.live(db, desk)
    async with db.transaction() as connection:
        cursor = await connection.execute("SELECT count(*), count(submitted_at) FROM indicator_submission")
        [(after, _)] = await cursor.fetchall()
    assert after > before
    async with db.transaction() as connection:
        await figures.close(connection, settings, life)


def test_what_a_unit_says_is_always_the_same_and_within_bounds() -> None:
    day = NOW.date()
    for each in OWED:
        value = said(each.code, 7, day, 1)
        assert value == said(each.code, 7, day, 1)
        assert each.low - 0.1 <= float(value) <= each.high + 0.1
