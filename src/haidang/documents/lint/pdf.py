"""A PDF as the linter sees it: what is drawn, put back into the parts of a paper by place and words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

import msgspec
import pypdfium2

from haidang.documents.intake.model import UNREADABLE, refused
from haidang.documents.lint.model import Align, Face, Numbers, Paper, Part, Piece, Sheet
from haidang.documents.lint.words import (
    DATE,
    NUMBER,
    RECIPIENTS,
    TO,
    is_capitals,
    is_motto,
    is_nation,
)
from haidang.documents.pages import MM, Letters, Line, Page

PAGES_MAX = 60
"""Pages of a long list that are looked at; the same template draws the others."""
SINGLE = 1.149
"""Distance of single lines in Times New Roman, in sizes of its letters."""
CAP = 0.662
"""Height of its capitals, in sizes."""
CENTRED = 2.5
"""Millimetres by which centred text may lie off the middle."""
MARGIN_MAX = 37.0
"""Millimetres from the left beyond which nothing stands at the margin: a page of centred lines alone."""
_NUMBER_ZONE = 20.0
_DIGITS = re.compile(r"\d{1,4}")
_COLUMNS = " | "


class Spot(msgspec.Struct, frozen=True):
    """A line with its page."""

    page: int
    line: Line


def paper(content: bytes) -> Paper:
    """Return a PDF as a paper; ``Problem`` where it cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
        letters = Letters()
        pages = [letters.page(document[at], looks=True) for at in range(min(count, PAGES_MAX))]
    except pypdfium2.PdfiumError as cause:
        raise refused(UNREADABLE, "Tệp PDF bị hỏng.", "The PDF is damaged.") from cause
    faces = tuple(Face(font.name, font.embedded, "toàn văn bản") for font in letters.fonts() if font.name)
    return _Reader(pages).paper(faces)


