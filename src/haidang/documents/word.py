"""A report as DOCX, built in code: what an office opens, corrects, numbers and signs.

The font is named, not embedded: Times New Roman, which every Word has and for which LibreOffice takes
Liberation Serif, of the same metrics. Tables are written cell by cell as XML, because python-docx looks a
cell up by walking the whole table.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import Any, cast

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as Line

from haidang.documents import grid
from haidang.documents.font import width_mm
from haidang.documents.grid import CENTRE, JUSTIFY, LEFT, Cell, Look
from haidang.documents.report import (
    Facts,
    Heading,
    Paragraph,
    Points,
    Report,
    Signatures,
    Table,
    number_line,
    place_and_date,
    prepared,
)
from haidang.documents.words import AGENCY_LINE, MOTTO, NATION, SUBTITLE_LINE, in_lines

FONT = "Times New Roman"
RED = "B00020"
TOP, BOTTOM, LEFT_EDGE, RIGHT_EDGE = 20, 20, 30, 15
"""Margins, millimetres."""


def drawn(report: Report) -> bytes:
    """Return the DOCX of a report."""
    report = prepared(report)
    document = docx.Document()
    _styles(document)
    _page(document, report)
    _properties(document, report)
    _head(document, report)
    _addressees(document, report.to)
    for block in report.blocks:
        _draw(document, report, block)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _styles(document: Document) -> None:
    normal = cast(ParagraphStyle, document.styles["Normal"])
    normal.font.name, normal.font.size = FONT, Pt(13)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    for level in (1, 2, 3):
        style = cast(ParagraphStyle, document.styles[f"Heading {level}"])
        style.font.name, style.font.size, style.font.bold = FONT, Pt(13), True
        style.font.italic = level == 3
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(6)
        style.paragraph_format.first_line_indent = Mm(10)
        style.paragraph_format.keep_with_next = True


def _page(document: Document, report: Report) -> None:
    section = document.sections[0]
    size = (Mm(297), Mm(210)) if report.landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if report.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = size
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT_EDGE), Mm(RIGHT_EDGE)
    section.header_distance = section.footer_distance = Mm(8)
    section.different_first_page_header_footer = True
    for header, numbered in ((section.first_page_header, False), (section.header, True)):
        line = header.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if numbered:
            _page_number(line)
        if report.marks:
            _mark(header.add_paragraph() if numbered else line, report.marks)
    for footer in (section.first_page_footer, section.footer):
        _source(footer.paragraphs[0], report)


def _page_number(line: Line) -> None:
    """The page's number, Arabic, from the second page on."""
    for kind, text in (("begin", None), (None, " PAGE "), ("end", None)):
        run = line.add_run()
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.set(qn("xml:space"), "preserve")
            field.text = text
        run._r.append(field)


def _mark(line: Line, marks: tuple[str, ...]) -> None:
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_after = Pt(6)
    run = line.add_run(" · ".join(mark.upper() for mark in marks))
    run.bold = True
    run.font.size, run.font.color.rgb = Pt(14), RGBColor.from_string(RED)
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", RED)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    line._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _source(line: Line, report: Report) -> None:
    said = " · ".join([*(mark.upper() for mark in report.marks), *filter(None, [report.source])])
    run = line.add_run(said)
    run.font.size = Pt(9)
    run.italic = True


def _properties(document: Document, report: Report) -> None:
    about = document.core_properties
    about.title = report.name[:250]
    about.author = about.last_modified_by = report.agency[:250]
    about.comments = report.source[:250]
    about.language = "vi-VN"
    about.created = about.modified = report.made_at.astimezone(UTC).replace(tzinfo=None)
    about.revision = 1


# --- Head -------------------------------------------------------------------------------------------------


def _head(document: Document, report: Report) -> None:
    """The first lines: agency and number on the left; nation, motto, place and day on the right."""
    width = _width(report)
    left: list[Cell] = []
    if report.parent:
        left.append(Cell(in_lines(report.parent.upper(), AGENCY_LINE), CENTRE, Look(size=12)))
    agency = in_lines(report.agency.upper(), AGENCY_LINE)
    left.append(Cell(agency, CENTRE, Look(size=12, bold=True, rule=0.4)))
    left.append(Cell(number_line(report), CENTRE, Look(size=13)))
    if not report.title:  # a letter (công văn): what it is about stands under its number
        left.append(Cell(in_lines(report.subtitle, AGENCY_LINE), CENTRE, Look(size=12)))
    right = [
        Cell(NATION, CENTRE, Look(size=12, bold=True)),
        Cell(MOTTO, CENTRE, Look(size=13, bold=True, rule=1.0)),
        Cell(place_and_date(report), CENTRE, Look(size=13, italic=True)),
    ]
    document.element.body.insert(
        len(document.element.body) - 1,
        grid.table([[left, right]], [width * 0.42, width * 0.58], borders=False),
    )
    if not report.title:
        _gap(document)
        return
    _line(document, report.title.upper(), size=14, bold=True, align=CENTRE, before=14)
    about = in_lines(report.subtitle, SUBTITLE_LINE)
    subtitle = _line(document, about, size=14, bold=True, align=CENTRE)
    longest = max(width_mm(each, 14, bold=True) for each in about.split("\n"))
    grid.rule(subtitle._p, 0.4 * longest / width, width)
    _gap(document)


