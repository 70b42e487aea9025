"""A row of the boards: a task with its clock, and the directive, notice and meeting that it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.base.database import Connection
from haidang.boards.directives import store
from haidang.boards.directives.store import Facts, Found
from haidang.directives.model.counts import Reading, end_in
from haidang.directives.store.counts import Cut
from haidang.organisation.permissions import Principal
from haidang.tasks.model.task import band, days_late
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.giving import soon_end
from haidang.tasks.service.reading import clock_of
from haidang.tasks.store import tasks


async def listed(
    connection: Connection, desk: Desk, principal: Principal, cut: Cut, places: Sequence[str], **more: Any
) -> list[dict[str, Any]]:
    """Return the rows of tasks that stand in some places; ``more`` as ``store.found`` takes it."""
    now = desk.now()
    found = await store.found(connection, principal, cut, places, now=now, soon=soon_end(desk, now), **more)
    return await rows(connection, desk, principal, found, reading=cut.reading)


async def rows(
    connection: Connection, desk: Desk, principal: Principal, found: Sequence[Found], *, reading: Reading
) -> list[dict[str, Any]]:
    """Return tasks as the boards carry them, in the order in which they come."""
    facts = await store.facts(connection, principal, {each.directive for each in found if each.directive})
    units = await tasks.org_names(
        connection, {org for each in found for org in (each.task.owner_org, each.task.assigner_org)}
    )
    people = await tasks.account_names(
        connection, {each.task.assignee for each in found if each.task.assignee}
    )
    asked = await store.asked_extensions(connection, [each.task.id for each in found])
    return [
        _row(desk, each, facts.get(each.directive or 0), reading)
        | {
            "unit": {"id": each.task.owner_org, "name": units.get(each.task.owner_org, "")},
            "assigner": {"id": each.task.assigner_org, "name": units.get(each.task.assigner_org, "")},
            "assignee": people.get(each.task.assignee or 0),
            "extension_open": each.task.id in asked,
        }
        for each in found
    ]


def _row(desk: Desk, found: Found, facts: Facts | None, reading: Reading) -> dict[str, Any]:
    task = found.task
    late = days_late(task, end_in(task, reading), desk.now())
    return clock_of(desk, task) | {
        "task_id": task.id, "title": task.title, "state": task.state, "priority": task.priority,
        "place": found.place, "late": {"days": late, "band": band(late)},
        "progress": {"percent": task.progress_pct, "text": task.progress_text},
        "returns": task.returns, "extensions": task.extensions, "reported_at": task.reported_at,
        "product": task.product, "by_document": task.by_document,
        "directive": None if facts is None else of_directive(facts),
    }  # fmt: skip


def of_directive(facts: Facts) -> dict[str, Any]:
    """Return what a row says of the directive; None stands there where its wording may not be seen."""
    meeting = {"id": facts.meeting_id, "title": facts.meeting, "held_on": facts.held_on}
    return {
        name: getattr(facts, name)
        for name in ("id", "no", "text", "given_by", "given_on", "simulated")
    } | {
        "document": {
            "id": facts.document_id, "kind": facts.kind, "number": facts.number, "issued_on": facts.issued_on,
            "subject": facts.subject,
        },
        "meeting": meeting if facts.meeting_id is not None else None,
    }  # fmt: skip


def plain(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a struct as a dictionary of its fields, dates and instants as they are."""
    return msgspec.structs.asdict(struct)
