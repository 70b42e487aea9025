"""Computed figures in the database: made for a period, made again along a change, unfolded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from haidang.base.problems import Problem
from haidang.indicators.formulas import book, facts, service
from haidang.indicators.formulas.evaluating import Found
from haidang.indicators.formulas.graph import Key
from haidang.indicators.formulas.service import Made
from haidang.indicators.model.period import parse
from haidang.indicators.model.register import Indicator
from haidang.indicators.model.value import NewValue
from haidang.indicators.service import register, values
from haidang.indicators.service.register import FirstMethod
from haidang.tasks.model.due import Due
from haidang.tasks.service import giving
from haidang.tasks.service.giving import NewTask
from tests.integration.indicators.conftest import ME, World, refused

FEBRUARY = date(2026, 2, 1)


async def ruled(world: World, formula: str, **facts_: Any) -> Indicator:
    method = FirstMethod(vi="Cách tính", en="How", valid_from=date(2021, 1, 1), formula=formula)
    return await world.indicator(source_kind="computed", method=method, low=None, high=None, **facts_)


async def hand_in(world: World, indicator: Indicator, org: str, start: date, value: str | None) -> None:
    async with world.db.transaction() as connection:
        await service.ready_places(connection, world.desk)
    new = NewValue(
        indicator_id=indicator.id, place_id=await world.place(org), start=start,
        value=None if value is None else Decimal(value), missing=None if value is not None else "withheld",
    )  # fmt: skip
    async with world.db.transaction() as connection:
        await values.record_many(connection, world.desk, "test", [new], source="pulled")


async def make(world: World, day: date = FEBRUARY) -> Made:
    async with world.db.transaction() as connection:
        await service.ready_places(connection, world.desk)
        return await service.make_periods(connection, world.desk, day)


async def now_is(world: World, indicator: Indicator, org: str, start: date = FEBRUARY) -> tuple[Any, ...]:
    """Return value, missing reason and flags as they stand."""
    found = await world.fetch(
        "SELECT value, missing, flags FROM indicator_value WHERE indicator_id = %s AND place_id = %s "
        "AND start = %s", indicator.id, await world.place(org), start,
    )  # fmt: skip
    return found[0] if found else ()


async def written(world: World) -> tuple[int, int]:
    """Take what was told over into the log, as the city's writer does; return the stretch it is."""
    [(before,)] = await world.fetch("SELECT coalesce(max(seq), 0) FROM change")
    await world.run(
        "INSERT INTO change (seq, t, eid, k, kind, j) SELECT %s + row_number() OVER (), now(), 0, 0, 9, "
        "jsonb_build_object('topic', topic, 'kind', kind, 'ref', ref, 'body', body) FROM event_inbox",
        before,
    )
    await world.run("DELETE FROM event_inbox")
    [(last,)] = await world.fetch("SELECT coalesce(max(seq), 0) FROM change")
    return before, last