def _addressees(document: Document, to: tuple[str, ...]) -> None:
    """ "Kính gửi": one on the line itself, several below each other."""
    if len(to) == 1:
        line = _line(document, f"Kính gửi: {to[0]}", align=CENTRE, before=6)
        line.paragraph_format.space_after = Pt(12)
        return
    for number, name in enumerate(to):
        if number == 0:
            line = _line(document, "Kính gửi:", before=6)
            line.paragraph_format.left_indent = Mm(30)
        line = _line(document, f"- {name}" + ("." if number + 1 == len(to) else ";"))
        line.paragraph_format.left_indent = Mm(50)
    if to:
        line.paragraph_format.space_after = Pt(12)


def _width(report: Report) -> float:
    """Millimetres between the margins."""
    return (297 if report.landscape else 210) - LEFT_EDGE - RIGHT_EDGE


def _line(
    document: Document,
    text: str,
    *,
    size: float = 13,
    bold: bool = False,
    italic: bool = False,
    align: str = LEFT,
    before: float = 0,
    style: str | None = None,
) -> Line:
    line = document.add_paragraph(style=style)
    line.alignment = grid.ALIGN[align]
    line.paragraph_format.space_before = Pt(before)
    run = line.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    run.font.size = Pt(size)
    return line


# --- Body -------------------------------------------------------------------------------------------------


def _draw(document: Document, report: Report, block: Any) -> None:
    if isinstance(block, Heading):
        document.add_heading(block.text.upper() if block.level == 1 else block.text, block.level)
    elif isinstance(block, Paragraph):
        for text in block.text.split("\n"):
            _body(document, text, italic=block.look in {"note", "basis"}, bold=block.look == "strong")
    elif isinstance(block, Points):
        for item in block.items:
            _body(document, f"- {item}")
    elif isinstance(block, Facts):
        _place(document, _facts(report, block))
    elif isinstance(block, Table):
        _place(document, _table(report, block))
    elif isinstance(block, Signatures):
        if document.paragraphs:  # the last lines of the body stay with the signatures
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        _place(document, _signatures(report, block))


def _body(document: Document, text: str, *, italic: bool = False, bold: bool = False) -> None:
    line = _line(document, text, italic=italic, bold=bold, align=JUSTIFY)
    line.paragraph_format.first_line_indent = Mm(10)
    line.paragraph_format.space_after = Pt(6)
    line.paragraph_format.line_spacing = 1.1


def _place(document: Document, table: Any) -> None:
    """Put a table at the end, with the empty line that Word wants between two tables."""
    body = document.element.body
    body.insert(len(body) - 1, table)
    _gap(document)


def _gap(document: Document) -> None:
    document.add_paragraph().paragraph_format.line_spacing = Pt(6)


def _facts(report: Report, block: Facts) -> Any:
    width = _width(report)
    rows = [
        [[Cell(name, LEFT, Look(size=13))], [Cell(value, LEFT, Look(size=13, bold=False))]]
        for name, value in block.rows
    ]
    return grid.table(rows, [width * 0.34, width * 0.66], borders=False)


def _table(report: Report, block: Table) -> Any:
    columns = len(block.head)
    shares = block.widths or (1.0,) * columns
    width = _width(report) / sum(shares)
    align = block.align or LEFT * columns
    strong, spans = set(block.strong), set(block.spans)
    plain, heavy = Look(size=12), Look(size=12, bold=True)
    rows: list[list[list[Cell]]] = [[[Cell(text, CENTRE, heavy)] for text in block.head]]
    for number, row in enumerate(block.rows):
        if number in spans:
            rows.append([[Cell(row[0], LEFT, heavy)]])
            continue
        look = heavy if number in strong else plain
        rows.append([[Cell(text, align[at], look)] for at, text in enumerate(row)])
    return grid.table(rows, [width * share for share in shares], borders=True)


def _signatures(report: Report, block: Signatures) -> Any:
    """Recipients on the left, the signer on the right; two or three signers stand side by side above them."""
    width = _width(report)
    signers = [
        [
            Cell(signer.title.upper(), CENTRE, Look(size=13, bold=True)),
            Cell(signer.under, CENTRE, Look(size=13, italic=True)),
            Cell(signer.signed or "\n\n\n", CENTRE, Look(size=11, italic=True)),
            Cell(signer.name, CENTRE, Look(size=13, bold=True)),
        ]
        for signer in block.signers
    ]
    to = [Cell(f"- {each};", LEFT, Look(size=11)) for each in block.recipients]
    if to:
        to = [Cell("Nơi nhận:", LEFT, Look(size=12, bold=True, italic=True)), *to]
        to[-1] = Cell(to[-1].text.removesuffix(";") + ".", LEFT, Look(size=11))
    if len(signers) == 1:
        return grid.table([[to or [Cell("")], signers[0]]], [width * 0.5, width * 0.5], borders=False)
    share = width / len(signers)
    rows = [signers, *([[to, *[[Cell("")] for _ in signers[1:]]]] if to else [])]
    return grid.table(rows, [share] * len(signers), borders=False)
