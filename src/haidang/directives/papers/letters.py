"""Reminder letters (công văn đôn đốc): to one unit, on what it owes, counted for the unit and the year.

A letter is due where a step of a task's ladder says so (``letter`` of the policy, 30 working days late in
ours). Without a choice of tasks a letter takes in everything of a unit for which that step has fallen and no
letter was written since; a person may choose tasks that are overdue before it comes to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base import eventlog
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.directives.papers import store
from haidang.directives.papers.gathering import late_of
from haidang.directives.papers.issuing import frozen, issuer_of
from haidang.directives.papers.letter import Letter, Previous, topic
from haidang.directives.papers.model import Late
from haidang.directives.service.counting import Cut, unit_names
from haidang.directives.service.desk import LOG, TOPIC
from haidang.documents import numbering
from haidang.documents.numbering.model import LETTER
from haidang.organisation import chain
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.organisation.service.letterhead import letterhead
from haidang.tasks.model.due import local_day
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import soon_end
from haidang.tasks.service.telling import Message, tell
from haidang.tasks.store import people, tasks

NOTHING_DUE = kind(
    "directive-letter-nothing",
    409,
    "Đơn vị không có nhiệm vụ nào đến mức phải đôn đốc bằng văn bản",
    "Nothing of the unit calls for a reminder letter",
)
TASKS_MAX = 200
ANSWER_WORKING_DAYS = 5
"""Until a unit is to answer, where the letter does not say otherwise."""
_READ_MAX = 2_000


class NewLetter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a letter reminds, and of what."""

    org: int
    task_ids: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=TASKS_MAX)] | None = None
    """Overdue tasks of the unit; absent: those whose ladder calls for a letter."""
    answer_by: date | None = None
    """The day until which the unit is to answer; absent: five working days from today."""


async def write(
    connection: Connection, desk: Desk, principal: Principal, new: NewLetter, *, province: str | None
) -> dict[str, Any]:
    """Write a letter: number, turn, what it says; the unit is told. Return its row."""
    issuer, now = issuer_of(principal), desk.now()
    today = local_day(now)
    principal.require("directive.report", org_id=new.org, area_code=None, sector=None)
    name = (await unit_names(connection, [new.org])).get(new.org)
    if name is None:
        raise _wrong("org", "không có đơn vị này", "there is no such unit", str(new.org))
    answer_by = new.answer_by or desk.calendar.add_working_days(today, ANSWER_WORKING_DAYS)
    if answer_by <= today:
        raise _wrong("answer_by", "phải sau hôm nay", "must be after today", str(answer_by))
    await store.lock_letters(connection, issuer, new.org)
    rows, steps = await _owed(connection, desk, principal, new, issuer)
    turn = await store.turn(connection, issuer, new.org, today.year)
    before = await store.last_letter(connection, issuer, new.org)
    letter = Letter(
        agency=await letterhead(connection, issuer, province), org=name, turn=turn, year=today.year,
        made_at=now, answer_by=answer_by, late=tuple(late_of(row, now) for row in rows),
        previous=None if before is None else Previous(number=before[0], day=local_day(before[1])),
        simulated=any(row["simulated"] for row in rows),
    )  # fmt: skip
    text, sha256 = frozen(letter)
    number = await numbering.take(
        connection, issuer_org=issuer, type_code=LETTER, year=today.year,
        subject=f"Đôn đốc thực hiện {topic(letter)}: {name}", actor=principal.id, at=now,
    )  # fmt: skip
    facts = {
        "issuer_org": issuer, "org_id": new.org, "year": today.year, "turn": turn, "number": number.symbol,
        "made_at": now, "made_by": principal.id, "figures": text, "sha256": sha256,
    }  # fmt: skip
    linked = [(row["id"], row["due_version"], steps.get(row["id"], "")) for row in rows]
    letter_id = await store.add_letter(connection, facts, linked)
    found = await store.letter(connection, principal, letter_id)
    assert found is not None  # noqa: S101 - written above, and the issuer sees its own
    await _told(connection, desk, principal, found)
    return shown(found)


