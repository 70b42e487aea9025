"""Places that stand as text become areas of today, by the day they are of; the rest is listed for a "
"person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from haidang.programme.model.register import Project
from haidang.programme.service import placing
from haidang.programme.service.placing import Resolving
from tests.integration.programme.conftest import START, World, refused

VU_NINH, KINH_BAC, VO_CUONG = "09169", "09187", "09190"


@pytest.fixture(autouse=True)
def begin(world: World) -> None:
    """Each test begins on the same Monday, 16 March 2026; the site's province is Bắc Ninh (24)."""
    world.clock.advance(START - world.clock.now())


async def read(world: World, place: str, start_on: date | None = None) -> list[Any]:
    project = await world.project(await world.program(), place=place, start_on=start_on)
    async with world.db.transaction() as connection:
        known = await placing.gazetteer(connection, world.desk, "24")
        return await placing.resolved(known, project, world.desk.today())


@pytest.mark.parametrize(
    ("place", "start_on", "codes"),
    [
        ("Phường Khúc Xuyên", None, [KINH_BAC]),
        ("phường khúc xuyên, TP. Bắc Ninh", date(2020, 1, 1), [KINH_BAC]),
        ("P. Đại Phúc - P.Phong Khê", None, [VO_CUONG, VO_CUONG]),
        ("Xã Yên Thế", None, ["07288"]),
        ("toàn tỉnh", None, ["24"]),
        ("Trên địa bàn tỉnh Bắc Ninh", None, ["24"]),
        ("Phường Vệ An", date(2026, 1, 1), [None]),
    ],
)
async def test_a_name_is_the_unit_of_today_that_it_became(
    world: World, place: str, start_on: date | None, codes: list[str | None]
) -> None:
    assert [each.code for each in await read(world, place, start_on)] == codes


async def test_a_former_name_says_by_which_day_it_was_understood(world: World) -> None:
    [found] = await read(world, "Phường Khúc Xuyên", date(2021, 5, 1))
    assert (found.was, found.understood_on) == ("Phường Khúc Xuyên", "2021-05-01")
    [found] = await read(world, "Phường Khúc Xuyên")
    assert found.understood_on == "2025-06-30"


async def test_a_district_is_many_communes_of_today_and_a_person_chooses(world: World) -> None:
    [found] = await read(world, "huyện Yên Phong")
    assert found.code is None and found.why == "divided" and len(found.candidates) > 1
    [found] = await read(world, "xã Không Có Tên Này")
    assert (found.code, found.why, found.candidates) == (None, "not-found", ())


async def test_a_name_that_stands_for_several_names_them(world: World) -> None:
    rows = await world.fetch(
        "SELECT a.name, count(*) FROM area a WHERE a.kind = 'commune' AND a.valid_to = '2025-07-01' "
        "AND a.parent_code IN (SELECT code FROM area WHERE parent_code IN ('24', '27') "
        "AND valid_to = '2025-07-01') GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    )
    [(name, count)] = rows
    [found] = await read(world, f"xã {name}", date(2020, 1, 1))
    assert found.why == "several" and 1 < len(found.candidates) <= count


async def test_plain_places_are_set_by_their_owner_and_the_rest_is_listed(world: World) -> None:
    program = await world.program()
    plain = await world.project(program, place="Phường Khúc Xuyên")
    unclear = await world.project(program, place="huyện Yên Phong")
    other = await world.project(program, owner="other", place="toàn tỉnh")
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        page = await placing.listed(
            connection, world.desk, who, program.id, province="24", after=None, limit=10
        )
    assert [(each["id"], each["plain"]) for each in page["items"]] == [(plain.id, True), (unclear.id, False)]
    office = await world.who("phong")
    for asker, wanted in (
        (office, ([], [unclear.id], [plain.id, other.id])),
        (who, ([plain.id], [unclear.id], [])),
    ):
        async with world.db.transaction() as connection:
            done = await placing.apply(connection, world.desk, asker, program.id, Resolving(), province="24")
        assert (done["placed"], done["unresolved"], done["not_yours"]) == wanted
    [(codes, first, version)] = await world.fetch(
        "SELECT area_codes, area_code, version FROM project WHERE id = %s", plain.id
    )
    assert (codes, first, version) == ([KINH_BAC], KINH_BAC, plain.version + 1)


async def test_a_site_without_a_province_resolves_nothing(world: World) -> None:
    program = await world.program()
    project: Project = await world.project(program, place="Phường Khúc Xuyên")
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        await refused(
            placing.apply(connection, world.desk, who, program.id, Resolving(), province=None),
            "programme-province-unset",
        )
        page = await placing.listed(
            connection, world.desk, who, program.id, province=None, after=None, limit=10
        )
    assert page["province"] is None
    assert [(each["id"], each["plain"], each["parts"]) for each in page["items"]] == [(project.id, False, [])]
