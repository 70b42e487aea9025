"""A report as a paper. Pure: the same figures make the same paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from haidang.base.clock import LOCAL
from haidang.documents.letters.signing import signatory
from haidang.documents.report import (
    Body,
    Facts,
    Heading,
    Paragraph,
    Points,
    Report,
    Signatures,
    Signer,
    Table,
)
from haidang.organisation.service.letterhead import COMMITTEE, Letterhead
from haidang.programme.reports.content import sections, subtitle
from haidang.programme.reports.content.parts import SIMULATED, Cell, Grid, Section
from haidang.programme.reports.model import LISTED_MAX, Figures
from haidang.programme.reports.words import NONE, day, decimal, moment, number, rounded

HAND = "(Ký, ghi rõ họ tên, đóng dấu)"
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ALIGN = {"t": "l", "d": "r", "n": "c", "p": "c", "y": "c"}


def paper(found: Figures, *, number: str = "", symbol: str = "") -> Report:
    """Return the report; ``number`` and ``symbol`` of the register where it was issued."""
    at = found.cut_off.astimezone(LOCAL)
    blocks: list[Body] = [Paragraph(text=_opening(found))]
    for numeral, section in zip(_NUMERALS, sections(found), strict=False):
        blocks += _section(numeral, section)
    return Report(
        title="Báo cáo", subtitle=subtitle(found), agency=found.agency.name, parent=found.agency.parent,
        number=number, symbol=symbol or f"BC-{found.agency.short}".removesuffix("-"),
        place=found.agency.place, day=at.date(), made_at=found.cut_off,
        marks=(SIMULATED,) if found.simulated else (),
        source=f"Số liệu của hệ thống, chốt lúc {moment(found.cut_off)}.", landscape=True,
        blocks=(*blocks, _signatures(found)),
    )  # fmt: skip


def _opening(found: Figures) -> str:
    basis = "" if found.kind == "monthly" else "Thực hiện Nghị định số 29/2021/NĐ-CP, "
    return (
        f"{basis}{found.agency.name} báo cáo như sau (số liệu theo sổ chương trình, dự án đến ngày "
        f"{day(found.plan_as_of)}, chốt lúc {moment(found.cut_off)}; kế hoạch vốn năm {found.plan_year}; "
        "tiền tính bằng "
        "triệu đồng, trong bảng làm tròn đến triệu (số đến từng đồng ở bảng tính kèm theo); "
        f"dấu “{NONE}” là sổ chưa có số liệu):"
    )


def _section(numeral: str, section: Section) -> Iterator[Body]:
    yield Heading(text=f"{numeral}. {section.heading}")
    if section.facts:
        yield Facts(rows=section.facts)
    for text in section.texts:
        yield Paragraph(text=text)
    if section.points:
        yield Points(items=section.points)
    for grid in section.grids:
        yield from _grid(grid)


def _grid(grid: Grid) -> Iterator[Body]:
    if not grid.rows:
        yield Paragraph(text=grid.none)
        return
    shown = grid.rows if grid.total else grid.rows[:LISTED_MAX]
    cut = len(shown) > LISTED_MAX
    if cut:  # a long table with a sum keeps its last row
        shown = (*shown[: LISTED_MAX - 1], shown[-1])
    yield Table(
        head=grid.head,
        rows=tuple(tuple(map(said, row, grid.kinds)) for row in shown),
        widths=grid.widths, align="".join(_ALIGN[kind] for kind in grid.kinds),
        strong=(len(shown) - 1,) if grid.total else (),
    )  # fmt: skip
    more = len(grid.rows) - len(shown)
    if more:
        yield Paragraph(
            text=f"Còn {number(more)} dòng khác, xem trang “{grid.name}” của bảng tính kèm theo.", look="note"
        )


def said(cell: Cell, kind: str) -> str:
    """Return a cell as the paper shows it."""
    if cell is None or cell == "":
        return NONE
    if kind == "d" and isinstance(cell, int):
        return rounded(cell)
    if kind == "p" and isinstance(cell, Decimal):
        return decimal(cell)
    if isinstance(cell, date):
        return day(cell)
    return number(cell) if isinstance(cell, int) else str(cell)


def head_of(agency: Letterhead) -> Signer:
    """Return the place for the head's signature; a committee decides together (TM. ỦY BAN NHÂN DÂN)."""
    if agency.short == COMMITTEE:
        return msgspec.structs.replace(signatory("Chủ tịch", collective="Ủy ban nhân dân"), under=HAND)
    return Signer(title="Thủ trưởng đơn vị", under=HAND)


def _signatures(found: Figures) -> Body:
    above = (f"{found.agency.parent} (để báo cáo)",) if found.agency.parent else ()
    return Signatures(
        signers=(head_of(found.agency),), recipients=(*above, "Các đơn vị liên quan", "Lưu: VT")
    )
