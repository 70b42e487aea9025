"""Giving tasks: new ones, sub-tasks, and changes of what is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import changes, unchanged
from haidang.tasks.model.agenda import agenda
from haidang.tasks.model.due import Due, end_of, faults, resolve
from haidang.tasks.model.task import WORKED, Task, soon_until
from haidang.tasks.service.desk import NOT_YOURS, Desk, hindered, record, visible, wrong
from haidang.tasks.service.telling import Message, tell
from haidang.tasks.store import notices, people, tasks

DEPTH_MAX = 5
COOP_MAX = 200
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Body = Annotated[str, msgspec.Meta(max_length=20_000)]
Short = Annotated[str, msgspec.Meta(max_length=500)]
Priority = Annotated[int, msgspec.Meta(ge=1, le=4)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}$")]


class NewChild(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a task that a unit hands on within itself."""

    title: Title
    due: Due
    description: Body = ""
    product: Short = ""
    owner_org: int | None = None
    """A unit within the parent's lead; absent: the lead itself."""
    assignee: int | None = None
    priority: Priority | None = None


class NewTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to give a task."""

    title: Title
    owner_org: int
    """The one lead unit."""
    due: Due
    description: Body = ""
    product: Short = ""
    assigner_org: int | None = None
    """The unit that gives it; absent: the asker's own."""
    monitor_org: int | None = None
    coop_orgs: tuple[int, ...] = ()
    assignee: int | None = None
    area_code: str | None = None
    sector: str | None = None
    priority: Priority = 3
    source_kind: Word = "manual"
    source_id: Short = ""
    by_document: Short = ""
    draft: bool = False
    is_exercise: bool = False


class TaskPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to change; what is left out stays. The due has acts of its own."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    description: Body | msgspec.UnsetType = msgspec.UNSET
    product: Short | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    monitor_org: int | msgspec.UnsetType | None = msgspec.UNSET
    coop_orgs: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET


async def give(connection: Connection, desk: Desk, principal: Principal, new: NewTask) -> Task:
    """Give a task to its lead unit, or keep it as a draft; ``Problem`` where the asker may not."""
    assigner_org = new.assigner_org if new.assigner_org is not None else principal.org_id
    if assigner_org is None:
        raise wrong("assigner_org", "cần có", "is needed")
    for org in (assigner_org, new.owner_org, *new.coop_orgs, *_some(new.monitor_org)):
        principal.require("task.assign", org_id=org, area_code=new.area_code, sector=new.sector)
    await _check_units(connection, new.owner_org, new.monitor_org, new.coop_orgs)
    facts = msgspec.structs.asdict(new)
    del facts["draft"]
    facts |= {
        "assigner_org": assigner_org,
        "assigner": principal.id,
        "coop_orgs": tuple(org for org in dict.fromkeys(new.coop_orgs) if org != new.owner_org),
    }
    return await make(connection, desk, principal.id, facts, draft=new.draft)


async def split(
    connection: Connection, desk: Desk, principal: Principal, parent_id: int, new: NewChild, *, version: int
) -> Task:
    """Hand a part of a task on within the lead unit; the parent stays, and is not closed by its parts."""
    parent = await visible(connection, principal, parent_id, lock=True)
    if not principal.may(
        "task.work", org_id=parent.owner_org, area_code=parent.area_code, sector=parent.sector
    ):
        raise hindered("part", "split")
    unchanged(parent, version)
    if parent.state not in WORKED:
        raise hindered("state", "split")
    if parent.depth >= DEPTH_MAX:
        raise wrong("parent_id", "quá nhiều tầng", "too many levels")
    owner = new.owner_org if new.owner_org is not None else parent.owner_org
    if owner not in await people.below(connection, parent.owner_org):
        raise Problem(
            NOT_YOURS, "Chỉ giao trong nội bộ đơn vị.", "A part goes to units within the lead only."
        )
    facts = {
        "title": new.title, "description": new.description, "product": new.product, "due": new.due,
        "owner_org": owner, "assignee": new.assignee, "priority": new.priority or parent.priority,
        "assigner_org": parent.owner_org, "assigner": principal.id, "parent_id": parent.id,
        "depth": parent.depth + 1, "area_code": parent.area_code, "sector": parent.sector,
        "source_kind": parent.source_kind, "source_id": parent.source_id, "is_exercise": parent.is_exercise,
    }  # fmt: skip
    return await make(connection, desk, principal.id, facts, not_after=parent.due_end)


