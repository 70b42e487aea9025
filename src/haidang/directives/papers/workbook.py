"""The figures of a report as a workbook: a sheet for each table, numbers as numbers. It does not come back.

What people fill in and bring back is the list of tasks (``tasks/service/lists``), filtered to directives.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from haidang.directives.model.counts import BAND_NAMES, Counts, summed
from haidang.directives.papers.model import Figures, Late, Row
from haidang.directives.papers.report import BANDS, subtitle
from haidang.directives.papers.words import RESTRICTED, moment
from haidang.documents.report import clean
from haidang.tasks.model.due import last_day

_PLACES = (
    ("Tổng số", "given"), ("Hoàn thành đúng hạn", "done_on_time"), ("Hoàn thành trễ hạn", "done_late"),
    ("Còn hạn", "in_time"), ("Sắp đến hạn", "due_soon"), ("Chờ công nhận", "awaiting_verdict"),
    ("Quá hạn", "overdue"), ("Chưa có hạn", "no_due"), ("Tạm dừng", "suspended"), ("Hủy", "cancelled"),
)  # fmt: skip
_MORE = (("Từng bị trả lại", "returned"), ("Lượt gia hạn", "extensions"))
LATE_HEAD = (
    "Số nhiệm vụ", "Nhiệm vụ", "Đơn vị chủ trì", "Lãnh đạo giao", "Văn bản giao", "Hạn ban đầu",
    "Số ngày quá hạn", "Gia hạn đến",
)  # fmt: skip


def written(found: Figures) -> bytes:
    """Return the workbook of a report's figures."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )  # fmt: skip
    about = {
        "title": subtitle(found),
        "author": found.agency.name,
        "created": found.cut_off.replace(tzinfo=None),
    }
    book.set_properties(about)
    pen = _Pen(book, found)
    pen.table(
        "Tổng hợp", "Tình trạng",
        [Row(title="Theo hạn giao ban đầu", counts=found.original),
         Row(title="Theo hạn hiện tại", counts=found.current),
         Row(title=f"Lũy kế năm {found.period_to.year}", counts=found.year)],
        total=False,
    )  # fmt: skip
    for name, head, rows in (
        ("Đơn vị", "Đơn vị chủ trì", found.units), ("Lĩnh vực", "Lĩnh vực", found.fields),
        ("Lãnh đạo giao", "Lãnh đạo giao", found.leaders), ("Văn bản", "Văn bản giao", found.documents),
        ("Cuộc họp", "Cuộc họp", found.meetings),
    ):  # fmt: skip
        pen.table(name, head, rows, total=True)
    pen.late("Quá hạn", found.late)
    book.close()
    return file.getvalue()


class _Pen:
    """Writes sheets of one book in one look."""

    def __init__(self, book: Any, found: Figures) -> None:
        self.book, self.found = book, found
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.note = book.add_format({"italic": True, "font_color": "#56616b"})
        cell = {"border": 1, "valign": "top", "text_wrap": True}
        self.head = book.add_format(cell | {"bold": True, "bg_color": "#e9ebed", "align": "center"})
        self.text = book.add_format(cell)
        self.number = book.add_format(cell | {"num_format": "#,##0"})
        self.decimal = book.add_format(cell | {"num_format": "0.00"})
        self.date = book.add_format(cell | {"num_format": "dd/mm/yyyy"})
        self.strong = book.add_format(cell | {"bold": True, "num_format": "#,##0"})

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        """Return a new sheet with title, moment and headings; its lines begin in row 4."""
        sheet = self.book.add_worksheet(name)
        simulated = " – DỮ LIỆU MÔ PHỎNG" if self.found.simulated else ""
        sheet.write_string(0, 0, subtitle(self.found) + simulated, self.title)
        sheet.write_string(1, 0, f"Số liệu chốt lúc {moment(self.found.cut_off)}", self.note)
        for at, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(2, at, head, self.head)
            sheet.set_column(at, at, width)
        sheet.freeze_panes(3, 1)
        return sheet

    def table(self, name: str, head: str, rows: Sequence[Row], *, total: bool) -> None:
        """Write a table of counts, with its total."""
        heads = (
            head, *(words for words, _ in _PLACES), *(f"Quá hạn {BANDS[band]}" for band in BAND_NAMES),
            *(words for words, _ in _MORE), "Trung vị số ngày", "Tỷ lệ đúng hạn (%)", "Trên số nhiệm vụ",
        )  # fmt: skip
        sheet = self.sheet(name, heads, (44, *([12] * (len(heads) - 1))))
        for line, row in enumerate(rows, start=3):
            self._counts(
                sheet, line, f"{row.rest} dòng khác" if row.rest else row.title, row.counts, self.text
            )
        if total:
            whole = summed([row.counts for row in rows])
            self._counts(sheet, 3 + len(rows), "Tổng cộng", whole, self.strong)

    def _counts(self, sheet: Any, line: int, title: str, it: Counts, look: Any) -> None:
        whole = self.strong if look is self.strong else self.number
        sheet.write_string(line, 0, clean(title), look)
        numbers = (
            *(getattr(it, name) for _, name in _PLACES), *(it.bands.get(band, 0) for band in BAND_NAMES),
            *(getattr(it, name) for _, name in _MORE),
        )  # fmt: skip
        for at, number in enumerate(numbers, start=1):
            sheet.write_number(line, at, number, whole)
        rate, at = it.on_time_rate, len(numbers) + 1
        self._maybe(sheet, line, at, it.median_days, self.decimal)
        self._maybe(sheet, line, at + 1, rate.percent if rate else None, self.decimal)
        self._maybe(sheet, line, at + 2, rate.denominator if rate else None, whole)

    def _maybe(self, sheet: Any, line: int, at: int, value: float | None, look: Any) -> None:
        """Write a number; an empty cell where there is none: missing is not zero."""
        if value is None:
            sheet.write_blank(line, at, None, look)
        else:
            sheet.write_number(line, at, value, look)

    def late(self, name: str, late: Sequence[Late]) -> None:
        """Write what is overdue."""
        sheet = self.sheet(name, LATE_HEAD, (12, 60, 28, 28, 24, 13, 10, 13))
        for line, each in enumerate(late, start=3):
            sheet.write_number(line, 0, each.task, self.number)
            texts = (each.title or RESTRICTED, each.unit, each.leader, each.document)
            for at, text in enumerate(texts, start=1):
                sheet.write_string(line, at, clean(text), self.text)
            sheet.write_datetime(line, 5, last_day(each.end), self.date)
            sheet.write_number(line, 6, each.days, self.number)
            if each.extended_to:
                sheet.write_datetime(line, 7, last_day(each.extended_to), self.date)
            else:
                sheet.write_blank(line, 7, None, self.date)
        sheet.autofilter(2, 0, max(2, 2 + len(late)), len(LATE_HEAD) - 1)
