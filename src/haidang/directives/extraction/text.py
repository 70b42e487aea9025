"""The working copy of a text, and the way back from it to the raw text.

Official texts come decomposed (NFD), with two styles of tone marks (hoà, hòa), with hard spaces, three kinds
of dashes and an Icelandic Đ. Rules are written once, against ``low``; what is shown and stored is the raw
text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property

_HARD = "\\t\\r\\n\\v\\f\\x85\\xa0\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
_ODD = re.compile(
    f"(?P<space>[{_HARD}][ {_HARD}]*| [ {_HARD}]+)"
    "|(?P<nothing>[\\u200b-\\u200f\\u2060\\ufeff\\xad\\u202a-\\u202e]+)"
    "|(?P<composed>[^\\W\\d_][\\u0300-\\u036f]+)"
)
"""What does not go into the copy character by character."""
_SIGNS = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "Ð": "Đ",
        "ð": "đ",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
    }
)
_MARKED = {"oa": "òóỏõọ oà oá oả oã oạ", "oe": "òóỏõọ oè oé oẻ oẽ oẹ", "uy": "ùúủũụ uỳ uý uỷ uỹ uỵ"}
_STYLE = {
    new: old + pair[1]
    for pair, forms in _MARKED.items()
    for old, new in zip(forms.split()[0], forms.split()[1:], strict=True)
}
_TONES = re.compile(rf"(?<!q)({'|'.join(_STYLE)})(?![^\W\d_])")
_QUY = re.compile("q([ùúủũụ])y(?![^\\W\\d_])")


class Text:
    """A raw text with its working copies.

    ``plain`` is composed (NFC), has single spaces, no invisible signs and one kind of dash and quote; a break
    of a line is one ``\\n``, an empty line between is two. ``low`` is ``plain`` in lower case with one style
    of tone marks. Both have the same length, and :meth:`raw_span` leads back.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        pieces: list[str] = []
        self._at = [0]
        self._raw_at = [0]
        self._whole: list[bool] = []
        length = last = 0
        for odd in _ODD.finditer(raw):
            length = self._take(pieces, raw[last : odd.start()], length, last, exact=True)
            length = self._take(pieces, _shortened(odd), length, odd.start(), exact=False)
            last = odd.end()
        length = self._take(pieces, raw[last:], length, last, exact=True)
        self._at.append(length)
        self._raw_at.append(len(raw))
        self.plain = "".join(pieces).translate(_SIGNS)

    def _take(self, pieces: list[str], piece: str, length: int, raw_at: int, *, exact: bool) -> int:
        """Take a piece over and remember where it came from; an exact one goes character by character."""
        if exact:
            if not piece:
                return length
            composed = unicodedata.normalize("NFC", piece)
            if len(composed) != len(piece):  # rare signs that have no composed form of one character
                composed = piece
            piece = composed
        pieces.append(piece)
        self._at.append(length)
        self._raw_at.append(raw_at)
        self._whole.append(exact)
        return length + len(piece)

    @cached_property
    def low(self) -> str:
        """Return ``plain`` in lower case, with tone marks in the older style (hòa, thủy, quý)."""
        low = self.plain.lower()
        if len(low) != len(self.plain):
            low = "".join(char.lower() if len(char.lower()) == 1 else char for char in self.plain)
        low = _TONES.sub(lambda found: _STYLE[found[0]], low)
        return _QUY.sub(lambda found: "qu" + "ỳýỷỹỵ"["ùúủũụ".index(found[1])], low)

    def raw_at(self, at: int) -> int:
        """Return where in the raw text the character ``at`` of the copy begins."""
        piece = bisect_right(self._at, at) - 1
        if piece > len(self._whole):
            return len(self.raw)
        exact = piece >= 1 and self._whole[piece - 1]
        return self._raw_at[piece] + (at - self._at[piece] if exact else 0)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the raw text for one of the copy, without spaces around it."""
        while start < end and self.plain[start].isspace():
            start += 1
        while end > start and self.plain[end - 1].isspace():
            end -= 1
        if start == end:
            at = self.raw_at(start)
            return at, at
        first, last = self.raw_at(start), self.raw_at(end - 1) + 1
        while last < len(self.raw) and unicodedata.combining(self.raw[last]):
            last += 1
        return first, last


def _shortened(odd: re.Match[str]) -> str:
    if odd["space"] is not None:
        breaks = odd[0].replace("\r\n", "\n").count("\n") + odd[0].count("\u2028") + odd[0].count("\u2029")
        return " " if breaks == 0 else "\n" if breaks == 1 else "\n\n"
    if odd["nothing"] is not None:
        return ""
    return unicodedata.normalize("NFC", odd[0])
