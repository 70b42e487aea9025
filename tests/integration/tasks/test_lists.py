"""Lists: what each view holds, paging, the derived filters against the rule, workbooks out and in."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from haidang.base.problems import Problem
from haidang.documents import press, sheet
from haidang.documents.report import Table
from haidang.organisation.permissions import Principal, Scope
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import timeliness
from haidang.tasks.service import lists, papers, reading
from haidang.tasks.service.lists import Approved
from haidang.tasks.service.reading import TIMELINESS, Asked
from haidang.tasks.store import inbox
from tests.integration.tasks.conftest import START, World

DAY = timedelta(days=1)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def empty(world: World) -> None:
    await world.run("DELETE FROM task")


ACTS = (None, acts.Start(), acts.Report(text="x"), acts.Suspend(reason="waiting_reporter"))


async def ids(world: World, name: str, **asked: Any) -> list[int]:
    who = await world.who(name)
    async with world.db.transaction() as connection:
        wanted = await reading.filter_of(connection, world.desk, who, Asked(**asked))
        return [line.task.id for line in await inbox.page(connection, who, wanted, limit=500)]


async def test_each_view_holds_what_it_says(world: World) -> None:
    led = await world.give(assignee=world.people["binh"])
    helped = await world.give(to="south", coop_orgs=(world.orgs["north"],))
    inner = await world.give(by="bac", to="division", assigner_org=world.orgs["north"])
    other = await world.give(to="south")
    draft = await world.give(draft=True)
    done = await world.give(to="south")
    await world.do("nam", done, acts.Report(text="Xong"))
    await world.do("desk", done, acts.Accept())
    assert await ids(world, "binh", view="mine") == [led.id]
    assert sorted(await ids(world, "bac", view="unit")) == [led.id, inner.id]
    assert await ids(world, "bac", view="coop") == [helped.id]
    assert await ids(world, "bac", view="assigned") == [inner.id]
    assert sorted(await ids(world, "bac", view="all")) == [led.id, helped.id, inner.id]
    assert sorted(await ids(world, "desk", view="assigned")) == [led.id, helped.id, other.id]
    assert await ids(world, "desk", view="done") == [done.id, draft.id]
    assert sorted(await ids(world, "desk", view="all", org=world.orgs["south"])) == [helped.id, other.id]
    assert await ids(world, "nam", view="all", org=world.orgs["north"]) == [helped.id]


async def test_overdue_holds_everything_late_that_may_be_seen(world: World) -> None:
    late = await world.give(Due(precision="day", on=date(2026, 3, 17)))
    late_too = await world.give(Due(precision="day", on=date(2026, 3, 18)), to="south")
    await world.give()
    world.clock.advance(5 * DAY)
    assert await ids(world, "desk", view="overdue") == [late.id, late_too.id]
    assert await ids(world, "nam", view="overdue") == [late_too.id]


async def test_the_derived_filters_say_what_the_rule_says(world: World) -> None:
    """SQL filters and the Python rule on some hundred rows in every state."""
    chance = random.Random(7)
    dues = [Due(precision="none"), Due(precision="urgent"), Due(precision="open"),
            *(Due(precision="day", on=date(2026, 3, 10) + DAY * n) for n in range(30))]  # fmt: skip
    for _ in range(80):
        task = await world.give(chance.choice(dues))
        world.at(START + DAY * chance.randint(0, 12))
        act = chance.choice(ACTS)
        if act is not None:
            await world.do("bac", task, act)
        world.at(START)
    for days in (12, 14, 21, 40):
        world.at(START + DAY * days)
        now, calendar = world.clock.now(), world.desk.calendar
        every = {number: await world.row(msgspec.structs.replace(task, id=number))
                 for number in await ids(world, "desk", view="all")}  # fmt: skip
        for value in TIMELINESS:
            expected = {n for n, row in every.items() if timeliness(row, row.due_end, now, calendar) == value}
            for view in ("all", "assigned"):
                assert set(await ids(world, "desk", view=view, timeliness=value)) == expected, (days, value)


async def test_paging_loses_and_doubles_nothing_also_without_a_due(world: World) -> None:
    for n in range(12):
        await world.give(
            Due(precision="none") if n % 3 else Due(precision="day", on=date(2026, 4, 1) + DAY * n)
        )
    for name, view in (("desk", "all"), ("bac", "unit"), ("bac", "all")):
        who = await world.who(name)
        found: list[int] = []
        cursor = None
        async with world.db.transaction() as connection:
            wanted = await reading.filter_of(connection, world.desk, who, Asked(view=view))
            while True:
                page = await reading.listed(connection, world.desk, who, wanted, limit=5, cursor=cursor)
                found += [each["id"] for each in page["items"]]
                cursor = page["next"]
                if cursor is None:
                    break
        assert len(found) == len(set(found)) == 12
        assert found == await ids(world, name, view=view)
    with pytest.raises(Problem, match="invalid-request"):
        async with world.db.transaction() as connection:
            await reading.listed(connection, world.desk, who, wanted, limit=5, cursor="xyz")


async def test_a_scope_by_area_and_sector_holds_in_lists_as_on_the_page(world: World) -> None:
    here = await world.give(area_code="24", sector="transport")
    await world.give()
    who = await world.who("binh")
    narrow = Principal(who.id, who.name, who.org_id, (
        Scope(frozenset({"task.read"}), frozenset({world.orgs["north"]}), frozenset({"24"}), "transport"),
    ))  # fmt: skip
    async with world.db.transaction() as connection:
        for view in ("unit", "all"):
            wanted = await reading.filter_of(connection, world.desk, narrow, Asked(view=view))
            found = await inbox.page(connection, narrow, wanted, limit=50)
            assert [line.task.id for line in found] == [here.id]


async def test_search_needs_no_accents(world: World) -> None:
    task = await world.give(title="Đánh giá Cấp độ An toàn")
    await world.give()
    assert await ids(world, "desk", view="all", q="danh gia cap do") == [task.id]


def changed(content: bytes, *, percent: Any = None, text: str | None = None) -> bytes:
    """Return a sheet as somebody saves it after filling its only row."""
    [row] = sheet.read(lists.FORM, content)
    cells = {"percent": percent if percent is not None else row.cells["percent"],
             "text": text if text is not None else row.cells["text"]}  # fmt: skip
    return sheet.written(lists.FORM, [sheet.Row(row.key, row.version, cells)], made_at=START)


async def exported(world: World, name: str) -> bytes:
    who = await world.who(name)
    async with world.db.transaction() as connection:
        wanted = await reading.filter_of(connection, world.desk, who, Asked(view="unit"))
        return await lists.export(connection, world.desk, who, wanted)


async def compared(world: World, name: str, content: bytes) -> dict[str, Any]:
    who = await world.who(name)
    async with world.db.transaction() as connection:
        return await lists.compared(connection, world.desk, who, content)


async def test_a_workbook_goes_out_and_its_filled_columns_come_back_once(world: World) -> None:
    task = await world.give()
    out = await exported(world, "bac")
    assert (await compared(world, "bac", out))["counts"] == {
        "changed": 0, "unchanged": 1, "conflict": 0, "refused": 0
    }  # fmt: skip
    back = changed(out, percent=40, text="Đã chuyển 5 hệ thống")
    diff = await compared(world, "bac", back)
    [line] = diff["rows"]
    assert (line.kind, line.before["text"], line.after) == (
        "changed", "", {"percent": 40, "text": "Đã chuyển 5 hệ thống"}
    )  # fmt: skip
    assert (await world.row(task)).progress_pct is None, "comparing writes nothing"
    who = await world.who("bac")
    approved = (Approved(id=task.id, version=line.version, percent=40, text="Đã chuyển 5 hệ thống"),)
    async with world.db.transaction() as connection:
        done = await lists.apply(connection, world.desk, who, approved, sha256=diff["sha256"])
    assert done["items"][0]["version"] == 2
    assert (await world.row(task)).progress_pct == 40
    assert (await compared(world, "bac", back))["counts"]["unchanged"] == 1, (
        "the same file twice changes nothing"
    )
    [(body,)] = await world.fetch("SELECT body FROM chain WHERE action = 'task.progress' AND subject = %s",
                                  f"task:{task.id}")  # fmt: skip
    assert diff["sha256"] in body


async def test_a_row_that_changed_meanwhile_is_a_conflict_and_never_overwritten(world: World) -> None:
    task = await world.give()
    back = changed(await exported(world, "bac"), percent=40, text="Của tệp")
    await world.do("binh", task, acts.Progress(text="Của hệ thống", percent=60))
    diff = await compared(world, "bac", back)
    [line] = diff["rows"]
    assert (line.kind, line.before["text"], line.after["text"], line.version) == (
        "conflict", "Của hệ thống", "Của tệp", 2
    )  # fmt: skip
    who = await world.who("bac")

    async def apply(version: int) -> dict[str, Any]:
        approved = (Approved(id=task.id, version=version, percent=40, text="Của tệp"),)
        async with world.db.transaction() as connection:
            return await lists.apply(connection, world.desk, who, approved, sha256=diff["sha256"])

    stale = await apply(1)
    assert stale["items"][0]["problem"]["code"] == "version-conflict"
    assert (await world.row(task)).progress_text == "Của hệ thống"
    await apply(2)  # chosen expressly, against the version that was shown
    assert (await world.row(task)).progress_text == "Của tệp"


async def test_rows_that_are_not_mine_or_not_open_are_refused_by_name(world: World) -> None:
    theirs = await world.give(to="south")
    done = await world.give()
    out = changed(await exported(world, "bac"), percent=90, text="Gần xong")
    await world.do("binh", done, acts.Report(text="Xong"))
    foreign = sheet.written(lists.FORM, [sheet.Row(str(theirs.id), 1, {"text": "Của tôi?"})], made_at=START)
    for content, reason in ((out, "state"), (foreign, "no such task")):
        [line] = (await compared(world, "bac", content))["rows"]
        assert line.kind == "refused"
        assert reason in line.faults[0]["en"]
        assert line.faults[0]["cell"] == "A4"


async def test_one_act_for_many_answers_for_each(world: World) -> None:
    mine, theirs = await world.give(), await world.give(to="south")
    who = await world.who("bac")
    async with world.db.transaction() as connection:
        found = [await lists.attempt(connection, world.desk, who, task.id, acts.Receive(), version=1)
                 for task in (mine, theirs)]  # fmt: skip
    assert (found[0]["state"], found[1]["problem"]["code"]) == ("received", "not-found")
    assert ((await world.row(mine)).state, (await world.row(theirs)).state) == ("received", "new")


async def test_a_list_goes_out_as_a_paper_too_with_what_is_late_and_what_is_an_exercise(world: World) -> None:
    late, drill = await world.give(title="Rà soát điểm ngập"), await world.give(title="Sơ tán thử")
    await world.run("UPDATE task SET is_exercise = true WHERE id = %s", drill.id)
    world.clock.advance(timedelta(days=90))
    who = await world.who("bac")
    async with world.db.transaction() as connection:
        wanted = await reading.filter_of(connection, world.desk, who, Asked(view="unit"))
        report = await papers.listed(connection, world.desk, who, wanted, view="unit", province="24")
    [table] = (block for block in report.blocks if isinstance(block, Table))
    titles = {row[0]: row[1] for row in table.rows}
    assert titles[str(late.id)] == "Rà soát điểm ngập"
    assert titles[str(drill.id)] == "[DIỄN TẬP] Sơ tán thử"
    assert len(table.strong) == len(table.rows), "all are late by now"
    assert (report.title, report.subtitle, report.marks) == (
        "Danh sách", "Nhiệm vụ của đơn vị", ("Có nội dung diễn tập",)
    )  # fmt: skip
    for form, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert (await press.printed(report, form)).startswith(begins)  # type: ignore[arg-type]