class _Reader:
    def __init__(self, pages: list[Page]) -> None:
        self._pages = pages
        spots = [Spot(at, line) for at, page in enumerate(pages) for line in page.lines]
        nation = next((spot.line.base for spot in spots if not spot.page and is_nation(spot.line.text)), 99.0)
        self._top = min(_NUMBER_ZONE - 0.5, nation - 3)
        self._margin_lines = [spot for spot in spots if not self._edge(spot)]
        edges = [spot.line for spot in self._margin_lines]
        left = min((line.left for line in edges), default=30.0)
        self._left = left if left < MARGIN_MAX else 30.0
        self._right = max((line.right for line in edges), default=195.0)
        self._places: dict[Part, tuple[int, float]] = {}
        """Where each part begins: page and height."""

    def paper(self, faces: tuple[Face, ...]) -> Paper:
        head_left, head_right = self._head()
        taken = {id(line) for line in (*head_left, *head_right)}
        rest = [
            spot for spot in self._margin_lines if id(spot.line) not in taken and not self._in_table(spot)
        ]
        rest, end = self._split_end(rest)
        title, rest = self._title(rest)
        to, rest = self._to(rest)
        body = self._body(rest)
        signers, recipients = self._ending(end)
        self._begins("title", title)
        self._begins("to", to)
        self._begins("body", rest)
        self._begins("signature", end)
        return Paper(
            kind="pdf",
            sheets=tuple(self._sheet(at, page) for at, page in enumerate(self._pages)),
            faces=faces,
            left=tuple(self._piece(Spot(0, line)) for line in head_left),
            right=tuple(self._piece(Spot(0, line)) for line in head_right),
            issuer_rule=self._rule_under(
                [line for line in head_left if line.bold and is_capitals(line.text)]
            ),
            motto_rule=self._rule_under([line for line in head_right if is_motto(line.text)]),
            title_rule=self._rule_under([spot.line for spot in title]),
            title=tuple(self._piece(spot, align=self._align(spot)) for spot in title),
            to=tuple(map(self._piece, to)),
            body=body,
            signers=signers,
            recipients=recipients,
            numbers=self._numbers(),
            order=tuple(sorted(self._places, key=self._places.__getitem__)),
            odd_letters=tuple(
                _place(spot)
                for spot in self._margin_lines
                if spot.line.text != unicodedata.normalize("NFC", spot.line.text)
            ),
        )

    # --- Head ---------------------------------------------------------------------------------------------

    def _head(self) -> tuple[list[Line], list[Line]]:
        lines = [spot.line for spot in self._margin_lines if spot.page == 0]
        nation = next((line for line in lines if is_nation(line.text)), None)
        if nation is None:
            return [], []
        middle = nation.left - 2
        right = [line for line in lines if line.left >= middle and line.base < nation.base + 22]
        left: list[Line] = []
        bottom = nation.base
        for line in sorted((line for line in lines if line.right < middle), key=lambda line: line.base):
            if line.base - bottom > 11 or TO.match(line.text):
                break
            left.append(line)
            bottom = line.base
        self._head_order(left, sorted(right, key=lambda line: line.base))
        return left, sorted(right, key=lambda line: line.base)

    def _head_order(self, left: list[Line], right: list[Line]) -> None:
        for line in left:
            if NUMBER.match(line.text):
                self._begins("number", [Spot(0, line)])
            elif line.bold and is_capitals(line.text):
                self._begins("issuer", [Spot(0, line)])
        for line in right:
            if is_nation(line.text):
                self._begins("nation", [Spot(0, line)])
            elif is_motto(line.text):
                self._begins("motto", [Spot(0, line)])
            elif DATE.search(line.text):
                self._begins("date", [Spot(0, line)])

    def _begins(self, part: Part, spots: list[Spot]) -> None:
        if spots:
            self._places.setdefault(part, (spots[0].page, spots[0].line.base))

    def _rule_under(self, lines: list[Line]) -> float | None:
        """Return the length of the line drawn below some lines, as a share of the longest."""
        if not lines:
            return None
        last = lines[-1]
        middle = (last.left + last.right) / 2
        for rule in self._pages[0].rules:
            below = rule.y - last.base
            if 0 < below < 6 and abs((rule.left + rule.right) / 2 - middle) < 2 * CENTRED:
                return (rule.right - rule.left) / max(line.right - line.left for line in lines)
        return None

    # --- Middle -------------------------------------------------------------------------------------------

    def _title(self, rest: list[Spot]) -> tuple[list[Spot], list[Spot]]:
        found: list[Spot] = []
        for at, spot in enumerate(rest):
            if not (spot.line.bold and self._centred(spot) and not TO.match(spot.line.text)):
                return found, rest[at:]
            found.append(spot)
        return found, []

    def _to(self, rest: list[Spot]) -> tuple[list[Spot], list[Spot]]:
        found: list[Spot] = []
        for at, spot in enumerate(rest):
            text = spot.line.text
            if not (TO.match(text) or (found and text.startswith("-") and spot.line.left > self._left + 20)):
                return found, rest[at:]
            found.append(spot)
        return found, []

    def _body(self, rest: list[Spot]) -> tuple[Piece, ...]:
        """Return the paragraphs: lines alone on their height, the first with its indent."""
        heights = Counter((spot.page, round(spot.line.base)) for spot in rest)
        groups: list[list[Spot]] = []
        for spot in rest:
            alone = heights[spot.page, round(spot.line.base)] == 1 and _COLUMNS not in spot.line.text
            if not alone or spot.line.left > self._left + 18:
                groups.append([])  # a name and its value: no paragraph
            elif groups and groups[-1] and self._goes_on(groups[-1][-1], spot):
                groups[-1].append(spot)
            else:
                groups.append([spot])
        found: list[Piece] = []
        last: Spot | None = None
        for group in groups:
            if group:
                found.append(self._paragraph(group, last))
            last = group[-1] if group else None
        return tuple(found)

    def _goes_on(self, above: Spot, spot: Spot) -> bool:
        if abs(spot.line.left - self._left) > 1.5:
            return False
        return above.line.right > self._right - 0.2 * (self._right - self._left)

    def _paragraph(self, group: list[Spot], above: Spot | None) -> Piece:
        first = group[0]
        lines = [spot.line for spot in group]
        text = " ".join(line.text for line in lines)
        gap: float | None = None
        if above is not None and above.page == first.page:
            pitch = first.line.base - above.line.base
            gap = pitch / MM - SINGLE * first.line.size if pitch > 0 else None
        full = lines[:-1]
        ragged = any(self._right - line.right > 1.2 for line in full)
        pitches = [
            below.line.base - line.line.base for line, below in pairwise(group) if line.page == below.page
        ]
        runs = [run for line in lines for run in line.runs]
        return Piece(
            text=text,
            place=_place(first),
            small=min(run.size for run in runs),
            large=max(run.size for run in runs),
            bold=_all([run.bold for run in runs]),
            italic=_all([run.italic for run in runs]),
            align=None if not full else "l" if ragged else "j",
            first_line=first.line.left - self._left,
            gap=gap,
            spacing=max(pitches) / MM / (SINGLE * lines[0].size) if pitches else None,
        )

    # --- End ----------------------------------------------------------------------------------------------

    def _split_end(self, rest: list[Spot]) -> tuple[list[Spot], list[Spot]]:
        """Cut off the recipients and signatures, from the end backwards."""
        cut = len(rest)
        for at in range(len(rest) - 1, -1, -1):
            if not self._of_end(rest[at]):
                break
            cut = at
        return rest[:cut], rest[cut:]

    def _of_end(self, spot: Spot) -> bool:
        line = spot.line
        text = line.text.strip()
        if RECIPIENTS.match(text) or (line.size < 12.6 and line.left < self._left + 1.5):
            return True
        office = bool(line.bold) and is_capitals(text)
        aside = line.left > self._left + 10.6
        return aside and not self._centred_title(spot) and (office or bool(line.bold) or bool(line.italic))

    def _centred_title(self, spot: Spot) -> bool:
        return spot.page == 0 and spot.line.size > 13.6

    def _ending(self, end: list[Spot]) -> tuple[tuple[tuple[Piece, ...], ...], tuple[Piece, ...]]:
        recipients = [spot for spot in end if spot.line.left < self._left + 1.5]
        if not any(RECIPIENTS.match(spot.line.text) for spot in recipients):
            recipients = []
        columns: list[tuple[float, list[Spot]]] = []
        for spot in end:
            if spot in recipients:
                continue
            centre = (spot.line.left + spot.line.right) / 2
            near = next((spots for at, spots in columns if abs(at - centre) < 12), None)
            if near is None:
                columns.append((centre, [spot]))
            else:
                near.append(spot)
        return tuple(tuple(map(self._piece, spots)) for _, spots in columns), tuple(
            map(self._piece, recipients)
        )

    # --- Pages --------------------------------------------------------------------------------------------

    def _sheet(self, at: int, page: Page) -> Sheet:
        lines = [spot.line for spot in self._margin_lines if spot.page == at]
        tops = [line.base - CAP * line.size * MM for line in lines]
        sides = [bar.x for bar in page.bars]
        return Sheet(
            width=page.width,
            height=page.height,
            place=f"trang {at + 1}",
            top=min(tops, default=20.0),
            bottom=page.height - max((line.base for line in lines), default=page.height - 20),
            left=min([line.left for line in lines] + sides, default=30.0),
            right=page.width - max([line.right for line in lines] + sides, default=page.width - 15),
            loose=frozenset({"bottom", "left", "right"} | ({"top"} if at else set())),
        )

    def _numbers(self) -> Numbers:
        missing: list[int] = []
        off: list[int] = []
        on_first = False
        for at, page in enumerate(self._pages):
            top = [line for line in page.lines if line.base < _NUMBER_ZONE and _DIGITS.fullmatch(line.text)]
            right = next((line for line in top if line.text == str(at + 1)), None)
            if at == 0:
                on_first = right is not None
            elif right is None:
                missing.append(at + 1)
            elif abs((right.left + right.right) / 2 - self._middle(page)) > 2 * CENTRED:
                off.append(at + 1)
        return Numbers(on_first=on_first, missing=tuple(missing), off_centre=tuple(off))

    def _edge(self, spot: Spot) -> bool:
        """Tell whether a line stands outside of the text: page number, mark, the small line at the foot."""
        page, line = self._pages[spot.page], spot.line
        foot = line.base > page.height - 18.5 and (line.size < 10.5 or bool(_DIGITS.fullmatch(line.text)))
        return foot or line.base < (_NUMBER_ZONE - 0.5 if spot.page else self._top)

    def _in_table(self, spot: Spot) -> bool:
        bars = [
            bar for bar in self._pages[spot.page].bars if bar.top - 0.5 <= spot.line.base <= bar.bottom + 0.5
        ]
        return bool(bars) and min(bar.x for bar in bars) <= spot.line.left <= max(bar.x for bar in bars)

    # --- Places -------------------------------------------------------------------------------------------

    def _middle(self, page: Page) -> float:
        return (self._left + page.width - 15) / 2

    def _centred(self, spot: Spot) -> bool:
        line = spot.line
        middle = self._middle(self._pages[spot.page])
        return line.left > self._left + 3 and abs((line.left + line.right) / 2 - middle) < CENTRED * 2

    def _align(self, spot: Spot) -> Align:
        return "c" if self._centred(spot) else "l"

    def _piece(self, spot: Spot, *, align: Align | None = None) -> Piece:
        line = spot.line
        return Piece(
            text=line.text.strip().replace(_COLUMNS, " "),
            place=_place(spot),
            small=min((run.size for run in line.runs), default=line.size),
            large=max((run.size for run in line.runs), default=line.size),
            bold=_all([run.bold for run in line.runs]),
            italic=_all([run.italic for run in line.runs]),
            align=align,
        )


def _place(spot: Spot) -> str:
    return f"trang {spot.page + 1}: {spot.line.text.strip()[:40]}"


def _all(values: list[bool]) -> bool | None:
    return True if values and all(values) else None if any(values) else False
