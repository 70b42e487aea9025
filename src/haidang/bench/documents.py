"""What drawing and reading a document costs: pages, milliseconds, bytes, by the processes that rooms use.

Every document is drawn in a process of its own, so each figure holds the start of Python, the reading of the
report, the drawing and the way back. The reports are those of an incident's log of growing length and of the
longest list that a document takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from haidang.documents import press
from haidang.documents.intake.desk import read_apart
from haidang.documents.report import (
    ROWS_MAX,
    Body,
    Facts,
    Heading,
    Moment,
    Paragraph,
    Report,
    Signatures,
    Signer,
    Table,
    Timeline,
)

ROUNDS = 5
GOAL_MS = 1_000.0
"""For an ordinary report: somebody waits for it at a screen."""
GOAL_LONGEST_MS = 15_000.0
"""For the longest list: half of what the press allows."""
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
_TEXT = "Mực nước tại trạm Bãi Cháy vượt báo động III; đội cứu hộ số 1 phong tỏa đường đoạn cầu Bãi Cháy."


def bench_documents(*, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Draw every document ``rounds`` times in both forms; return the report of it."""
    found = []
    for name, report, goal in documents():
        say(name)
        line: dict[str, Any] = {"document": name, "goal_ms": goal}
        for form in ("docx", "pdf"):
            times, content = [], b""
            for _ in range(rounds):
                begun = time.perf_counter()
                content = press.print_now(report, form)
                times.append((time.perf_counter() - begun) * 1_000)
            line[form] = {
                "median_ms": median(times), "max_ms": max(times), "bytes": len(content),
                "read_ms": median(_read_ms(form, content) for _ in range(rounds)),
            }  # fmt: skip
            if form == "pdf":
                line["pages"] = content.count(b"/Type/Page/")
        found.append(line)
    met = all(line[form]["median_ms"] <= line["goal_ms"] for line in found for form in ("docx", "pdf"))
    return {"rounds": rounds, "documents": found, "met": met}


def _read_ms(form: str, content: bytes) -> float:
    """Return how long it takes to read a document as text again, as a file of a stranger is."""
    begun = time.perf_counter()
    read_apart(f"a.{form}", content)
    return (time.perf_counter() - begun) * 1_000


def documents() -> tuple[tuple[str, Report, float], ...]:
    """Return name, report and goal of each document that is measured."""
    return (
        ("letter", _report(Paragraph(text=_TEXT)), GOAL_MS),
        ("report, 30 entries", _report(*_incident(30)), GOAL_MS),
        ("report, 300 entries", _report(*_incident(300)), GOAL_MS),
        (f"list, {ROWS_MAX} rows", _report(_list(ROWS_MAX), landscape=True), GOAL_LONGEST_MS),
    )


def _report(*blocks: Body, landscape: bool = False) -> Report:
    return Report(
        title="Báo cáo", subtitle="Kết quả xử lý sự cố ngập sâu tại khu vực cầu Bãi Cháy",
        agency="Trung tâm điều hành thông minh", parent="Ủy ban nhân dân tỉnh", symbol="BC-TTĐH",
        place="Quảng Ninh", day=NOW.date(), made_at=NOW, landscape=landscape, marks=("Diễn tập",),
        blocks=(*blocks, Signatures(signers=(Signer(title="Giám đốc"),), recipients=("Lưu: VT",))),
    )  # fmt: skip


def _incident(entries: int) -> tuple[Body, ...]:
    rows = tuple((f"Mốc {number}", "15 phút", "21 phút", "Chậm 6 phút") for number in range(5))
    moments = tuple(
        Moment(at=NOW + timedelta(minutes=number), text=_TEXT, who="Nguyễn Thị Hoa", no=number + 1)
        for number in range(entries)
    )
    return (
        Heading(text="I. Thông tin chung"), Facts(rows=(("Loại", "Ngập lụt"), ("Địa điểm", "Bãi Cháy"))),
        Heading(text="II. Các mốc"), Table(head=("Mốc", "Yêu cầu", "Thực tế", "Đánh giá"), rows=rows),
        Heading(text="III. Diễn biến"), Timeline(moments=moments),
    )  # fmt: skip


def _list(rows: int) -> Table:
    head = ("Số", "Nhiệm vụ", "Chủ trì", "Đơn vị giao", "Hạn", "Đồng hồ", "Trạng thái", "Tiến độ")
    line = (_TEXT, "Sở Xây dựng", "UBND tỉnh", "22/11/2026", "còn 3 ngày làm việc", "Đang thực hiện", "40%")
    cells = tuple((str(number), *line) for number in range(rows))
    return Table(head=head, rows=cells, widths=(1.3, 8, 4.4, 4.4, 4, 4, 3, 2.2))
