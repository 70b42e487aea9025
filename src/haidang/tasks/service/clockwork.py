"""The clock of the room: what falls, falls once; children of periods are made; accepted tasks are closed.

Each round takes some rows whose moment has come, locked, and leaves to another process what that one holds.
What it writes, reminders and notices and the next moment, commits together: a process killed in the middle
has done nothing, and the next round begins where it began.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.database import Connection, Database
from haidang.organisation.permissions import system
from haidang.organisation.service import root_org
from haidang.tasks.model.agenda import Moment, agenda, look
from haidang.tasks.model.due import Due, local_day, resolve
from haidang.tasks.model.policy import Role, Step
from haidang.tasks.model.task import Task
from haidang.tasks.model.words import period_words
from haidang.tasks.service import giving
from haidang.tasks.service.desk import Desk, record
from haidang.tasks.service.telling import Addressee, Message, put, tell
from haidang.tasks.store import inbox, notices, people, records, tasks

ROUND = 100
ROUNDS_MAX = 200
ACTOR = "system:tasks"
WARN_FROM = (11, 1)
"""From this day on the calendar of the next year is missed."""

replace = msgspec.structs.replace


async def tick(db: Database, desk: Desk) -> int:
    """Let fall what is due now; return how many tasks were looked at."""
    looked = 0
    for _ in range(ROUNDS_MAX):
        async with db.transaction() as connection:
            ripe = await tasks.ripe(connection, desk.now(), ROUND)
            for task in ripe:
                await _look(connection, desk, task)
        looked += len(ripe)
        if len(ripe) < ROUND:
            break
    return looked


async def remind(connection: Connection, desk: Desk, task_id: int) -> None:
    """Let fall what is due now for one task, within the caller's transaction."""
    task = await tasks.get(connection, task_id, lock=True)
    if task is not None:
        await _look(connection, desk, task)


async def _look(connection: Connection, desk: Desk, task: Task) -> None:
    now, policy = desk.now(), desk.policy(task)
    moments = agenda(task, policy, desk.calendar, now)
    found = look(moments, await notices.fallen(connection, task.id), now)
    for each, into in found.collapsed:
        await _note(connection, task, each, now, into)
    for each in found.fall:
        if await _note(connection, task, each, now):
            task = await _EFFECTS[each.kind](connection, desk, task, each)
    next_at = giving.next_look(desk, task, await notices.fallen(connection, task.id))
    if next_at is not None and next_at <= now:
        next_at = found.next_at  # nothing stands twice in one round
    await tasks.set_next(connection, task.id, next_at)


async def _note(
    connection: Connection, task: Task, moment: Moment, now: datetime, into: str | None = None
) -> bool:
    return await notices.fall(
        connection, task.id, version=moment.version, step=moment.step, due_at=moment.at, at=now,
        collapsed=into,
    )  # fmt: skip


async def _ladder(connection: Connection, desk: Desk, task: Task, moment: Moment) -> Task:
    step: Step = next(each for each in desk.policy(task).ladder if each.step == moment.step)
    await _say(connection, desk, task, moment, to=step.to, vi=step.vi, en=step.en)
    return task


async def _review(connection: Connection, desk: Desk, task: Task, moment: Moment) -> Task:
    vi, en = "Đến ngày xem lại nhiệm vụ chưa có hạn", "A task without a due is to be looked at again"
    await _say(connection, desk, task, moment, to=("assigner", "monitor"), vi=vi, en=en)
    return task


async def _silence(connection: Connection, desk: Desk, task: Task, moment: Moment) -> Task:
    vi, en = "Báo cáo kết quả chưa được trả lời", "A result is still without a verdict"
    await _say(connection, desk, task, moment, to=("assigner", "monitor", "office"), vi=vi, en=en)
    return task


async def _say(
    connection: Connection, desk: Desk, task: Task, moment: Moment, *, to: tuple[Role, ...], vi: str, en: str
) -> None:
    key = f"{moment.kind}:{task.id}:{moment.version}:{moment.step}"
    await tell(
        connection, desk, task,
        Message(key=key, kind=moment.kind, vi=f"{vi}: {task.title}", en=f"{en}: {task.title}", to=to),
    )  # fmt: skip


async def _close(connection: Connection, desk: Desk, task: Task, _: Moment) -> Task:
    now = desk.now()
    closed = replace(task, state="closed", closed_at=now, version=task.version + 1, changed_at=now)
    await tasks.update(connection, closed)
    await record(connection, desk, ACTOR, closed, action="close", body={"from": task.state, "to": "closed"})
    return closed


async def _period(connection: Connection, desk: Desk, task: Task, moment: Moment) -> Task:
    label = moment.step.removeprefix("period:")
    named = period_words(moment.last_day, task.due.every or "").vi if moment.last_day else label
    facts: dict[str, Any] = {
        "title": f"{task.title} ({named})"[:500], "due": Due(precision="day", on=moment.last_day),
        "owner_org": task.owner_org, "assignee": task.assignee, "assigner_org": task.assigner_org,
        "assigner": task.assigner, "monitor_org": task.monitor_org, "coop_orgs": task.coop_orgs,
        "area_code": task.area_code, "sector": task.sector, "priority": task.priority,
        "product": task.product, "description": task.description, "by_document": task.by_document,
        "parent_id": task.id, "depth": min(task.depth + 1, giving.DEPTH_MAX), "source_kind": "recurring",
        "source_id": label, "is_exercise": task.is_exercise,
    }  # fmt: skip
    if facts["assignee"] is not None and not await people.is_active(connection, facts["assignee"]):
        facts["assignee"] = None
    await giving.make(connection, desk, ACTOR, facts)
    return task


