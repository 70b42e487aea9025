"""Vietnamese text: the fold for searching without accents, and the key for sorting as a dictionary does."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# Order of the Vietnamese alphabet; a letter with its tone mark sorts after the bare letter.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}
# Tone order of Vietnamese dictionaries: level, grave, hook above, tilde, acute, dot below.
_TONE_RANK = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def fold(text: str) -> str:
    """Return ``text`` as it is searched for: no accents, no case, đ as d, single spaces.

    ``fold("Hoà Bình") == fold("hòa  bình") == "hoa binh"``; the same rule runs in the browser.
    """
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(char for char in bare if not unicodedata.combining(char))
    return _SPACES.sub(" ", plain).strip()


def sort_key(text: str) -> str:
    """Return a key that sorts names as a Vietnamese dictionary does: a ă â … d đ e ê, tones last.

    The database has no Vietnamese collation, so the key is stored and compared byte by byte.
    """
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", char)
        tone = next((_TONE_RANK[mark] for mark in parts if mark in _TONE_RANK), 0)
        base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONE_RANK))
        rank = _LETTER_RANK.get(base)
        letters.append(chr(0x100 + rank) if rank else base)
        tones.append(str(tone))
    return "".join(letters) + "\x01" + "".join(tones)