async def test_a_sum_over_units_is_made_and_made_again_along_a_change(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", aggregate="sum", low=None, high=None)
    total = await ruled(
        world,
        f"sum([{files.code}] over units, missing: skip)",
        level="province",
        unit="hồ sơ",
        aggregate="sum",
    )
    grown = await ruled(
        world, f'percent([{total.code}], previous([{total.code}]), of: "tháng trước")', level="province"
    )
    await hand_in(world, files, "north", FEBRUARY, "30")
    await hand_in(world, files, "south", FEBRUARY, "10")
    made = await make(world)
    assert made.refused == ()
    value, missing, flags = await now_is(world, total, "root")
    assert (value, missing) == (Decimal("40.0"), 0)
    assert flags & 32, "not every unit has handed in"
    assert (await now_is(world, grown, "root"))[:2] == (None, 5), "January is missing"
    again = await make(world)
    assert again.changed == 0
    await written(world)
    await hand_in(world, files, "north", FEBRUARY, "50")
    stretch = await written(world)
    async with world.db.transaction() as connection:
        followed = await service.follow(connection, world.desk, *stretch)
    assert followed is not None
    # The total of February, the growth of February and that of March which looks back at it.
    assert (followed.figures, followed.changed) == (3, 2)
    assert (await now_is(world, total, "root"))[0] == Decimal("60.0")
    await hand_in(world, files, "north", date(2026, 1, 1), "40")
    async with world.db.transaction() as connection:
        keys = [Key(files.code, await world.place("north"), parse("2026-01"))]
        await service.make_after(connection, world.desk, keys)
    assert (await now_is(world, grown, "root"))[0] == Decimal("150.0")


async def test_a_value_that_is_withdrawn_takes_its_figures_along(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    double = await ruled(world, f"[{files.code}] * 2", unit="hồ sơ")
    share = await ruled(world, f'ratio([{double.code}], [{files.code}] - 7, of: "hiệu")', unit="lần")
    await hand_in(world, files, "north", FEBRUARY, "7")
    await make(world)
    assert (await now_is(world, double, "north"))[0] == 14
    assert (await now_is(world, share, "north"))[:2] == (None, 6), "undefined: division by zero"
    assert await now_is(world, double, "south") == (), "nothing has come of it, and nothing is said"
    await hand_in(world, files, "north", FEBRUARY, None)
    await make(world)
    assert (await now_is(world, double, "north"))[:2] == (None, 5), "incomplete, not zero"


async def test_what_a_person_corrected_is_not_gone_over(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    double = await ruled(world, f"[{files.code}] * 2", unit="hồ sơ")
    await hand_in(world, files, "north", FEBRUARY, "7")
    await make(world)
    await world.run("UPDATE indicator_value SET flags = flags | 4 WHERE indicator_id = %s", double.id)
    await hand_in(world, files, "north", FEBRUARY, "8")
    made = await make(world)
    assert made.held >= 1
    value, _, flags = await now_is(world, double, "north")
    assert value == 14
    assert flags & 8, "marked as outdated, for a person to see"


async def test_a_running_period_is_an_estimate(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    double = await ruled(world, f"[{files.code}] * 2", unit="hồ sơ")
    await hand_in(world, files, "north", date(2026, 3, 1), "7")
    await make(world, date(2026, 3, 16))
    assert (await now_is(world, double, "north", date(2026, 3, 1)))[2] & 1
    world.local("2026-04-02T08:00:00")
    await make(world, date(2026, 3, 31))
    assert not (await now_is(world, double, "north", date(2026, 3, 1)))[2] & 1


async def test_tasks_are_counted_by_unit_and_for_the_whole(world: World) -> None:
    overdue = await ruled(world, 'fact("tasks.overdue")', unit="nhiệm vụ", period_kind="day", decimals=0)
    on_time = await ruled(
        world, 'percent(fact("tasks.due_on_time"), fact("tasks.due"), of: "nhiệm vụ đến hạn")', unit="%"
    )
    world.local("2026-02-02T08:00:00")
    for org in ("north", "north", "south"):
        async with world.db.transaction() as connection:
            new = NewTask(
                title="Việc",
                owner_org=world.orgs[org],
                assigner_org=world.orgs["office"],
                due=Due(precision="day", on=date(2026, 2, 10)),
            )
            await giving.give(connection, world.desk.tasks, ME, new)
    await world.run(
        "UPDATE task SET reported_at = '2026-02-05T00:00Z', accepted_at = '2026-02-06T00:00Z', "
        "accepted_by = 'x', state = 'accepted' WHERE id = (SELECT min(id) FROM task WHERE owner_org = %s)",
        world.orgs["north"],
    )
    world.local("2026-03-02T08:00:00")
    await make(world, date(2026, 2, 20))
    day = date(2026, 2, 20)
    assert [(await now_is(world, overdue, org, day))[0] for org in ("north", "south", "root", "office")] == [
        1, 1, 2, 0,
    ]  # fmt: skip
    assert (await now_is(world, on_time, "north"))[0] == Decimal("50.0")
    assert (await now_is(world, on_time, "south"))[0] == 0
    assert (await now_is(world, on_time, "office"))[:2] == (None, 6), "of no tasks there is no share"


async def city(world: World) -> list[str]:
    """Two stations in two communes with three hours each, the second simulated; return the communes."""
    await world.run("INSERT INTO type (iri, name) VALUES ('urn:x:Air', 'Air') ON CONFLICT DO NOTHING")
    await world.run("INSERT INTO attr (iri, name) VALUES ('urn:x:pm25', 'pm25') ON CONFLICT DO NOTHING")
    areas = await world.fetch(
        "SELECT code FROM area WHERE valid_to IS NULL AND kind = 'commune' ORDER BY code LIMIT 2"
    )
    for eid, (area,) in zip((9001, 9002), areas, strict=True):
        await world.run(
            "INSERT INTO entity (eid, type_id, seq, created, mod, tenant_id, version, owner_org, simulated, "
            "id, area_code, source, doc) SELECT %s, y.id, 1, '2026-01-01T00:00Z', '2026-01-01T00:00Z', 0, 1, "
            "%s, %s, %s, %s, 'test', '{}' FROM type y WHERE y.name = 'Air'",
            eid, world.orgs["root"], eid == 9002, f"urn:x:{eid}", area,
        )  # fmt: skip
        times = eid - 9000
        for hour, (count, total, low, high) in enumerate(((2, 20, 5, 15), (1, 30, 30, 30), (4, 200, 40, 60))):
            await world.run(
                "INSERT INTO rollup (eid, hour, k, x, attrs, units) SELECT %s, %s, 0, %s, ARRAY[0, w.id], "
                "ARRAY['', ''] FROM attr w WHERE w.name = 'pm25'",
                eid, datetime(2026, 2, 3, 1 + hour, tzinfo=UTC),
                [0.0] * 5 + [float(x) for x in (count, total * times, 0, low * times, high * times)],
            )  # fmt: skip
    return [code for (code,) in areas]


async def test_the_city_is_counted_by_commune_and_for_the_whole(world: World) -> None:
    one, two = await city(world)
    given = {"type": "Air", "attribute": "pm25"}
    async with world.db.transaction() as connection:
        day, now = parse("2026-02-03"), world.clock.now()
        mean = await facts.counted(connection, "city.mean", day, now, given)
        # Hourly means 10, 30, 50: 30; the other station's are twice as high.
        assert mean.parts[one] == Found(Decimal(30))
        assert (mean.parts[two].value, mean.parts[two].flags) == (Decimal(60), 16)
        assert mean.whole is not None and mean.whole.value == Decimal(45)
        assert mean.else_ is None
        highest = await facts.counted(connection, "city.max", day, now, given)
        assert (highest.parts[one].value, highest.parts[two].value) == (Decimal(60), Decimal(120))
        above = await facts.counted(connection, "city.hours_above", day, now, given | {"above": "40"})
        assert above.whole is not None and above.whole.value == 2
        summed = await facts.counted(connection, "city.device_hours_above", day, now, given | {"above": "40"})
        assert summed.whole is not None and summed.whole.value == 3
        for name in ("city.entities", "city.reporting"):
            found = await facts.counted(connection, name, day, now, given)
            assert found.whole is not None and found.whole.value == 2
            assert found.else_ == Found(Decimal(0))
        nothing = await facts.counted(connection, "city.mean", parse("2026-02-04"), now, given)
        assert (nothing.whole, nothing.parts) == (None, {})
        gone = await facts.counted(connection, "city.reporting", parse("2026-02-04"), now, given)
        assert gone.whole is not None and gone.whole.value == 0
        await connection.execute("UPDATE entity SET mod = '2026-02-04T02:00Z' WHERE eid = 9001")
        again = await facts.counted(connection, "city.reporting", parse("2026-02-04"), now, given)
        assert again.whole is not None and again.whole.value == 1, "before its hour is summed up"
    dust = await ruled(
        world,
        'fact("city.mean", type: "Air", attribute: "pm25")',
        level="commune",
        unit="µg/m³",
        period_kind="day",
    )
    await make(world, date(2026, 2, 3))
    rows = await world.fetch(
        "SELECT p.area_code, v.value, v.flags FROM indicator_value v "
        "JOIN indicator_place p ON p.id = v.place_id WHERE v.indicator_id = %s ORDER BY 1", dust.id,
    )  # fmt: skip
    assert rows == [(one, Decimal("30.0"), 0), (two, Decimal("60.0"), 16)]


@pytest.mark.parametrize("name", sorted(facts.SPECS))
async def test_every_fact_answers_where_there_is_nothing(world: World, name: str) -> None:
    given = {"type": "Nothing", "attribute": "nothing", "above": "1"}
    async with world.db.transaction() as connection:
        for period in ("2026-02", "2026-02-03", "2026"):
            found = await facts.counted(connection, name, parse(period), world.clock.now(), given)
            unknown = name in {
                "city.mean",
                "city.min",
                "city.max",
                "city.sum",
                "city.hours_above",
                "city.device_hours_above",
            }
            assert (found.else_ is None) is unknown


async def test_a_faulty_formula_is_refused_when_it_is_given_and_stops_no_other(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    people = await world.indicator(unit="người", source_kind="pulled", low=None, high=None)
    await refused(ruled(world, f"[{files.code}] + [{people.code}]", unit="hồ sơ"), "formula")
    one = await ruled(world, f"[{files.code}]", unit="hồ sơ")
    circle = FirstMethod(vi="x", en="x", valid_from=date(2022, 1, 1), formula=f"[{one.code}] + 1")
    async with world.db.transaction() as connection:
        await refused(
            register.add_method(connection, world.desk, ME, one.id, circle, version=one.version),
            "formula-cycle",
        )
    # A pack, or a change of the register, may still leave one behind that does not fit.
    await world.run(
        "INSERT INTO indicator_method (indicator_id, version, valid_from, vi, en, formula, created_by, "
        "created_at) VALUES (%s, 1000, '2022-01-01', '', '', %s, 'x', now())",
        people.id, f"[{files.code}]",
    )  # fmt: skip
    await world.run("UPDATE indicator SET source_kind = 'computed' WHERE id = %s", people.id)
    await hand_in(world, files, "north", FEBRUARY, "3")
    await make(world)
    assert (await now_is(world, one, "north"))[0] == 3
    async with world.db.transaction() as connection:
        found = await book.book_of(connection)
    assert people.code in found.faulty
    assert people.code not in found.versions


async def test_a_figure_beyond_its_range_is_named_and_not_recorded(world: World) -> None:
    files = await world.indicator(unit="%", source_kind="pulled")
    method = FirstMethod(vi="x", en="x", valid_from=date(2021, 1, 1), formula=f"[{files.code}] * 3")
    triple = await world.indicator(unit="%", source_kind="computed", method=method)
    await hand_in(world, files, "north", FEBRUARY, "40")
    made = await make(world)
    assert any(triple.code in each for each in made.refused)
    assert await now_is(world, triple, "north") == ()


async def test_a_figure_is_unfolded_and_hides_what_the_asker_may_not_see(world: World) -> None:
    north_owns = {"owner_org": world.orgs["north"]}
    files = await world.indicator(
        unit="hồ sơ", source_kind="pulled", aggregate="sum", low=None, high=None, **north_owns
    )
    total = await ruled(
        world, f"sum([{files.code}] over units, missing: skip)", level="unit", unit="hồ sơ", aggregate="sum"
    )
    double = await ruled(world, f"[{files.code}] * 2", unit="hồ sơ", **north_owns)
    await hand_in(world, files, "north", FEBRUARY, "30")
    await make(world)
    root, north = await world.place("root"), await world.place("north")
    office, department = await world.who("van.phong"), await world.who("truong.bac")
    async with world.db.transaction() as connection:
        told = await service.unfolded(connection, world.desk, office, total.id, place=root, text="2026-02")
        assert told["steps"]["value"] == "30"
        assert {part["value"] for part in told["steps"]["parts"]} == {"30", None}
        own = await service.unfolded(
            connection, world.desk, department, double.id, place=north, text="2026-02"
        )
        assert own["steps"]["parts"][0]["value"] == "30"
        with pytest.raises(Problem) as refusal:
            await service.unfolded(connection, world.desk, department, total.id, place=root, text="2026-02")
        assert refusal.value.kind.status == 404


async def test_a_figure_with_more_digits_than_are_counted_with_stops_no_other(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    fine = await ruled(world, f"[{files.code}]", unit="hồ sơ")
    huge = " * ".join([f"[{files.code}]", *["999999999999999"] * 4])
    wild = await ruled(world, huge, unit="hồ sơ")
    worse = await ruled(world, f"round({huge}, 8)", unit="hồ sơ")
    await hand_in(world, files, "north", FEBRUARY, "3")
    made = await make(world)
    assert {each.split()[0] for each in made.refused} >= {wild.code, worse.code}
    assert (await now_is(world, fine, "north"))[0] == 3
    office = await world.who("van.phong")
    async with world.db.transaction() as connection:
        told = await service.unfolded(
            connection, world.desk, office, worse.id, place=await world.place("north"), text="2026-02"
        )
    assert told["steps"]["missing"] == "undefined"


async def test_a_step_that_is_made_from_something_hidden_is_hidden_too(world: World) -> None:
    files = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None)
    north_owns = {"owner_org": world.orgs["north"]}
    twice = await ruled(world, f"round([{files.code}], 2) + [{files.code}]", unit="hồ sơ", **north_owns)
    below = await ruled(
        world,
        'sum(fact("tasks.open") over units, missing: skip)',
        level="unit",
        unit="nhiệm vụ",
        **north_owns,
    )
    await hand_in(world, files, "south", FEBRUARY, "30")
    await make(world)
    department = await world.who("truong.bac")
    south, root = await world.place("south"), await world.place("root")
    async with world.db.transaction() as connection:
        told = await service.unfolded(
            connection, world.desk, department, twice.id, place=south, text="2026-02"
        )
        own = await service.unfolded(connection, world.desk, department, below.id, place=root, text="2026-02")
    assert told["steps"]["value"] == "60", "the figure itself is the department's own indicator"
    assert [part["value"] for part in told["steps"]["parts"]] == [None, None]
    assert all(part["hidden"] for part in told["steps"]["parts"])
    assert own["steps"]["parts"][0]["value"] is not None, "facts of one's own indicator are told"


async def test_a_formula_counts_only_what_its_keeper_may_see(world: World) -> None:
    await world.person("du.lieu.bac", "north", "data_steward")
    north = {"owner_org": world.orgs["north"]}
    own = await world.indicator(unit="hồ sơ", source_kind="pulled", low=None, high=None, **north)
    other = await world.indicator(
        unit="hồ sơ", source_kind="pulled", low=None, high=None, owner_org=world.orgs["south"]
    )
    keeper, office = await world.who("du.lieu.bac"), await world.who("van.phong")
    given = {"unit": "hồ sơ", "period_kind": "month", "level": "unit"}

    async def tried(who: Any, text: str, **more: Any) -> Any:
        async with world.db.transaction() as connection:
            return await service.tried(connection, world.desk, who, text, code="THU", **(given | more))

    async def kept(text: str) -> Any:
        method = FirstMethod(vi="x", en="x", valid_from=date(2022, 1, 1), formula=text)
        async with world.db.transaction() as connection:
            return await register.add_method(
                connection, world.desk, keeper, own.id, method, version=own.version
            )

    for text in (f"[{other.code}]", f"[{other.code}] + 1", 'fact("tasks.overdue")'):
        await refused(tried(keeper, text), "formula")
        await refused(kept(text), "formula")
    hidden = await refused(tried(keeper, f"[{other.code}]"), "formula")
    nothing = await refused(tried(keeper, "[KHONG-CO]"), "formula")
    assert hidden.faults[0].vi.replace(other.code, "KHONG-CO") == nothing.faults[0].vi
    assert (await tried(keeper, f"[{own.code}] * 2"))["unit"] == "hồ sơ"
    assert (await tried(office, f"[{other.code}] + [{own.code}]"))["reads"] == 2
    assert (await tried(office, 'fact("tasks.overdue")', unit="nhiệm vụ"))["facts"] == ["tasks.overdue"]