_Effect = Callable[[Connection, Desk, Task, Moment], Awaitable[Task]]
_EFFECTS: dict[str, _Effect] = {
    "ladder": _ladder, "review": _review, "silence": _silence, "close": _close, "period": _period
}  # fmt: skip


async def recount(db: Database, desk: Desk) -> int:
    """Count the clocks of open tasks anew where the calendar has changed; return how many moved.

    The first calendar that is seen is only noted. Each moved due is recorded and logged.
    """
    async with db.transaction() as connection:
        before = await tasks.calendar_fingerprint(connection)
    if before == desk.fingerprint:
        return 0
    found = after = 0
    while before is not None:
        async with db.transaction() as connection:  # one for each page: rows first, then the log, as an act
            page = await tasks.counted_by_calendar(connection, after, ROUND)
            for task in page:
                found += await _recount(connection, desk, task)
        if len(page) < ROUND:
            break
        after = page[-1].id
    async with db.transaction() as connection:
        await tasks.set_calendar_fingerprint(connection, desk.fingerprint)
    return found


async def _recount(connection: Connection, desk: Desk, task: Task) -> bool:
    # Counted from when the rule was set: that is when "working days from today" began.
    ends = resolve(task.due, task.due_set_at, desk.calendar, desk.policy(task).due)
    if (ends.end, ends.review) == (task.due_end, task.review_at):
        return False
    now = desk.now()
    original = ends.end if task.due_original == task.due_end else task.due_original
    moved = replace(
        task, due_end=ends.end, due_original=original, review_at=ends.review,
        due_version=task.due_version + 1, version=task.version + 1, changed_at=now,
    )  # fmt: skip
    await records.add_due_change(
        connection, task.id, kind="calendar", at=now, by=ACTOR, reason="lịch làm việc thay đổi",
        old_end=task.due_end, new_end=ends.end,
    )  # fmt: skip
    moved = await giving.scheduled(connection, desk, moved)
    await tasks.update(connection, moved)
    await record(
        connection, desk, ACTOR, moved, action="recount",
        body={"old_end": task.due_end, "new_end": ends.end, "reason": "calendar"},
    )  # fmt: skip
    return True


async def digests(db: Database, desk: Desk) -> int:
    """Tell those who want it, once on each working day, how their unit stands; return how many were told."""
    now = desk.now()
    today = local_day(now)
    policy = desk.policies.named("directive")
    morning = datetime.combine(today, policy.morning, LOCAL)
    if not desk.calendar.is_working_day(today) or now < morning:
        return 0
    key = f"digest:{today.isoformat()}"
    told = 0
    async with db.transaction() as connection:
        for account, org in await people.digest_due(connection, key, 500):
            vi, en = await _standing(connection, desk, org, today)
            message = Message(key=key, kind="digest", vi=vi, en=en, to=())
            told += await put(connection, desk, Addressee(account, None), message, task=None, policy=policy)
    return told


async def _standing(connection: Connection, desk: Desk, org: int, today: date) -> tuple[str, str]:
    now = desk.now()
    units = await people.below(connection, org)
    everyone = system("tasks")

    async def count(timeliness: str | None, **more: Any) -> int:
        wanted = inbox.Filter(
            orgs=units,
            parts=("lead",),
            now=now,
            soon=giving.soon_end(desk, now),
            timeliness=timeliness,
            **more,
        )
        return await inbox.count(connection, everyone, wanted, 1_000)

    late, soon = await count("overdue"), await count("due_soon")
    new, waiting = await count(None, states=("new",)), await count("awaiting_verdict")
    day = f"{today:%d/%m/%Y}"
    vi = f"{late} quá hạn, {soon} sắp đến hạn, {new} mới, {waiting} chờ công nhận"
    en = f"{late} overdue, {soon} due soon, {new} new, {waiting} awaiting a verdict"
    return f"Nhiệm vụ của đơn vị ngày {day}: {vi}", f"Your unit's tasks on {day}: {en}"


async def warn_of_calendar(db: Database, desk: Desk) -> bool:
    """From 1 November on, tell the root's inbox once that the calendar of the next year is missing."""
    today = local_day(desk.now())
    following = date(today.year + 1, 1, 1)
    if (today.month, today.day) < WARN_FROM or desk.calendar.covers(following):
        return False
    async with db.transaction() as connection:
        root = await root_org(connection)
        message = Message(
            key=f"calendar:{following.year}", kind="calendar", to=(),
            vi=f"Chưa có lịch làm việc năm {following.year}: hạn sẽ tính như không có ngày lễ.",
            en=f"The working calendar of {following.year} is missing: dues are counted without its holidays.",
        )  # fmt: skip
        policy = desk.policies.named("directive")
        return await put(connection, desk, Addressee(None, root.id), message, task=None, policy=policy)
