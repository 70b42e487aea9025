"""The procedure against a slow contractor, act by act, on the real database.

The tests are named after the acts of ``docs/programme.md``, which names them in turn.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from haidang.programme.model.cases import (
    RULES,
    Case,
    Close,
    CutScope,
    Demand,
    Plan,
    Replace,
    Reply,
    Warn,
)
from haidang.programme.model.register import Project
from haidang.programme.service import cases
from haidang.programme.service.cases import NewCase
from haidang.tasks.model.due import end_of
from tests.integration.programme.conftest import BILLION, START, World, add_contract, refused

PAPER: dict[str, Any] = {"document": "12/BQL", "decided_by": "Nguyễn Văn A", "text": "Chậm 45 ngày"}


def paper(world: World, **facts: Any) -> dict[str, Any]:
    """What each step needs, dated today."""
    return PAPER | {"dated_on": world.desk.today()} | facts


@pytest.fixture(autouse=True)
def begin(world: World) -> None:
    """Each test begins on the same Monday."""
    world.clock.advance(START - world.clock.now())


async def warned(world: World, by: str = "chu", **facts: Any) -> tuple[Case, Project]:
    project = await world.project(await world.program())
    contract = await add_contract(world, project, BILLION)
    new = NewCase(
        contract_id=contract.id, subject="Chậm lắp đặt camera", warning=Warn(**paper(world, **facts))
    )
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await cases.open_case(connection, world.desk, who, project.id, new), project


async def do(world: World, case: Case, act: Any, by: str = "chu") -> Case:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await cases.perform(connection, world.desk, who, case.id, act, version=case.version)


async def opened(world: World, case: Case, by: str) -> dict[str, Any]:
    who = await world.who(by)
    async with world.db.transaction() as connection:
        return await cases.opened(connection, world.desk, who, case.id)


def on(world: World, day: date) -> None:
    """Move to the morning of a day."""
    world.clock.advance(datetime(day.year, day.month, day.day, 2, tzinfo=UTC) - world.clock.now())


async def test_the_way_from_warning_to_replacement(world: World) -> None:
    case, _ = await warned(world)
    # Monday 16 March; five working days end with Monday the 23rd.
    assert case.reply_until == end_of(date(2026, 3, 23))
    await refused(do(world, case, Demand(**paper(world))), "contractor-case-act-refused", "window")
    on(world, date(2026, 3, 24))
    case = await do(world, case, Demand(**paper(world, reply_working_days=3)))
    case = await do(world, case, Reply(**paper(world)))
    case = await do(world, case, Plan(**paper(world, plan_until=date(2026, 5, 15))))
    case = await do(world, case, Reply(**paper(world)))
    await refused(do(world, case, CutScope(**paper(world))), "contractor-case-part-missing", "part")
    await refused(
        do(world, case, CutScope(**paper(world)), by="phong"), "contractor-case-act-refused", "plan_runs"
    )
    on(world, date(2026, 5, 18))
    case = await do(world, case, CutScope(**paper(world, cut_dong=5)), by="phong")
    on(world, date(2026, 6, 1))
    case = await do(world, case, Replace(**paper(world)), by="phong")
    assert (case.state, case.steps, case.version) == ("replaced", 7, 7)
    shown = await opened(world, case, "chu")
    assert [step["act"] for step in shown["log"]] == [
        "warn", "demand", "reply", "plan", "reply", "cut_scope", "replace",
    ]  # fmt: skip
    assert (shown["log"][2]["facts"], shown["log"][5]["facts"]) == ({"in_time": True}, {"cut_dong": 5})
    assert shown["acts"] == []
    log = await world.fetch("SELECT action FROM chain WHERE subject = %s ORDER BY no", f"case:{case.id}")
    assert [action for (action,) in log] == [f"programme.case.{step['act']}" for step in shown["log"]]
    await refused(do(world, case, Reply(**paper(world))), "contractor-case-act-refused", "state")


async def test_a_reply_ends_the_waiting_and_a_late_one_says_so(world: World) -> None:
    case, _ = await warned(world)
    case = await do(world, case, Reply(**paper(world)))
    case = await do(world, case, Demand(**paper(world)))
    assert not case.replied
    on(world, date(2026, 4, 1))
    case = await do(world, case, Reply(**paper(world)))
    assert (await opened(world, case, "chu"))["log"][-1]["facts"] == {"in_time": False}


async def test_a_step_is_skipped_only_by_a_decision_of_the_office(world: World) -> None:
    case, _ = await warned(world)
    await refused(do(world, case, Plan(**paper(world, plan_until=date(2026, 5, 1)))),
                  "contractor-case-act-refused", "order")  # fmt: skip
    cut = CutScope(**paper(world, skips="45/QĐ-UBND"))
    await refused(do(world, case, cut), "contractor-case-part-missing", "office")
    case = await do(world, case, cut, by="phong")
    assert case.state == "scope_cut"
    assert (await opened(world, case, "phong"))["log"][-1]["skips"] == "45/QĐ-UBND"
    back = Demand(**paper(world, skips="46/QĐ-UBND"))
    await refused(do(world, case, back, by="phong"), "contractor-case-act-refused", "state")


async def test_close_is_the_offices_and_makes_room_for_another_case(world: World) -> None:
    case, project = await warned(world)
    new = NewCase(contract_id=case.contract_id, subject="Nữa", warning=Warn(**paper(world)))
    who = await world.who("chu")
    async with world.db.transaction() as connection:
        waiting = cases.open_case(connection, world.desk, who, project.id, new)
        await refused(waiting, "contractor-case-open")
        await connection.rollback()
    await refused(do(world, case, Close(**paper(world))), "contractor-case-part-missing", "part")
    assert (await do(world, case, Close(**paper(world)), by="phong")).closed_at == world.clock.now()
    async with world.db.transaction() as connection:
        assert (await cases.open_case(connection, world.desk, who, project.id, new)).state == "warned"


async def test_only_the_owner_and_the_office_see_a_case(world: World) -> None:
    case, project = await warned(world)
    assert (await opened(world, case, "phong"))["acts"] == ["reply", "close"]
    for name in ("khach", "khac", "tien"):
        await refused(opened(world, case, name), "not-found")
        who = await world.who(name)
        async with world.db.transaction() as connection:
            found = await cases.listed(
                connection, who, project=project.id, only_open=False, after=None, limit=9
            )
        assert found["items"] == []
    # Nor do those hear of it who may see the project.
    assert await world.fetch("SELECT kind FROM event_inbox WHERE ref = %s", f"case:{case.id}") == []


async def test_a_step_needs_document_day_and_person_and_is_never_changed(world: World) -> None:
    await refused(warned(world, dated_on=date(2026, 3, 17)), "invalid-request")
    case, _ = await warned(world)
    for change in (
        "UPDATE contractor_case_step SET text = 'x' WHERE case_id = %s",
        "DELETE FROM contractor_case_step WHERE case_id = %s",
        "DELETE FROM contractor_case WHERE id = %s",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await world.run(change, case.id)
    assert set(RULES) == {"demand", "plan", "cut_scope", "replace", "reply", "close"}
