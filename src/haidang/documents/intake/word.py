"""DOCX as text: paragraphs with the numbers that Word shows, tables row by row, what was struck out left out.

Page headers are left out, as they repeat on every page; the first page's header is read where the head of the
document (nation and motto) stands in it and not in the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from haidang.base.text import fold
from haidang.documents import legacy
from haidang.documents.intake.lists import Lists, W
from haidang.documents.intake.model import HOSTILE, Note, TextFile, refused, tidy
from haidang.documents.intake.package import Package, broken
from haidang.documents.intake.plain import converted
from haidang.documents.intake.styles import Styles
from haidang.documents.words import NATION

DEPTH_MAX = 40
"""Tables within tables within content controls; no office needs more."""
LAYOUT_ROWS_MAX = 3
LAYOUT_COLUMNS_MAX = 3
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SKIPPED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{_MC}Fallback", f"{W}sectPr", f"{W}tblPr"}
)
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


def read(content: bytes) -> TextFile:
    """Return a DOCX as text; ``Problem`` where it is damaged, under a password or dangerous."""
    package = Package(content)
    document = package.xml("word/document.xml")
    body = document.find(f"{W}body") if document is not None else None
    if body is None:
        raise broken()
    reader = _Reader(Styles(package.xml("word/styles.xml")), Lists(package.xml("word/numbering.xml")))
    lines = reader.lines(body)
    if fold(NATION) not in fold("\n".join(lines[:40])):
        lines = [*_first_header(package, reader), *lines]
    return TextFile(
        kind="docx",
        text=tidy("\n".join(lines)),
        title=_title(package),
        warnings=(*dict.fromkeys(package.notes), *reader.notes(), *_footnotes(package)),
    )


class _Reader:
    def __init__(self, styles: Styles, lists: Lists) -> None:
        self._styles = styles
        self._lists = lists
        self._codings: set[str] = set()
        self._hidden = False
        self._struck = False

    def notes(self) -> Iterator[Note]:
        for coding in sorted(self._codings):
            yield converted(coding)
        if self._hidden:
            yield Note(
                code="hidden-text",
                vi="Tài liệu có chữ ẩn; chữ ẩn không được đọc.",
                en="The document holds hidden text, which was not read.",
            )
        if self._struck:
            yield Note(
                code="tracked-changes",
                vi="Tài liệu còn sửa đổi chưa chốt; đã đọc như khi chấp nhận mọi sửa đổi.",
                en="The document has tracked changes; it was read as if all were accepted.",
            )

    def lines(self, parent: Any, depth: int = 0) -> list[str]:
        """Return the paragraphs and rows of a body, a cell or a content control."""
        if depth > DEPTH_MAX:
            raise refused(HOSTILE, "Tài liệu lồng nhau quá sâu.", "The document is nested too deeply.")
        found: list[str] = []
        for child in parent:
            if child.tag == f"{W}p":
                found += self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                found += self._table(child, depth)
            elif child.tag == f"{_MC}AlternateContent":
                if (choice := child.find(f"{_MC}Choice")) is not None:
                    found += self.lines(choice, depth + 1)
            elif child.tag not in _SKIPPED:  # content controls, custom XML, tracked insertions
                found += self.lines(child, depth + 1)
        return found

    def _paragraph(self, paragraph: Any, depth: int) -> list[str]:
        style = self._styles.of_paragraph(paragraph)
        boxes: list[Any] = []
        text = "".join(self._pieces(paragraph, style.font, boxes))
        label = ""
        if style.list and style.list[0] != "0" and text.strip():
            label = self._lists.label(*style.list)
        found = [f"{label} {text}" if label and not text.lstrip().startswith(label) else text]
        for box in boxes:
            found += self.lines(box, depth + 1)
        return found

    def _pieces(self, parent: Any, font: str | None, boxes: list[Any]) -> Iterator[str]:
        """Give the texts of a paragraph; text boxes that hang on it are collected."""
        waiting = [iter(parent)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
                continue
            if child.tag in {f"{W}del", f"{W}ins", f"{W}moveFrom", f"{W}moveTo"}:
                self._struck = True
            if child.tag == f"{W}r":
                yield from self._run(child, font, boxes)
            elif child.tag not in _SKIPPED:
                waiting.append(iter(child))
                if len(waiting) > DEPTH_MAX:
                    raise refused(
                        HOSTILE, "Tài liệu lồng nhau quá sâu.", "The document is nested too deeply."
                    )

    def _run(self, run: Any, font: str | None, boxes: list[Any]) -> Iterator[str]:
        look = self._styles.of_run(run, font)
        if look.hidden:
            self._hidden = self._hidden or any(part.text for part in run.iter(f"{W}t"))
            return
        for part in run:
            if part.tag == f"{W}t":
                said, coding = legacy.of_font(part.text or "", look.font)
                if coding:
                    self._codings.add(coding)
                yield said.upper() if look.capitals else said
            elif part.tag in _BREAKS:
                yield _BREAKS[part.tag]
            elif part.tag == f"{W}sym":
                yield "-"
            elif part.tag == f"{W}instrText":
                _check_field(part.text or "")
            elif part.tag in {f"{W}drawing", f"{W}pict", f"{_MC}AlternateContent"}:
                boxes += _boxes(part)

    def _table(self, table: Any, depth: int) -> list[str]:
        """Rows with " | " between cells; a table that only lays out (a head, signatures) cell by cell."""
        rows = [
            [self.lines(cell, depth + 1) if not _goes_on(cell) else [] for cell in _inside(row, f"{W}tc")]
            for row in _inside(table, f"{W}tr")
        ]
        columns = max(map(len, rows), default=0)
        many = any(_many_lines(cell) for row in rows for cell in row)
        small = len(rows) <= LAYOUT_ROWS_MAX and columns <= LAYOUT_COLUMNS_MAX
        if columns < 2 or (many and small and not _has_lines(table)):
            return [line for row in rows for cell in row for line in cell]
        return [
            " | ".join(" ".join(" ".join(cell).split()) for cell in row).strip(" |")
            for row in rows
            if any(line.strip() for cell in row for line in cell)
        ]


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Give the rows of a table or the cells of a row, also those within content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == f"{W}sdt" and (content := child.find(f"{W}sdtContent")) is not None:
            yield from content.iterfind(tag)


def _many_lines(cell: list[str]) -> bool:
    """Tell whether a cell holds several lines, as paragraphs or broken by Shift+Enter within one."""
    return sum(bool(line.strip()) for paragraph in cell for line in paragraph.split("\n")) > 1


def _goes_on(cell: Any) -> bool:
    """Tell whether a cell only continues the one above it."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _has_lines(table: Any) -> bool:
    """Tell whether a table shows its cells; one that only lays out a page does not."""
    edges = table.find(f"{W}tblPr/{W}tblBorders")
    if edges is not None:
        return any(edge.get(f"{W}val") not in {"nil", "none"} for edge in edges)
    style = table.find(f"{W}tblPr/{W}tblStyle")
    return style is not None and "normal" not in style.get(f"{W}val", "").lower()


