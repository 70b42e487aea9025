"""The demonstration's programme: made whole, once, by the rules of the ledger, and marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.demo import programme
from haidang.demo.directing import OFFICE
from haidang.demo.programme.schemes import SCHEMES
from haidang.demo.province import AGENCIES, COMMITTEE, areas
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.store import areas as area_store
from haidang.programme.service import board, foreseeing, ledger, programs
from haidang.programme.service.desk import desk_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


async def test_it_is_made(db: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    life = FixedClock(NOW)
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"))
    await organisation.prepare(db, settings, life)
    async with db.transaction() as connection:
        await area_store.add(connection, areas())
        root = (await organisation.root_org(connection)).id
        orgs: dict[str, int] = {}
        for each in (COMMITTEE, *AGENCIES):
            above = orgs[each.under] if each is not COMMITTEE else root
            new = NewOrg(name=each.name, parent_id=above, kind=each.kind)
            orgs[each.word] = (await add_org(connection, OFFICE, new)).id
    assert await programme.prepare(db, settings, life, orgs)
    assert not await programme.prepare(db, settings, life, orgs), "it is there"
    desk = desk_of(settings, life)
    async with db.transaction() as connection:
        found = await ledger.check(connection, desk)
        assert list(found.findings) == []
        [program] = await programs.listed(connection, OFFICE)
        shown = await board.board(connection, desk, OFFICE, program["id"], 2026)
        said = await foreseeing.forecast(connection, desk, OFFICE, program_id=program["id"], year=2026)
    assert len(shown["items"]) == len(SCHEMES) == 32
    assert all(each["simulated"] and each["name"].endswith("(mô phỏng)") for each in shown["items"])
    assert all(each["error_points"] is not None for each in said["methods"]), "every method has a past"
    async with db.transaction() as connection:
            await programme.close(connection, settings, life)
        assert (await ledger.check(connection, desk)).sound
    assert await programme.prepare(db, settings, life, orgs), "it comes back"
    async with db.transaction() as connection:
        assert (await ledger.check(connection, desk)).sound
        for log in ("programme", "tasks"):
            assert (await verify_log(connection, log)).sound
