"""What a person must look at in an item, in both languages; ``docs/extraction.md`` lists the codes."""

from __future__ import annotations

from haidang.directives.extraction.model import Warning  # noqa: A004 - the word of the directives

WARNINGS: dict[str, tuple[str, str]] = {
    "deadline-before-document": (
        "Thời hạn đứng trước ngày của văn bản: {0}. Kiểm tra lại năm trong văn bản gốc.",
        "The deadline lies before the document: {0}. Check the year in the source.",
    ),
    "impossible-date": (
        "Ngày “{0}” không có trong lịch. Chọn ngày đúng.",
        "The calendar has no “{0}”. Choose the day that was meant.",
    ),
    "year-unknown": (
        "Thời hạn “{0}” không ghi năm và không biết ngày văn bản. Nhập ngày văn bản.",
        "“{0}” has no year, and the document's date is not known. Enter the date of the document.",
    ),
    "year-inferred": (
        "Năm của thời hạn được suy ra: {0}. Xác nhận.",
        "The year of the deadline was inferred: {0}. Confirm it.",
    ),
    "several-deadlines": (
        "Có nhiều thời hạn: {0}. Đã chọn thời hạn sau cùng; tách nội dung nếu cần.",
        "There are several deadlines: {0}. The last one was taken; split the item where needed.",
    ),
    "unresolved": (
        "Chưa nhận ra đơn vị “{0}”. Chọn đơn vị.",
        "“{0}” is not a known unit. Choose the unit.",
    ),
    "no-issue-date": (
        "Không tìm thấy ngày của văn bản; thời hạn tương đối chưa tính được.",
        "The document's date was not found; relative deadlines cannot be worked out.",
    ),
    "no-items": (
        "Không tìm thấy nội dung chỉ đạo nào. Thêm bằng tay nếu có.",
        "No directive was found. Add it by hand if there is one.",
    ),
}  # fmt: skip


def warning(code: str, about: str = "") -> Warning:
    """Return a warning about something that stands in the text."""
    vi, en = WARNINGS[code]
    return Warning(code, vi.format(about), en.format(about))
