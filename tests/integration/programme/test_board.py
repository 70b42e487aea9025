"""The board of a programme: rows that come to the total, what asks for attention, who sees a part."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from haidang.base.clock import FixedClock
from haidang.programme.model.money import DenominatorKind
from haidang.programme.service import board
from haidang.programme.service.desk import desk_of
from tests.integration.programme.conftest import BILLION, ME, World, add_contract, add_record
from tests.integration.programme.test_forecast import PAID

JULY = datetime(2026, 7, 20, 3, tzinfo=UTC)


async def test_rows_come_to_the_total_and_say_what_asks_for_attention(world: World) -> None:
    program = await world.program(period_from=2021)
    late, quiet = await world.project(program), await world.project(program, "other")
    await world.plan(late, 100 * BILLION)
    await world.plan(late, 80 * BILLION, date(2026, 6, 1))
    await world.plan(quiet, 50 * BILLION)
    await world.run(
        PAID.replace("now()", "'2026-03-20Z'"), late.id, await world.source(), 2026, 3, "volume",
        20 * BILLION, date(2026, 3, 15), "KB-1", late.owner_org,
    )  # fmt: skip
    await add_contract(world, late, BILLION, expires_on="2026-05-31")
    await add_contract(world, quiet, BILLION, expires_on="2026-05-31")
    [(extended,)] = await world.fetch("SELECT id FROM contract WHERE project_id = %s", quiet.id)
    await add_record(
        world, quiet, "contract_change", contract_id=extended, kind="duration", old_on="2026-05-31",
        new_on="2026-12-31", reason="Chờ mặt bằng", document="PL01", signed_on="2026-05-01",
    )  # fmt: skip
    met = {"kind": "start", "name": "Khởi công", "baseline_on": "2026-02-01", "actual_on": "2026-03-01"}
    due = {"kind": "delivery", "name": "Giao hàng", "baseline_on": "2026-07-10", "forecast_on": "2026-08-09"}
    await add_record(world, late, "milestone", **met)
    await add_record(world, late, "milestone", **due)
    desk = desk_of(world.settings, FixedClock(JULY))
    async with world.db.transaction() as connection:
        whole = await board.board(connection, desk, ME, program.id, 2026)
        part = await board.board(connection, desk, await world.who("khac"), program.id, 2026)

    rows = {row["id"]: row for row in whole["items"]}
    first, second = rows[late.id], rows[quiet.id]
    assert (first["initial_dong"], first["current_dong"]) == (100 * BILLION, 80 * BILLION)
    assert first["decision"] == {"doc_number": "1/QĐ-UBND", "signed_on": date(2026, 6, 1)}
    assert (first["paid_dong"], first["ratio"]["value"]) == (20 * BILLION, 0.25)
    assert first["ratio"]["denominator_vi"] == "kế hoạch sau điều chỉnh"
    assert (first["overdue_contracts"], first["contract_days"]) == (1, 50)
    assert (first["milestones"], first["milestones_met"]) == (2, 1)
    assert (first["late_milestones"], first["milestone_days"]) == (1, 30)
    assert (second["overdue_contracts"], second["late_milestones"], second["paid_dong"]) == (0, 0, 0)

    assert whole["whole"] is True
    assert whole["years"] == [2026]
    assert whole["money"]["plan_dong"]["annual"] == sum(row["current_dong"] for row in rows.values())
    assert whole["money"]["disbursed"]["total_dong"] == 20 * BILLION
    # An owner sees its own project, and the total of that.
    assert [row["id"] for row in part["items"]] == [quiet.id]
    assert part["whole"] is False
    assert part["money"]["plan_dong"]["annual"] == 50 * BILLION


async def test_the_share_is_of_what_is_asked_and_a_source_stands_alone(world: World) -> None:
    program = await world.program(period_from=2021)
    project = await world.project(program)
    central = await world.source("central")
    await world.plan(project, 100 * BILLION)
    await world.plan(project, 60 * BILLION, fund_source_id=central)
    await world.plan(project, 80 * BILLION, plan_kind="allocation")
    await world.plan(project, 10 * BILLION, plan_kind="carry_over")
    await world.run(
        PAID.replace("now()", "'2026-03-20Z'"), project.id, await world.source(), 2026, 3, "volume",
        20 * BILLION, date(2026, 3, 15), "KB-1", project.owner_org,
    )  # fmt: skip
    desk = desk_of(world.settings, FixedClock(JULY))

    async def asked(of: DenominatorKind, source: int | None = None) -> dict[str, Any]:
        async with world.db.transaction() as connection:
            return await board.board(connection, desk, ME, program.id, 2026, of=of, source=source)

    async def share(of: DenominatorKind, source: int | None = None) -> tuple[int, float] | None:
        ratio = (await asked(of, source))["items"][0]["ratio"]
        return ratio and (ratio["denominator_dong"] // BILLION, ratio["value"])

    assert await share("annual") == (160, 0.125)
    assert await share("allocation") == (80, 0.25)
    assert await share("allocation_with_carry_over") == (90, pytest.approx(20 / 90, abs=1e-6))
    assert await share("carry_over") == (10, 0)
    assert await share("prime_minister") is None
    assert await share("council_initial", central) == (60, 0)
    one = await asked("annual", central)
    assert one["sources"] == sorted([central, await world.source()])
    assert one["items"][0]["current_dong"] == one["money"]["plan_dong"]["annual"] == 60 * BILLION
    assert one["items"][0]["paid_dong"] == one["money"]["disbursed"]["total_dong"] == 0
