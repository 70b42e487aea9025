"""Tables of a DOCX as XML, in one pass: rows that do not break apart from their head, widths that hold.

Every text is set as the text of an element, never put together as XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from haidang.documents.font import width_mm

LEFT, CENTRE, RIGHT, JUSTIFY = "l", "c", "r", "j"
ALIGN = {
    LEFT: WD_ALIGN_PARAGRAPH.LEFT, CENTRE: WD_ALIGN_PARAGRAPH.CENTER, RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    JUSTIFY: WD_ALIGN_PARAGRAPH.JUSTIFY,
}  # fmt: skip
_WORDS = {LEFT: "left", CENTRE: "center", RIGHT: "right", JUSTIFY: "both"}
_TWIPS = 1440 / 25.4
"""A millimetre in twentieths of a point."""
CELL_MARGIN = "85"
"""Twentieths of a point between a cell's border and its text."""
LONG_ROW = 600
"""Characters of a cell from which a row may break over pages."""


class Look(msgspec.Struct, frozen=True):
    """How the letters of a cell look."""

    size: float = 12
    bold: bool = False
    italic: bool = False
    rule: float = 0
    """A line below, as a share of the text's width."""


class Cell(msgspec.Struct, frozen=True):
    """A paragraph of a cell."""

    text: str
    align: str = LEFT
    look: Look = Look()


def table(rows: Sequence[Sequence[Sequence[Cell]]], widths: Sequence[float], *, borders: bool) -> Any:
    """Return a table; widths in millimetres; with borders its first row is the head and stands on every page.

    A row of one cell in a table of several columns goes over all of them.
    """
    made = OxmlElement("w:tbl")
    made.append(_properties(sum(widths), borders=borders))
    columns = _child(made, "w:tblGrid")
    for width in widths:
        _child(columns, "w:gridCol", w=_twips(width))
    for number, row in enumerate(rows):
        made.append(_row(row, widths, head=borders and number == 0, padded=borders))
    return made


def _properties(width: float, *, borders: bool) -> Any:
    found = OxmlElement("w:tblPr")
    _child(found, "w:tblW", w=_twips(width), type="dxa")
    if borders:
        # Word lays the text of a cell at the margin and its border beyond it, unless it is told otherwise.
        _child(found, "w:tblInd", w=CELL_MARGIN, type="dxa")
        edges = _child(found, "w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            _child(edges, f"w:{side}", val="single", sz="4", space="0", color="000000")
    _child(found, "w:tblLayout", type="fixed")
    margins = _child(found, "w:tblCellMar")
    for side in ("left", "right"):
        _child(margins, f"w:{side}", w=CELL_MARGIN if borders else "0", type="dxa")
    return found


def _row(row: Sequence[Sequence[Cell]], widths: Sequence[float], *, head: bool, padded: bool) -> Any:
    made = OxmlElement("w:tr")
    about = _child(made, "w:trPr")
    if sum(len(each.text) for cell in row for each in cell) < LONG_ROW:
        _child(about, "w:cantSplit")
    if head:
        _child(about, "w:tblHeader")
    merged = len(row) == 1 < len(widths)
    for cell, width in zip(row, [sum(widths)] if merged else widths, strict=True):
        made.append(_cell(cell, width, span=len(widths) if merged else 1, head=head, padded=padded))
    return made


def _cell(lines: Sequence[Cell], width: float, *, span: int, head: bool, padded: bool) -> Any:
    made = OxmlElement("w:tc")
    about = _child(made, "w:tcPr")
    _child(about, "w:tcW", w=_twips(width), type="dxa")
    if span > 1:
        _child(about, "w:gridSpan", val=str(span))
    if head or span > 1:
        _child(about, "w:shd", val="clear", color="auto", fill="E9EBED")
    if head:
        _child(about, "w:vAlign", val="center")
    for line in lines:
        paragraph = _child(made, "w:p")
        looks = _child(paragraph, "w:pPr")
        if head or span > 1:
            _child(looks, "w:keepNext")
        _child(looks, "w:spacing", before="40" if padded else "0", after="40" if padded else "20")
        _child(looks, "w:jc", val=_WORDS[line.align])
        _run(paragraph, line)
        if line.look.rule:
            made.append(_ruled(line, width))
    return made


def _run(paragraph: Any, line: Cell) -> None:
    run = _child(paragraph, "w:r")
    looks = _child(run, "w:rPr")
    if line.look.bold:
        _child(looks, "w:b")
    if line.look.italic:
        _child(looks, "w:i")
    _child(looks, "w:sz", val=str(round(line.look.size * 2)))
    for number, text in enumerate(line.text.split("\n")):
        if number:
            _child(run, "w:br")
        said = _child(run, "w:t")
        said.set(qn("xml:space"), "preserve")
        said.text = text


def _ruled(line: Cell, width: float) -> Any:
    """Return an empty paragraph under ``line`` whose upper border is the rule, indented to its length."""
    length = min(_wide(line), width) * line.look.rule
    paragraph = OxmlElement("w:p")
    _rule(_child(paragraph, "w:pPr"), (width - length) / 2)
    return paragraph


def _wide(line: Cell) -> float:
    """Return how wide the longest line of a text is, in millimetres."""
    return max(width_mm(each, line.look.size, bold=line.look.bold) for each in line.text.split("\n"))


def rule(after: Any, share: float, width: float = 165) -> None:
    """Put a centred line under a paragraph, ``share`` of ``width`` millimetres long."""
    paragraph = OxmlElement("w:p")
    _rule(_child(paragraph, "w:pPr"), width * (1 - share) / 2)
    after.addnext(paragraph)


def _rule(about: Any, indent: float) -> None:
    edges = _child(about, "w:pBdr")
    _child(edges, "w:top", val="single", sz="6", space="1", color="000000")
    _child(about, "w:spacing", before="20", after="40", line="120", lineRule="exact")
    _child(about, "w:ind", left=_twips(indent), right=_twips(indent))


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    parent.append(made)
    return made


def _twips(millimetres: float) -> str:
    return str(round(millimetres * _TWIPS))
