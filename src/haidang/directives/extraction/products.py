"""What must come out of an item, where the text names it: a plan, a draft, a report."""

from __future__ import annotations

import re

from haidang.directives.extraction.deadlines import limits
from haidang.directives.extraction.text import Text

_PRODUCT = re.compile(
    r"(?:xây dựng|lập|ban hành|trình|tham mưu|soạn thảo|dự thảo|hoàn thiện|hoàn chỉnh|gửi|nộp|có|đề xuất|"
    r"phê duyệt)\s+(?:[^,;.:]{0,40}?\s)?"
    r"(?P<product>(?:báo cáo|kế hoạch|đề án|phương án|tờ trình|dự thảo|danh sách|danh mục|quyết định|"
    r"nghị quyết|quy chế|văn bản|hồ sơ|chương trình|quy định|lộ trình|công văn|kịch bản)"
    r"(?:\s+[^,;.:\s]+){0,12})"
)
_REPORT = re.compile(r"báo cáo(?:\s+(?:kết quả|về))?[^,;.:]{0,60}")


def product(text: Text, start: int, end: int) -> str | None:
    """Return the paper that a clause asks for, in its words: "kế hoạch …", "báo cáo kết quả"."""
    match = _PRODUCT.search(text.low, start, end)
    span = match.span("product") if match else None
    if span is None and (report := _REPORT.search(text.low, start, end)):
        span = report.span()
    if span is None:
        return None
    inside = [each.start for each in limits(text.low, start, end, None) if span[0] < each.start < span[1]]
    return " ".join(text.plain[span[0] : min([span[1], *inside])].split())
