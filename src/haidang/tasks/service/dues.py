"""Acts on the clock: extensions, shortening, events, reviews, the end of a pause."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from haidang.tasks.model import acts
from haidang.tasks.model.due import Due, Ends, end_of, last_day, pushed, resolve
from haidang.tasks.model.task import Task
from haidang.tasks.service.desk import hindered, wrong
from haidang.tasks.service.doing import Doing
from haidang.tasks.service.giving import check_due
from haidang.tasks.store import records

replace = msgspec.structs.replace


def ends_of(doing: Doing, due: Due) -> Ends:
    """Return what a rule comes to now, under the task's policy."""
    check_due(due)
    return resolve(due, doing.now, doing.desk.calendar, doing.desk.policy(doing.task).due)


async def ask_extension(doing: Doing, act: acts.AskExtension) -> Task:
    """Keep what the lead asks for; asked after the end it can be granted for planning and stays late."""
    task = doing.task
    end = _later(doing, act.due)
    _document(task, act.document)
    in_time = task.due_end is not None and doing.now < task.due_end
    await records.add_due_change(
        doing.connection, task.id, kind="extension", at=doing.now, by=doing.by, reason=act.text,
        document=act.document, in_time=in_time, old_end=task.due_end, new_end=end, new_due=act.due,
        decided=False,
    )  # fmt: skip
    doing.body |= {"text": act.text, "document": act.document, "new_end": end, "in_time": in_time}
    doing.say("extension_asked", ("assigner",), "Đề nghị gia hạn", "An extension is asked for")
    return task


async def decide_extension(doing: Doing, act: acts.DecideExtension) -> Task:
    """Grant or refuse what was asked; the original due stays what a headline counts against."""
    task = doing.task
    [asked] = [each for each in await records.due_changes(doing.connection, task.id) if each.decision is None]
    decision = "granted" if act.granted else "refused"
    await records.decide_due_change(
        doing.connection, asked.id, decision=decision, at=doing.now, by=doing.by, why=act.text
    )
    doing.body |= {"granted": act.granted, "text": act.text, "new_end": asked.new_end}
    word = ("Đã gia hạn", "Extended") if act.granted else ("Không đồng ý gia hạn", "Not extended")
    doing.say("extension_decided", ("assignee",), *word)
    if not act.granted or asked.new_due is None:
        return task
    return replace(_set(doing, task, asked.new_due, asked.new_end), extensions=task.extensions + 1)


async def set_due(doing: Doing, act: acts.SetDue) -> Task:
    """Shorten or lengthen a due, or give a first one; lengthening counts as an extension."""
    task = doing.task
    _document(task, act.document)
    ends = ends_of(doing, act.due)
    longer = task.due_end is not None and (ends.end is None or ends.end > task.due_end)
    if longer and task.extensions >= doing.situation.extensions_own and "office" not in doing.situation.parts:
        raise hindered("office", "set_due")
    kind = "set" if task.due_end is None else "extension" if longer else "shortening"
    doing.say("due_changed", ("assignee",), "Hạn đã thay đổi", "The due has changed")
    found = await moved(doing, task, act.due, kind=kind, reason=act.text, document=act.document)
    return replace(found, extensions=task.extensions + longer)


async def record_event(doing: Doing, act: acts.RecordEvent) -> Task:
    """Start the count from the day on which the awaited event came."""
    due = replace(doing.task.due, happened_on=_day("happened_on", act.happened_on))
    doing.say("due_changed", ("assignee",), "Đã có hạn", "The due is known now")
    return await moved(doing, doing.task, due, kind="event", reason=act.text)


async def review(doing: Doing, act: acts.Review) -> Task:
    """Set when a task without an end is looked at again."""
    day = _day("review_on", act.review_on)
    if end_of(day) <= doing.now:
        raise wrong("review_on", "phải sau hôm nay", "must not be past")
    task = doing.task
    await records.add_due_change(
        doing.connection, task.id, kind="review", at=doing.now, by=doing.by, reason=act.text,
        old_end=task.review_at, new_end=end_of(day),
    )  # fmt: skip
    doing.body |= {"text": act.text, "review_on": day}
    return replace(
        task, review_at=end_of(day), review_no=task.review_no + 1, due=replace(task.due, review_on=day)
    )


async def resumed(doing: Doing) -> Task:
    """Let a clock go on: its ends move by what the pause took, in the clock's own unit."""
    task, calendar = doing.task, doing.desk.calendar
    assert task.paused_at is not None  # noqa: S101 - the state says so
    since = task.paused_at

    def push(end: datetime | None) -> datetime | None:
        return end and pushed(task.due, end, since, doing.now, calendar)

    end = push(task.due_end)
    doing.body |= {"paused_at": since, "reason": task.pause_reason, "new_end": end}
    after = replace(
        task, state=task.state_before or "in_progress", state_before=None, paused_at=None, pause_reason=None,
        pause_document=None,
    )  # fmt: skip
    if end is None or end == task.due_end:
        return after
    await records.add_due_change(
        doing.connection, task.id, kind="pause", at=doing.now, by=doing.by, reason=task.pause_reason or "",
        document=task.pause_document or "", old_end=task.due_end, new_end=end,
    )  # fmt: skip
    # From here on the due is the very day or moment: counting anew would forget the pause.
    return replace(_set(doing, after, fixed(task.due, end), end), due_original=push(task.due_original))


def fixed(due: Due, end: datetime) -> Due:
    """Return a rule as the day, or the moment, that it has come to."""
    if due.precision in {"minutes", "working_minutes", "moment"}:
        return Due(precision="moment", at=end, text=due.text, inferred=due.inferred)
    return Due(precision="day", on=last_day(end), text=due.text, inferred=due.inferred)


async def moved(doing: Doing, task: Task, due: Due, *, kind: str, reason: str, document: str = "") -> Task:
    """Put a new due in place at once, with its record; a first end is also the original one."""
    ends = ends_of(doing, due)
    await records.add_due_change(
        doing.connection, task.id, kind=kind, at=doing.now, by=doing.by, reason=reason, document=document,
        in_time=task.due_end is None or doing.now < task.due_end, old_end=task.due_end, new_end=ends.end,
        new_due=due,
    )  # fmt: skip
    doing.body |= {"text": reason, "document": document, "kind": kind, "old_end": task.due_end,
                   "new_end": ends.end}  # fmt: skip
    found = _set(doing, task, due, ends.end)
    first: dict[str, Any] = {"due_original": ends.end} if task.due_original is None else {}
    return replace(found, review_at=ends.review, review_no=task.review_no + 1, **first)


def _set(doing: Doing, task: Task, due: Due, end: datetime | None) -> Task:
    text = due.text or task.due.text
    return replace(
        task, due=replace(due, text=text), due_end=end, due_version=task.due_version + 1, due_set_at=doing.now
    )


def _later(doing: Doing, due: Due) -> datetime:
    end = ends_of(doing, due).end
    if end is None or doing.task.due_end is None or end <= doing.task.due_end:
        raise wrong("due", "phải sau hạn hiện tại", "must be after the present end")
    if end <= doing.now:
        raise wrong("due", "đã qua", "is past already")
    return end


def _document(task: Task, document: str) -> None:
    if task.by_document and not document:
        raise wrong("document", "cần số văn bản", "a document is needed")


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise wrong(field, "không phải ngày", "is no day", text) from cause
