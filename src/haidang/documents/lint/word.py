"""A DOCX as the linter sees it: parts by their words and places, looks with all that they inherit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec

from haidang.documents.font import width_mm
from haidang.documents.intake.lists import W
from haidang.documents.intake.package import Package, broken
from haidang.documents.lint.looks import TWIP, Lay, Letters, Looks
from haidang.documents.lint.model import Face, Numbers, Paper, Part, Piece, Sheet
from haidang.documents.lint.words import DATE, NUMBER, RECIPIENTS, TO, is_capitals, is_motto, is_nation

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU = 1 / 36_000
"""An English metric unit in millimetres."""


class Line(msgspec.Struct, frozen=True):
    """A paragraph with its piece, how it lies, and the line that is drawn in or at it (millimetres)."""

    number: int
    piece: Piece
    lay: Lay
    rule: float | None = None


def paper(content: bytes) -> Paper:
    """Return a DOCX as a paper; ``Problem`` where it cannot be opened."""
    package = Package(content)
    document = package.xml("word/document.xml")
    body = document.find(f"{W}body") if document is not None else None
    if body is None:
        raise broken()
    return _Reader(package, body).paper()


class _Reader:
    def __init__(self, package: Package, body: Any) -> None:
        theme = package.xml("word/theme/theme1.xml")
        self._package = package
        self._body = body
        self._looks = Looks(package.xml("word/styles.xml"), theme)
        self._faces: dict[str, Face] = {}
        self._odd: list[str] = []
        self._numbered = {paragraph: number for number, paragraph in enumerate(body.iter(f"{W}p"), 1)}
        self._places: dict[Part, int] = {}
        """Where each part begins: the number of its first paragraph."""

    def paper(self) -> Paper:
        blocks = list(_blocks(self._body))
        cells = self._head_cells(blocks)
        right = next((lines for lines, _ in cells if any(is_nation(line.piece.text) for line in lines)), [])
        left, width = next(((lines, wide) for lines, wide in cells if lines is not right), ([], 0.0))
        right_width = next((wide for lines, wide in cells if lines is right), 0.0)
        self._head_order(left, right)
        rest = [block for block in blocks if block.tag == f"{W}p" or block is not self._head]
        end = self._signature_table(rest)
        title, to, text, rule = self._middle([block for block in rest if block is not end])
        signers, recipients = self._ending(end) if end is not None else ((), ())
        return Paper(
            kind="docx",
            sheets=tuple(self._sheets()),
            faces=tuple(self._faces.values()),
            left=tuple(line.piece for line in left if line.piece.text),
            right=tuple(line.piece for line in right if line.piece.text),
            issuer_rule=_share(left, width, _is_issuer),
            motto_rule=_share(right, right_width, lambda piece: is_motto(piece.text)),
            title_rule=rule,
            title=title,
            to=to,
            body=text,
            signers=signers,
            recipients=recipients,
            numbers=self._numbers(),
            order=tuple(sorted(self._places, key=self._places.__getitem__)),
            odd_letters=tuple(self._odd),
        )

    # --- Parts --------------------------------------------------------------------------------------------

    def _head_cells(self, blocks: list[Any]) -> list[tuple[list[Line], float]]:
        self._head = next((block for block in blocks[:4] if block.tag == f"{W}tbl"), None)
        if self._head is None:
            return []
        return [
            ([self._line(paragraph) for row in column for paragraph in row], width)
            for column, width in _columns(self._head)
        ]

    def _head_order(self, left: list[Line], right: list[Line]) -> None:
        for line in left:
            if NUMBER.match(line.piece.text):
                self._begins("number", [line])
            elif _is_issuer(line.piece):
                self._begins("issuer", [line])
        for line in right:
            text = line.piece.text
            if is_nation(text):
                self._begins("nation", [line])
            elif is_motto(text):
                self._begins("motto", [line])
            elif DATE.search(text):
                self._begins("date", [line])

    def _begins(self, part: Part, lines: list[Line]) -> None:
        if lines:
            self._places.setdefault(part, lines[0].number)

    def _signature_table(self, blocks: list[Any]) -> Any | None:
        for block in reversed(blocks):
            if block.tag == f"{W}tbl" and block.find(f"{W}tblPr/{W}tblBorders") is None:
                lines = [_text(paragraph) for paragraph in block.iter(f"{W}p")]
                if any(RECIPIENTS.match(text) for text in lines) or sum(map(is_capitals, lines)) > 0:
                    return block
        return None

    def _middle(
        self, blocks: list[Any]
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...], tuple[Piece, ...], float | None]:
        title: list[Line] = []
        to: list[Line] = []
        body: list[Line] = []
        rule: float | None = None
        above: Lay | None = None
        for block in blocks:
            if block.tag == f"{W}tbl":
                for paragraph in block.iter(f"{W}p"):
                    self._line(paragraph)  # its fonts and letters are looked at
                above = None
                continue
            line = self._line(block, above)
            if not line.piece.text:
                if line.rule is not None and title and not body and rule is None:
                    rule = self._length(line.rule) / _widest(title[-1].piece)
                continue
            above = line.lay
            if (
                not body
                and not to
                and line.piece.align == "c"
                and line.piece.bold
                and not RECIPIENTS.match(line.piece.text)
            ):
                title.append(line)
            elif not body and (TO.match(line.piece.text) or (to and line.lay.left > 20)):
                to.append(line)
            else:
                body.append(line)
        self._begins("title", title)
        self._begins("to", to)
        self._begins("body", body)
        return (
            tuple(line.piece for line in title),
            tuple(line.piece for line in to),
            tuple(line.piece for line in body),
            rule,
        )

    def _ending(self, table: Any) -> tuple[tuple[tuple[Piece, ...], ...], tuple[Piece, ...]]:
        signers: list[tuple[Piece, ...]] = []
        recipients: tuple[Piece, ...] = ()
        for row in table.iterfind(f"{W}tr"):
            for cell in row.iterfind(f"{W}tc"):
                pieces = tuple(
                    line.piece for line in map(self._line, cell.iterfind(f"{W}p")) if line.piece.text
                )
                if any(RECIPIENTS.match(piece.text) for piece in pieces):
                    recipients = pieces
                elif pieces:
                    signers.append(pieces)
        return tuple(signers), recipients

    def _length(self, rule: float) -> float:
        """Return the length of a line between the margins of the page, millimetres."""
        sheet = next(iter(self._sheets()), None)
        return rule if rule > 0 or sheet is None else sheet.width - sheet.left - sheet.right + rule

    # --- Paragraphs ---------------------------------------------------------------------------------------

    def _line(self, paragraph: Any, above: Lay | None = None) -> Line:
        number = self._numbered[paragraph]
        lay = self._looks.lay(paragraph)
        runs = [(run, said) for run in paragraph.iter(f"{W}r") if (said := _said(run)).strip()]
        text = _text(paragraph).strip()
        place = f"đoạn {number}: {text[:40]}" if text else f"đoạn {number}"
        looks: list[Letters] = []
        for run, said in runs:
            look = self._looks.letters(run, paragraph)
            looks.append(look)
            self._faces.setdefault(look.font, Face(look.font, True, place))
            if look.capitals:
                text = text.replace(said, said.upper())
        if text != unicodedata.normalize("NFC", text):
            self._odd.append(place)
        sizes = [look.size for look in looks] or [self._looks.letters(None, paragraph).size]
        piece = Piece(
            text=text,
            place=place,
            small=min(sizes),
            large=max(sizes),
            bold=_all(look.bold for look in looks),
            italic=_all(look.italic for look in looks),
            align=lay.align,
            first_line=lay.left + lay.first_line,
            gap=None if above is None else max(lay.before, above.after),
            spacing=lay.spacing,
        )
        return Line(number, piece, lay, _rule(paragraph, lay))

    # --- Pages --------------------------------------------------------------------------------------------

    def _sheets(self) -> Iterator[Sheet]:
        for number, section in enumerate(self._body.iter(f"{W}sectPr"), 1):
            size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")

            def mm(element: Any, name: str) -> float:
                value = element.get(f"{W}{name}", "0") if element is not None else "0"
                return float(value) * TWIP if value.lstrip("-").isdecimal() else 0.0

            yield Sheet(
                width=mm(size, "w"), height=mm(size, "h"), place=f"phần {number}",
                top=mm(margins, "top"), bottom=mm(margins, "bottom"), left=mm(margins, "left"),
                right=mm(margins, "right"),
            )  # fmt: skip

    def _numbers(self) -> Numbers:
        """The first section's headers: those of other pages have a centred number, that of the first none."""
        section = next(self._body.iter(f"{W}sectPr"), None)
        if section is None:
            return Numbers(missing=(2,))
        targets = self._targets()
        heads = {
            reference.get(f"{W}type"): targets.get(reference.get(f"{_R}id"))
            for reference in section.iterfind(f"{W}headerReference")
        }
        form = section.find(f"{W}pgNumType")
        own_first = section.find(f"{W}titlePg") is not None
        centred = self._page_field(heads.get("default"))
        return Numbers(
            on_first=self._page_field(heads.get("first")) is not None if own_first else centred is not None,
            missing=(2,) if centred is None else (),
            off_centre=(2,) if centred is False else (),
            foreign=form is not None and form.get(f"{W}fmt", "decimal") != "decimal",
        )

    def _targets(self) -> dict[str, str]:
        relations = self._package.xml("word/_rels/document.xml.rels")
        return {} if relations is None else {each.get("Id", ""): each.get("Target", "") for each in relations}

    def _page_field(self, target: str | None) -> bool | None:
        """Return whether the number of a header is centred; None where it has none."""
        header = self._package.xml(f"word/{target.lstrip('/').removeprefix('word/')}") if target else None
        if header is None:
            return None
        for paragraph in header.iter(f"{W}p"):
            fields = [field.text or "" for field in paragraph.iter(f"{W}instrText")]
            fields += [field.get(f"{W}instr", "") for field in paragraph.iter(f"{W}fldSimple")]
            if any(field.strip().upper().startswith("PAGE") for field in fields):
                return self._looks.lay(paragraph).align == "c"
        return None


