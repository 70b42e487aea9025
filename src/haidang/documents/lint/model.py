"""What the linter sees of a paper, whatever its form, and what it says of it."""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["l", "c", "r", "j"]
Part = Literal[
    "issuer", "nation", "motto", "number", "date", "title", "to", "body", "signature", "recipients"
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a paper is not as the decree asks."""

    rule: str
    place: str
    """"trang 1: Số: 5/TB-UBND", "đoạn 12: …"."""
    expected: str
    found: str
    vi: str
    """What the decree asks."""
    en: str


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph of a DOCX or a line (in the body: a paragraph) of a PDF."""

    text: str
    place: str
    small: float = 13
    """Size of its smallest letters, points."""
    large: float = 13
    """Size of its largest letters, points."""
    bold: bool | None = False
    """None: some of it."""
    italic: bool | None = False
    align: Align | None = None
    """None: not to be told."""
    first_line: float | None = None
    """Indent of the first line, millimetres; None: not to be told."""
    gap: float | None = None
    """Room between it and the paragraph above, beyond the distance of lines; points."""
    spacing: float | None = None
    """Distance of its lines, in single lines."""


class Face(msgspec.Struct, frozen=True):
    """A font that letters of the paper are in."""

    name: str
    embedded: bool = True
    place: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Size and margins of a page, millimetres."""

    width: float
    height: float
    place: str
    top: float
    bottom: float
    left: float
    right: float
    loose: frozenset[str] = frozenset()
    """Margins that are only known not to be smaller: nothing reaches them."""


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """Where page numbers stand."""

    on_first: bool = False
    missing: tuple[int, ...] = ()
    """Pages from the second on that have none."""
    off_centre: tuple[int, ...] = ()
    foreign: bool = False
    """They are not Arabic."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper in its parts."""

    kind: Literal["docx", "pdf"]
    sheets: tuple[Sheet, ...]
    faces: tuple[Face, ...]
    left: tuple[Piece, ...] = ()
    """Head: issuer, number, of a letter what it is about."""
    right: tuple[Piece, ...] = ()
    """Head: nation, motto, place and day."""
    issuer_rule: float | None = None
    """Length of the line under the issuer, as a share of its text; None: no line."""
    motto_rule: float | None = None
    title_rule: float | None = None
    title: tuple[Piece, ...] = ()
    to: tuple[Piece, ...] = ()
    body: tuple[Piece, ...] = ()
    signers: tuple[tuple[Piece, ...], ...] = ()
    recipients: tuple[Piece, ...] = ()
    numbers: Numbers = Numbers()
    order: tuple[Part, ...] = ()
    """The parts in the order in which they were found."""
    odd_letters: tuple[str, ...] = ()
    """Places of texts that are not in composed Unicode."""
