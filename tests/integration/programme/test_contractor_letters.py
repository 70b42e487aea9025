"""Letters of contractor cases: a draft is nothing yet, a signature makes number and step at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from haidang.programme.letters import service
from haidang.programme.letters.model import NewLetter, Signatory
from haidang.programme.model.records import Record
from haidang.programme.model.register import Project
from haidang.programme.service import cases
from tests.integration.programme.conftest import BILLION, START, World, add_contract, add_record, refused

HEAD = Signatory(name="Nguyễn Văn An", office="Giám đốc")


@pytest.fixture(autouse=True)
def begin(world: World) -> None:
    """Each test begins on the same Monday, 16 March 2026."""
    world.clock.advance(START - world.clock.now())


async def site(world: World) -> tuple[Project, Record]:
    project = await world.project(await world.program())
    contract = await add_contract(world, project, BILLION, expires_on="2026-02-01")
    await add_record(world, project, "milestone", kind="delivery", name="Giao camera",
                     baseline_on="2026-02-10", contract_id=contract.id)  # fmt: skip
    return project, contract


async def draft(world: World, project: Project, contract: Record, by: str = "chu", **facts: Any) -> Any:
    given: dict[str, Any] = {
        "act": "warn", "contract_id": contract.id, "subject": "Chậm giao camera",
        "text": "Chưa giao 40 camera.", "asks": ("Giao trước ngày 30/3/2026",), "signatory": HEAD,
    }  # fmt: skip
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await service.draft(
            connection, world.desk, who, project.id, NewLetter(**(given | facts)), province="24"
        )


async def sign(world: World, letter: Any, by: str = "chu") -> Any:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await service.sign(connection, world.desk, who, letter["id"], version=letter["version"])


async def opened(world: World, letter: Any, by: str) -> Any:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await service.opened(connection, who, letter["id"])


def later(world: World, day: date) -> None:
    world.clock.advance(datetime(day.year, day.month, day.day, 2, tzinfo=UTC) - world.clock.now())


async def test_a_warning_is_drafted_signed_and_opens_the_case_with_its_number(world: World) -> None:
    project, contract = await site(world)
    made = await draft(world, project, contract)
    assert (made["state"], made["number"], made["case_id"]) == ("draft", "", None)
    assert await world.fetch("SELECT 1 FROM contractor_case WHERE project_id = %s", project.id) == []
    signed = await sign(world, made)
    assert signed["state"] == "signed" and signed["reply_until"] == "2026-03-23"
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        case = await cases.opened(connection, world.desk, who, signed["case_id"])
    [step] = case["log"]
    assert (step["document"], step["decided_by"]) == (signed["number"], "Nguyễn Văn An")
    _, row, said = await opened(world, signed, "phong")
    facts = {each.what for each in said.evidence}
    assert {"Quá thời hạn đang có hiệu lực", "Mốc “Giao camera” chưa đạt"} <= facts
    assert row.sha256 == made["sha256"], "what was drafted is what was signed"
    [(subject,)] = await world.fetch(
        "SELECT subject FROM paper_number WHERE org_id = %s ORDER BY id DESC LIMIT 1", world.orgs["builder"]
    )
    assert subject == service.REGISTERED, "the register of numbers does not tell whom it went to"


async def test_a_step_waits_for_the_reply_and_leaves_no_number_behind(world: World) -> None:
    project, contract = await site(world)
    await sign(world, await draft(world, project, contract))
    demand = await draft(world, project, contract, act="demand", subject="")
    [(before,)] = await world.fetch("SELECT count(*) FROM paper_number")
    await refused(sign(world, demand), "contractor-case-act-refused", "window")
    assert await world.fetch("SELECT count(*) FROM paper_number") == [(before,)]
    later(world, date(2026, 3, 24))
    demanded = await sign(world, demand)
    plan = await draft(world, project, contract, act="plan", subject="", plan_until=date(2026, 4, 1))
    await refused(
        draft(world, project, contract, act="cut_scope", subject=""), "contractor-case-part-missing"
    )
    later(world, date(2026, 4, 2))
    await sign(world, plan)
    cut = await draft(world, project, contract, "phong", act="cut_scope", subject="", cut_dong=BILLION // 5)
    later(world, date(2026, 4, 20))
    await refused(sign(world, cut), "contractor-case-part-missing")
    done = await sign(world, cut, "phong")
    assert done["case_id"] == demanded["case_id"] and done["issuer_org"] == world.orgs["office"]
    [(state,)] = await world.fetch("SELECT state FROM contractor_case WHERE id = %s", done["case_id"])
    assert state == "scope_cut"


async def test_only_the_owner_and_the_office_see_letters(world: World) -> None:
    project, contract = await site(world)
    made = await draft(world, project, contract)
    for name in ("khac", "khach", "tien"):
        await refused(opened(world, made, name), "not-found")
        who = await world.who(name)
        async with world.db.transaction() as connection:
            listed = await service.listed(
                connection, who, project=project.id, case=None, before=None, limit=10
            )
        assert listed["items"] == []
    await refused(draft(world, project, contract, "khach"), "contractor-case-part-missing")
    await refused(sign(world, made, "khac"), "not-found")
    who = await world.who("phong")
    async with world.db.transaction() as connection:
        listed = await service.listed(connection, who, project=project.id, case=None, before=None, limit=10)
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    assert "content" not in listed["items"][0]


async def test_what_was_decided_is_decided_once_and_never_changed(world: World) -> None:
    project, contract = await site(world)
    made = await draft(world, project, contract)
    await refused(sign(world, made | {"version": 9}), "version-conflict")
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        gone = await service.withdraw(
            connection, world.desk, who, made["id"], "Đã giao đủ", version=made["version"]
        )
    assert (gone["state"], gone["number"]) == ("withdrawn", "")
    await refused(sign(world, gone), "contractor-letter-settled")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("UPDATE contractor_letter SET content = '{}' WHERE id = %s", made["id"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await world.run("DELETE FROM contractor_letter WHERE id = %s", made["id"])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"cut_dong": 5}, "cut_dong"),
        ({"skips": "9/QĐ"}, "skips"),
        ({"contract_id": 999_999}, "contract_id"),
    ],
)
async def test_a_draft_that_does_not_fit_its_step_is_refused(
    world: World, facts: dict[str, Any], field: str
) -> None:
    project, contract = await site(world)
    problem = await refused(draft(world, project, contract, **facts), "invalid-request")
    assert [fault.field for fault in problem.faults] == [field]
    await refused(draft(world, project, contract, act="demand", subject=""), "contractor-letter-no-case")