async def _owed(
    connection: Connection, desk: Desk, principal: Principal, new: NewLetter, issuer: int
) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Return the tasks of a letter, and the step of the ladder that called for it."""
    now = desk.now()
    # Against the present due: nobody is reminded of what was granted more time.
    cut = Cut(units=await people.below(connection, new.org), reading="current")
    late = await store.late(
        connection, principal, cut, now=now, soon=soon_end(desk, now), limit=_READ_MAX, tasks=new.task_ids
    )
    steps = await _steps(connection, desk, late)
    if new.task_ids is not None:
        _all_late(new.task_ids, late)
        return late, steps
    due = await _unwritten(connection, late, steps, issuer)
    if not due:
        raise Problem(
            NOTHING_DUE,
            f"{len(late)} nhiệm vụ quá hạn chưa đến mức phải có công văn hoặc đã có; chọn nhiệm vụ nếu cần.",
            f"{len(late)} overdue tasks are not at that step yet, or have their letter; choose tasks.",
        )
    return due[:TASKS_MAX], steps


async def _steps(connection: Connection, desk: Desk, late: list[dict[str, Any]]) -> dict[int, str]:
    """Return the step that calls for a letter, of each task for which it has fallen."""
    wanted = {step.step for row in late for step in desk.policies.named(row["policy"]).ladder if step.letter}
    return await store.fallen(connection, [row["id"] for row in late], sorted(wanted))


async def _unwritten(
    connection: Connection, late: list[dict[str, Any]], steps: dict[int, str], issuer: int
) -> list[dict[str, Any]]:
    """Return the tasks whose letter is due and was not written by an office under their present due."""
    written = await store.written(connection, [row["id"] for row in late], issuer)
    return [row for row in late if row["id"] in steps and (row["id"], row["due_version"]) not in written]


async def due(connection: Connection, desk: Desk, principal: Principal) -> dict[str, Any]:
    """Return the units to which the asker's office owes a letter, those that owe most first."""
    issuer, now = issuer_of(principal), desk.now()
    cut = Cut(reading="current")
    late = await store.late(connection, principal, cut, now=now, soon=soon_end(desk, now), limit=_READ_MAX)
    rows = await _unwritten(connection, late, await _steps(connection, desk, late), issuer)
    units: dict[int, list[Late]] = {}
    for row in rows:
        units.setdefault(row["owner_org"], []).append(late_of(row, now))
    items = [
        {
            "org": {"id": org, "name": owed[0].unit},
            "tasks": len(owed),
            "days": max(each.days for each in owed),
        }
        for org, owed in units.items()
    ]
    return {"items": sorted(items, key=lambda item: (-item["tasks"], -item["days"], item["org"]["name"]))}


def _all_late(asked: Iterable[int], late: list[dict[str, Any]]) -> None:
    found = {row["id"] for row in late}
    faults = tuple(
        Fault(
            "task_ids", "không phải nhiệm vụ quá hạn do đơn vị chủ trì", "is no overdue task of the unit",
            str(number),
        )
        for number in asked if number not in found
    )  # fmt: skip
    if faults:
        raise Problem(INVALID, faults=faults)


async def _told(connection: Connection, desk: Desk, principal: Principal, row: dict[str, Any]) -> None:
    """Tell the unit's head and focal point, put the event into the house's log, and last of all log it."""
    task_ids = [each["id"] for each in row["tasks"]]
    first = await tasks.get(connection, task_ids[0])
    if first is not None:
        message = Message(
            key=f"letter:{row['id']}", kind="letter", to=("head", "focal"),
            vi=f"Công văn đôn đốc số {row['number']}: {len(task_ids)} nhiệm vụ quá hạn",
            en=f"Reminder letter {row['number']}: {len(task_ids)} overdue tasks",
        )  # fmt: skip
        await tell(connection, desk, first, message, actor=principal.id)
    await eventlog.append(
        connection, topic=TOPIC, kind="letter", ref=f"letter:{row['id']}",
        body={"ref": f"letter:{row['id']}", "orgs": [row["issuer_org"], row["org_id"]]},
        owner_org=row["issuer_org"], area_code=None, sector=None,
    )  # fmt: skip
    await chain.append(
        connection, desk.clock, log=LOG, actor=principal.id, action="letter.write",
        subject=f"directive_letter:{row['id']}", org_id=row["issuer_org"],
        body={"number": row["number"], "to": row["org_id"], "turn": row["turn"], "tasks": task_ids},
    )  # fmt: skip


async def one(connection: Connection, principal: Principal, letter_id: int) -> tuple[dict[str, Any], Letter]:
    """Return a letter and what it says; ``Problem`` (404) where there is none for this asker."""
    found = await store.letter(connection, principal, letter_id)
    if found is None:
        raise missing("Không có công văn này.", "There is no such letter.")
    return shown(found), msgspec.json.decode(found["figures"], type=Letter)


async def listed(
    connection: Connection,
    principal: Principal,
    *,
    org: int | None,
    year: int | None,
    task: int | None,
    before: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return letters of the asker's offices and to the asker's units, newest first."""
    rows = await store.letters(
        connection, principal, org=org, year=year, task=task, before=before, limit=limit + 1
    )
    more = str(rows[limit - 1]["id"]) if len(rows) > limit else None
    return {"items": [shown(row) for row in rows[:limit]], "next": more}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as an answer carries it."""
    kept = ("id", "year", "turn", "number", "made_at", "sha256", "tasks")
    return {name: row[name] for name in kept} | {
        "issuer": {"id": row["issuer_org"], "name": row["issuer"]},
        "org": {"id": row["org_id"], "name": row["org"]},
        "made_by": row["made_by_name"] or row["made_by"],
    }


def _wrong(field: str, vi: str, en: str, value: str) -> Problem:
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))
