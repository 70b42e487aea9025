"""The register of numbers: each given once, however many take at once; gaps and voids are explained."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.documents.numbering import Number, service, take
from haidang.documents.numbering.service import Beginning, Explanation
from haidang.organisation import prepare, root_org, system
from haidang.organisation.service.orgs import NewOrg, add_org

ME = system("test")
TAKERS = 40


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def issuer(db: Database, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A department with an abbreviation."""
    folder: Path = tmp_path_factory.mktemp("numbers")
    await prepare(db, Settings(data_dir=folder), FixedClock(datetime(2026, 3, 16, tzinfo=UTC)))
    async with db.transaction() as connection:
        new = NewOrg(name="Sở Xây dựng", short_name="SXD", parent_id=(await root_org(connection)).id)
        return (await add_org(connection, ME, new)).id


async def taken(db: Database, clock: FixedClock, org: int, kind: str = "TB", year: int = 2026) -> Number:
    async with db.transaction() as connection:
        return await take(
            connection, issuer_org=org, type_code=kind, year=year, subject="Kết luận họp", actor=ME.id,
            at=clock.now(),
        )  # fmt: skip


async def test_a_number_is_written_as_the_decree_says(db: Database, clock: FixedClock, issuer: int) -> None:
    first, letter, other = [
        await taken(db, clock, issuer, kind, year)
        for kind, year in (("TTr", 2026), ("CV", 2026), ("TTr", 2027))
    ]
    assert (first.number, first.symbol, first.digits, first.tail) == (1, "01/TTr-SXD", "01", "TTr-SXD")
    assert letter.symbol == "01/SXD", "a letter's number carries no type"
    assert other.number == 1, "each year begins anew"
    with pytest.raises(Problem) as refusal:
        await taken(db, clock, issuer, "XX")
    assert refusal.value.kind.code == "paper-type-unknown"


async def test_many_takers_get_each_number_once_and_leave_no_gap(
    db: Database, clock: FixedClock, issuer: int
) -> None:
    async def taker(number: int) -> int | None:
        """Every fourth one's paper fails after the number was taken."""
        try:
            async with db.transaction() as connection:
                found = await take(
                    connection, issuer_org=issuer, type_code="BC", year=2026, subject=f"Báo cáo {number}",
                    actor=ME.id, at=clock.now(),
                )  # fmt: skip
                if number % 4 == 0:
                    raise InterruptedError
                return found.number
        except InterruptedError:
            return None

    numbers = [found for found in await asyncio.gather(*map(taker, range(TAKERS))) if found is not None]
    assert sorted(numbers) == list(range(1, TAKERS - TAKERS // 4 + 1))
    async with db.transaction() as connection:
        found = await service.gaps(connection, ME, {"org_id": issuer, "type_code": "BC", "year": 2026})
    assert found == {"items": [], "open": 0}


async def test_a_register_that_began_on_paper_has_a_gap_until_it_is_explained(
    db: Database, clock: FixedClock, issuer: int
) -> None:
    series = {"org_id": issuer, "type_code": "GM", "year": 2026}
    assert (await taken(db, clock, issuer, "GM")).number == 1
    async with db.transaction() as connection:
        gap = await service.begin(connection, ME, clock.now(), Beginning(**series, next=120))
    assert gap is not None
    assert (gap.first, gap.last) == (2, 119)
    assert (await taken(db, clock, issuer, "GM")).symbol == "120/GM-SXD"
    async with db.transaction() as connection:
        with pytest.raises(Problem) as refusal:
            await service.begin(connection, ME, clock.now(), Beginning(**series, next=50))
        assert refusal.value.extra["last"] == 120, "a number below the last is never given again"
        for first, last in ((1, 5), (110, 120), (300, 310)):
            with pytest.raises(Problem):
                await service.explain(
                    connection, ME, clock.now(), Explanation(**series, first=first, last=last, why="Sổ giấy")
                )
        why = Explanation(**series, first=2, last=100, why="Đã cấp trên sổ giấy đến hết tháng 3")
        left = await service.explain(connection, ME, clock.now(), why)
    assert left["open"] == 1
    assert [(each["first"], each["last"], bool(each["why"])) for each in left["items"]] == [
        (101, 119, False), (2, 100, True),
    ]  # fmt: skip


async def test_a_void_number_stays_taken_and_nothing_is_deleted(
    db: Database, clock: FixedClock, issuer: int
) -> None:
    number = await taken(db, clock, issuer, "KH")
    async with db.transaction() as connection:
        with pytest.raises(Problem):
            await service.void(connection, ME, clock.now(), number.id, seen=7, why="Không ban hành")
        void = await service.void(connection, ME, clock.now(), number.id, seen=1, why="Không ban hành")
        assert (void.void_why, void.version) == ("Không ban hành", 2)
        with pytest.raises(Problem):
            await service.void(connection, ME, clock.now(), number.id, seen=2, why="Lần nữa đi")
    assert (await taken(db, clock, issuer, "KH")).number == number.number + 1
    for query in (
        "DELETE FROM paper_number", "UPDATE paper_number SET number = 9", "UPDATE paper_series SET last = 0",
        "DELETE FROM paper_series", "TRUNCATE paper_number", "DELETE FROM paper_gap",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.RestrictViolation):
            async with db.transaction() as connection:
                await connection.execute(query)
