"""The pages of a PDF as lines with their places, sizes and fonts: what its reader and its linter stand on.

PDFium finds the letters; it is C++ and meets files of strangers, so it only runs in a process that is bounded
(``intake.child``) or on documents of our own. Places are millimetres from the left and from the top.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pypdfium2
from pypdfium2 import raw

MM = 25.4 / 72
"""A point in millimetres."""
COLUMN_GAP = 1.6
"""Sizes of its letters between two words from which they stand in two columns."""
ROW_GAP = 0.6
"""Sizes of its letters by which one stands above or below another and is no longer of its line."""
WORD_GAP = 0.15
"""Sizes of its letters from which there is a space between two of them."""
TILTED = 0.03
"""Radians from which text is no line of the page: a mark across it."""
RULE_HEIGHT = 0.8
"""Millimetres up to which something drawn is a line."""


class Run(msgspec.Struct, frozen=True):
    """Letters of a line in one look."""

    text: str
    size: float
    """Points."""
    font: str
    bold: bool
    italic: bool


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of letters."""

    text: str
    left: float
    right: float
    base: float
    """Where the letters stand, from the top."""
    size: float
    """Points, of most of its letters."""
    bold: bool = False
    italic: bool = False
    runs: tuple[Run, ...] = ()
    """Its looks, one after another; only where they were asked for."""


class Rule(msgspec.Struct, frozen=True):
    """A horizontal line that is drawn."""

    left: float
    right: float
    y: float


