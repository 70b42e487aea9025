"""A report as what it says, not how it looks: one structure from which Word and PDF are drawn.

A room builds a :class:`Report` of plain facts. Texts in it may come from anybody (a caller's words, another
system): they are letters to be shown and never markup, and :func:`prepared` takes out what no document can
carry. Whatever is larger than a document may be is refused before anything is drawn.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from haidang.base.clock import LOCAL
from haidang.base.problems import Problem, kind

TOO_LARGE = kind("document-too-large", 422, "Tài liệu quá lớn", "The document is too large")

BLOCKS_MAX = 2_000
ROWS_MAX = 5_000
"""Rows of all tables and timelines of a report."""
LETTERS_MAX = 1_500_000
"""Characters of a report: some 600 pages."""
COLUMNS_MAX = 12


class Block(msgspec.Struct, frozen=True, kw_only=True, tag_field="block"):
    """A part of the body."""


class Heading(Block, frozen=True, kw_only=True, tag="heading"):
    """A heading; the first level in capitals, as "I. DIỄN BIẾN"."""

    text: str
    level: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1


class Paragraph(Block, frozen=True, kw_only=True, tag="paragraph"):
    """A paragraph; line breaks in the text are kept."""

    text: str
    look: Literal["body", "strong", "note", "basis"] = "body"
    """"note" and "basis" (a legal basis: "Căn cứ …") are in italics."""


class Points(Block, frozen=True, kw_only=True, tag="points"):
    """A list of points, each behind a dash."""

    items: tuple[str, ...]


class Facts(Block, frozen=True, kw_only=True, tag="facts"):
    """Names and values in two columns without lines."""

    rows: tuple[tuple[str, str], ...]


class Table(Block, frozen=True, kw_only=True, tag="table"):
    """A table whose head stands again on every page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    """Shares of the width, one a column; absent: equal ones."""
    align: str = ""
    """A letter a column: l, c or r; absent: all to the left."""
    strong: tuple[int, ...] = ()
    """Rows that stand out, by their index."""
    spans: tuple[int, ...] = ()
    """Rows whose first cell goes over all columns, by their index."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a timeline."""

    at: datetime
    text: str
    who: str = ""
    no: int | None = None
    """Its number in the log; a timeline with numbers has a column of them."""
    strong: bool = False


class Timeline(Block, frozen=True, kw_only=True, tag="timeline"):
    """What happened, by the second, with a line for each new day of Vietnam's wall time."""

    moments: tuple[Moment, ...]


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs, by which right, and the full name."""

    title: str
    """"KT. Giám đốc" above "Phó Giám đốc", a line each; shown in capitals."""
    under: str = ""
    """A word below the title: "(Ký, ghi rõ họ tên)"; in italics."""
    name: str = ""
    signed: str = ""
    """What stands in the place of the signature where it was signed in the system."""


class Signatures(Block, frozen=True, kw_only=True, tag="signatures"):
    """Who signs and who gets it; the last block of a report."""

    signers: Annotated[tuple[Signer, ...], msgspec.Meta(min_length=1, max_length=3)]
    recipients: tuple[str, ...] = ()


Body = Heading | Paragraph | Points | Facts | Table | Timeline | Signatures


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An administrative document by Decree 30/2020/NĐ-CP, Annex I."""

    title: str
    """The kind of document: "Báo cáo"; shown in capitals. Empty: a letter (công văn), which has none."""
    subtitle: str
    """What it is about (trích yếu); of a letter it stands under the number: "V/v …"."""
    agency: str
    parent: str = ""
    """The agency above, on the line over it."""
    number: str = ""
    """Number in the register; absent: room is left for the office to fill in."""
    symbol: str = ""
    """What follows the number: "BC-TTĐH"."""
    place: str
    day: date
    made_at: datetime
    """When it was drawn; goes into the file's properties."""
    marks: tuple[str, ...] = ()
    """Stand on every page in capitals: "Diễn tập", "Dữ liệu mô phỏng"."""
    source: str = ""
    """A small line under every page: what it was made from."""
    landscape: bool = False
    to: tuple[str, ...] = ()
    """To whom it goes: "Kính gửi: …"."""
    blocks: tuple[Body, ...] = ()

    @property
    def name(self) -> str:
        """What the file is called in its properties."""
        return f"{self.title}: {self.subtitle}" if self.title else self.subtitle