async def make(
    connection: Connection,
    desk: Desk,
    actor: str,
    facts: dict[str, Any],
    *,
    draft: bool = False,
    not_after: datetime | None = None,
) -> Task:
    """Make a task of checked facts: its clock, its row, its first entry, and word to the lead."""
    now = desk.now()
    due: Due = facts["due"]
    check_due(due)
    policy_name = desk.policies.of_source(facts.get("source_kind", "manual"))
    ends = resolve(due, now, desk.calendar, desk.policies.named(policy_name).due)
    if not_after is not None and (ends.end is None or ends.end > not_after):
        raise wrong("due", "không được sau hạn của nhiệm vụ cha", "not after the parent's end")
    await check_assignee(connection, facts["owner_org"], facts.get("assignee"))
    task = Task(
        id=0, version=1, policy=policy_name, state="draft" if draft else "new",
        given_at=None if draft else now, due_end=ends.end, due_original=ends.end, review_at=ends.review,
        due_set_at=now, created_at=now, changed_at=now, **facts,
    )  # fmt: skip
    task = msgspec.structs.replace(
        task, title=task.title.strip(), next_action_at=next_look(desk, task, set())
    )
    task = msgspec.structs.replace(task, id=await tasks.insert(connection, task))
    if not draft:
        await tell(connection, desk, task, given_message(task), actor=actor)
    body = {
        "title": task.title, "state": task.state, "owner_org": task.owner_org, "due": due,
        "due_end": ends.end, "parent_id": task.parent_id, "source": [task.source_kind, task.source_id],
    }  # fmt: skip
    await record(connection, desk, actor, task, action="create", body=body)
    return task


def given_message(task: Task) -> Message:
    """Return the word to a lead unit that it has got a task."""
    return Message(
        key=f"given:{task.id}:{task.version}",
        kind="given",
        vi=f"Được giao nhiệm vụ: {task.title}",
        en=f"You were given a task: {task.title}",
        to=("assignee",),
    )


async def change(
    connection: Connection, desk: Desk, principal: Principal, task_id: int, patch: TaskPatch, *, version: int
) -> Task:
    """Change what a task asks for; the assigner's to do, while it is open."""
    before = await visible(connection, principal, task_id, lock=True)
    if not principal.may(
        "task.assign", org_id=before.assigner_org, area_code=before.area_code, sector=before.sector
    ):
        raise hindered("part", "change")
    unchanged(before, version)
    if before.state not in WORKED | {"draft", "suspended"}:
        raise hindered("state", "change")
    given = {
        name: value for name, value in msgspec.structs.asdict(patch).items() if value is not msgspec.UNSET
    }
    if "coop_orgs" in given:
        given["coop_orgs"] = tuple(
            org for org in dict.fromkeys(given["coop_orgs"]) if org != before.owner_org
        )
    after = msgspec.structs.replace(before, **given)
    for org in set(after.orgs) - set(before.orgs):
        principal.require("task.assign", org_id=org, area_code=before.area_code, sector=before.sector)
    await _check_units(connection, after.owner_org, after.monitor_org, after.coop_orgs)
    differing = changes(before, after)
    after = msgspec.structs.replace(after, version=before.version + 1, changed_at=desk.now())
    await tasks.update(connection, after)
    await record(connection, desk, principal.id, after, action="change", body=differing)
    return after


def check_due(due: Due) -> None:
    """Raise ``Problem`` that names what a due lacks."""
    found = faults(due)
    if found:
        raise Problem(INVALID, faults=found)


def next_look(desk: Desk, task: Task, fallen: set[tuple[int, str]]) -> datetime | None:
    """Return the earliest moment of a task that has not fallen, be it past."""
    moments = agenda(task, desk.policy(task), desk.calendar, desk.now())
    return min((each.at for each in moments if each.key not in fallen), default=None)


def soon_end(desk: Desk, now: datetime) -> datetime:
    """Return the end of the last day that counts as soon."""
    return end_of(soon_until(now, desk.calendar))


async def scheduled(connection: Connection, desk: Desk, task: Task) -> Task:
    """Return a task with its next moment set for what it is now."""
    fallen = await notices.fallen(connection, task.id)
    return msgspec.structs.replace(task, next_action_at=next_look(desk, task, fallen))


def _some(org_id: int | None) -> tuple[int, ...]:
    return () if org_id is None else (org_id,)


async def _check_units(
    connection: Connection, owner: int, monitor: int | None, coop: tuple[int, ...]
) -> None:
    if len(coop) > COOP_MAX:
        raise wrong("coop_orgs", f"tối đa {COOP_MAX}", f"at most {COOP_MAX}")
    known = await tasks.org_names(connection, (owner, *_some(monitor), *coop))
    wanting = [
        Fault(field, "không có đơn vị này", "there is no such unit", str(org))
        for field, orgs in (("owner_org", (owner,)), ("monitor_org", _some(monitor)), ("coop_orgs", coop))
        for org in orgs
        if org not in known
    ]
    if monitor == owner:
        wanting.append(
            Fault("monitor_org", "không được là đơn vị chủ trì", "must not be the lead unit", str(owner))
        )
    if wanting:
        raise Problem(INVALID, faults=tuple(wanting))


async def check_assignee(connection: Connection, owner: int, assignee: int | None) -> None:
    """Raise ``Problem`` where a person is not of the lead unit."""
    if assignee is None:
        return
    org = await people.of_org(connection, assignee)
    if org is None or org not in await people.below(connection, owner):
        raise wrong("assignee", "không thuộc đơn vị chủ trì", "is not of the lead unit", str(assignee))
