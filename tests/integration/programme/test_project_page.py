"""What the page of a project asks for: forms by described fields, a year's money, its log with payments."""

from __future__ import annotations

from typing import Any

import pytest

from haidang.programme.model.fields import Field
from haidang.programme.model.payments import NewEstimate, NewPayment
from haidang.programme.service import curve, payments, reading
from haidang.programme.service.fields import KindFields, described
from tests.integration.programme.conftest import BILLION, World, add_contract, add_record
from tests.integration.programme.test_payments import MARCH

KINDS: list[KindFields] = described()["records"]
PLAIN: dict[str, Any] = {
    "text": "Số 12", "long": "Nội dung", "date": "2026-03-02", "moment": "2026-03-02T09:00:00+07:00",
    "decimal": "12.50", "dong": BILLION, "yes": False, "year": 2026, "period": 3, "dongs": [BILLION, BILLION],
}  # fmt: skip


def filled(field: Field, known: dict[str, int]) -> Any:
    """What a person would put into a required field."""
    match field.type:
        case "choice":
            return field.choices[-1].value
        case "record":
            return known[field.refers or ""]
        case "org" | "contractor":
            return known[field.type]
        case "number":
            return field.least or 1
    return PLAIN[field.type]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
async def test_what_a_form_asks_for_is_enough_for_the_register(world: World, kind: KindFields) -> None:
    project = await world.project(await world.program())
    contract: Any = await add_contract(world, project, 9 * BILLION)
    package = await add_record(
        world, project, "package", name="Gói 1", method="open", estimate_dong=9 * BILLION
    )
    known = {
        "contract": contract.id, "package": package.id, "contractor": contract.contractor_id,
        "org": world.orgs["other"],
    }  # fmt: skip
    facts = {field.name: filled(field, known) for field in kind.fields if field.required}
    if kind.kind == "contract_change":
        facts |= {"kind": "scope", "new_text": "Thêm 2 km cáp"}
    if kind.kind == "contract":
        facts["expires_on"] = "2026-12-31"
    if kind.kind == "security_dossier":
        facts["state"] = "drafting"
    made = await add_record(world, project, kind.kind, "chu", **facts)
    assert made.project_id == project.id


async def test_the_money_is_of_the_year_that_is_asked_for(world: World) -> None:
    project = await world.project(await world.program())
    await world.plan(project, 7 * BILLION)
    await world.plan(project, 5 * BILLION, plan_year=2025)
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        now = await reading.opened(connection, world.desk, who, project.id)
        before = await reading.opened(connection, world.desk, who, project.id, year=2025)
    assert (now["money"]["plan_year"], now["money"]["plan_dong"]["annual"]) == (2026, 7 * BILLION)
    assert (before["money"]["plan_year"], before["money"]["plan_dong"]["annual"]) == (2025, 5 * BILLION)


async def test_the_log_of_a_project_has_its_payments_and_says_who_acted(world: World) -> None:
    project = await world.project(await world.program())
    other = await world.project(await world.program())
    source = await world.source()
    await world.plan(project, 9 * BILLION)
    estimate = NewEstimate(
        fund_source_id=source, plan_year=2026, period=3, kind="volume", estimate_dong=BILLION
    )
    paid = NewPayment(
        fund_source_id=source, plan_year=2026, kind="volume", confirmed_dong=BILLION, paid_on=MARCH,
        treasury_ref="KB-NK",
    )  # fmt: skip
    owner, finance = await world.who("chu"), await world.who("tien")
    async with world.db.transaction() as connection:
        await payments.estimate(connection, world.desk, owner, project.id, estimate)
        await payments.enter(connection, world.desk, finance, project.id, paid)
        log = await reading.timeline(connection, owner, project.id, before=None, limit=50)
        quiet = await reading.timeline(connection, owner, other.id, before=None, limit=50)
    assert [(each["action"], each["who"]) for each in log["items"]][:2] == [
        ("programme.payment.enter", "Tien"),
        ("programme.payment.estimate", "Chu"),
    ]
    assert [each["action"] for each in quiet["items"]] == ["programme.project.create"]


async def test_a_curve_tells_what_its_payments_are_paid_from(world: World) -> None:
    project = await world.project(await world.program())
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        empty = await curve.curve(connection, world.desk, who, project.id, 2026)
    assert (empty["plan"]["current_dong"], empty["plan"]["carry_over_dong"]) == (None, None)
    await world.plan(project, 7 * BILLION)
    await world.plan(project, 2 * BILLION, plan_kind="carry_over")
    async with world.db.transaction() as connection:
        found = await curve.curve(connection, world.desk, who, project.id, 2026)
    assert (found["plan"]["current_dong"], found["plan"]["carry_over_dong"]) == (7 * BILLION, 2 * BILLION)
