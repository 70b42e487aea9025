"""Task lists as workbooks: out with keys and versions; back as a diff that a person approves.

Only progress comes in by a sheet. A row whose task has changed since it went out is a conflict: both sides
are shown, nothing is overwritten; the person chooses it expressly or leaves it. Reading a file changes
nothing, and the same file twice changes nothing the second time.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Literal

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.documents.sheet import ROWS_MAX, Column, Filled, Form, Row, read, written
from haidang.organisation.permissions import Principal
from haidang.tasks.model.acts import Progress, hinders
from haidang.tasks.model.task import Task
from haidang.tasks.service.acting import perform, situation_of
from haidang.tasks.service.desk import Desk, hindered, visible, wrong
from haidang.tasks.service.reading import line_of
from haidang.tasks.store import inbox
from haidang.tasks.store.inbox import Filter

STATES = {
    "draft": "Dự thảo", "new": "Mới giao", "received": "Đã nhận", "in_progress": "Đang thực hiện",
    "reported": "Chờ công nhận", "returned": "Bị trả lại", "accepted": "Đã công nhận", "closed": "Đã đóng",
    "suspended": "Tạm dừng", "cancelled": "Đã hủy",
}  # fmt: skip
FORM = Form(
    form="tasks",
    version=1,
    title="Danh sách nhiệm vụ",
    hint="Điền cột màu vàng rồi nhập lại vào hệ thống; các cột khác chỉ để xem.",
    columns=(
        Column(name="number", head="Số", width=8),
        Column(name="title", head="Nhiệm vụ", width=48),
        Column(name="owner", head="Chủ trì", width=26),
        Column(name="assignee", head="Người thực hiện", width=20),
        Column(name="assigner", head="Đơn vị giao", width=26),
        Column(name="due", head="Hạn", width=26),
        Column(name="clock", head="Đồng hồ", width=24),
        Column(name="state", head="Trạng thái", width=16),
        Column(name="percent", head="Tiến độ (%)", width=11, fill=True, whole=(0, 100)),
        Column(name="text", head="Nội dung cập nhật", width=48, fill=True),
    ),
)
APPLY_MAX = 500


class Approved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a diff that a person has approved."""

    id: int
    version: int
    """The version that the person saw beside the file's value, be it newer than the file's own."""
    percent: int | None = None
    text: str


class Line(msgspec.Struct, frozen=True):
    """What a row of a file would do."""

    row: int
    id: int | None
    kind: Literal["changed", "unchanged", "conflict", "refused"]
    title: str = ""
    version: int | None = None
    file_version: int | None = None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    faults: tuple[Any, ...] = ()


async def rows_of(
    connection: Connection, desk: Desk, principal: Principal, wanted: Filter
) -> list[tuple[inbox.Line, dict[str, Any]]]:
    """Return all rows of a list, each with what its clock says; ``Problem`` where they are too many."""
    lines = await inbox.page(connection, principal, wanted, limit=ROWS_MAX + 1)
    if len(lines) > ROWS_MAX:
        raise wrong(
            "view", f"quá {ROWS_MAX} dòng, hãy lọc bớt", f"more than {ROWS_MAX} rows, filter the list"
        )
    return [(line, line_of(desk, line)) for line in lines]


async def export(connection: Connection, desk: Desk, principal: Principal, wanted: Filter) -> bytes:
    """Return a list as a workbook; ``Problem`` where it has more rows than a sheet takes."""
    rows = []
    for line, shown in await rows_of(connection, desk, principal, wanted):
        cells = {
            "number": line.task.id, "title": line.task.title, "owner": line.owner, "assignee": line.assignee,
            "assigner": line.assigner, "due": shown["due"]["vi"], "clock": shown["clock"]["vi"],
            "state": STATES[line.task.state], "percent": line.task.progress_pct,
            "text": line.task.progress_text,
        }  # fmt: skip
        rows.append(Row(str(line.task.id), line.task.version, cells))
    # Thousands of rows take a good part of a second: not on the loop that serves everybody.
    return await asyncio.to_thread(written, FORM, rows, made_at=desk.now(), scope=principal.id)


async def compared(
    connection: Connection, desk: Desk, principal: Principal, content: bytes
) -> dict[str, Any]:
    """Return what a file would change, row by row; nothing is written."""
    rows = await asyncio.to_thread(read, FORM, content)
    lines = [await _compared(connection, desk, principal, row) for row in rows]
    counts = {kind: sum(line.kind == kind for line in lines) for kind in
              ("changed", "unchanged", "conflict", "refused")}  # fmt: skip
    return {"sha256": hashlib.sha256(content).hexdigest(), "counts": counts, "rows": lines}


async def _compared(connection: Connection, desk: Desk, principal: Principal, row: Filled) -> Line:
    if row.faults:
        return Line(row.number, None, "refused", faults=tuple(map(msgspec.to_builtins, row.faults)))
    try:
        task = await visible(connection, principal, int(row.key) if row.key.isdecimal() else 0)
    except Problem as problem:
        return _refused(row, None, problem)
    percent = int(row.cells["percent"]) if row.cells["percent"] else None
    text = row.cells["text"]
    before = {"percent": task.progress_pct, "text": task.progress_text}
    after = {"percent": percent, "text": text}
    if text.split() == task.progress_text.split() and percent in (None, task.progress_pct):
        return Line(row.number, task.id, "unchanged", task.title, task.version, row.version, before, after)
    situation = await situation_of(connection, desk, principal, task)
    hindrance = hinders("progress", task, situation, desk.now())
    if hindrance is not None:
        return _refused(row, task, hindered(hindrance, "progress"))
    if not text:
        return _refused(row, task, wrong("text", "cần nội dung cập nhật", "the update needs a text"))
    kind: Literal["changed", "conflict"] = "changed" if row.version == task.version else "conflict"
    return Line(row.number, task.id, kind, task.title, task.version, row.version, before, after)


def _refused(row: Filled, task: Task | None, problem: Problem) -> Line:
    reasons = [(fault.vi, fault.en) for fault in problem.faults] or [
        (problem.vi or problem.kind.vi, problem.en or problem.kind.en)
    ]
    faults = tuple({"cell": f"A{row.number}", "vi": vi, "en": en, "value": row.key} for vi, en in reasons)
    return Line(row.number, task.id if task else None, "refused", task.title if task else "", faults=faults)


async def apply(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    approved: tuple[Approved, ...],
    *,
    sha256: str,
) -> dict[str, Any]:
    """Write the approved rows, each against the version that was seen; one that has changed again is told."""
    if len(approved) > APPLY_MAX:
        raise wrong("rows", f"tối đa {APPLY_MAX} dòng", f"at most {APPLY_MAX} rows")
    done: list[dict[str, Any]] = []
    await inbox.lock(connection, [each.id for each in approved])
    for each in sorted(approved, key=lambda row: row.id):
        act = Progress(text=each.text, percent=each.percent, file_sha256=sha256)
        done.append(await attempt(connection, desk, principal, each.id, act, version=each.version))
    return {"items": done}


async def attempt(
    connection: Connection, desk: Desk, principal: Principal, task_id: int, act: Any, *, version: int
) -> dict[str, Any]:
    """Do an act in a savepoint; return the task's new version, or the refusal as a document."""
    try:
        async with connection.transaction():
            task = await perform(connection, desk, principal, task_id, act, version=version)
    except Problem as problem:
        return {"id": task_id, "problem": problem.document()}
    return {"id": task_id, "version": task.version, "state": task.state}
