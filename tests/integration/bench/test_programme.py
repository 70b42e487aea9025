"""The register that the programme is measured on: one that could be, and a sheet that adds up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg

from haidang import organisation
from haidang.base.clock import SystemClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.bench.programme import roman, sheet
from haidang.bench.programme_fill import YEARS, fill
from haidang.organisation.permissions import system
from haidang.programme.service import board, ledger
from haidang.programme.service.desk import desk_of
from haidang.programme.sheets import reading
from haidang.programme.sheets.description import known

TODAY = date(2026, 3, 16)


async def test_what_is_filled_in_is_sound_and_is_all_there(db: Database, database_url: str) -> None:
    settings = Settings(data_dir=Path("/nonexistent"))
    await organisation.prepare(db, settings, SystemClock())
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = fill(connection, 30, TODAY, lambda _: None)
    over = 30 * 13 * (YEARS - 1)
    assert found["project"] == 30 and found["capital_plan"] == 30 * YEARS * 2
    assert over <= found["payment"] <= over + 30 * 3 and found["commitment"] == 30 * 13 * YEARS
    desk = desk_of(settings, SystemClock())
    async with db.transaction() as connection_:
        assert (await ledger.check(connection_, desk)).findings == ()
        shown = await board.board(connection_, desk, system("test"), 1, TODAY.year)
    assert len(shown["items"]) == 30 and sum(each["bottlenecks"] for each in shown["items"]) == 3
    assert all(each["current_dong"] and each["paid_dong"] is not None for each in shown["items"])


def test_the_sheet_is_read_whole_and_adds_up() -> None:
    read = reading.read(sheet(500, 2026, 0), reading.Asked(descriptions=known(Path("/nonexistent"))))
    assert len(read.projects) == 40 * ((500 - 41) // 40)
    assert not read.unreconciled and not read.refused and read.year == 2026


def test_roman_numerals() -> None:
    assert [roman(number) for number in (1, 4, 9, 14, 39, 40)] == ["I", "IV", "IX", "XIV", "XXXIX", "XL"]
