"""Values on two clocks: honour in SQL as in the rules, what was known when, what is told, what is handed
over."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.indicators.model.submission import Approve, Submit
from haidang.indicators.model.value import SOURCES, NewValue, Source, Standing, hinders, same
from haidang.indicators.service import adoption, handing, looking, values
from haidang.indicators.service.handing import Handed
from haidang.indicators.service.submissions import Entry
from haidang.indicators.store import places
from haidang.indicators.store import values as store
from tests.integration.indicators.conftest import ME, World, refused

FEBRUARY = date(2026, 2, 1)
_starts = itertools.count(1)
AUTO: tuple[Source, ...] = ("computed", "internal", "pulled")


async def placed(world: World, org: str) -> int:
    async with world.db.transaction() as connection:
        found = await places.of_unit(connection, world.orgs[org])
    assert found is not None
    return found.id


async def series(world: World, number: int, by: str = "", **facts: Any) -> list[dict[str, Any]]:
    who = await world.who(by) if by else ME
    async with world.db.transaction() as connection:
        found = await looking.series(
            connection, who, number, wanted=None, first="2026-01", last="2026-12",
            **({"known_at": None} | facts),
        )  # fmt: skip
    return [value for each in found["series"] for value in each["values"]]


async def put(world: World, new: NewValue, source: Source) -> values.Recorded:
    async with world.db.transaction() as connection:
        return await values.record_many(connection, world.desk, "system:test", [new], source=source)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(SOURCES), st.sampled_from(AUTO), st.integers(0, 3), st.integers(0, 31), st.booleans(),
    st.sampled_from([None, 1, 2]), st.sampled_from([None, 1, 2]),
)  # fmt: skip
async def test_the_statement_and_the_rule_agree(
    world: World,
    before: Source,
    source: Source,
    state: int,
    flags: int,
    twice: bool,
    old: int | None,
    new: int | None,
) -> None:
    place = await placed(world, "north")
    indicator = (await world.indicator()).id if world.made == 0 else 1
    start = date(1990, 1, 1) + timedelta(days=next(_starts))  # no two examples meet
    key = (indicator, place, start)
    missing = 0 if old is not None else 4
    await world.run(
        "INSERT INTO indicator_value (batch, judged, indicator_id, place_id, start, source, missing, flags, "
        "method, "
        "revision, state, value) VALUES (0, 0, %s, %s, %s, %s, %s, %s, 1, 1, %s, %s)",
        *key, SOURCES.index(before) + 1, missing, flags, state, old,
    )  # fmt: skip
    given_ = NewValue(
        indicator_id=key[0], place_id=place, start=start, value=None if new is None else Decimal(new),
        missing="not_collected" if new is None else None, flags=flags if twice else 0,
    )  # fmt: skip
    async with world.db.transaction() as connection:
        [standing] = (await store.standing(connection, [key])).values()
    done = await put(world, given_, source)
    changes = hinders(standing, source) is None and not _unchanged(standing, given_, source)
    assert (done.changed == (key,)) == changes, (standing, given_, source)


def _unchanged(standing: Standing, new: NewValue, source: Source) -> bool:
    # What stands as outdated is written again, so that it is fresh.
    return same(standing, new, source) and not standing.flags & 8


async def test_a_revision_keeps_what_was_known_and_when(world: World) -> None:
    found = await world.indicator()
    place = await placed(world, "north")
    new = NewValue(indicator_id=found.id, place_id=place, start=FEBRUARY, value=Decimal(10))
    world.local("2026-03-01T08:00")
    first = await put(world, new, "computed")
    assert first.changed == ((found.id, place, FEBRUARY),)
    assert (await put(world, new, "computed")).changed == ()  # the same again is no revision
    world.local("2026-03-05T08:00")
    await put(
        world, NewValue(indicator_id=found.id, place_id=place, start=FEBRUARY, value=Decimal(11)), "computed"
    )
    [now] = await series(world, found.id)
    assert (now["value"], now["revision"], now["source"]) == ("11", 2, "computed")
    world.local("2026-03-04T08:00")
    [then] = await series(world, found.id, known_at=world.clock.now())
    assert (then["value"], then["revision"]) == ("10", 1)
    world.local("2026-02-20T08:00")
    assert await series(world, found.id, known_at=world.clock.now()) == []
    async with world.db.transaction() as connection:
        revisions = await looking.revisions(connection, ME, found.id, place=place, period="2026-02")
    assert [(each["value"], each["recorded"]["author"]) for each in revisions] == [
        ("11", "system:test"), ("10", "system:test")
    ]  # fmt: skip


async def test_what_changed_is_told_with_its_keys_and_what_is_locked_is_held_and_marked(world: World) -> None:
    found = await world.indicator()
    place = await placed(world, "north")
    key = (found.id, place, FEBRUARY)
    new = NewValue(indicator_id=found.id, place_id=place, start=FEBRUARY, value=Decimal(10))
    done = await put(world, new, "computed")
    [(body,)] = await world.fetch(
        "SELECT body FROM event_inbox WHERE topic = 'indicators' AND ref = %s", f"batch:{done.batch}"
    )
    assert body["keys"] == [[found.id, place, "2026-02-01"]]
    async with world.db.transaction() as connection:
        assert await values.outdated(connection, [key]) == 1
    assert (await series(world, found.id))[0]["flags"] == ["outdated"]
    fresh = await put(world, new, "computed")
    assert fresh.changed == (key,)
    assert (await series(world, found.id))[0]["flags"] == []
    async with world.db.transaction() as connection:
        await store.move(connection, [key], to=3, judged=done.batch or 0)
    held = await put(world, NewValue(indicator_id=found.id, place_id=place, start=FEBRUARY,
    value=Decimal(12)),
                     "computed")  # fmt: skip
    assert (held.changed, held.held) == ((), (key,))
    [stands] = await series(world, found.id)
    assert (stands["value"], stands["state"], stands["flags"]) == ("10", "locked", ["outdated"])


async def test_late_data_of_a_unit_is_told_as_late(world: World) -> None:
    form = await world.form()
    found = await world.indicator(form)
    await world.owe(found, "north", period="2026-03")
    world.local("2026-04-01T08:00")
    await world.tick()
    row = await world.submission(form, "north", date(2026, 3, 1))
    place = await world.place("north")
    await world.enter("bac", row, Entry(indicator=found.id, place=place, value=Decimal(5)))
    world.local("2026-04-06T08:00")
    await world.do("bac", row, Submit())
    await world.do("truong.bac", row, Approve())
    events = await world.fetch(
        "SELECT body->>'late', body->'keys' FROM event_inbox WHERE topic = 'indicators' AND kind = 'values' "
        "AND body @> %s", f'{{"keys": [[{found.id}, {place}, "2026-03-01"]]}}'
    )  # fmt: skip
    assert [late for late, _ in events] == ["true"]


async def test_another_system_hands_over_and_each_wrong_figure_comes_back(
    world: World,
) -> None:
    pulled = await world.indicator(source_kind="pulled")
    typed = await world.indicator(await world.form())
    north, south = world.orgs["north"], world.orgs["south"]
    handed = [
        Handed(code=pulled.code, period="2026-02", org=north, value=Decimal("50.5")),
        Handed(code=pulled.code, period="2026-02", org=north, value=Decimal(51)),
        Handed(code="KHONG-CO", period="2026-02", org=north, value=Decimal(1)),
        Handed(code=pulled.code, period="2026-Q1", org=north, value=Decimal(1)),
        Handed(code=pulled.code, period="2026-01", org=north, value=Decimal(101)),
        Handed(code=pulled.code, period="2026-01", org=north, value=Decimal(1), unit="người"),
        Handed(code=typed.code, period="2026-01", org=north, value=Decimal(1)),
        Handed(code=pulled.code, period="2026-01", org=south, value=Decimal(1)),
        Handed(code=pulled.code, period="2026-01", org=north, missing="withheld"),
    ]
    who = await world.who("bac")
    async with world.db.transaction() as connection:
        done = await handing.take(connection, world.desk, who, handed, source_ref="his-1")
    assert (done["changed"], done["unchanged"]) == (2, 0)
    assert [(each["index"], each["problem"]["code"]) for each in done["refused"]] == [
        (1, "invalid-request"), (2, "invalid-request"), (3, "invalid-request"), (4, "invalid-request"),
        (5, "indicator-unit-mismatch"), (6, "invalid-request"), (7, "forbidden"),
    ]  # fmt: skip
    found = await series(world, pulled.id, "bac")
    assert [(each["value"], each["missing"], each["source_ref"]) for each in found] == [
        (None, "withheld", "his-1"), ("50.5", None, "his-1")
    ]  # fmt: skip
    assert await series(world, pulled.id, "van.phong") == found
    await refused(series(world, pulled.id, "nam"), "not-found")


async def test_views_are_counted_by_unit_and_who_looks_at_nothing_is_seen(world: World) -> None:
    for by, board in (("bac", "wall"), ("truong.bac", "wall"), ("bac", "sector/health")):
        who = await world.who(by)
        async with world.db.transaction() as connection:
            assert (await adoption.count(connection, world.desk, who, board))["counted"]
    async with world.db.transaction() as connection:
        assert not (await adoption.count(connection, world.desk, ME, "wall"))["counted"]
        today = world.desk.today()
        found = await adoption.by_unit(connection, await world.who("van.phong"), today, today)
    units = {unit["org"]["id"]: unit for unit in found["units"]}
    assert units[world.orgs["north"]]["views"] == 3
    assert {each["board"]: each["views"] for each in units[world.orgs["north"]]["boards"]} == {
        "wall": 2, "sector/health": 1
    }  # fmt: skip
    assert units[world.orgs["south"]]["views"] == 0
    assert found["unused"] >= 2
    columns = await world.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'board_view' ORDER BY 1"
    )
    assert columns == [("board",), ("day",), ("org_id",), ("views",)]  # of a person there is nothing
