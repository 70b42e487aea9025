"""The demonstration's programme: made whole, once, by the rules of the ledger, and marked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import pytest_asyncio

from haidang import organisation
from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.demo import programme
from haidang.demo.directing import OFFICE
from haidang.demo.programme.schemes import CONTRACTORS, SCHEMES
from haidang.demo.province import AGENCIES, COMMITTEE, areas
from haidang.organisation.service.audit import verify_log
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.store import areas as area_store
from haidang.programme.service import board, cases, foreseeing, ledger, plans, programs, reading, records
from haidang.programme.service.desk import Desk, desk_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAYS = (date(2026, 12, 31), date(2027, 1, 15), date(2027, 2, 3), date(2027, 7, 20))


@pytest.fixture(scope="module")
def life() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def desk(settings: Settings, life: FixedClock) -> Desk:
    return desk_of(settings, life)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def orgs(db: Database, settings: Settings, life: FixedClock) -> dict[str, int]:
    """The units of the province, and the programme made for the first time."""
    await organisation.prepare(db, settings, life)
    made: dict[str, int] = {}
    async with db.transaction() as connection:
        await area_store.add(connection, areas())
        root = (await organisation.root_org(connection)).id
        for each in (COMMITTEE, *AGENCIES):
            above = made[each.under] if each is not COMMITTEE else root
            new = NewOrg(name=each.name, parent_id=above, kind=each.kind)
            made[each.word] = (await add_org(connection, OFFICE, new)).id
    assert await programme.prepare(db, settings, life, made)
    return made


async def shown(db: Database, desk: Desk) -> dict[str, Any]:
    """Return the board of the running year of the programme."""
    async with db.transaction() as connection:
        [program] = [each for each in await programs.listed(connection, OFFICE) if each["simulated"]]
        return await board.board(connection, desk, OFFICE, program["id"], 2026)


async def of(db: Database, desk: Desk, word: str, kind: str) -> list[dict[str, Any]]:
    """Return the records of a kind of a project."""
    name = next(each.name for each in SCHEMES if each.word == word)
    number = next(each["id"] for each in (await shown(db, desk))["items"] if each["name"] == name)
    async with db.transaction() as connection:
        if kind == "project":
            return [await reading.opened(connection, desk, OFFICE, number)]
        if kind == "case":
            page = await cases.listed(
                connection, OFFICE, project=number, only_open=False, after=None, limit=9
            )
            return [await cases.opened(connection, desk, OFFICE, each["id"]) for each in page["items"]]
        return await records.listed(connection, OFFICE, number, kind)


async def test_it_is_made_once_whole_marked_and_the_ledger_finds_nothing(
    db: Database, settings: Settings, life: FixedClock, desk: Desk, orgs: dict[str, int]
) -> None:
    assert not await programme.prepare(db, settings, life, orgs), "a second start finds it"
    found = await shown(db, desk)
    assert len(found["items"]) == len(SCHEMES) == 32
    assert all(each["simulated"] and each["name"].endswith("(mô phỏng)") for each in found["items"])
    assert len({each["owner"]["id"] for each in found["items"]}) >= 10
    assert [each["status"] for each in found["items"]].count("implementation") >= 12
    assert {"preparation", "implementation", "completion", "maintenance"} <= {
        each["status"] for each in found["items"]
    }
    async with db.transaction() as connection:
        checked = await ledger.check(connection, desk)
        companies = await records.contractors(connection, "mô phỏng", 100)
        assert (await verify_log(connection, "programme")).sound
    assert list(checked.findings) == [] and checked.years >= 4 and checked.confirmed_dong > 10**12
    assert len(companies) == len(CONTRACTORS)


async def test_every_method_has_a_past_to_foresee_from(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    program = (await shown(db, desk))["program"]["id"]
    async with db.transaction() as connection:
        said = await foreseeing.forecast(connection, desk, OFFICE, program_id=program, year=2026)
    assert all(each["error_points"] is not None for each in said["methods"])
    total = said["total"]
    assert (
        total["paid_dong"] < total["p10_dong"] < total["p50_dong"] < total["p90_dong"] <= total["plan_dong"]
    )
    assert all("p50_dong" in each for project in said["projects"] for each in project["forecasts"])
    assert total["p50_dong"] < 0.95 * total["plan_dong"], "there is something to hold a meeting about"


async def test_a_plan_that_was_changed_can_be_read_as_it_was_known(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    program = (await shown(db, desk))["program"]["id"]
    async with db.transaction() as connection:
        known = [
            await plans.plan_as_of(connection, program, day.date(), day, year=2025)
            for day in (datetime(2025, 3, 31, 9, tzinfo=UTC), datetime(2025, 12, 31, 9, tzinfo=UTC))
        ]
        kinds = {plan.plan_kind for plan in known[1]}
    sums = [sum(plan.amount_dong for plan in found if plan.plan_kind == "annual") for found in known]
    assert sums[0] and sums[0] != sums[1]
    assert {"annual", "allocation", "carry_over", "prime_minister"} <= kinds


async def test_a_late_supplement_stands_beside_the_first_plan(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    program = (await shown(db, desk))["program"]["id"]
    async with db.transaction() as connection:
        lines = await plans.side_by_side(connection, program, 2026, NOW.date(), NOW)
    late = [each for each in lines if each.current_from == date(2026, 11, 12)]
    assert late and all((each.current_dong or 0) > (each.initial_dong or 0) for each in late)


async def test_the_late_one_is_late_and_somebody_has_it(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    name = next(each.name for each in SCHEMES if each.story == "late")
    [line] = [each for each in (await shown(db, desk))["items"] if each["name"] == name]
    assert line["overdue_contracts"] and line["late_milestones"] and line["bottlenecks"] == 2
    assert line["ratio"]["value"] < 0.5
    assert [each["kind"] for each in await of(db, desk, "cameras-2", "contract_change")] == ["duration"] * 2


async def test_the_reappraised_one_has_its_total_raised_by_a_decision(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    [project] = await of(db, desk, "ioc", "project")
    first, raised = project["totals"]
    assert raised["decision_kind"] == "adjustment" and raised["amount_dong"] > 1.1 * first["amount_dong"]
    [appraisal] = await of(db, desk, "ioc", "price_appraisal")
    assert appraisal["amount_dong"] == raised["amount_dong"] - first["amount_dong"]
    changes = await of(db, desk, "ioc", "contract_change")
    [value] = [each for each in changes if each["kind"] == "value"]
    assert value["new_dong"] - value["old_dong"] == appraisal["amount_dong"]
    assert str(appraisal["appraised_on"]) < str(raised["valid_from"]) < str(value["signed_on"])


async def test_changed_equipment_has_its_annex_and_its_appraisal(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    items = await of(db, desk, "traffic", "equipment_item")
    [other] = [each for each in items if each["delivered_model"] not in ("", each["planned_model"])]
    changes = {each["id"]: each for each in await of(db, desk, "traffic", "contract_change")}
    appraisals = {each["id"]: each for each in await of(db, desk, "traffic", "price_appraisal")}
    assert changes[other["change_id"]]["new_text"] == other["delivered_model"]
    assert appraisals[other["appraisal_id"]]["amount_dong"]
    assert [each["amount_dong"] for each in appraisals.values()].count(None) == 1, "a second one waits"


async def test_the_contractor_was_warned_and_replaced_and_another_goes_on(
    db: Database, desk: Desk, orgs: dict[str, int]
) -> None:
    [case] = await of(db, desk, "schools-1", "case")
    assert [step["act"] for step in case["log"]] == [
        "warn", "demand", "reply", "plan", "cut_scope", "replace",
    ]  # fmt: skip
    assert not any(step["skips"] for step in case["log"]), "each step waited for its reply"
    contracts = await of(db, desk, "schools-1", "contract")
    old, new = contracts[1:]
    assert old["end_kind"] == "terminated" and old["value_now_dong"] < old["value_dong"]
    assert case["log"][-1]["facts"]["new_contract_id"] == new["id"]
    assert new["contractor_id"] != old["contractor_id"] and new["ended_on"] is None


async def test_it_is_taken_away_and_comes_back(
    db: Database, settings: Settings, life: FixedClock, desk: Desk, orgs: dict[str, int]
) -> None:
    async with db.transaction() as connection:
        await programme.close(connection, settings, life)
        await programme.close(connection, settings, life)
        [gone] = [each for each in await programs.listed(connection, OFFICE) if each["simulated"]]
        found = await board.board(connection, desk, OFFICE, gone["id"], 2026)
    assert gone["name"].endswith("đã gỡ bỏ")
    assert {each["status"] for each in found["items"]} == {"cancelled"}
    assert not any(each["is_public"] or each["bottlenecks"] for each in found["items"])
    for times, day in enumerate(DAYS, 2):
        life.advance(datetime.combine(day, time(2), UTC) - life.now())
        assert await programme.prepare(db, settings, life, orgs), "it comes back as a new one"
        async with db.transaction() as connection:
            all_of_them = [each for each in await programs.listed(connection, OFFICE) if each["simulated"]]
            assert len(all_of_them) == times
            assert list((await ledger.check(connection, desk)).findings) == [], "on whatever day it is made"
            await programme.close(connection, settings, life)
    async with db.transaction() as connection:
        for log in ("programme", "tasks"):
            assert (await verify_log(connection, log)).sound
