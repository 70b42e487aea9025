"""Counts in SQL and counts by the rule: the same lines, drawn over some hundred tasks in every state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.directives.model.counts import READINGS, counted, counts_at_all, month_of
from haidang.directives.service.counting import ABSENT, HIDDEN, Cut, asked, count, listed, total
from haidang.organisation.permissions import Principal, Scope
from haidang.tasks.model.due import local_day
from haidang.tasks.model.task import Task
from tests.integration.directives.site import DAY, LEADERS, ME, START, Site, built


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: Any) -> AsyncIterator[Site]:
    """The site of these tests, which only read it."""
    yield await built(db, tmp_path_factory.mktemp("counts"))


def _within(site: Site, task: Task) -> bool:
    """Say whether every task above is one that the house made, up to the directive's own."""
    above = {each.id: each for each in site.tasks}
    while task.parent_id is not None:
        if not counts_at_all(msgspec.structs.replace(task, given_at=START, is_exercise=False)):
            return False
        task = above[task.parent_id]
    return True


def _expected(site: Site, now: datetime, reading: Any, key: Callable[[Task], Any]) -> dict[Any, Any]:
    lines: dict[Any, list[Task]] = {}
    for task in site.tasks:
        if counts_at_all(task) and _within(site, task) and task.state != "draft":
            lines.setdefault(key(task), []).append(task)
    return {name: counted(found, reading, now, site.desk.calendar) for name, found in lines.items()}


def _month(task: Task) -> date:
    assert task.given_at is not None
    return local_day(task.given_at).replace(day=1)


async def test_sql_counts_what_the_rule_counts_by_everything_at_any_moment(db: Database, site: Site) -> None:
    keys: dict[Any, Callable[[Task], Any]] = {
        "all": lambda task: (),
        "unit": lambda task: (task.owner_org,),
        "field": lambda task: (task.sector,),
        "month": lambda task: (_month(task),),
        "unit_month": lambda task: (task.owner_org, _month(task)),
        "leader": lambda task: (site.told[site.of[task.id]][0],),
        "document": lambda task: (site.told[site.of[task.id]][1],),
        "meeting": lambda task: (site.told[site.of[task.id]][2],),
    }
    for days in (0, 3, 31, 90):
        desk = msgspec.structs.replace(site.desk, clock=FixedClock(START + DAY * days))
        for reading in READINGS:
            for by, key in keys.items():
                async with db.transaction() as connection:
                    lines = await count(connection, desk, ME, Cut(by=by, reading=reading))
                expected = _expected(site, desk.now(), reading, key)
                assert {line.key: line.counts for line in lines} == expected, (by, reading, days)
                assert all(line.counts.identity() for line in lines)


async def test_narrowing_leaves_out_what_was_not_asked_for(db: Database, site: Site) -> None:
    async with db.transaction() as connection:
        everything = await total(connection, site.desk, ME, Cut())
        for narrow in (
            {"leader": LEADERS[0]}, {"leader": LEADERS[1]}, {"field": "health"},
            {"document": site.documents[1]}, {"meeting": site.meetings[0]}, {"unit": site.units[2]},
        ):  # fmt: skip
            found = await total(connection, site.desk, ME, await asked(connection, **narrow))
            assert 0 < found.given < everything.given, narrow
        middle = START.date() - DAY * 100
        before = await total(connection, site.desk, ME, Cut(until=middle))
        after = await total(connection, site.desk, ME, Cut(since=middle + DAY))
        assert before.given + after.given == everything.given
        assert (await total(connection, site.desk, ME, Cut(source_kinds=("meeting",)))).given == 0
        manual = await total(connection, site.desk, ME, Cut(source_kinds=("manual",)))
        both = await total(connection, site.desk, ME, Cut(source_kinds=("manual", "directive")))
        assert (manual.given, both.given) == (1, everything.given + 1)


async def test_a_unit_counts_its_own_lines_only_and_reads_no_restricted_title(
    db: Database, site: Site
) -> None:
    def of(unit: int) -> Principal:
        scope = Scope(frozenset({"directive.read"}), frozenset({unit}))
        return Principal("account:9", "x", unit, (scope,))

    async with db.transaction() as connection:
        everyone = {line.key: line for line in await count(connection, site.desk, ME, Cut(by="unit"))}
        for unit in site.units:
            [line] = await count(connection, site.desk, of(unit), Cut(by="unit"))
            assert (line.key, line.counts) == ((unit,), everyone[(unit,)].counts)
        assert await count(connection, site.desk, Principal("account:9", "x", 1, ()), Cut(by="unit")) == []
        first, second = [
            {line.title for line in await count(connection, site.desk, of(unit), Cut(by="document"))}
            for unit in site.units[:2]
        ]
        assert "3/TB-UBND Kết luận giao ban" in first and HIDDEN not in first
        assert HIDDEN in second and "3/TB-UBND Kết luận giao ban" not in second
        meetings = {line.title for line in await count(connection, site.desk, ME, Cut(by="meeting"))}
        assert meetings == {
            "Giao ban tháng 1 (15/01/2026)",
            "Giao ban tháng 2 (15/01/2026)",
            ABSENT["meeting"],
        }


async def test_documents_without_number_and_subject_keep_lines_of_their_own(db: Database, site: Site) -> None:
    class UndoneError(Exception):
        """The site is only read."""

    with pytest.raises(UndoneError):
        async with db.transaction() as connection:
            await connection.execute(
                "UPDATE directive_document SET number = '', subject = '', kind = 'thông báo', "
                "issued_on = '2026-11-20', file_name = 'tb.docx' WHERE id = %s",
                (site.documents[0],),
            )
            titles = {line.title for line in await count(connection, site.desk, ME, Cut(by="document"))}
            assert "Thông báo không số ngày 20/11/2026 (tb.docx)" in titles
            assert ABSENT["document"] not in titles
            raise UndoneError


async def test_the_answer_carries_the_total_and_stands_in_order(db: Database, site: Site) -> None:
    async with db.transaction() as connection:
        by_unit = await listed(connection, site.desk, ME, Cut(by="unit"))
        by_month = await listed(connection, site.desk, ME, Cut(by="month"))
    given = [line["counts"]["given"] for line in by_unit["lines"]]
    assert (
        by_unit["total"]["given"] == sum(given) == sum(line["counts"]["given"] for line in by_month["lines"])
    )
    late = [line["counts"]["overdue"] for line in by_unit["lines"]]
    assert late == sorted(late, reverse=True)
    titles = [line["title"] for line in by_month["lines"]]
    assert titles[-1] == f"Tháng {month_of(START.date())}" and len(titles) >= 6
    assert by_unit["total"]["on_time_rate"].of_vi == "nhiệm vụ đã hoàn thành hoặc đã quá hạn"
