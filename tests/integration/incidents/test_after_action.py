"""The report of an incident that was really worked, act by act, and drawn; a lesson becomes one task."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from haidang.base.problems import Problem
from haidang.documents import press
from haidang.documents.report import Table
from haidang.incidents.after_action.gathering import gathered
from haidang.incidents.after_action.lessons import LessonToTask, to_task
from haidang.incidents.after_action.model import AfterAction
from haidang.incidents.after_action.paper import paper
from haidang.incidents.model import acts
from haidang.incidents.model.incident import Incident
from haidang.incidents.model.tables import Facts
from haidang.incidents.service import journal, resources
from haidang.incidents.service.resources import NewResource
from haidang.tasks.model.due import Due
from tests.integration.incidents.conftest import ME, START, World
from tests.unit.documents.pdf_reading import pages

TEN_DAYS = Due(precision="working_days", count=10)


async def report_of(world: World, who: str, incident: Incident) -> AfterAction:
    principal = await world.who(who)
    async with world.db.transaction() as connection:
        return await gathered(connection, world.desk, principal, incident.id, "24")


async def wrote(world: World, incident: Incident, kind: str, text: str, **more: Any) -> int:
    who = await world.who("truong.ca")
    async with world.db.transaction() as connection:
        return (await journal.write(connection, world.desk, who.id, incident.id, kind, text, **more)).no


async def lesson_to_task(world: World, who: str, incident: Incident, no: int) -> dict[str, Any]:
    principal = await world.who(who)
    asked = LessonToTask(owner_org=world.orgs["works"], due=TEN_DAYS)
    async with world.db.transaction() as connection:
        return await to_task(connection, world.desk, principal, incident.id, asked, no=no)


async def worked(world: World, *, exercise: bool = False) -> Incident:
    """Open a flood and bring it to its end, late in one thing."""
    async with world.db.transaction() as connection:
        new = NewResource(name=f"Xuồng {exercise}", kind="rescue_boat", org_id=world.orgs["police"])
        boat = (await resources.keep(connection, world.desk, ME, new)).id
    by = "truong.ca" if exercise else "truc"
    flood = await world.plain(by, facts=Facts(depth_cm=40), place="Đường Trần Phú", is_exercise=exercise)
    steps: tuple[tuple[float, str, acts.Act], ...] = (
        (2, "truc", acts.Verify(text="Thấy trên camera", by_means="camera")),
        (4, "truc", acts.Classify()),
        (10, "truc", acts.Dispatch(resource_ids=(boat,), text="Tới ngay")),
        (50, "cong.an", acts.OnScene()),
        (90, "truc", acts.Contain(text="Nước rút")),
        (120, "truong.ca", acts.Close(text="Đường thông suốt")),
    )
    for minute, who, act in steps:
        world.at(START + timedelta(minutes=minute))
        await world.do(who, flood, act)
    return await world.row(flood)


async def test_the_report_says_what_was_done_and_what_was_late(world: World) -> None:
    flood = await worked(world)
    found = await report_of(world, "truc", flood)
    assert (found.code, found.state, found.agency.name) == (flood.code, "closed", "Trung tâm điều hành")
    assert {each.name: each.state for each in found.reactions} == {
        "acknowledge": "met", "dispatch": "met", "on_scene": "met_late", "contain": "met", "close": "met"
    }  # fmt: skip
    assert [entry.kind for entry in found.log] == [
        "open", "verify", "classify", "dispatch", "on_scene", "contain", "close"
    ]  # fmt: skip
    [use] = found.uses
    sent, arrived, ended = (START + timedelta(minutes=minute) for minute in (10, 50, 120))
    assert (use.org, use.sent_at, use.on_scene_at, use.ended_at) == ("Công an", sent, arrived, ended)
    assert found.orgs == ("Trung tâm điều hành", "Công an")
    assert found.head.no == len(found.log) and found.head.sound
    content = await press.printed(paper(found), "docx")
    text = "\n".join(
        cell.text
        for table in docx.Document(io.BytesIO(content)).tables
        for row in table.rows
        for cell in row.cells
    )
    for said in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Chậm 5 phút",
        "Xuồng False",
        "Xác minh: Thấy trên camera",
    ):
        assert said in text, said


async def test_the_procedure_that_ran_stands_in_it_step_by_step(world: World) -> None:
    flood = await world.open(facts=Facts(depth_cm=40), place="Đường Trần Phú")
    found = await report_of(world, "truc", flood)
    [run] = found.runs
    assert run.state == "running" and run.steps
    assert {"open", "waiting"} >= {step.state for step in run.steps} - {"unneeded", "asked", "done"}
    opened = next(step for step in run.steps if step.state == "open")
    assert opened.role and opened.role.islower() is False, "a role is said by its word, not by its name"
    shown = [block for block in paper(found).blocks if isinstance(block, Table) and "Bước" in block.head]
    assert [row[0] for row in shown[0].rows] == [step.title_vi for step in run.steps]
    assert "Sự cố chưa kết thúc khi lập báo cáo này." in str(paper(found).blocks)


async def test_an_exercise_is_marked_on_every_page_of_its_report(world: World) -> None:
    drill = await worked(world, exercise=True)
    content = await press.printed(paper(await report_of(world, "truong.ca", drill)), "pdf")
    shown = pages(content)
    assert drill.code.startswith("DT-") and drill.code in shown[0]
    assert all("DIỄN TẬP" in page for page in shown)


async def test_a_lesson_becomes_one_task_and_the_report_names_it(world: World) -> None:
    flood = await worked(world)
    no = await wrote(world, flood, "lesson", "Thiếu máy bơm dự phòng")
    await wrote(world, flood, "lesson", "Thiếu hai máy bơm dự phòng", corrects=no)
    note = await wrote(world, flood, "note", "Không phải bài học")
    given = await lesson_to_task(world, "truong.ca", flood, no)
    [(title, source, owner, exercise)] = await world.fetch(
        "SELECT title, source_id, owner_org, is_exercise FROM task WHERE id = %s", given["task_id"]
    )
    assert (title, source, exercise) == ("Thiếu hai máy bơm dự phòng", f"{flood.id}:{no}", False)
    assert owner == world.orgs["works"]
    with pytest.raises(Problem) as twice:
        await lesson_to_task(world, "truong.ca", flood, no)
    assert (twice.value.kind.code, twice.value.extra["task_id"]) == ("lesson-has-task", given["task_id"])
    with pytest.raises(Problem) as none:
        await lesson_to_task(world, "truong.ca", flood, note)
    assert none.value.kind.status == 404
    found = await report_of(world, "truc", flood)
    [lesson] = found.lessons
    assert lesson.text == "Thiếu hai máy bơm dự phòng"
    assert lesson.task is not None and lesson.task.id == given["task_id"]
    assert found.log[-1].kind == "lesson-task"


async def test_who_does_not_see_the_incident_gets_neither_report_nor_task(world: World) -> None:
    flood = await worked(world)
    no = await wrote(world, flood, "lesson", "Thiếu máy bơm")
    for asked in (report_of(world, "xay.dung", flood), lesson_to_task(world, "xay.dung", flood, no)):
        with pytest.raises(Problem) as refusal:
            await asked
        assert refusal.value.kind.status == 404
    with pytest.raises(Problem) as not_theirs:  # a unit that takes part reads, and gives no tasks
        await lesson_to_task(world, "cong.an", flood, no)
    assert not_theirs.value.kind.status == 403


async def test_a_log_that_was_tampered_with_is_called_so(world: World) -> None:
    flood = await worked(world)
    async with world.db.transaction() as connection:
        await connection.execute("ALTER TABLE chain DISABLE TRIGGER chain_no_change")
        await connection.execute(
            "UPDATE chain SET body = replace(body, 'Nước rút', 'Nước dâng') WHERE log = %s", (flood.log,)
        )
        await connection.execute("ALTER TABLE chain ENABLE ALWAYS TRIGGER chain_no_change")
    found = await report_of(world, "truc", flood)
    assert not found.head.sound
    assert "CHUỖI BĂM KHÔNG TOÀN VẸN" in paper(found).source