def _blocks(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag in {f"{W}p", f"{W}tbl"}:
            yield child
        elif child.tag == f"{W}sdt" and (content := child.find(f"{W}sdtContent")) is not None:
            yield from _blocks(content)


def _columns(table: Any) -> list[tuple[list[list[Any]], float]]:
    """Return the paragraphs of a table by column, row by row, and the width of each, millimetres."""
    widths = [float(column.get(f"{W}w", "0")) * TWIP for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    rows = [list(row.iterfind(f"{W}tc")) for row in table.iterfind(f"{W}tr")]
    count = max(map(len, rows), default=0)
    return [
        (
            [list(row[at].iterfind(f"{W}p")) for row in rows if at < len(row)],
            widths[at] if at < len(widths) else 0.0,
        )
        for at in range(count)
    ]


def _said(run: Any) -> str:
    return "".join(
        part.text or "" if part.tag == f"{W}t" else "\n" if part.tag == f"{W}br" else " "
        for part in run
        if part.tag in {f"{W}t", f"{W}br", f"{W}tab"}
    )


def _text(paragraph: Any) -> str:
    return "".join(_said(run) for run in paragraph.iter(f"{W}r"))


def _all(values: Iterator[bool]) -> bool | None:
    found = list(values)
    return True if found and all(found) else None if any(found) else False


def _is_issuer(piece: Piece) -> bool:
    return bool(piece.bold) and is_capitals(piece.text)


def _widest(piece: Piece) -> float:
    """Return how wide the longest line of a text is, millimetres."""
    lines = piece.text.split("\n")
    return max(1.0, *(width_mm(line, piece.large, bold=bool(piece.bold)) for line in lines))


def _share(lines: list[Line], width: float, of: Any) -> float | None:
    """Return how long the line under a text is, as a share of the text's longest line."""
    for at, line in enumerate(lines):
        if line.piece.text and of(line.piece):
            wide = _widest(line.piece)
            for below in (line, *lines[at + 1 : at + 2]):
                if below.rule is None or (below is not line and below.piece.text):
                    continue
                return (below.rule if below.rule > 0 else width + below.rule) / wide
    return None


def _rule(paragraph: Any, lay: Lay) -> float | None:
    """Return the length of the line drawn in or at a paragraph; below zero: the cell's width less as much."""
    for drawing in paragraph.iter(f"{_WP}extent"):
        wide, high = float(drawing.get("cx", "0")) * _EMU, float(drawing.get("cy", "0")) * _EMU
        if wide > 5 and high < 2:
            return wide
    borders = paragraph.find(f"{W}pPr/{W}pBdr")
    if borders is not None and (
        borders.find(f"{W}top") is not None or borders.find(f"{W}bottom") is not None
    ):
        return -(lay.left + lay.right) or -0.01
    return None
