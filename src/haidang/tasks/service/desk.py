"""What every use case of tasks stands on: clock, calendar, policies; and the log of what was done."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from haidang.base import eventlog
from haidang.base.clock import Clock
from haidang.base.database import Connection
from haidang.base.problems import INVALID, Fault, Problem, kind
from haidang.base.settings import Settings
from haidang.organisation import chain
from haidang.organisation.calendar import Calendar, load_calendar
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.tasks.model.acts import Hindrance
from haidang.tasks.model.policy import Policy
from haidang.tasks.model.task import Task
from haidang.tasks.policies import Policies, load_policies
from haidang.tasks.store import tasks

LOG = "tasks"
"""The chained log of the room."""
NOT_NOW = kind(
    "task-act-refused",
    409,
    "Không thực hiện được với nhiệm vụ lúc này",
    "This cannot be done with the task now",
)
ITSELF = kind(
    "task-judged-by-itself", 403, "Không được tự công nhận kết quả của mình", "Nobody judges their own result"
)
NOT_YOURS = kind(
    "task-part-missing",
    403,
    "Bạn không giữ vai trò này trong nhiệm vụ",
    "You do not stand in this part of the task",
)

HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "part": ("Việc này thuộc về đơn vị khác.", "This is another unit's to do."),
    "state": (
        "Trạng thái hiện tại của nhiệm vụ không cho phép.",
        "The task's present state does not allow it.",
    ),
    "itself": (
        "Người báo cáo và đơn vị chủ trì không tự công nhận; người giao hoặc đơn vị theo dõi quyết định.",
        "The reporter and the lead unit do not judge themselves; the assigner or the monitor does.",
    ),
    "open_extension": (
        "Đã có một đề nghị gia hạn chờ quyết định.",
        "An extension is waiting for its decision already.",
    ),
    "no_extension": ("Không có đề nghị gia hạn nào.", "No extension has been asked for."),
    "office": ("Cần cấp trên quyết định.", "The level above decides this."),
    "refused_once": ("Đơn vị đã từ chối một lần.", "The unit has said “not ours” once already."),
    "refusal_final": (
        "Đã hết lượt từ chối; quyết định là cuối cùng.",
        "No more refusals; the decision is final.",
    ),
    "refusal_late": ("Đã quá thời gian được từ chối.", "The time for saying “not ours” is over."),
    "no_refusal": ("Không có đề nghị từ chối nào.", "No “not ours” is waiting."),
    "reopen_late": ("Đã quá thời gian được mở lại.", "The time for reopening is over."),
    "no_event": ("Nhiệm vụ không chờ sự kiện nào.", "The task waits for no event."),
    "has_end": ("Chỉ làm được khi hạn của nhiệm vụ cho phép.", "The task's kind of due does not allow it."),
}


class Desk(msgspec.Struct, frozen=True):
    """The rules of a site and its clock."""

    clock: Clock
    calendar: Calendar
    policies: Policies
    data_dir: Path

    def now(self) -> datetime:
        """Return the time."""
        return self.clock.now()

    def policy(self, task: Task) -> Policy:
        """Return the policy that a task follows."""
        return self.policies.named(task.policy)

    @property
    def fingerprint(self) -> str:
        """A hash of the calendar: clocks are computed anew where it changes."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.calendar.years.items()))).hexdigest()


@lru_cache(maxsize=16)
def _rules(data_dir: Path) -> tuple[Calendar, Policies]:
    return load_calendar(data_dir), load_policies(data_dir)


def desk_of(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of a site; its files are read once in a process."""
    calendar, policies = _rules(settings.data_dir)
    return Desk(clock, calendar, policies, settings.data_dir)


async def visible(connection: Connection, principal: Principal, task_id: int, *, lock: bool = False) -> Task:
    """Return a task that the asker may see; ``Problem`` (404) where there is none for this asker."""
    task = await tasks.get(connection, task_id, lock=lock)
    if task is None or not may_see(principal, task):
        raise missing("Không có nhiệm vụ này.", "There is no such task.")
    return task


def may_see(principal: Principal, task: Task) -> bool:
    """Say whether some party lies within the asker's scope; ``inbox.visible`` is the same in SQL."""
    return any(
        principal.may("task.read", org_id=org, area_code=task.area_code, sector=task.sector)
        for org in task.orgs
    )


def wrong(field: str, vi: str, en: str, value: str | None = None) -> Problem:
    """Return the refusal of one field of what was sent."""
    return Problem(INVALID, faults=(Fault(field, vi, en, value),))


def hindered(hindrance: Hindrance, name: str) -> Problem:
    """Return the refusal of an act."""
    vi, en = HINDRANCES[hindrance]
    found = {"itself": ITSELF, "part": NOT_YOURS, "office": NOT_YOURS}.get(hindrance, NOT_NOW)
    return Problem(found, vi, en, act=name, hindrance=hindrance)


async def record(
    connection: Connection, desk: Desk, actor: str, task: Task, *, action: str, body: dict[str, Any]
) -> None:
    """Write an act into the event log and, last of all, into the task's chained log."""
    await eventlog.append(
        connection,
        topic="tasks",
        kind=action,
        ref=str(task.id),
        body={"id": task.id, "version": task.version, "state": task.state, "orgs": list(task.orgs)},
        owner_org=task.owner_org,
        area_code=task.area_code,
        sector=task.sector,
    )
    await chain.append(
        connection,
        desk.clock,
        log=LOG,
        actor=actor,
        action=f"task.{action}",
        subject=f"task:{task.id}",
        org_id=task.owner_org,
        body=body,
    )
