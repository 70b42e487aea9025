"""Flags, earned value, moves, owners and contractors on the real database, against tables worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from haidang.programme.model.cases import Warn
from haidang.programme.service import (
    bottlenecks,
    cases,
    contractors,
    earned,
    flags,
    following,
    owners,
    records,
    risks,
)
from haidang.programme.service.cases import NewCase
from haidang.programme.service.following import FollowUp
from haidang.tasks.model.due import Due
from tests.integration.programme.conftest import BILLION, ME, World, add_contract, add_record, refused
from tests.integration.programme.test_figures import enter, in_august, money_of_every_kind, set_total
from tests.integration.programme.test_forecast import paid

MILLION = 1_000_000


async def found_flags(world: World, program: int, by: str = "", **asked: Any) -> dict[str, dict[str, Any]]:
    who = await world.who(by) if by else ME
    async with world.db.transaction() as c:
        found = await flags.flags(c, in_august(world), who, program, 2026, **asked)
    assert sum(each["count"] for each in found["counts"]) == len(found["items"]) == found["count"]
    return {f"{each['project']['id']}:{each['code']}": each for each in found["items"]}


async def test_flags_say_what_they_saw_since_when_and_whose_they_are(world: World) -> None:
    program = await world.program(period_from=2021)
    late = await world.project(program, finish_on="2026-06-30")
    quiet = await world.project(program, "other")
    january = date(2026, 1, 5)
    for project in (late, quiet):
        await world.plan(project, 10 * BILLION, january)
        await world.plan(project, 10 * BILLION, january, plan_kind="allocation")
    await enter(world, quiet, 9 * BILLION, date(2026, 6, 1))
    contract = await add_contract(
        world, late, 20 * BILLION, expires_on="2026-07-31", guarantee_dong=BILLION,
        guarantee_expires_on="2026-08-25",
    )  # fmt: skip
    await world.plan(late, 30 * BILLION, date(2025, 1, 5), plan_year=2025)
    await enter(
        world, late, 4 * BILLION, date(2025, 7, 1), plan_year=2025, kind="advance", contract_id=contract.id
    )
    due = {"kind": "handover", "name": "Bàn giao", "baseline_on": "2026-06-01", "forecast_on": "2026-10-01"}
    await add_record(world, late, "milestone", **due)
    await set_total(world, late, 100 * BILLION)
    await set_total(world, late, 111 * BILLION, date(2026, 2, 1))
    await add_record(
        world, late, "price_appraisal", subject="Máy chủ", requested_on="2026-07-01", contract_id=contract.id
    )
    items = await found_flags(world, program.id)
    mine = {each["code"]: each for key, each in items.items() if key.startswith(f"{late.id}:")}
    told = {code: (each["found"]["value"], each["threshold"], each["since"]) for code, each in mine.items()}
    assert told == {
        "nothing_paid": (7, 3, date(2026, 4, 1)),
        "below_province": (0.0, 0.45, None),
        "guarantee_ends": (15, 30, date(2026, 7, 27)),
        "old_advance": (13, 12, date(2026, 7, 1)),
        "advance_without_volume": (13, 6, date(2026, 1, 1)),
        "finish_late": ("2026-10-01", "2026-06-30", None),
        "contract_over": (10, "2026-07-31", date(2026, 8, 1)),
        "milestone_slip": (122, 30, None),
        "total_raised": (0.11, 0.1, None),
        "appraisal_waits": (28, 20, None),
    }
    assert mine["contract_over"]["found"]["vi"] == (
        "hợp đồng quá hạn 10 ngày (hết hạn 31/07/2026), chưa có phụ lục gia hạn"
    )
    assert mine["total_raised"]["found"]["vi"] == "tổng mức tăng 11 % so với ban đầu, ngưỡng 10 %"
    assert {each["follow_up_org"] for each in mine.values()} == {late.owner_org}
    assert not [key for key in items if key.startswith(f"{quiet.id}:")]
    only = await found_flags(world, program.id, group="advance", project=late.id)
    assert {each["code"] for each in only.values()} == {
        "guarantee_ends",
        "old_advance",
        "advance_without_volume",
    }
    # A part of the programme is held against no mean of the whole; a late allocation is finance's matter.
    assert f"{late.id}:below_province" not in await found_flags(world, program.id, "chu")
    other = await world.project(program)
    await world.plan(other, BILLION, january)
    told_late = (await found_flags(world, program.id))[f"{other.id}:late_allocation"]
    assert told_late["follow_up_org"] == world.orgs["finance"]


async def test_a_bottleneck_without_person_and_due_is_a_flag_until_its_task_has_them(world: World) -> None:
    program = await world.program()
    project = await world.project(program)
    async with world.db.transaction() as c:
        new = bottlenecks.NewBottleneck(cause="clearance", description="Vướng", due=Due(precision="none"))
        made = await bottlenecks.report(c, world.desk, await world.who("chu"), project.id, new)
    assert f"{project.id}:bottleneck_unowned" in await found_flags(world, program.id)
    await world.run("UPDATE task SET assignee = %s WHERE id = %s", world.people["chu"], made["task"]["id"])
    assert f"{project.id}:bottleneck_unowned" not in await found_flags(world, program.id)


async def test_a_flag_becomes_one_task_whoever_asks_again(world: World) -> None:
    program = await world.program()
    project, paid = await world.project(program), await world.project(program, "other")
    for each in (project, paid):
        await world.plan(each, BILLION, date(2026, 1, 5))
    await enter(world, paid, BILLION // 2, date(2026, 3, 2))
    desk, asked = in_august(world), FollowUp(project=project.id, code="nothing_paid", year=2026)
    office, owner = await world.who("phong"), await world.who("chu")

    async def follow(who: Any, what: FollowUp) -> dict[str, Any]:
        async with world.db.transaction() as c:
            return await following.follow_up(c, desk, who, program.id, what)

    await refused(follow(owner, asked), "forbidden")
    await refused(follow(await world.who("khac"), asked), "not-found")
    never = FollowUp(project=project.id, code="total_raised", year=2026)
    await refused(follow(office, never), "invalid-request")
    first, again = await follow(office, asked), await follow(office, asked)
    assert (first["made"], again) == (True, {"task_id": first["task_id"], "made": False})
    [row] = await world.fetch(
        "SELECT owner_org, source_kind, source_id, title FROM task WHERE id = %s", first["task_id"]
    )
    assert row == (
        project.owner_org, "programme_flag", f"{project.id}:nothing_paid:2026",
        "Chưa giải ngân sau quý I: Trung tâm điều hành",
    )  # fmt: skip
    items = await found_flags(world, program.id)
    assert items[f"{project.id}:nothing_paid"]["task_id"] == first["task_id"]
    [(action,)] = await world.fetch(
        "SELECT action FROM chain WHERE log = 'programme' ORDER BY no DESC LIMIT 1"
    )
    assert action == "programme.flag.follow_up"


async def test_tender_flags_are_of_packages_in_sight(world: World) -> None:
    program = await world.program()
    mine, theirs = await world.project(program), await world.project(program, "other")
    companies = []
    for project, bidders in ((mine, 1), (theirs, 2)):
        package = await add_record(
            world, project, "package", name="Gói 1", method="open", estimate_dong=BILLION,
            published_on="2026-03-01", closes_at="2026-03-31T02:00:00Z", opened_on="2026-03-31",
        )  # fmt: skip
        for number in range(bidders):
            world.made += 1
            new = records.NewContractor(name=f"Công ty {world.made}", tax_code=f"{world.made:010}")
            async with world.db.transaction() as c:
                company = await records.add_contractor(c, world.desk, ME, new)
            companies.append(company.id)
            await add_record(
                world, project, "bid", package_id=package.id, bidder_id=company.id, amount_dong=BILLION - 7,
                winner=number == 0,
            )  # fmt: skip
    items = await found_flags(world, program.id, group="procurement")
    assert {key.split(":")[1] for key in items} == {"R018", "R028"}
    assert items[f"{mine.id}:R018"]["since"] == date(2026, 3, 31)
    assert items[f"{theirs.id}:R028"]["found"]["vi"] == "nhiều nhà thầu chào cùng một giá"
    assert set(await found_flags(world, program.id, "khac", group="procurement")) == {f"{theirs.id}:R028"}
    async with world.db.transaction() as c:
        page = await contractors.contractor(c, in_august(world), ME, companies[0])
        other = await contractors.contractor(c, in_august(world), await world.who("khac"), companies[0])
    assert page["contracts"] == []
    assert [(each["code"], each["project"]["id"]) for each in page["tender_flags"]] == [("R018", mine.id)]
    assert other["tender_flags"] == []


async def test_earned_value_is_the_worked_table(world: World) -> None:
    """PV 500, 1,500, 3,000, 5,000, 7,500, 10,000; EV 3,600; AC 4,000 at the end of April."""
    project = await world.project(await world.program())
    await set_total(world, project, 10_000 * MILLION)
    await world.plan(project, 10_000 * MILLION)
    for period, dong in enumerate((500, 1_000, 1_500, 2_000, 2_500, 2_500), 1):
        await add_record(
            world, project, "commitment", plan_year=2026, period=period, amount_dong=dong * MILLION
        )
    contract = await add_contract(world, project, 10_000 * MILLION)
    for day, dong in (("2026-02-10", 1_000), ("2026-04-30", 2_600), ("2026-05-02", 9)):
        await add_record(
            world, project, "acceptance", contract_id=contract.id, volume_dong=dong * MILLION,
            accepted_on=day, minutes=f"BB-{day}",
        )  # fmt: skip
    await enter(world, project, 2_000 * MILLION, date(2026, 2, 1), kind="advance", contract_id=contract.id)
    await enter(world, project, 4_000 * MILLION, date(2026, 4, 20), contract_id=contract.id)
    async with world.db.transaction() as c:
        found = await earned.earned(c, world.desk, ME, project.id, on=date(2026, 4, 30))
    assert found["bac_dong"] == 10_000 * MILLION
    shown = {(each["year"], each["period"]): each for each in found["periods"]}
    pv = [shown[2026, month]["pv_dong"] // MILLION for month in range(1, 7)]
    assert pv == [500, 1_500, 3_000, 5_000, 7_500, 10_000]
    assert (shown[2026, 4]["ev_dong"], shown[2026, 4]["ac_dong"]) == (3_600 * MILLION, 4_000 * MILLION)
    assert shown[2026, 5]["ev_dong"] is None
    at = {name: each["value"] for name, each in found["at"].items()}
    assert at == {
        "pv": 5_000 * MILLION, "ev": 3_600 * MILLION, "ac": 4_000 * MILLION, "sv_dong": -1_400 * MILLION,
        "cv_dong": -400 * MILLION, "spi": 0.72, "cpi": 0.9, "eac1_dong": 10_400 * MILLION,
        "eac2_dong": 11_111_111_111, "eac3_dong": 13_876_543_210, "vac1_dong": -400 * MILLION,
        "vac2_dong": -1_111_111_111, "vac3_dong": -3_876_543_210, "tcpi": 1.066667, "es": 3.3,
        "sv_t": -0.7, "spi_t": 0.825, "finish": date(2026, 8, 31),
    }  # fmt: skip
    assert found["at"]["finish"]["periods"] == 7.272727


async def test_earned_value_says_why_a_measure_is_missing(world: World) -> None:
    project = await world.project(await world.program())
    async with world.db.transaction() as c:
        bare = await earned.earned(c, world.desk, ME, project.id)
    assert (bare["bac_dong"], bare["periods"]) == (None, [])
    assert bare["at"]["cpi"] == {
        "value": None, "reason_vi": "chưa có tổng mức đầu tư", "reason_en": "no total investment is set",
    }  # fmt: skip
    await set_total(world, project, BILLION)
    await world.plan(project, 2 * BILLION)
    async with world.db.transaction() as c:
        planned = await earned.earned(c, world.desk, ME, project.id)
    assert planned["at"]["cpi"]["reason_vi"] == "chưa có chi phí thực tế"
    assert planned["periods"][-1]["pv_dong"] == BILLION  # no month earns more than the total


async def test_money_moves_within_a_source_and_no_side_gives_or_takes_too_much(world: World) -> None:
    program = await world.program(period_from=2021)
    projects = [await world.project(program, "builder" if number % 2 else "other") for number in range(12)]
    for number, project in enumerate(projects):
        end = 40 if number < 6 else 100
        for year in range(2022, 2027):
            await world.plan(project, 100 * BILLION, date(year, 1, 5), plan_year=year)
        for year in range(2022, 2026):
            await paid(world, project, year, {3: end // 4, 7: end // 4, 13: end // 2})
        await paid(world, project, 2026, {3: end // 4, 7: end // 4})
        await set_total(world, project, 900 * BILLION)
    await add_contract(world, projects[11], 530 * BILLION)
    async with world.db.transaction() as c:
        found = await risks.proposals(c, in_august(world), ME, program.id, 2026)
    # The last one alone has a contract: 530 signed, 450 paid, 50 more planned: 30 could be taken.
    assert {each["to"]["project"]["id"] for each in found["items"]} == {projects[11].id}
    assert found["total_dong"] == 30 * BILLION == sum(each["amount_dong"] for each in found["items"])
    for each in found["items"]:
        assert each["amount_dong"] <= min(each["from"]["frees_dong"], each["to"]["takes_dong"])
        assert each["from"]["project"]["id"] in {project.id for project in projects[:6]}
        assert each["fund_source"]["code"] == "provincial"


async def test_an_owners_page_keeps_its_promises_apart(world: World) -> None:
    program, one, two = await money_of_every_kind(world)
    for period, dong in ((3, 10), (6, 20), (8, 1), (9, 5)):
        await add_record(world, one, "commitment", plan_year=2026, period=period, amount_dong=dong * BILLION)
    async with world.db.transaction() as c:
        page = await owners.owner(
            c, in_august(world), await world.who("phong"), one.owner_org, 2026, program=program.id
        )
    assert [each["id"] for each in page["projects"]] == [one.id]
    assert two.public_id not in repr(page)
    assert page["totals"]["current_dong"] == 95 * BILLION
    assert page["totals"]["paid_dong"] == 19 * BILLION
    kept = {
        row["period"]: (row["kept"], row["promised_dong"], row["paid_dong"])
        for row in page["promises"]["rows"]
    }
    assert kept == {
        3: (True, 10 * BILLION, 15 * BILLION), 6: (False, 20 * BILLION, 7 * BILLION),
        8: (None, BILLION, 0), 9: (None, 5 * BILLION, 0),
    }  # fmt: skip
    assert (page["promises"]["kept"], page["promises"]["broken"]) == (1, 1)
    assert {each["project"]["id"] for each in page["flags"]} == {one.id}


async def test_a_contractors_rate_needs_five_contracts_in_sight(world: World) -> None:
    program = await world.program()
    mine, theirs = await world.project(program), await world.project(program, "other")
    first = await add_contract(world, mine, BILLION, expires_on="2025-12-31", ended_on="2026-01-10",
                               end_kind="completed")  # fmt: skip
    [(company,)] = await world.fetch("SELECT contractor_id FROM contract WHERE id = %s", first.id)
    for number in range(4):
        await add_contract(
            world, theirs if number == 3 else mine, BILLION, contractor_id=company, expires_on="2025-12-31",
            ended_on="2025-12-01", end_kind="completed",
        )  # fmt: skip
    case = NewCase(contract_id=first.id, subject="Chậm", warning=Warn(
        document="1", dated_on=date(2026, 1, 5), decided_by="K", text="x"))  # fmt: skip
    async with world.db.transaction() as c:
        await cases.open_case(c, world.desk, await world.who("chu"), mine.id, case)

    async def page(by: str) -> dict[str, Any]:
        async with world.db.transaction() as c:
            return await contractors.contractor(c, in_august(world), await world.who(by), company)

    office, owner, viewer, other = [await page(name) for name in ("phong", "chu", "khach", "khac")]
    record = office["record"]
    assert (record["contracts"], record["over"], record["late"]) == (5, 5, 1)
    assert record["late_low"] < record["late_rate"] < record["late_high"]
    assert record["median_slip_days"] == -30
    late = {each["id"]: (each["slip_days"], each["late"]) for each in office["contracts"]}
    assert late[first.id] == (10, True)
    # Who sees four of them sees four, and no rate; who sees one has no case of the others.
    assert (owner["record"]["contracts"], owner["record"]["late_rate"]) == (4, None)
    assert "5" in owner["record"]["reason_vi"]
    assert [len(each["cases"]) for each in (office, owner, viewer, other)] == [1, 1, 0, 0]
    assert [each["project"]["id"] for each in other["contracts"]] == [theirs.id]
    assert mine.public_id not in repr(other)
    assert {each["kind"] for each in office["evidence_missing"]} == {"penalties", "defects"}