def place_and_date(report: Report) -> str:
    """Return "Quảng Ninh, ngày 05 tháng 02 năm 2026": days below 10 and months 1 and 2 take a zero."""
    day = report.day
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    said = f"ngày {day.day:02} tháng {month} năm {day.year}"
    return f"{report.place}, {said}" if report.place else said[0].upper() + said[1:]


def number_line(report: Report) -> str:
    """Return "Số: 05/BC-TTĐH", with room where no number was given yet; empty without number and symbol."""
    if not report.number and not report.symbol:
        return ""
    number = report.number.zfill(2) if report.number else " " * 8
    return f"Số: {number}/{report.symbol}" if report.symbol else f"Số: {number}"


def as_table(timeline: Timeline) -> Table:
    """Return a timeline as the table that shows it."""
    numbered = any(moment.no is not None for moment in timeline.moments)
    rows: list[tuple[str, ...]] = []
    strong: list[int] = []
    spans: list[int] = []
    last: date | None = None
    for moment in timeline.moments:
        at = moment.at.astimezone(LOCAL)
        if at.date() != last:
            last = at.date()
            spans.append(len(rows))
            rows.append((f"Ngày {last:%d/%m/%Y}", *[""] * (3 if numbered else 2)))
        if moment.strong:
            strong.append(len(rows))
        number = ("" if moment.no is None else str(moment.no),) if numbered else ()
        rows.append((*number, f"{at:%H:%M:%S}", moment.text, moment.who))
    return Table(
        head=(*(("Mục",) if numbered else ()), "Thời gian", "Sự việc", "Người ghi"),
        rows=tuple(rows),
        widths=(*((1.4,) if numbered else ()), 2, 9, 4),
        align=("c" if numbered else "") + "cll",
        strong=tuple(strong),
        spans=tuple(spans),
    )


def prepared(report: Report) -> Report:
    """Return the report as it is drawn: texts cleaned, timelines as tables; ``Problem`` if too large."""
    cleaned = msgspec.convert(_cleaned(msgspec.to_builtins(report)), Report)
    _check(cleaned)
    laid_out = tuple(as_table(block) if isinstance(block, Timeline) else block for block in cleaned.blocks)
    return msgspec.structs.replace(cleaned, blocks=laid_out)


def _check(report: Report) -> None:
    rows = 0
    for block in report.blocks:
        if isinstance(block, Table):
            rows += len(block.rows)
            _check_shape(block)
        elif isinstance(block, Timeline):
            rows += len(block.moments)
        elif isinstance(block, Facts):
            rows += len(block.rows)
        elif isinstance(block, Points):
            rows += len(block.items)
    letters = len(msgspec.json.encode(report).decode())
    if len(report.blocks) > BLOCKS_MAX or rows > ROWS_MAX or letters > LETTERS_MAX:
        raise Problem(
            TOO_LARGE,
            f"Một tài liệu có tối đa {ROWS_MAX} dòng và {LETTERS_MAX} ký tự; hãy chia nhỏ hoặc lọc bớt.",
            f"A document has at most {ROWS_MAX} rows and {LETTERS_MAX} characters: split or filter it.",
        )


def _check_shape(table: Table) -> None:
    """Raise ``ValueError`` where the rows of a table do not fit its head: a mistake of ours."""
    columns = len(table.head)
    if not 1 <= columns <= COLUMNS_MAX or any(len(row) != columns for row in table.rows):
        raise ValueError(f"the rows of a table need {columns} cells (1 to {COLUMNS_MAX})")
    if len(table.widths) not in {0, columns} or len(table.align) not in {0, columns}:
        raise ValueError("widths and align name every column or none")


# What no document may carry: controls, marks that turn the writing direction, letters that are none.
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """Return a text as a document can carry it: letters composed, line breaks as one sign, no controls."""
    return unicodedata.normalize("NFC", _REFUSED.sub("", _BREAKS.sub("\n", text).replace("\t", " ")))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    return value
