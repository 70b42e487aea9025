"""Payments on the real database: acts, limits of the ledger, sums that lose and invent no đồng.

The tests are named after the acts of ``docs/programme.md``, which names them in turn.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.programme.model.money import Disbursed
from haidang.programme.model.payments import (
    Cancel,
    Confirm,
    NewEstimate,
    NewPayment,
    Payment,
    Reestimate,
    Reverse,
)
from haidang.programme.model.register import Project
from haidang.programme.service import ledger, looking, money, payments, snapshots
from haidang.programme.service.money import Cut
from haidang.programme.service.snapshots import NewSnapshot
from haidang.programme.store import payments as store
from tests.integration.programme.conftest import BILLION, ME, World, add_contract, refused

MARCH = date(2026, 3, 10)


async def estimate(world: World, project: Project, dong: int, by: str = "chu", **facts: Any) -> Payment:
    new = NewEstimate(
        **({"fund_source_id": await world.source(), "plan_year": 2026, "period": 3, "kind": "volume",
            "estimate_dong": dong} | facts)
    )  # fmt: skip
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await payments.estimate(connection, world.desk, who, project.id, new)


async def enter(world: World, project: Project, dong: int, by: str = "tien", **facts: Any) -> Payment:
    world.made += 1
    new = NewPayment(
        **({"fund_source_id": await world.source(), "plan_year": 2026, "kind": "volume",
            "confirmed_dong": dong, "paid_on": MARCH, "treasury_ref": f"KB-{world.made}"} | facts)
    )  # fmt: skip
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await payments.enter(connection, world.desk, who, project.id, new)


async def do(world: World, payment: Payment, act: Any, by: str = "tien", version: int = 0) -> Payment:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await payments.perform(
            connection, world.desk, who, payment.id, act, version=version or payment.version
        )


def confirm(dong: int, **facts: Any) -> Confirm:
    return Confirm(**({"confirmed_dong": dong, "paid_on": MARCH, "treasury_ref": "KB01"} | facts))


async def project_with_plan(world: World, dong: int, **facts: Any) -> Project:
    project = await world.project(await world.program(), **facts)
    await world.plan(project, dong)
    return project


async def standing(world: World, project: Project) -> money.Standing:
    day = world.desk.today()
    cut = Cut(plan_year=2026, plan_as_of=day, cutoff=day, known_at=world.clock.now())
    async with world.db.transaction() as connection:
        return await money.standing(connection, project.program_id, cut, projects=[project.id])


async def test_confirm_is_finances_and_keeps_the_estimate_beside_it(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    payment = await estimate(world, project, 3 * BILLION)
    before = await standing(world, project)
    assert (before.disbursed.total_dong, before.estimated.total_dong) == (0, 3 * BILLION)
    await refused(do(world, payment, confirm(2 * BILLION), by="chu"), "payment-part-missing", "part")
    await refused(do(world, payment, confirm(2 * BILLION), by="khac"), "not-found")
    paid = await do(world, payment, confirm(2 * BILLION))
    assert (paid.state, paid.estimate_dong, paid.confirmed_dong) == ("confirmed", 3 * BILLION, 2 * BILLION)
    after = await standing(world, project)
    assert (after.disbursed.total_dong, after.estimated.total_dong) == (2 * BILLION, 0)
    [rate] = [each for each in after.ratios if each.denominator_kind == "annual"]
    assert (str(rate.value), rate.denominator_dong) == ("0.200000", 10 * BILLION)
    await refused(do(world, paid, confirm(1)), "payment-act-refused", "state")


async def test_reestimate_and_cancel_while_it_is_an_estimate(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    payment = await estimate(world, project, 3 * BILLION)
    await refused(estimate(world, project, 1, by="tien"), "forbidden")
    changed = await do(world, payment, Reestimate(estimate_dong=4 * BILLION, period=4), by="chu")
    assert (changed.estimate_dong, changed.period, changed.version) == (4 * BILLION, 4, 2)
    await refused(do(world, changed, Cancel(note="Chậm"), version=1), "version-conflict")
    assert (await do(world, changed, Cancel(note="Chưa nghiệm thu"), by="chu")).state == "cancelled"
    assert (await standing(world, project)).estimated.total_dong == 0


async def test_reverse_keeps_what_was_confirmed_readable(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    payment = await enter(world, project, BILLION)
    known = world.clock.now()
    world.clock.advance(world.hour)
    await do(world, payment, Reverse(document="12/KBNN", note="Hạch toán nhầm"))
    assert (await standing(world, project)).disbursed.total_dong == 0
    async with world.db.transaction() as connection:
        past = await store.disbursed(connection, [], projects=[project.id], known_at=known)
    assert past[()].total_dong == BILLION
    for change in (
        "UPDATE payment SET confirmed_dong = 1 WHERE id = %s",
        "DELETE FROM payment WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(change, payment.id)


async def test_a_confirmed_payment_needs_the_treasurys_reference_in_the_schema_too(world: World) -> None:
    project = await project_with_plan(world, BILLION)
    payment = await estimate(world, project, 5)
    with pytest.raises(psycopg.errors.CheckViolation, match="payment_treasury"):
        await world.run(
            "UPDATE payment SET state = 'confirmed', confirmed_dong = 5, paid_on = '2026-03-01', "
            "confirmed_by = 'x', confirmed_at = now() WHERE id = %s", payment.id,
        )  # fmt: skip


async def test_no_more_is_paid_than_allocated_but_by_a_stated_exception(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    await world.plan(project, 6 * BILLION, plan_kind="allocation")
    await enter(world, project, 5 * BILLION)
    problem = await refused(enter(world, project, 2 * BILLION), "money-does-not-balance")
    assert (problem.extra["rule"], problem.extra["figures_dong"]) == (
        "payment_within_plan",
        [7 * BILLION, 6 * BILLION],
    )
    # Carried-over capital is another pot.
    await refused(enter(world, project, 1, carry_over=True), "money-does-not-balance")
    await world.plan(project, 2 * BILLION, plan_kind="carry_over")
    await enter(world, project, 2 * BILLION, carry_over=True)
    found = {each.denominator_kind: each for each in (await standing(world, project)).ratios}
    assert found["allocation"].numerator_dong == 5 * BILLION
    assert found["carry_over"].value == 1
    both = found["allocation_with_carry_over"]
    assert (both.numerator_dong, both.denominator_dong) == (7 * BILLION, 8 * BILLION)
    excused = await enter(world, project, 2 * BILLION, exception="Theo 45/NQ-HĐND")
    assert excused.state == "confirmed"


async def test_two_confirmations_at_once_do_not_both_fit(world: World) -> None:
    project = await project_with_plan(world, 3 * BILLION)
    done = await asyncio.gather(
        *(enter(world, project, 2 * BILLION) for _ in range(4)), return_exceptions=True
    )
    assert [type(each) for each in done].count(Payment) == 1


async def test_an_advance_is_recovered_no_further_than_it_went(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    contract = await add_contract(world, project, 8 * BILLION)
    await enter(world, project, 3 * BILLION, kind="advance", contract_id=contract.id)
    await enter(world, project, 2 * BILLION, contract_id=contract.id)
    await enter(world, project, 2 * BILLION, kind="recovery", contract_id=contract.id)
    found = (await standing(world, project)).disbursed
    assert (found.total_dong, found.outstanding_advance_dong, found.actual_cost_dong) == (
        3 * BILLION, BILLION, 2 * BILLION,
    )  # fmt: skip
    problem = await refused(
        enter(world, project, BILLION + 1, kind="recovery", contract_id=contract.id), "money-does-not-balance"
    )
    assert problem.extra["rule"] == "advance_outstanding"
    await refused(enter(world, project, 1, kind="advance"), "invalid-request")


async def test_a_reversed_recovery_lets_no_more_out_than_the_plan(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    contract = await add_contract(world, project, 20 * BILLION)
    await enter(world, project, 4 * BILLION, kind="advance", contract_id=contract.id)
    taken = await enter(world, project, 4 * BILLION, kind="recovery", contract_id=contract.id)
    await enter(world, project, 10 * BILLION, contract_id=contract.id)
    problem = await refused(do(world, taken, Reverse(document="1", note="x")), "money-does-not-balance")
    assert problem.extra["figures_dong"] == [14 * BILLION, 10 * BILLION]
    # Nor does a plan go below what has left.
    await refused(world.plan(project, 9 * BILLION, date(2026, 6, 1)), "money-does-not-balance")


@pytest.mark.parametrize(
    ("year", "day", "period"),
    [(2025, date(2025, 12, 31), 12), (2025, date(2026, 1, 31), 13), (2025, date(2026, 2, 1), None)],
)
async def test_the_thirteenth_period_ends_on_31_january(
    world: World, year: int, day: date, period: int | None
) -> None:
    project = await world.project(await world.program())
    await world.plan(project, BILLION, date(2025, 1, 5), plan_year=year)
    waiting = enter(world, project, 1, plan_year=year, paid_on=day)
    if period is None:
        assert (await refused(waiting, "money-does-not-balance")).extra["rule"] == "payment_period"
        return
    assert (await waiting).period == period
    await refused(enter(world, project, 1, plan_year=2027, paid_on=day), "invalid-request")


flows = st.lists(
    st.tuples(
        st.sampled_from(["advance", "volume", "recovery"]), st.integers(1, 9 * 10**11), st.integers(1, 3),
        st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flows=flows)
async def test_no_sum_loses_or_invents_a_dong(world: World, flows: list[tuple[Any, int, int, bool]]) -> None:
    project = await project_with_plan(world, 2 * 10**12)
    contract = await add_contract(world, project, 10**13)
    expected = Disbursed()
    for kind, dong, month, reverse in flows:
        facts = {"kind": kind, "contract_id": contract.id, "paid_on": date(2026, month, 7)}
        try:
            payment = await enter(world, project, dong, **facts)
        except Exception as refusal:
            assert getattr(refusal, "kind", None) and refusal.kind.code == "money-does-not-balance", refusal
            continue
        one = Disbursed(**{f"{kind}_dong": dong})
        if reverse and kind == "volume":
            await do(world, payment, Reverse(document="1", note="x"))
        else:
            expected += one
    async with world.db.transaction() as connection:
        for by in (["project"], ["period"], ["source"], ["contract", "month"], ["owner", "phase"], []):
            found = await store.disbursed(connection, by, projects=[project.id])
            assert sum(found.values(), Disbursed()) == expected
        checked = await ledger.check(connection, world.desk)
    assert [each for each in checked.findings if str(project.id) in each.about.split(":")] == []
    assert 0 <= expected.total_dong <= 2 * 10**12
    assert expected.outstanding_advance_dong >= 0


async def test_issued_figures_are_frozen_and_the_register_brings_them_back(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    payment = await enter(world, project, 4 * BILLION)
    day = world.desk.today()
    new = NewSnapshot(title="Báo cáo tháng 3", plan_year=2026, plan_as_of=day, cutoff=day)
    async with world.db.transaction() as connection:
        made = await snapshots.freeze(connection, world.desk, ME, project.program_id, new)
    world.clock.advance(world.hour)
    # The register moves on; what was issued stays, and can be counted again as it was known.
    await do(world, payment, Reverse(document="9/KB", note="Nhầm"))
    await world.plan(project, 5 * BILLION, date(2026, 2, 1))
    async with world.db.transaction() as connection:
        found = await snapshots.opened(connection, ME, made["id"])
    assert (found["sound"], found["reproduced"]) == (True, True)
    assert found["figures"]["money"]["disbursed"]["total_dong"] == 4 * BILLION
    assert "estimated" not in found["figures"]["money"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE programme_snapshot SET figures = '{}' WHERE id = %s", made["id"])


async def test_what_a_year_leaves_is_carried_over_by_a_decision_or_lapses(world: World) -> None:
    project = await world.project(await world.program())
    await world.plan(project, 10 * BILLION, date(2025, 1, 5), plan_year=2025)
    await enter(world, project, 7 * BILLION, plan_year=2025, paid_on=date(2026, 1, 30))
    await world.plan(project, 2 * BILLION, date(2026, 2, 20), plan_kind="carry_over")
    async with world.db.transaction() as connection:
        found = await looking.left_over(connection, world.desk, ME, project.program_id, 2025)
    assert found["closed"]
    [row] = found["items"]
    left = {name: row[name] // BILLION for name in ("unspent_dong", "carried_over_dong", "lapsed_dong")}
    assert left == {"unspent_dong": 3, "carried_over_dong": 2, "lapsed_dong": 1}
    assert row["plan_dong"] == row["paid_dong"] + row["carried_over_dong"] + row["lapsed_dong"]
    async with world.db.transaction() as connection:
        asked = looking.left_over(connection, world.desk, ME, project.program_id, 42_833)
        await refused(asked, "invalid-request")


async def test_the_ledger_check_finds_what_was_put_in_past_the_rules(world: World) -> None:
    project = await project_with_plan(world, BILLION)
    payment = await enter(world, project, BILLION)
    async with world.db.transaction() as connection:
        before = await ledger.check(connection, world.desk)
    await world.run(
        "ALTER TABLE payment DISABLE TRIGGER USER; UPDATE payment SET confirmed_dong = confirmed_dong + 1 "
        f"WHERE id = {payment.id}; ALTER TABLE payment ENABLE TRIGGER USER"
    )
    async with world.db.transaction() as connection:
        after = await ledger.check_and_log(connection, world.desk, ME.id)
    [finding] = set(after.findings) - set(before.findings)
    assert (finding.rule, finding.dong) == ("paid_beyond_plan", (BILLION + 1, BILLION))
    assert not after.sound


async def test_a_plan_is_not_lowered_below_what_was_paid(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    other = await world.source("central")
    await world.plan(project, 5 * BILLION, fund_source_id=other)
    await enter(world, project, 6 * BILLION)
    june = date(2026, 6, 1)
    problem = await refused(world.plan(project, 6 * BILLION - 1, june), "money-does-not-balance")
    assert problem.extra == {"rule": "capital_plan_paid", "figures_dong": [6 * BILLION, 6 * BILLION - 1]}
    # Neither by another clock: from a day before the payment, or under an allocation.
    await refused(world.plan(project, BILLION, date(2026, 2, 1)), "money-does-not-balance")
    await refused(world.plan(project, BILLION, june, plan_kind="allocation"), "money-does-not-balance")
    # To the đồng it may; the other source is its own.
    await world.plan(project, 6 * BILLION, june)
    await world.plan(project, 0, june, fund_source_id=other)
    async with world.db.transaction() as connection:
        found = await ledger.check(connection, world.desk)
    assert not [each for each in found.findings if f"project:{project.id}:" in each.about]


async def test_a_plan_lowered_while_a_payment_is_confirmed_takes_turns_with_it(world: World) -> None:
    project = await project_with_plan(world, 10 * BILLION)
    asked = (enter(world, project, 8 * BILLION), world.plan(project, 5 * BILLION, date(2026, 3, 1)))
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, Problem) for each in done) == 1, done