class Bar(msgspec.Struct, frozen=True):
    """A vertical line that is drawn: the side of a table's cell."""

    x: float
    top: float
    bottom: float


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page: its size, its lines in the order of the file, what is drawn."""

    width: float
    height: float
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...] = ()
    bars: tuple[Bar, ...] = ()


class Font(msgspec.Struct, frozen=True):
    """A font of the file."""

    name: str
    embedded: bool


class _Look(msgspec.Struct, frozen=True):
    font: str
    embedded: bool
    bold: bool
    italic: bool


class Letters:
    """The lines of one page; looks of fonts are kept for the next page."""

    def __init__(self) -> None:
        self._looks: dict[int, _Look] = {}

    def fonts(self) -> tuple[Font, ...]:
        """Return the fonts met so far."""
        found = {Font(look.font, look.embedded) for look in self._looks.values()}
        return tuple(sorted(found, key=lambda font: font.name))

    def page(self, page: pypdfium2.PdfPage, *, looks: bool = False) -> Page:
        """Return a page; with ``looks`` also the look of each letter and what is drawn."""
        width, height = page.get_size()
        words = page.get_textpage()
        try:
            lines = tuple(
                self._line(words, shown, height, looks=looks, apart=len(rows) > 1)
                for at, end in _spans(words)
                for rows in (_rows(words, _shown(words, at, end)),)
                for shown in rows
            )
        finally:
            words.close()
        drawn = tuple(_drawn(page, height)) if looks else ()
        return Page(
            width=width * MM,
            height=height * MM,
            lines=lines,
            rules=tuple(each for each in drawn if isinstance(each, Rule)),
            bars=tuple(each for each in drawn if isinstance(each, Bar)),
        )

    def _line(
        self, words: pypdfium2.PdfTextPage, shown: list[int], height: float, *, looks: bool, apart: bool
    ) -> Line:
        """Return the line of some letters; ``apart``: between them the file has letters of other lines."""
        places = [_origin(words, index)[0] for index in shown]
        if not apart and places == sorted(places):
            text = _text(words, shown[0], shown[-1] + 1)
        else:
            # Letters of another font are drawn after the others of their line: it is read by their places.
            shown = [index for _, index in sorted(zip(places, shown, strict=True))]
            text = _by_place(words, shown)
        first, last = shown[0], shown[-1]
        left, base = _origin(words, first)
        right = _box(words, last)[1]
        size, look = _size(words, first), self._look(words, first)
        runs = self._runs(words, shown) if looks else ()
        if runs:
            main = max(runs, key=lambda run: len(run.text))
            size, look = main.size, _Look(main.font, True, main.bold, main.italic)
        return Line(
            text=text, left=left * MM, right=right * MM, base=(height - base) * MM, size=size,
            bold=look.bold, italic=look.italic, runs=runs,
        )  # fmt: skip

    def _runs(self, words: pypdfium2.PdfTextPage, shown: list[int]) -> tuple[Run, ...]:
        found: list[tuple[tuple[float, _Look], list[str]]] = []
        for index in shown:
            key = (_size(words, index), self._look(words, index))
            if not found or found[-1][0] != key:
                found.append((key, []))
            found[-1][1].append(chr(raw.FPDFText_GetUnicode(words, index)))
        return tuple(
            Run("".join(letters), size, look.font, look.bold, look.italic) for (size, look), letters in found
        )

    def _look(self, words: pypdfium2.PdfTextPage, index: int) -> _Look:
        piece = raw.FPDFText_GetTextObject(words, index)
        font = raw.FPDFTextObj_GetFont(piece) if piece else None
        if not font:
            return _Look("", True, False, False)
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self._looks:
            self._looks[key] = _look_of(font)
        return self._looks[key]


def _look_of(font: object) -> _Look:
    buffer = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = buffer.value.decode("utf-8", "replace")
    tag, _, bare = name.partition("+")
    name = bare if bare and len(tag) == 6 and tag.isupper() else name
    angle = ctypes.c_int()
    leaning = bool(raw.FPDFFont_GetItalicAngle(font, angle)) and angle.value != 0
    low = name.lower()
    return _Look(
        name,
        raw.FPDFFont_GetIsEmbedded(font) == 1,
        "bold" in low or low.endswith(("-bd", "-b")),
        leaning or "italic" in low or "oblique" in low,
    )


def _spans(words: pypdfium2.PdfTextPage) -> Iterator[tuple[int, int]]:
    """Give where each line begins and ends among the letters of a page."""
    count, at = words.count_chars(), 0
    for index in range(count):
        if raw.FPDFText_GetUnicode(words, index) in {10, 13}:
            if index > at:
                yield at, index
            at = index + 1
    if count > at:
        yield at, count


def _shown(words: pypdfium2.PdfTextPage, at: int, end: int) -> list[int]:
    """Return the letters of a line that are seen; those of a mark across the page are none of it."""
    shown = [index for index in range(at, end) if chr(raw.FPDFText_GetUnicode(words, index)).strip()]
    if shown and (_tilted(words, shown[0]) or _tilted(words, shown[-1])):
        return [index for index in shown if not _tilted(words, index)]
    return shown


def _rows(words: pypdfium2.PdfTextPage, shown: list[int]) -> list[list[int]]:
    """Part what PDFium took for one line by the heights on which its letters stand, from the top."""
    rows: list[tuple[float, list[int]]] = []
    for index in shown:
        base = _origin(words, index)[1]
        if rows and abs(rows[-1][0] - base) < ROW_GAP * _size(words, index):
            rows[-1][1].append(index)
            continue
        near = next((row for at, row in rows if abs(at - base) < ROW_GAP * _size(words, index)), None)
        if near is None:
            rows.append((base, [index]))
        else:
            near.append(index)
    return [row for _, row in sorted(rows, key=lambda each: -each[0])]


def _by_place(words: pypdfium2.PdfTextPage, shown: list[int]) -> str:
    """Return letters in the order of their places, with spaces where there is room for one."""
    found = [_letter(words, shown[0])]
    for before, index in pairwise(shown):
        gap = _origin(words, index)[0] - _box(words, before)[1]
        size = max(_size(words, index), 4)
        found.append(" | " if gap > COLUMN_GAP * size else " " if gap > WORD_GAP * size else "")
        found.append(_letter(words, index))
    return "".join(found)


def _letter(words: pypdfium2.PdfTextPage, index: int) -> str:
    code = raw.FPDFText_GetUnicode(words, index)
    return "-" if code == 2 else chr(code) if code and not 0xD800 <= code < 0xE000 else ""


def _text(words: pypdfium2.PdfTextPage, at: int, end: int) -> str:
    """Return the letters of a line, with " | " where PDFium saw room between two columns."""
    found: list[str] = []
    for index in range(at, end):
        letter = _letter(words, index)
        if letter == " " and raw.FPDFText_IsGenerated(words, index) == 1 and at < index < end - 1:
            gap = _origin(words, index + 1)[0] - _box(words, index - 1)[1]
            letter = " | " if gap > COLUMN_GAP * max(_size(words, index - 1), 4) else " "
        found.append(letter)
    return "".join(found)


def _tilted(words: pypdfium2.PdfTextPage, index: int) -> bool:
    return bool(raw.FPDFText_GetCharAngle(words, index) > TILTED)


def _origin(words: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(words, index, x, y)
    return x.value, y.value


def _box(words: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    """Return from where to where a letter takes room, with the space around its ink."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(words, index, box)
    return float(box.left), float(box.right)


def _size(words: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size of a letter as it is shown, in points."""
    matrix = raw.FS_MATRIX()
    stretched = raw.FPDFText_GetMatrix(words, index, matrix)
    size = float(raw.FPDFText_GetFontSize(words, index))
    return round(size * math.hypot(matrix.b, matrix.d), 1) if stretched else size


def _drawn(page: pypdfium2.PdfPage, height: float) -> Iterator[Rule | Bar]:
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        left, bottom, right, top = drawn.get_bounds()
        if (top - bottom) * MM <= RULE_HEIGHT and right - left > 10:
            yield Rule(left * MM, right * MM, (height - (top + bottom) / 2) * MM)
        elif (right - left) * MM <= RULE_HEIGHT and top - bottom > 8:
            yield Bar((left + right) / 2 * MM, (height - top) * MM, (height - bottom) * MM)
