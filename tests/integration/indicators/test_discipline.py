"""Dues: reminded a working day and an hour before, late at the due instant, counted, marked, waived."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from haidang.indicators.model.due import DueRule
from haidang.indicators.model.register import Form, Indicator
from haidang.indicators.model.submission import Submission, Submit
from haidang.indicators.packs import BUILTIN, load
from haidang.indicators.service import discipline, looking, measuring, register
from haidang.indicators.service.submissions import Entry
from tests.integration.indicators.conftest import ME, World, refused

APRIL_1 = date(2026, 4, 1)


async def daily(world: World, *orgs: str) -> tuple[Form, Indicator]:
    """A daily figure, due at 09:00 of the next working day, owed from 1 April 2026 (a Wednesday)."""
    form = await world.form(period_kind="day", due=DueRule(working_days=1, at="09:00"))
    found = await world.indicator(form)
    await world.owe(found, *orgs, period="2026-04-01")
    return form, found


async def hand_in(world: World, by: str, org: str, row: Submission, indicator: Indicator) -> Submission:
    place = await world.place(org)
    await world.enter(by, row, Entry(indicator=indicator.id, place=place, value=Decimal(5)))
    return await world.do(by, row, Submit())


async def book(world: World, by: str = "", year: int = 2026) -> dict[str, Any]:
    who = await world.who(by) if by else ME
    async with world.db.transaction() as connection:
        return await discipline.book(connection, world.desk, who, year, None)


async def steps(world: World, row: Submission) -> list[str]:
    found = await world.fetch(
        "SELECT step FROM reminder WHERE task_id = %s AND collapsed IS NULL ORDER BY made_at", row.task_id
    )
    return [step for (step,) in found]


async def test_a_unit_is_reminded_a_working_day_and_an_hour_before(world: World) -> None:
    form = await world.form()  # due at 17:00 on the 3rd working day: Friday 3 April
    found = await world.indicator(form)
    await world.owe(found, "north", period="2026-03")
    world.local("2026-04-01T00:01")
    await world.tick()
    row = await world.submission(form, "north", date(2026, 3, 1))
    assert await steps(world, row) == []
    for moment, said in (
        ("2026-04-02T07:29", []), ("2026-04-02T07:31", ["before-1d"]), ("2026-04-03T15:59", ["before-1d"]),
        ("2026-04-03T16:01", ["before-1d", "before-1h"]),
        ("2026-04-03T17:00", ["before-1d", "before-1h", "due"]),
    ):  # fmt: skip
        world.local(moment)
        await world.tick()
        await world.tick()  # a second look says nothing twice
        assert await steps(world, row) == said, moment


async def test_late_is_measured_at_the_due_instant_whatever_arrives_later(world: World) -> None:
    form, indicator = await daily(world, "north", "south")
    world.local("2026-04-02T00:05")
    assert (await world.tick())["opened"] == 2
    north, south = [await world.submission(form, org, APRIL_1) for org in ("north", "south")]
    world.local("2026-04-02T08:59")
    await hand_in(world, "nam", "south", south, indicator)
    world.local("2026-04-02T09:00")
    await world.tick()
    [entry] = [each for each in (await book(world))["entries"] if each["form_code"] == form.code]
    assert (entry["org_id"], entry["lacking"], entry["expected"]) == (world.orgs["north"], 1, 1)
    world.local("2026-04-02T09:30")
    await hand_in(world, "bac", "north", north, indicator)
    [line] = (await world.shown("bac", north))["lines"]
    assert line["now"]["flags"] == ["late"]
    await world.tick()
    units = {each["org_id"]: each for each in (await book(world))["units"]}
    assert units[world.orgs["south"]]["late"] == 0
    assert units[world.orgs["north"]]["late"] >= 1
    async with world.db.transaction() as connection:
        found = await looking.of_indicator(connection, ME, indicator.id, 2026)
    assert (found["due"], found["in_time"]) == (2, 1)


async def test_the_third_and_the_sixth_time_are_told_once_and_a_waived_one_does_not_count(
    world: World,
) -> None:
    _, _ = await daily(world, "commune")
    [(before,)] = await world.fetch("SELECT count(*) FROM notice WHERE kind = 'indicator_mark'")
    world.local("2026-04-02T00:05")
    await world.tick()
    # The figures of 1 to 8 April fall due, each at nine of the next working day, and none comes.
    for day in ("02", "03", "06", "07", "08", "09"):
        world.local(f"2026-04-{day}T09:00")
        await world.tick()
    marks = await world.fetch(
        "SELECT mark FROM indicator_review WHERE org_id = %s ORDER BY mark", world.orgs["commune"]
    )
    # Saturday's and Sunday's figures fell due with Friday's on Monday: eight in all.
    [(count,)] = await world.fetch(
        "SELECT count(*) FROM indicator_late WHERE org_id = %s", world.orgs["commune"]
    )
    assert ([mark for (mark,) in marks], count) == ([3, 6], 8)
    [(after,)] = await world.fetch("SELECT count(*) FROM notice WHERE kind = 'indicator_mark'")
    assert after - before == 4  # the unit's head and the office, twice
    entry = next(each for each in (await book(world))["entries"] if each["org_id"] == world.orgs["commune"])
    for by, code in (("can.bo.xa", "forbidden"), ("nam", "not-found")):
        who = await world.who(by)
        async with world.db.transaction() as connection:
            waiting = discipline.waive(connection, world.desk, who, entry["id"], "Mất mạng", version=1)
            await refused(waiting, code)
    who = await world.who("van.phong")
    async with world.db.transaction() as connection:
        await discipline.waive(connection, world.desk, who, entry["id"], "Mất mạng cả huyện", version=1)
    again = [each for each in (await book(world))["entries"] if each["org_id"] == world.orgs["commune"]]
    assert sorted(str(each["no"]) for each in again) == ["1", "2", "3", "4", "5", "6", "7", "None"]


async def test_a_house_that_stood_still_catches_up_and_knows_who_was_in_time(world: World) -> None:
    form, indicator = await daily(world, "north")
    world.local("2026-04-02T00:05")
    await world.tick()
    row = await world.submission(form, "north", APRIL_1)
    await hand_in(world, "bac", "north", row, indicator)
    world.local("2026-04-07T12:00")  # five days later
    await world.tick()
    states = await world.fetch(
        "SELECT start, expected, cardinality(lacking) FROM indicator_submission WHERE form_code = %s ORDER "
        "BY 1",
        form.code,
    )
    assert states == [(date(2026, 4, day), 1, 0 if day == 1 else 1) for day in (1, 2, 3, 4, 5, 6)]
    assert (await world.tick())["opened"] == 0


async def test_a_new_form_makes_nobody_late_with_what_nobody_knew_of(world: World) -> None:
    form, _ = await daily(world, "north")
    world.local("2026-04-10T10:00")
    await world.tick()
    starts = await world.fetch("SELECT start FROM indicator_submission WHERE form_code = %s", form.code)
    assert starts == []  # the figure of the 9th was due at nine, before anybody was asked
    world.local("2026-04-11T00:01")
    await world.tick()
    starts = await world.fetch("SELECT start FROM indicator_submission WHERE form_code = %s", form.code)
    assert starts == [(date(2026, 4, 10),)]


async def test_the_centre_measures_itself_and_of_nothing_there_is_no_share(world: World) -> None:
    async with world.db.transaction() as connection:
        assert await register.sync(connection, world.desk, load([BUILTIN])) > 60
    async with world.db.transaction() as connection:
        assert await register.sync(connection, world.desk, load([BUILTIN])) == 0
    await world.run("UPDATE indicator_form SET active = false")
    form, indicator = await daily(world, "north", "south")
    world.local("2026-06-02T00:05")
    await world.tick()
    await hand_in(world, "bac", "north", await world.submission(form, "north", date(2026, 6, 1)), indicator)
    world.local("2026-06-03T00:20")
    await world.tick()
    async with world.db.transaction() as connection:
        assert await measuring.measure(connection, world.desk, date(2026, 6, 2)) > 0
    rows = await world.fetch(
        "SELECT i.code, p.org_id, v.value, v.missing, v.flags FROM indicator_value v "
        "JOIN indicator i ON i.id = v.indicator_id JOIN indicator_place p ON p.id = v.place_id "
        "WHERE i.code LIKE 'DH-%%' AND v.start >= '2026-06-01'"
    )
    found = {(code, org): (value, missing, flags & 1) for code, org, value, missing, flags in rows}
    assert found["DH-DUNG-HAN", world.orgs["north"]] == (Decimal("100.0"), 0, 1)
    assert found["DH-DUNG-HAN", world.orgs["south"]] == (Decimal("0.0"), 0, 1)
    assert found["DH-NGUON-TINH", world.orgs["root"]][1] in {0, 1}
    async with world.db.transaction() as connection:
        health = await looking.health(connection, world.desk, await world.who("bac"))
    assert health["counts"]["never"] > 0
