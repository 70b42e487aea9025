"""The figures of a programme's year: they reconcile with the ledger and stay within sight."""

from __future__ import annotations

from haidang.base.clock import FixedClock
from haidang.programme.service import (
    contractors,
    curve,
    earned,
    flags,
    looking_back,
    owners,
    rates,
    risks,
)
from haidang.programme.service.desk import desk_of
from tests.integration.programme.conftest import BILLION, ME, World, add_contract
from tests.integration.programme.test_forecast import AUGUST, years


async def test_a_year_answers_and_its_rows_come_to_the_total(world: World) -> None:
    projects = await years(world)
    desk = desk_of(world.settings, FixedClock(AUGUST))
    first = projects[0]
    program = first.program_id
    await add_contract(world, first, 300 * BILLION)
    [(builder,)] = await world.fetch("SELECT contractor_id FROM contract WHERE project_id = %s", first.id)
    async with world.db.transaction() as c:
        for by in ("owner", "source", "phase", "group", "sector"):
            found = await rates.rates(c, desk, ME, program, 2026, by=by)
            assert sum(row["plans"]["annual"] or 0 for row in found["rows"]) == 900 * BILLION
            assert found["total"]["plan_dong"]["annual"] == 900 * BILLION
        months = await rates.rates(c, desk, ME, program, 2026, by="month")
        raised = await flags.flags(c, desk, ME, program, 2026)
        late = await risks.risks(c, desk, ME, program, 2026, limit=3)
        pace = await risks.paces(c, desk, ME, program, 2026)
        moves = await risks.proposals(c, desk, ME, program, 2026)
        back = await looking_back.scores(c, desk, ME, program, 2026)
        value = await earned.earned(c, desk, ME, first.id)
        shape = await curve.curve(c, desk, ME, first.id, 2026)
        page = await owners.owner(c, desk, ME, first.owner_org, 2026, program=program)
        company = await contractors.contractor(c, desk, ME, builder)
    assert len(months["rows"]) == 8
    assert {each["code"]: each["count"] for each in raised["counts"]} == {
        "foreseen_low": 9, "late_allocation": 9,
    }  # fmt: skip
    assert (late["count"], len(late["items"]), late["items"][0]["rank"]) == (9, 3, 1)
    assert late["items"][0]["shortfall_dong"] == 15 * BILLION
    assert late["total"]["paid_dong"] == 9 * 40 * BILLION
    assert pace["total"]["needed_per_month_dong"] == 9 * pace["rows"][0]["needed_per_month_dong"]
    assert (moves["items"], moves["total_dong"]) == ([], 0)
    assert [each["reason"] for each in back["methods"]] == ["not_enough_history", None, None, None]
    assert value["at"]["spi"] == {
        "value": None, "reason_vi": "chưa có tổng mức đầu tư", "reason_en": "no total investment is set",
    }  # fmt: skip
    assert shape["plan"]["current_dong"] == 100 * BILLION
    assert [each["paid_dong"] for each in shape["periods"]][6:9] == [40 * BILLION, 40 * BILLION, None]
    assert page["totals"]["current_dong"] == 500 * BILLION
    assert company["record"]["late_rate"] is None
