"""A list of tasks as a paper: for a meeting or a file, not for coming back (that is the workbook)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.documents.report import Paragraph, Report, Signatures, Signer, Table
from haidang.organisation.permissions import Principal
from haidang.organisation.service.letterhead import Letterhead, letterhead
from haidang.tasks.service.desk import Desk
from haidang.tasks.service.lists import STATES, rows_of
from haidang.tasks.store.inbox import Filter, Line

VIEWS = {
    "mine": "Nhiệm vụ của tôi", "unit": "Nhiệm vụ của đơn vị", "coop": "Nhiệm vụ phối hợp",
    "assigned": "Nhiệm vụ đã giao", "overdue": "Nhiệm vụ quá hạn", "all": "Nhiệm vụ đang thực hiện",
    "done": "Nhiệm vụ đã kết thúc",
}  # fmt: skip
HEAD = ("Số", "Nhiệm vụ", "Chủ trì", "Đơn vị giao", "Hạn", "Đồng hồ", "Trạng thái", "Tiến độ")


async def listed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    wanted: Filter,
    *,
    view: str,
    province: str | None,
) -> Report:
    """Return a list as a report; ``Problem`` where it has more rows than a document takes."""
    rows = await rows_of(connection, desk, principal, wanted)
    head = await letterhead(connection, principal.org_id, province)
    return paper(rows, head, view=view, now=desk.now())


def paper(
    rows: Sequence[tuple[Line, dict[str, Any]]], head: Letterhead, *, view: str, now: datetime
) -> Report:
    """Return a list as a landscape table; rows that are late stand out, exercises say so."""
    late = tuple(at for at, (_, shown) in enumerate(rows) if shown["timeliness"] == "overdue")
    drills = sum(line.task.is_exercise for line, _ in rows)
    at = now.astimezone(LOCAL)
    summary = f"Lúc {at:%H:%M} ngày {at:%d/%m/%Y} có {len(rows)} nhiệm vụ, trong đó {len(late)} quá hạn"
    summary += f" và {drills} thuộc diễn tập." if drills else "."
    table = Table(
        head=HEAD, rows=tuple(_cells(line, shown) for line, shown in rows),
        widths=(1.3, 8, 4.4, 4.4, 4, 4, 3, 2.2), align="clllllcc", strong=late,
    )  # fmt: skip
    marks = () if not drills else ("Diễn tập",) if drills == len(rows) else ("Có nội dung diễn tập",)
    return Report(
        title="Danh sách", subtitle=VIEWS[view], agency=head.name, parent=head.parent, place=head.place,
        symbol=f"DS-{head.short}" if head.short else "DS",
        day=at.date(), made_at=now, marks=marks, landscape=True,
        source="Lập từ hệ thống; tiến độ cập nhật bằng bảng tính hoặc trong hệ thống.",
        blocks=(
            Paragraph(text=summary), *((table,) if rows else ()),
            Signatures(
                signers=(Signer(title="Người lập", under="(Ký, ghi rõ họ tên)"),), recipients=("Lưu: VT",)
            ),
        ),
    )  # fmt: skip


def _cells(line: Line, shown: dict[str, Any]) -> tuple[str, ...]:
    task = line.task
    title = f"[DIỄN TẬP] {task.title}" if task.is_exercise else task.title
    percent = "" if task.progress_pct is None else f"{task.progress_pct}%"
    clock = (shown["due"]["vi"], shown["clock"]["vi"])
    return str(task.id), title, line.owner, line.assigner, *clock, STATES[task.state], percent
