"""What a unit hands in: asked for, entered, submitted, approved, locked, corrected; refusals by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from psycopg.errors import InsufficientPrivilege

from haidang.indicators.model.register import Form, Indicator
from haidang.indicators.model.submission import Approve, Lock, Return, Submission, Submit, Unlock
from haidang.indicators.service import submissions, values
from haidang.indicators.service.submissions import Entry
from haidang.indicators.service.values import Correction
from tests.integration.indicators.conftest import World, refused

MARCH = date(2026, 3, 1)


async def asked(world: World, *orgs: str) -> tuple[Form, list[Indicator], list[Submission]]:
    """Two indicators of a form, owed by units for March; the clock stands on the first day of April."""
    form = await world.form()
    found = [await world.indicator(form), await world.indicator(form, unit="người", decimals=0, high=None)]
    for each in found:
        await world.owe(each, *orgs, period="2026-03")
    world.local("2026-04-01T08:00")
    await world.tick()
    return form, found, [await world.submission(form, org, MARCH) for org in orgs]


async def entries(world: World, found: list[Indicator], org: str, *values_: str | None) -> list[Entry]:
    place = await world.place(org)
    return [
        Entry(indicator=each.id, place=place, value=None if value is None else Decimal(value),
              missing=None if value is not None else "not_collected")
        for each, value in zip(found, values_, strict=True)
    ]  # fmt: skip


async def test_a_form_goes_from_asked_for_to_locked_and_its_task_goes_with_it(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    [(title, state, source)] = await world.fetch(
        "SELECT title, state, source_kind FROM task WHERE id = %s", row.task_id
    )
    assert (state, source) == ("new", "indicator")
    assert "tháng 3/2026" in title
    # The 3rd working day after 31 March 2026 is 3 April, 17:00 in Vietnam.
    assert row.due_at.isoformat() == "2026-04-03T10:00:00+00:00"
    await world.enter("bac", row, *await entries(world, found, "north", "97.5", "12"))
    shown = await world.shown("truong.bac", row)
    assert [line["now"]["value"] for line in shown["lines"]] == ["97.5", "12"]
    assert [line["now"]["state"] for line in shown["lines"]] == ["draft", "draft"]
    # Nobody else sees what a unit has not handed in.
    assert [line["now"] for line in (await world.shown("van.phong", row))["lines"]] == [None, None]
    row = await world.do("bac", row, Submit())
    assert (row.state, row.version) == ("submitted", 2)
    assert [line["now"]["state"] for line in (await world.shown("van.phong", row))["lines"]] == [
        "submitted"
    ] * 2
    await refused(world.do("bac", row, Approve()), "forbidden")
    await world.do("truong.bac", row, Approve())
    assert await world.fetch("SELECT state FROM task WHERE id = %s", row.task_id) == [("accepted",)]
    row = await world.do("truong.bac", row, Lock())
    states = await world.fetch(
        "SELECT DISTINCT state FROM indicator_value WHERE indicator_id = %s", found[0].id
    )
    assert (row.state, states) == ("locked", [(3,)])


async def test_what_lacks_is_named_and_a_reason_is_as_good_as_a_number(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    [first, second] = await entries(world, found, "north", "97.5", None)
    await world.enter("bac", row, first)
    problem = await refused(world.do("bac", row, Submit()), "indicator-form-incomplete")
    assert [fault.field.partition("@")[0] for fault in problem.faults] == [found[1].code]
    await world.enter("bac", row, second)
    assert (await world.do("bac", row, Submit())).state == "submitted"
    [(value, missing)] = await world.fetch(
        "SELECT value, missing FROM indicator_value WHERE indicator_id = %s", found[1].id
    )
    assert (value, missing) == (None, 4)  # missing is missing, not zero


async def test_wrong_figures_are_named_and_none_of_them_is_kept(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    [first, second] = await entries(world, found, "north", "120", "12.5")
    problem = await refused(world.enter("bac", row, first, second), "invalid-request")
    assert [(fault.field, fault.value) for fault in problem.faults] == [
        (found[0].code, "120"), (found[1].code, "12.5")
    ]  # fmt: skip
    place = await world.place("north")
    other = Entry(indicator=found[1].id, place=place, value=Decimal(5), unit="triệu đồng")
    await refused(world.enter("bac", row, other), "indicator-unit-mismatch")
    stranger = Entry(indicator=found[1].id, place=await world.place("office"), value=Decimal(5))
    await refused(world.enter("bac", row, stranger), "invalid-request")
    twice = await entries(world, found, "north", "1", "1")
    await refused(world.enter("bac", row, *twice, twice[0]), "invalid-request")
    assert await world.fetch("SELECT 1 FROM indicator_value WHERE indicator_id = ANY(%s)",
                             [each.id for each in found]) == []  # fmt: skip


async def test_a_second_submission_and_an_older_view_are_refused_and_lose_nothing(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    given = await entries(world, found, "north", "50", "5")
    await world.enter("bac", row, *given)
    # The same again changes nothing; another number needs the revision that was seen.
    problem = await refused(world.enter("truong.bac", row, *given), "invalid-request")
    assert problem.faults[0].value == "50"
    place = await world.place("north")
    await world.enter(
        "truong.bac", row, Entry(indicator=found[0].id, place=place, revision=1, value=Decimal(60))
    )
    row = await world.do("bac", row, Submit())
    who = await world.who("bac")
    async with world.db.transaction() as connection:
        await refused(
            submissions.perform(connection, world.desk, who, row.id, Submit(), version=1), "version-conflict"
        )
    [first] = await world.fetch(
        "SELECT value, revision FROM indicator_revision WHERE indicator_id = %s", found[0].id
    )
    assert first == (Decimal(50), 1)


async def test_what_is_returned_is_entered_again_and_what_is_approved_is_not(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    await world.enter("bac", row, *await entries(world, found, "north", "50", "5"))
    await world.do("bac", row, Submit())
    row = await world.do("truong.bac", row, Return(reason="Số học sinh chưa đúng"))
    assert (row.state, row.reason) == ("returned", "Số học sinh chưa đúng")
    place = await world.place("north")
    again = Entry(indicator=found[1].id, place=place, revision=1, value=Decimal(7))
    await world.enter("bac", row, again)
    await world.do("bac", row, Submit())
    await world.do("truong.bac", row, Approve())
    late = Entry(indicator=found[1].id, place=place, revision=2, value=Decimal(8))
    await refused(world.enter("bac", row, late), "indicator-act-refused")
    await refused(world.do("bac", row, Submit()), "indicator-act-refused")


async def test_a_locked_figure_changes_only_by_a_correction_with_reason_and_document(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    await world.enter("bac", row, *await entries(world, found, "north", "50", "5"))
    for act in (Submit(), Approve(), Lock()):
        await world.do("truong.bac", row, act)
    place = await world.place("north")

    async def correct(by: str, **facts: object) -> object:
        new = Correction(**({"place": place, "period": "2026-03", "revision": 1, "value": Decimal("51.5"),
                             "reason": "Kiểm tra lại"} | facts))  # type: ignore[arg-type]  # fmt: skip
        who = await world.who(by)
        async with world.db.transaction() as connection:
            return await values.correct(connection, world.desk, who, found[0].id, new)

    await refused(correct("truong.bac"), "forbidden")  # locked: not the unit's own any more
    await world.owe(found[0], "south", period="2026-03")
    await refused(correct("truong.nam"), "not-found")  # another unit's: there or not, it is not told
    await refused(correct("van.phong"), "invalid-request")  # needs its document
    await refused(correct("van.phong", document="1/CV", revision=9), "version-conflict")
    await refused(correct("van.phong", document="1/CV", value=Decimal(400)), "invalid-request")
    await correct("van.phong", document="1/CV")
    line = (await world.shown("bac", row))["lines"][0]["now"]
    assert (line["value"], line["flags"], line["state"], line["revision"]) == (
        "51.5",
        ["corrected"],
        "locked",
        2,
    )
    [kept] = await world.fetch(
        "SELECT value, state FROM indicator_revision WHERE indicator_id = %s", found[0].id
    )
    assert kept == (Decimal(50), 3)
    [(reason, document)] = await world.fetch(
        "SELECT reason, document FROM indicator_batch WHERE act = 'correct' ORDER BY id DESC LIMIT 1"
    )
    assert (reason, document) == ("Kiểm tra lại", "1/CV")
    await refused(world.do("truong.bac", row, Unlock(reason="Sai", document="2/QĐ")), "forbidden")
    row = await world.do("van.phong", row, Unlock(reason="Rà soát lại", document="2/QĐ"))
    assert row.state == "returned"


async def test_neither_unit_sees_or_fills_the_others_form(world: World) -> None:
    _, found, [north, south] = await asked(world, "north", "south")
    await refused(world.shown("nam", north), "not-found")
    given = await entries(world, found, "south", "50", "5")
    await refused(world.enter("nam", north, *given), "not-found")
    await world.enter("nam", south, *given)
    await refused(world.do("truong.bac", south, Submit()), "not-found")


async def test_the_schema_itself_keeps_what_was_known(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    await world.enter("bac", row, *await entries(world, found, "north", "50", "5"))
    for query in (
        "UPDATE indicator_value SET value = 1 WHERE indicator_id = %s",
        "UPDATE indicator_value SET value = 1, revision = revision + 1 WHERE indicator_id = %s",
        "DELETE FROM indicator_value WHERE indicator_id = %s",
        "UPDATE indicator SET unit = 'x' WHERE id = %s",
    ):
        with pytest.raises(InsufficientPrivilege):
            await world.run(query, found[0].id)
    for table in ("indicator_value", "indicator_value_2026", "indicator_revision", "indicator_batch CASCADE"):
        with pytest.raises(InsufficientPrivilege):
            await world.run(f"TRUNCATE {table}")


async def test_nobody_approves_figures_that_changed_after_they_looked(world: World) -> None:
    _, found, [row] = await asked(world, "north")
    await world.enter("bac", row, *await entries(world, found, "north", "50", "5"))
    row = await world.do("bac", row, Submit())
    seen = row.version
    place = await world.place("north")
    changed = Entry(indicator=found[0].id, place=place, revision=1, value=Decimal(99))
    assert (await world.enter("bac", row, changed))["version"] == seen + 1
    head = await world.who("truong.bac")
    async with world.db.transaction() as connection:
        await refused(
            submissions.perform(connection, world.desk, head, row.id, Approve(), version=seen),
            "version-conflict",
        )
    same = await world.enter("bac", row, msgspec.structs.replace(changed, revision=2))
    assert same == {"changed": 0, "version": seen + 1}, "what changes nothing is no other form"
    assert (await world.do("truong.bac", row, Approve())).state == "approved"
