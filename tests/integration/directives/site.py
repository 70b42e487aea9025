"""A site with units, directives of documents and meetings, and hundreds of tasks in every state."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from haidang.base.clock import FixedClock
from haidang.base.database import Connection, Database
from haidang.base.settings import Settings
from haidang.organisation import prepare, root_org, system
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
    returns = chance.choice([0, 0, 1, 2])
    precision: Any = "day" if original else chance.choice(["urgent", "none"])
    return Task(
        id=0, version=1, title="Rà soát, báo cáo", source_kind="directive", source_id=str(directive),
        owner_org=unit, assigner_org=root, assigner="account:1", sector=chance.choice(FIELDS), state=state,
        given_at=None if state == "draft" else given_at,
        due=Due(precision=precision, on=local_day(original - DAY) if original else None),
        due_end=end, due_original=original,
        review_at=given_at + 14 * DAY if precision == "urgent" else None, due_set_at=given_at,
        reported_at=reported, reported_by="account:2" if reported else None,
        reports=returns + (1 if reported else 0), returns=returns,
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


async def built(db: Database, folder: Path) -> Site:
    """Return three units, six directives of three documents and two meetings, four hundred tasks."""
    settings = Settings(data_dir=folder)
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
        other = msgspec.structs.replace(
            _task(chance, units[0], root, 1), state="new", given_at=START, is_exercise=False,
            reported_at=None, reported_by=None, accepted_at=None, accepted_by=None, paused_at=None,
        )  # fmt: skip
        for kind in ("manual", "directive"):  # the second only says that it is of a directive
            await task_store.insert(connection, msgspec.structs.replace(other, source_kind=kind))
    return found
