"""PDF as text: lines put together into paragraphs again, page numbers and running lines taken out."""

from __future__ import annotations

import re
from collections import Counter

import pypdfium2

from haidang.documents.intake import active
from haidang.documents.intake.detect import encrypted
from haidang.documents.intake.model import (
    PAGES_MAX,
    SCANNED,
    UNREADABLE,
    Note,
    TextFile,
    refused,
    tidy,
    too_large,
)
from haidang.documents.intake.plain import converted
from haidang.documents.legacy import recognised
from haidang.documents.pages import MM, Letters, Line, Page

LETTERS_LEAST = 20
"""Letters a page on average below which a PDF is a scan."""
EDGE = 25.0
"""Millimetres at the top and the foot of a page where page numbers and running lines stand."""
WIDE = 60.0
"""Millimetres from which a line tells where the right edge of the text is."""
_PASSWORD = 4
"""PDFium's word for a file under a password."""
_PAGE_NUMBER = re.compile(r"(?:trang\s*)?[-–—]?\s*\d{1,4}\s*(?:/\s*\d{1,4})?\s*[-–—]?", re.I)
_BEGINS = re.compile(
    r"(?:[-–—+*•●▪]|\d{1,3}(?:\.\d{1,3}){0,3}[.)](?=\s)|[a-zđ]{1,2}[.)]|[IVX]{1,5}[.)]|Điều\s+\d|Chương\s|Mục\s|Phần\s|"
    r"Nơi nhận|Kính gửi|Căn cứ)\s*",
)
_HYPHEN = re.compile(r"\w-$")
_ENDS = re.compile(r"[.;:!?…][\"”’)]*$")


def read(content: bytes) -> TextFile:
    """Return the text of a PDF; ``Problem`` where it has none, or where it could do harm."""
    active.check(content)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as cause:
        if getattr(cause, "err_code", None) == _PASSWORD or "password" in str(cause).lower():
            raise encrypted() from cause
        raise _broken() from cause
    try:
        return _read(document)
    except pypdfium2.PdfiumError as cause:
        raise _broken() from cause
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> TextFile:
    count = len(document)
    if not count:
        raise _broken()
    if count > PAGES_MAX:
        raise too_large(
            f"Tài liệu có hơn {PAGES_MAX} trang.", f"The document has more than {PAGES_MAX} pages."
        )
    active.check_opened(document)
    letters = Letters()
    pages: list[Page] = []
    for number in range(count):
        page = document[number]
        pages.append(letters.page(page))
        page.close()
    text = tidy("\n".join(_paragraphs(_without_edges(pages))))
    if sum(map(str.isalnum, text)) < LETTERS_LEAST * count:
        raise refused(
            SCANNED,
            "PDF chỉ có ảnh quét, không có chữ; hãy nhận dạng chữ (OCR) hoặc nộp bản DOCX.",
            "The PDF holds scanned pictures without text: recognise its text (OCR) or send the DOCX.",
        )
    text, coding = recognised(text)
    notes = [converted(coding)] if coding else []
    empty = [str(number) for number, page in enumerate(pages, 1) if not page.lines]
    if empty:
        notes.append(_empty_pages(empty))
    title = document.get_metadata_value("Title")
    return TextFile(
        kind="pdf", text=text, title=tidy(title)[:500] or None, pages=count, warnings=tuple(notes)
    )


def _empty_pages(pages: list[str]) -> Note:
    said = ", ".join(pages[:20])
    return Note(
        code="pages-without-text",
        vi=f"Trang không có chữ (có thể là ảnh quét): {said}.",
        en=f"Pages without text (perhaps scanned): {said}.",
    )


def _broken() -> Exception:
    return refused(
        UNREADABLE,
        "Tệp PDF bị hỏng; hãy xuất lại từ tài liệu gốc.",
        "The PDF is damaged: export it again from the original.",
    )


def _without_edges(pages: list[Page]) -> list[Page]:
    """Take out page numbers, and lines that stand at the same edge of most pages."""
    seen = Counter(
        key for page in pages for key in {_running(line) for line in page.lines if _at_edge(line, page)}
    )
    often = {key for key, count in seen.items() if count > 1 and count * 2 >= len(pages)}
    return [
        Page(
            width=page.width,
            height=page.height,
            lines=tuple(
                line
                for line in page.lines
                if not _at_edge(line, page)
                or not (_running(line) in often or _PAGE_NUMBER.fullmatch(line.text.strip()))
            ),
        )
        for page in pages
    ]


def _at_edge(line: Line, page: Page) -> bool:
    return line.base < EDGE or line.base > page.height - EDGE


def _running(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text.strip()), round(line.base / 2)


def _paragraphs(pages: list[Page]) -> list[str]:
    """Put lines together that go on: full to the right edge, the next at the left one, not a new point."""
    lines = [(number, line) for number, page in enumerate(pages) for line in page.lines]
    left, right = _edges([line for _, line in lines])
    found: list[str] = []
    last: tuple[int, Line] | None = None
    for number, line in lines:
        text = line.text.strip()
        if last is not None and _goes_on(last, (number, line), left, right):
            # "Bà Rịa-" and "Vũng Tàu" are one name: Vietnamese breaks lines after a hyphen, never by one.
            found[-1] += text if _HYPHEN.search(found[-1]) else f" {text}"
        else:
            found.append(text)
        last = (number, line)
    return found


def _edges(lines: list[Line]) -> tuple[float, float]:
    """Return the edges between which the text runs: the outermost at which several lines stand."""
    few = max(1, len(lines) // 50)
    lefts = Counter(round(line.left * 2) / 2 for line in lines)
    rights = Counter(round(line.right * 2) / 2 for line in lines if line.right - line.left > WIDE)
    return (
        min((edge for edge, count in lefts.items() if count >= few), default=0.0),
        max((edge for edge, count in rights.items() if count >= few), default=0.0),
    )


def _goes_on(last: tuple[int, Line], now: tuple[int, Line], left: float, right: float) -> bool:
    page, above = last
    next_page, line = now
    text = line.text.strip()
    if " | " in above.text or " | " in line.text or _BEGINS.match(text):
        return False
    if abs(above.size - line.size) > 0.6:
        return False
    gap = line.base - above.base
    if next_page == page and not 0 < gap < 2.2 * above.size * MM:
        return False
    if next_page != page and _ENDS.search(above.text.strip()):
        return False
    if _centred(above, left, right) and _centred(line, left, right):
        return above.bold == line.bold and text[:1].islower() and next_page == page
    full = above.right > right - 0.14 * (right - left)
    return full and abs(line.left - left) < 3.0


def _centred(line: Line, left: float, right: float) -> bool:
    return (
        line.left > left + 5 and line.right < right - 5 and abs((line.left + line.right) - (left + right)) < 8
    )
