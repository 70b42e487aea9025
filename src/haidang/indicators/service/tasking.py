"""The task of a form: given as the form is opened, reported as it is handed in, accepted as it is approved.

Reminders are the task's own (policy ``indicator``): a working day before, an hour before, and as it is late.
"""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.problems import Problem
from haidang.indicators.model.register import Form
from haidang.indicators.model.submission import Act, Submission, act_name
from haidang.indicators.service.desk import Desk, starting
from haidang.organisation.permissions import Principal, system
from haidang.tasks.model import acts
from haidang.tasks.model.due import Due
from haidang.tasks.model.task import DONE, WORKED, Task
from haidang.tasks.service import acting, giving
from haidang.tasks.store import tasks

SOURCE = "indicator"
"""Kind of source of these tasks."""
KEEPER = system("indicators")
UNIT = system("indicators-unit")
"""In whose name a unit's task is reported: who hands a form in need not be who does its tasks."""
_log = logger("indicators")


async def give(connection: Connection, desk: Desk, form: Form, row: Submission, collector: int) -> Task:
    """Give a unit its task to hand a form in by its due; ``collector`` is the unit that asks for it."""
    period = starting(form.period_kind, row.start)
    mark = " (mô phỏng)" if row.simulated else ""
    facts: dict[str, Any] = {
        "title": f"Nộp biểu “{form.vi}” {period.vi()}{mark}",
        "description": f"Hạn: {form.due.vi()}. Điền trên màn hình hoặc bằng tệp Excel của biểu.",
        "due": Due(precision="moment", at=row.due_at), "owner_org": row.org_id, "assigner_org": collector,
        "assigner": KEEPER.id, "sector": form.sector, "source_kind": SOURCE,
        "source_id": f"submission:{row.id}",
    }  # fmt: skip
    return await giving.make(connection, desk.tasks, KEEPER.id, facts)


async def follow(
    connection: Connection, desk: Desk, principal: Principal, after: Submission, act: Act
) -> None:
    """Let the task go with its form."""
    if after.task_id is None:
        return
    task = await tasks.get(connection, after.task_id, lock=True)
    if task is None:
        return
    match act_name(act):
        case "submit" if task.state in WORKED:
            said = acts.Report(
                text=f"Đã nộp biểu, người nộp: {principal.name}", product=f"Biểu số liệu #{after.id}"
            )
            await _do(connection, desk, UNIT, task, said)
        case "approve" if task.state == "reported":
            await _do(connection, desk, KEEPER, task, acts.Accept(text="Biểu đã được duyệt"))
        case "return" | "unlock" if task.state == "reported":
            await _do(connection, desk, KEEPER, task, acts.Return(text=after.reason or "Biểu bị trả lại"))
        case "return" | "unlock" if task.state in DONE:
            await _do(connection, desk, KEEPER, task, acts.Reopen(text=after.reason or "Biểu bị trả lại"))


async def _do(connection: Connection, desk: Desk, who: Principal, task: Task, act: acts.Act) -> None:
    """Do an act on the task; a task that people have taken another way does not stop the figures."""
    try:
        async with connection.transaction():
            await acting.perform(connection, desk.tasks, who, task.id, act, version=task.version)
    except Problem as problem:
        _log.warning(
            "the task did not go with its form", task=task.id, act=acts.act_name(act), reason=str(problem)
        )