def _boxes(drawing: Any) -> list[Any]:
    return [
        box
        for box in drawing.iter(f"{W}txbxContent")
        if not any(above.tag == f"{_MC}Fallback" for above in box.iterancestors())
        and not any(above.tag == f"{W}txbxContent" for above in box.iterancestors())
    ]


def _check_field(instruction: str) -> None:
    if instruction.strip().upper().startswith(("DDE", "INCLUDETEXT", "INCLUDEPICTURE HTTP", "QUOTE \\X")):
        raise refused(
            HOSTILE,
            "Tài liệu có trường gọi chương trình hoặc tệp bên ngoài (DDE).",
            "The document has a field that calls a program or a file outside (DDE).",
        )


def _first_header(package: Package, reader: _Reader) -> list[str]:
    for name in sorted(package.names()):
        if name.startswith("word/header") and name.endswith(".xml") and "/" not in name[5:]:
            header = package.xml(name)
            lines = reader.lines(header) if header is not None else []
            if fold(NATION) in fold("\n".join(lines)):
                return lines
    return []


def _footnotes(package: Package) -> tuple[Note, ...]:
    notes = package.xml("word/footnotes.xml")
    count = 0 if notes is None else sum(1 for each in notes if each.get(f"{W}type") is None)
    if not count:
        return ()
    return (
        Note(
            code="footnotes-left-out",
            vi=f"{count} chú thích cuối trang không được đọc.",
            en=f"{count} footnotes were not read.",
        ),
    )


def _title(package: Package) -> str | None:
    about = package.xml("docProps/core.xml")
    title = None if about is None else about.findtext(f"{_DC}title")
    return tidy(title)[:500] or None if title else None
