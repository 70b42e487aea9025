"""What became of the decisions of earlier meetings: their tasks, counted as directives count them."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.base.database import Connection
from haidang.directives.model.counts import Counts, end_in, standing
from haidang.directives.service import counting
from haidang.directives.store import directives as store
from haidang.directives.store import documents
from haidang.directives.store.counts import Cut
from haidang.directives.store.directives import TaskLine
from haidang.organisation.permissions import system
from haidang.programme.meetings.model import Meeting
from haidang.programme.meetings.pack import Followed, Followups
from haidang.programme.meetings.store import concluded_before
from haidang.tasks.model.due import last_day
from haidang.tasks.model.task import days_late
from haidang.tasks.service.desk import Desk

HOUSE = system("meetings")
"""A meeting is told of all its decisions, whoever prepares it; the pack says who may see it."""


async def gathered(connection: Connection, desk: Desk, meeting: Meeting) -> Followups | None:
    """Return what became of the last concluded meeting's decisions; None where there was none."""
    earlier = await concluded_before(connection, meeting)
    if not earlier:
        return None
    _, held_on, document_id = earlier[0]
    counts = await _counts(connection, desk, document_id)
    document = await documents.get(connection, HOUSE, document_id)
    rest = [await _counts(connection, desk, number) for _, _, number in earlier[1:]]
    return Followups(
        held_on=held_on, number=document.number if document else "", given=counts.given,
        done_on_time=counts.done_on_time, done_late=counts.done_late,
        in_time=counts.in_time + counts.due_soon, awaiting_verdict=counts.awaiting_verdict,
        overdue=counts.overdue, other=counts.no_due + counts.suspended + counts.cancelled,
        items=await _items(connection, desk, document_id), earlier_open=sum(each.open for each in rest),
        earlier_overdue=sum(each.overdue for each in rest),
    )  # fmt: skip


async def _counts(connection: Connection, desk: Desk, document_id: int) -> Counts:
    return await counting.total(connection, desk, HOUSE, Cut(document=document_id))


async def _items(connection: Connection, desk: Desk, document_id: int) -> tuple[Followed, ...]:
    found = {each.id: each for each in await store.of_document(connection, HOUSE, document_id)}
    lines, _ = await store.tasks_of(connection, HOUSE, sorted(found))
    links: dict[int, tuple[int, str]] = {}
    for link in await store.links(connection, sorted(found)):
        if link["kind"] == "project" and link["ref"].isdecimal():
            links.setdefault(link["directive_id"], (int(link["ref"]), link["title"]))
    items = []
    for line in sorted(lines, key=lambda each: (_number(found[each.directive_id].no), each.task.id)):
        directive = found[line.directive_id]
        project = links.get(directive.id)
        end = end_in(line.task, "original")
        items.append(
            Followed(
                no=directive.no, text=directive.action, project_id=project and project[0],
                project=project[1] if project else "", unit=line.owner, due_on=last_day(end) if end else None,
                place=_place(desk, line), days_late=_late(desk, line), directive_id=directive.id,
                task_id=line.task.id,
            )
        )  # fmt: skip
    return tuple(items)


def _number(no: str) -> tuple[int, str]:
    return (int(no), "") if no.isdecimal() else (1_000_000, no)


def _place(desk: Desk, line: TaskLine) -> str:
    return standing(line.task, "original", desk.now(), desk.calendar) or "draft"


def _late(desk: Desk, line: TaskLine) -> int:
    return days_late(line.task, end_in(line.task, "original"), desk.now()) or 0


def overdue_first(items: Sequence[Followed]) -> list[Followed]:
    """Return what is overdue before the rest, the longest first."""
    return sorted(items, key=lambda each: (-(each.place == "overdue"), -each.days_late, each.no))
