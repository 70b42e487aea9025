"""Text of the time before Unicode: TCVN3 (ABC), VNI, and UTF-8 that was read as Latin-1.

Old files keep their letters in fonts whose codes mean other letters: ``Tr­êng`` is ``Trường`` in ``.VnTime``,
``Tröôøng`` the same word in ``VNI-Times``. A text is converted only where its font says so, or where it makes
Vietnamese syllables afterwards and made none before; each conversion is told with both texts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from haidang.base.text import fold

Encoding = Literal["tcvn3", "vni", "utf8-as-latin1"]

_TCVN3_LETTERS = {
    0xA1: "Ă", 0xA2: "Â", 0xA3: "Ê", 0xA4: "Ô", 0xA5: "Ơ", 0xA6: "Ư", 0xA7: "Đ", 0xA8: "ă", 0xA9: "â",
    0xAA: "ê", 0xAB: "ô", 0xAC: "ơ", 0xAD: "ư", 0xAE: "đ", 0xB5: "à", 0xB6: "ả", 0xB7: "ã", 0xB8: "á",
    0xB9: "ạ", 0xBB: "ằ", 0xBC: "ẳ", 0xBD: "ẵ", 0xBE: "ắ", 0xC6: "ặ", 0xC7: "ầ", 0xC8: "ẩ", 0xC9: "ẫ",
    0xCA: "ấ", 0xCB: "ậ", 0xCC: "è", 0xCE: "ẻ", 0xCF: "ẽ", 0xD0: "é", 0xD1: "ẹ", 0xD2: "ề", 0xD3: "ể",
    0xD4: "ễ", 0xD5: "ế", 0xD6: "ệ", 0xD7: "ì", 0xD8: "ỉ", 0xDC: "ĩ", 0xDD: "í", 0xDE: "ị", 0xDF: "ò",
    0xE1: "ỏ", 0xE2: "õ", 0xE3: "ó", 0xE4: "ọ", 0xE5: "ồ", 0xE6: "ổ", 0xE7: "ỗ", 0xE8: "ố", 0xE9: "ộ",
    0xEA: "ờ", 0xEB: "ở", 0xEC: "ỡ", 0xED: "ớ", 0xEE: "ợ", 0xEF: "ù", 0xF1: "ủ", 0xF2: "ũ", 0xF3: "ú",
    0xF4: "ụ", 0xF5: "ừ", 0xF6: "ử", 0xF7: "ữ", 0xF8: "ứ", 0xF9: "ự", 0xFA: "ỳ", 0xFB: "ỷ", 0xFC: "ỹ",
    0xFD: "ý", 0xFE: "ỵ",
}  # fmt: skip
"""TCVN 5712:1993, set 3, as the ABC fonts have it."""

_TONES = {"grave": "\u0300", "acute": "\u0301", "hook": "\u0309", "tilde": "\u0303", "dot": "\u0323"}
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_MARKS = {
    "ù": _TONES["acute"], "ø": _TONES["grave"], "û": _TONES["hook"], "õ": _TONES["tilde"],
    "ï": _TONES["dot"], "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _TONES["acute"],
    "à": _CIRCUMFLEX + _TONES["grave"], "å": _CIRCUMFLEX + _TONES["hook"],
    "ã": _CIRCUMFLEX + _TONES["tilde"], "ä": _CIRCUMFLEX + _TONES["dot"], "ê": _BREVE,
    "é": _BREVE + _TONES["acute"], "è": _BREVE + _TONES["grave"], "ú": _BREVE + _TONES["hook"],
    "ü": _BREVE + _TONES["tilde"], "ë": _BREVE + _TONES["dot"],
}  # fmt: skip
"""The second letter of a pair: which marks it puts on the first."""
_VNI_SINGLE = {
    "ñ": "đ", "ô": "o" + _HORN, "ö": "u" + _HORN, "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ",
}  # fmt: skip
_VNI_PAIR = re.compile("([aeouyôöAEOUYÔÖ])([" + "".join(_VNI_MARKS) + "".join(_VNI_MARKS).upper() + "])")

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


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Return a text of TCVN3; ``capitals`` where its font shows only those (``.VnTimeH``)."""
    found = "".join(_TCVN3_LETTERS.get(ord(letter), letter) for letter in text)
    return found.upper() if capitals else found


def from_vni(text: str) -> str:
    """Return a text of VNI-Windows: a letter, and after it the letter that carries its marks."""

    def paired(found: re.Match[str]) -> str:
        first = found[1]
        single = _VNI_SINGLE.get(first.lower(), first.lower())
        made = single + _VNI_MARKS[found[2].lower()]
        return made.upper() if first.isupper() else made

    def single(letter: str) -> str:
        made = _VNI_SINGLE.get(letter.lower())
        if made is None:
            return letter
        return made.upper() if letter.isupper() else made

    pieces: list[str] = []
    at = 0
    for found in _VNI_PAIR.finditer(text):
        pieces.extend(map(single, text[at : found.start()]))
        pieces.append(paired(found))
        at = found.end()
    pieces.extend(map(single, text[at:]))
    return unicodedata.normalize("NFC", "".join(pieces))


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
        return from_tcvn3(text, capitals=said[1]), "tcvn3"
    if said is not None:
        return from_vni(text), "vni"
    before = _unlikely(text)
    if not before:
        return None
    guesses: tuple[tuple[Encoding, str | None], ...] = (
        ("utf8-as-latin1", from_mistaken(text)), ("tcvn3", from_tcvn3(text)), ("vni", from_vni(text)),
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
    tones = sum(mark in _TONES.values() for mark in marks)
    shapes = sum(mark in (_CIRCUMFLEX, _BREVE, _HORN) for mark in marks)
    strange = sum(bool(unicodedata.combining(mark)) for mark in marks) > tones + shapes
    return tones <= 1 and shapes <= 2 and not strange and _SYLLABLE.fullmatch(fold(word)) is not None


def vietnamese(text: str) -> int:
    """Return how many words of a text are Vietnamese syllables of two letters or more."""
    return sum(len(word) > 1 and syllable(word) for word in _WORD.findall(text))
