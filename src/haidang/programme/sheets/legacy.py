"""Text of the time before Unicode: TCVN3 (ABC), VNI, and UTF-8 that was read as Latin-1.

Old files keep their letters in fonts whose codes mean other letters: ``Tr­êng`` is ``Trường`` in ``.VnTime``,
``Tröôøng`` the same word in ``VNI-Times``. A text is converted only where its font says so, or where it makes
Vietnamese syllables afterwards and made none before; each conversion is told with both texts. The tables are
those of ``documents.legacy``; here a single cell is judged, which has too few words to know a language by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Literal

from haidang.base.text import fold
from haidang.documents import legacy

Encoding = Literal["tcvn3", "vni", "utf8-as-latin1"]

_TONES = frozenset("\u0300\u0301\u0309\u0303\u0323")
_SHAPES = frozenset("\u0302\u0306\u031b")
"""Circumflex, breve and horn."""
# Signs that spreadsheets put in by themselves; they mean the same in every font.
_SIGNS = re.compile("([\u2013\u2014\u2018\u2019\u201c\u201d\u2026])")

_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:[iy]eu|uoi|uou|uya|uye|uyu|oai|oao|oay|oeo|uay|uie|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|"
    r"[aeiouy])(?:ch|ng|nh|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"[\u0080-\u00ff\u0152-\u0178\u0192-\u2122]")
# Letters that only Vietnamese in Unicode has; a text with one of them is no old one.
_UNICODE = re.compile(
    r"[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]"
)
_LATIN = re.compile(r"[A-Za-z\u00a1-\u00ff]+")


def _around_signs(text: str, convert: Callable[[str], str]) -> str:
    return "".join(part if at % 2 else convert(part) for at, part in enumerate(_SIGNS.split(text)))


def _tcvn3(text: str, *, capitals: bool = False) -> str:
    return _around_signs(text, partial(legacy.from_tcvn3, capitals=capitals))


def _vni(text: str) -> str:
    return _around_signs(text, legacy.from_vni)


def from_mistaken(text: str) -> str | None:
    """Return a text of UTF-8 that was read as Windows-1252, or None where it is none."""
    codes = bytearray()
    for letter in text:
        try:
            codes += letter.encode("cp1252")
        except UnicodeError:
            if ord(letter) > 0xFF:
                return None
            codes.append(ord(letter))
    try:
        return codes.decode("utf-8")
    except UnicodeError:
        return None


def by_font(font: str) -> tuple[Encoding, bool] | None:
    """Return what a font's name says of its codes, and whether it shows capitals only."""
    name = font.strip().lower()
    if name.startswith(".vn"):
        return "tcvn3", name.endswith("h")
    return ("vni", False) if name.startswith("vni-") else None


def converted(text: str, font: str = "", known: Encoding | None = None) -> tuple[str, Encoding] | None:
    """Return a text of an old encoding in Unicode and which one it was; None where it is to stay.

    ``known`` is what the rest of the sheet is in: it decides where two tables read a text equally well.
    """
    if not _MARKED.search(text) or _UNICODE.search(text):
        return None
    said = by_font(font)
    if said is not None and said[0] == "tcvn3":
        return _tcvn3(text, capitals=said[1]), "tcvn3"
    if said is not None:
        return _vni(text), "vni"
    before = _unlikely(text)
    if not before:
        return None
    guesses: tuple[tuple[Encoding, str | None], ...] = (
        ("utf8-as-latin1", from_mistaken(text)), ("tcvn3", _tcvn3(text)), ("vni", _vni(text)),
    )  # fmt: skip
    faults = {encoding: _unlikely(guess) for encoding, guess in guesses if guess is not None}
    fewest = min(faults.values())
    best = [encoding for encoding, count in faults.items() if count == fewest]
    encoding = known if known in best else best[0]
    if fewest >= before or (len(best) > 1 and encoding != known):
        return None  # two tables read it equally well: that is left to a person
    return dict(guesses)[encoding] or text, encoding


def _unlikely(text: str) -> int:
    """Return how many of a text's words, told by their marks, are no Vietnamese syllables."""
    words = _LATIN.findall(text) if not _UNICODE.search(text) else _WORD.findall(text)
    return sum(not syllable(word) for word in words if not word.isascii()) + sum(
        not letter.isalnum() and ord(letter) > 0xA0 and letter not in "–—“”‘’…°²³·« »" for letter in text
    )


@lru_cache(maxsize=16_384)
def syllable(word: str) -> bool:
    """Say whether a word is built as Vietnamese syllables are, its marks left aside but for their number."""
    marks = unicodedata.normalize("NFD", word)
    tones = sum(mark in _TONES for mark in marks)
    shapes = sum(mark in _SHAPES for mark in marks)
    strange = sum(bool(unicodedata.combining(mark)) for mark in marks) > tones + shapes
    return tones <= 1 and shapes <= 2 and not strange and _SYLLABLE.fullmatch(fold(word)) is not None


def vietnamese(text: str) -> int:
    """Return how many words of a text are Vietnamese syllables of two letters or more."""
    return sum(len(word) > 1 and syllable(word) for word in _WORD.findall(text))
