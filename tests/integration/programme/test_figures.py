"""The figures of a programme's year: they reconcile with the ledger and stay within sight."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from haidang.base.clock import FixedClock
from haidang.programme.model.payments import NewPayment
from haidang.programme.model.register import Program, Project
from haidang.programme.service import (
    board,
    curve,
    earned,
    flags,
    looking_back,
    owners,
    payments,
    programs,
    projects,
    rates,
    risks,
)
from haidang.programme.service.desk import Desk, desk_of
from haidang.programme.service.programs import NewDecision
from haidang.programme.service.projects import NewTotal
from tests.integration.programme.conftest import BILLION, ME, World, add_contract, add_record, refused
from tests.integration.programme.test_forecast import AUGUST, years

BY: tuple[rates.By, ...] = ("owner", "source", "phase", "group", "sector")


def in_august(world: World) -> Desk:
    return desk_of(world.settings, FixedClock(AUGUST))


async def enter(world: World, project: Project, dong: int, on: date, **facts: Any) -> None:
    """Confirm a payment, in August."""
    world.made += 1
    source = facts.pop("source", None) or await world.source()
    new = NewPayment(
        **({"fund_source_id": source, "plan_year": 2026, "kind": "volume", "confirmed_dong": dong,
            "paid_on": on, "treasury_ref": f"KB-{world.made}"} | facts)
    )  # fmt: skip
    async with world.db.transaction() as connection:
        await payments.enter(connection, in_august(world), ME, project.id, new)


async def set_total(world: World, project: Project, dong: int, day: date = date(2025, 1, 5)) -> None:
    async with world.db.transaction() as connection:
        new = NewDecision(kind="investment", doc_number="9/QĐ", signed_on=day, project_id=project.id)
        [made] = await programs.decide(connection, world.desk, ME, project.program_id, [new])
        total = NewTotal(project_id=project.id, amount_dong=dong, decision_id=made.id, valid_from=day)
        await projects.set_totals(connection, world.desk, ME, [total])


async def money_of_every_kind(world: World) -> tuple[Program, Project, Project]:
    """Two projects with every kind of plan, two sources, an advance, a recovery, carried-over capital."""
    program = await world.program(period_from=2021)
    facts = {"project_phase": "transitional", "project_group": "B", "sector": "traffic"}
    one = await world.project(program, **facts)
    two = await world.project(program, "other", project_phase="new_start")
    central = await world.source("central")
    january, june, march = date(2026, 1, 5), date(2026, 6, 10), date(2026, 3, 2)
    for kind, dong in (("prime_minister", 90), ("annual", 60), ("allocation", 50), ("carry_over", 7)):
        await world.plan(one, dong * BILLION, january, plan_kind=kind)
    await world.plan(one, 20 * BILLION, january, fund_source_id=central)
    await world.plan(one, 75 * BILLION, june)
    await world.plan(two, 40 * BILLION, january)
    contract = await add_contract(world, one, 100 * BILLION)
    await enter(world, one, 12 * BILLION, march, kind="advance", contract_id=contract.id)
    await enter(world, one, 8 * BILLION, june, contract_id=contract.id)
    await enter(world, one, 5 * BILLION, june, kind="recovery", contract_id=contract.id)
    await enter(world, one, 3 * BILLION, march, carry_over=True)
    await enter(world, one, 4 * BILLION, june, source=central)
    await enter(world, two, 9 * BILLION, date(2026, 7, 20))
    return program, one, two


async def test_rows_of_every_split_come_to_the_ledgers_total(world: World) -> None:
    program, _, _ = await money_of_every_kind(world)
    desk = in_august(world)
    async with world.db.transaction() as c:
        found = {by: await rates.rates(c, desk, ME, program.id, 2026, by=by) for by in BY}
        months = await rates.rates(c, desk, ME, program.id, 2026, by="month")
        shown = await board.board(c, desk, ME, program.id, 2026)
    plans = {"prime_minister": 90, "council_initial": 120, "annual": 135, "allocation": 50, "carry_over": 7}
    for by, answer in found.items():
        total = answer["total"]
        assert total["plan_dong"] == shown["money"]["plan_dong"], by
        for kind, billions in plans.items():
            assert sum(row["plans"][kind] or 0 for row in answer["rows"]) == billions * BILLION, (by, kind)
            assert total["plan_dong"][kind] == billions * BILLION
        paid = sum(row["paid_dong"] + row["paid_carry_over_dong"] for row in answer["rows"])
        assert paid == total["disbursed"]["total_dong"] == 31 * BILLION
        assert sum(row["outstanding_advance_dong"] for row in answer["rows"]) == 7 * BILLION
        # No share without its denominator, plan date and cut-off; 28 of 135 is paid of the current plan.
        ratios = {each["denominator_kind"]: each for each in total["ratios"]}
        assert len(ratios) == 9
        assert ratios["annual"]["value"] == pytest.approx(28 / 135, abs=1e-6)
        assert ratios["annual_with_carry_over"]["value"] == pytest.approx(31 / 142, abs=1e-6)
        assert ratios["allocation"]["value"] == pytest.approx(28 / 50, abs=1e-6)
        assert all(each["plan_as_of"] and each["cutoff"] for each in ratios.values())
    labels = {row["key"]: row["label_vi"] for row in found["phase"]["rows"]}
    assert labels == {"transitional": "Chuyển tiếp", "new_start": "Khởi công mới"}
    assert [row["key"] for row in found["group"]["rows"]] == ["B", None]
    # By month: what was paid until its end, over the plan of that day.
    by_month = {row["period"]: row for row in months["rows"]}
    assert sorted(by_month) == list(range(1, 9))
    assert [by_month[period]["plans"]["annual"] // BILLION for period in (5, 6)] == [120, 135]
    assert [by_month[period]["paid_dong"] // BILLION for period in (2, 3, 6, 7)] == [0, 12, 19, 28]
    assert by_month[8]["until"] == date(2026, 8, 10)
    async with world.db.transaction() as c:
        march = await rates.rates(c, desk, ME, program.id, 2026, by="owner", cutoff=date(2026, 3, 31))
    assert march["total"]["disbursed"]["total_dong"] == 15 * BILLION


async def test_nothing_of_another_owner_is_named_or_summed(world: World) -> None:
    program, one, two = await money_of_every_kind(world)
    desk, who = in_august(world), await world.who("khac")
    async with world.db.transaction() as c:
        answers = [
            *[await rates.rates(c, desk, who, program.id, 2026, by=by) for by in (*BY, "month")],
            await flags.flags(c, desk, who, program.id, 2026),
            await risks.risks(c, desk, who, program.id, 2026, limit=10),
            await risks.paces(c, desk, who, program.id, 2026),
            await risks.paces(c, desk, who, program.id, 2026, by="owner"),
            await risks.proposals(c, desk, who, program.id, 2026),
            await looking_back.scores(c, desk, who, program.id, 2026),
            await owners.owner(c, desk, who, two.owner_org, 2026, program=None),
        ]
        for answer in answers:
            said = repr(answer)
            assert one.public_id not in said
            assert "Ban Quản lý Một" not in said
        for answer in answers[:5]:
            assert answer["whole"] is False
            assert answer["total"]["plan_dong"]["annual"] == 40 * BILLION
            assert answer["total"]["disbursed"]["total_dong"] == 9 * BILLION
        assert answers[8]["total"]["plan_dong"] == 40 * BILLION
        for asked in (
            earned.earned(c, desk, who, one.id), curve.curve(c, desk, who, one.id, 2026),
            owners.owner(c, desk, who, one.owner_org, 2026, program=None),
        ):  # fmt: skip
            await refused(asked, "not-found")
        # Finance and the office see all of it; what was remembered for one is not shown to the other.
        for name in ("tien", "phong"):
            whole = await rates.rates(c, desk, await world.who(name), program.id, 2026, by="owner")
            assert (whole["whole"], whole["total"]["plan_dong"]["annual"]) == (True, 135 * BILLION)
        mine = await rates.rates(c, desk, await world.who("khach"), program.id, 2026, by="owner")
        assert [row["label_vi"] for row in mine["rows"]] == ["Ban Quản lý Một"]


async def test_what_was_remembered_is_read_again_after_a_payment(world: World) -> None:
    program, one, _ = await money_of_every_kind(world)
    desk = in_august(world)

    async def paid() -> list[int]:
        async with world.db.transaction() as c:
            answers = [
                (await rates.rates(c, desk, ME, program.id, 2026, by="source"))["total"]["disbursed"],
                (await risks.risks(c, desk, ME, program.id, 2026, limit=1))["total"],
                (await risks.paces(c, desk, ME, program.id, 2026))["total"],
                (await board.board(c, desk, ME, program.id, 2026))["money"]["disbursed"],
            ]
        return [each.get("total_dong", each.get("paid_dong")) // BILLION for each in answers]

    assert await paid() == [31, 31, 31, 31]
    await enter(world, one, 2 * BILLION, date(2026, 8, 3))
    assert await paid() == [33, 33, 33, 33]
    # What a transaction has written itself and taken back is nobody's.
    with pytest.raises(ZeroDivisionError):
        async with world.db.transaction() as c:
            new = NewPayment(
                fund_source_id=await world.source(), plan_year=2026, kind="volume", confirmed_dong=BILLION,
                paid_on=date(2026, 8, 3), treasury_ref="KB-x",
            )  # fmt: skip
            await payments.enter(c, desk, ME, one.id, new)
            seen = await risks.paces(c, desk, ME, program.id, 2026)
            assert seen["total"]["paid_dong"] == 34 * BILLION
            raise ZeroDivisionError
    assert await paid() == [33, 33, 33, 33]


async def test_a_year_is_foreseen_ranked_and_paced(world: World) -> None:
    found = await years(world)
    first = found[0]
    desk, program = in_august(world), found[0].program_id
    contract = await add_contract(world, first, 300 * BILLION)
    await add_record(
        world, first, "acceptance", contract_id=contract.id, volume_dong=130 * BILLION,
        accepted_on="2025-06-30", minutes="BB-1",
    )  # fmt: skip
    async with world.db.transaction() as c:
        late = await risks.risks(c, desk, ME, program, 2026, limit=3)
        pace = await risks.paces(c, desk, ME, program, 2026)
        by_owner = await risks.paces(c, desk, ME, program, 2026, by="owner")
        back = await looking_back.scores(c, desk, ME, program, 2026)
        shape = await curve.curve(c, desk, ME, first.id, 2026)
    # 95 % of 100 billion less the 80 that are foreseen; nine such projects.
    assert (late["count"], [each["rank"] for each in late["items"]]) == (9, [1, 2, 3])
    assert {each["shortfall_dong"] for each in late["items"]} == {15 * BILLION}
    assert late["total"]["shortfall_dong"] == 9 * 15 * BILLION
    assert late["items"][0]["rate"]["denominator_kind"] == "annual_with_carry_over"
    assert {each["code"] for each in late["items"][0]["reasons"]} == {"foreseen_low"}
    # Of the first one 130 were accepted and 200 paid: of its volume nothing waits to be paid.
    total = pace["total"]
    rows = {row["project"]["id"]: row for row in pace["rows"]}
    assert rows[first.id]["accepted_unpaid_dong"] == 0
    assert rows[first.id]["needed_per_month_dong"] == -(-55 * BILLION // 6)
    assert (rows[first.id]["allowed"], rows[first.id]["code"]) == (False, "needs_volume")
    for name in ("plan_dong", "paid_dong", "needed_per_month_dong", "lacking_dong"):
        assert total[name] == sum(row[name] for row in pace["rows"])
        assert total[name] == sum(row[name] for row in by_owner["rows"])
    assert len(by_owner["rows"]) == 2
    assert [each["reason"] for each in back["methods"]] == ["not_enough_history", None, None, None]
    assert back["past"]["judged"] == (2025,)
    assert shape["forecast"]["p50_dong"] == 80 * BILLION
    assert shape["forecast"]["past_error_points"] == 0


async def test_a_plan_without_any_payment_raises_no_flag_of_money(world: World) -> None:
    """What nobody has entered is unknown: nothing is said to be unpaid, late or below a mean."""
    program = await world.program(period_from=2021)
    one, two = await world.project(program), await world.project(program, "other")
    for each in (one, two):
        await world.plan(each, 60 * BILLION, date(2026, 1, 5))

    async def seen() -> tuple[set[str], bool]:
        async with world.db.transaction() as connection:
            found = await flags.flags(connection, in_august(world), ME, program.id, 2026)
            shown = await board.board(connection, in_august(world), ME, program.id, 2026)
        return {each["code"] for each in found["items"]}, shown["payments_recorded"]

    codes, recorded = await seen()
    assert not codes & (flags.PAYMENT_FLAGS | flags.ALLOCATION_FLAGS | {flags.BELOW})
    assert recorded is False
    await enter(world, one, 9 * BILLION, date(2026, 3, 2))
    await world.plan(one, 60 * BILLION, date(2026, 1, 9), plan_kind="allocation")
    codes, recorded = await seen()
    assert {"nothing_paid", "late_allocation", flags.BELOW} <= codes and recorded is True
