"""Counts in SQL and counts by the rule: the same lines, drawn over some hundred tasks in every state."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest_asyncio

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.directives.model.counts import READINGS, counted, counts_at_all, month_of
from haidang.directives.service.counting import ABSENT, HIDDEN, Cut, asked, count, listed, total
from haidang.organisation import prepare, root_org, system
from haidang.organisation.permissions import Principal, Scope
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.tasks.model.due import Due, end_of, local_day
from haidang.tasks.model.task import Task
from haidang.tasks.service.desk import Desk, desk_of
from haidang.tasks.store import tasks as task_store

ME = system("test")
START = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STATES = (
    "draft", "new", "received", "in_progress", "reported", "returned", "accepted", "accepted", "closed",
    "closed", "suspended", "cancelled",
)  # fmt: skip
FIELDS = ("transport", "health", None)
LEADERS = ("Chủ tịch Nguyễn Văn An", "Phó Chủ tịch Lê Thị Bình")


class Site(msgspec.Struct):
    """Units, what they were told, and all their tasks."""

    desk: Desk
    units: list[int]
    documents: list[int]
    meetings: list[int]
    told: dict[int, tuple[str, int, int | None]]
    """Directive: leader, document, meeting."""
    tasks: list[Task]
    of: dict[int, int]
    """The directive behind a task."""


def _task(chance: random.Random, unit: int, root: int, directive: int) -> Task:
    """Return a task as its life may have left it, its dates within weeks of each other."""
    state: Any = chance.choice(STATES)
    given_at = START - DAY * chance.randint(0, 200) + timedelta(minutes=chance.randint(0, 1440))
    original = chance.choice([None, end_of(local_day(given_at) + DAY * chance.randint(1, 160))])
    end = original + DAY * chance.choice([0, 0, -3, 20]) if original else None
    around = (end or given_at + 10 * DAY) + timedelta(hours=chance.randint(-90, 90))
    reported = max(given_at, around) if state in {"reported", "accepted", "closed"} else None
    if reported and original and chance.random() < 0.2:
        reported = chance.choice([original, original - timedelta(microseconds=1)])
    done = state in {"accepted", "closed"}
    precision: Any = "day" if original else chance.choice(["urgent", "none"])
    return Task(
        id=0, version=1, title="Rà soát, báo cáo", source_kind="directive", source_id=str(directive),
        owner_org=unit, assigner_org=root, assigner="account:1", sector=chance.choice(FIELDS), state=state,
        given_at=None if state == "draft" else given_at,
        due=Due(precision=precision, on=local_day(original - DAY) if original else None),
        due_end=end, due_original=original,
        review_at=given_at + 14 * DAY if precision == "urgent" else None, due_set_at=given_at,
        reported_at=reported, reported_by="account:2" if reported else None,
        reports=chance.randint(1, 3) if reported else 0, returns=chance.choice([0, 0, 1, 2]),
        extensions=chance.choice([0, 0, 0, 1, 2]), accepted_at=reported if done else None,
        accepted_by="account:1" if done else None,
        paused_at=given_at + 5 * DAY if state == "suspended" else None,
        is_exercise=chance.random() < 0.05, created_at=given_at, changed_at=given_at,
    )  # fmt: skip


async def _directives(connection: Connection, root: int, readers: list[int]) -> Site:
    async def one(query: str, *values: Any) -> int:
        [(number,)] = await (await connection.execute(query + " RETURNING id", values)).fetchall()
        return int(number)

    site = Site(None, [], [], [], {}, [], {})  # type: ignore[arg-type]
    for number in range(2):
        site.meetings.append(await one(
            "INSERT INTO meeting (owner_org, title, title_fold, held_on, created_by, created_at, changed_at) "
            "VALUES (%s, %s, '', '2026-01-15', 'test', now(), now())", root, f"Giao ban tháng {number + 1}",
        ))  # fmt: skip
    for number, meeting in enumerate([*site.meetings, None]):
        document = await one(
            "INSERT INTO directive_document (owner_org, kind, number, subject, fold, meeting_id, secrecy, "
            "readers, state, created_by, created_at, changed_at) VALUES (%s, 'thong_bao', %s, "
            "'Kết luận giao ban', '', %s, %s, %s, 'issued', 'test', now(), now())",
            root, f"{number + 1}/TB-UBND", meeting, "restricted" if meeting is None else "normal", readers,
        )  # fmt: skip
        site.documents.append(document)
        for no, leader in enumerate(LEADERS):
            candidate = await one(
                "INSERT INTO extraction_candidate (document_id, origin, state, span_start, span_end, text, "
                "lead, cooperating, action, settled_at) VALUES (%s, 'hand', 'issued', 0, 4, 'Giao', '[]', "
                "'[]', '', now())",
                document,
            )  # fmt: skip
            directive = await one(
                "INSERT INTO directive (document_id, candidate_id, no, owner_org, text, span_start, "
                "span_end, text_hash, action, fold, product, due, given_by, given_on, issued_by, issued_at) "
                "VALUES (%s, %s, %s, %s, 'Giao', 0, 4, '', '', '', '', '{}', %s, '2026-01-16', 'x', now())",
                document, candidate, str(no), root, leader,
            )  # fmt: skip
            site.told[directive] = (leader, document, meeting)
    return site


async def _add(connection: Connection, site: Site, task: Task, directive: int) -> int:
    number = await task_store.insert(connection, task)
    site.tasks.append(msgspec.structs.replace(task, id=number))
    site.of[number] = directive
    if task.parent_id is None:
        await connection.execute(
            "INSERT INTO directive_task (task_id, directive_id) VALUES (%s, %s)", (number, directive)
        )
    return number


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(db: Database, tmp_path_factory: Any) -> AsyncIterator[Site]:
    """Three units, six directives of three documents and two meetings, four hundred tasks and their parts."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("counts"))
    clock = FixedClock(START)
    chance = random.Random(20260316)
    await prepare(db, settings, clock)
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        units = [(await add_org(connection, ME, NewOrg(name=name, parent_id=root))).id
                 for name in ("Sở Xây dựng", "Sở Y tế", "UBND phường Hồng Gai")]  # fmt: skip
        found = await _directives(connection, root, units[:1])
        found.desk, found.units = desk_of(settings, clock), units
        for _ in range(400):
            directive = chance.choice(list(found.told))
            task = _task(chance, chance.choice(units), root, directive)
            parent = await _add(connection, found, task, directive)
            for kind in ("directive", "remainder", "recurring"):
                if chance.random() < 0.08:
                    part = msgspec.structs.replace(task, source_kind=kind, source_id="x", parent_id=parent)
                    below = await _add(connection, found, part, directive)
                    rest = msgspec.structs.replace(part, source_kind="remainder", parent_id=below)
                    await _add(connection, found, rest, directive)
        other = _task(chance, units[0], root, 1)
        for kind in ("manual", "directive"):  # the second only says that it is of a directive
            await task_store.insert(connection, msgspec.structs.replace(other, source_kind=kind, state="new"))
    yield found


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
