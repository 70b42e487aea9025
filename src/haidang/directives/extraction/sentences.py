"""Sentences of a paragraph: full stops that end one, and those that do not ("TP.", "28.7.2016", "v.v.")."""

from __future__ import annotations

import re

from haidang.directives.extraction.text import Text

_STOP = re.compile(
    r"(?:\.\.\.|[.!?…])[\"')\]]*(?=\s+[\"'(\[]*[^\W_]|\s*$)|(?<=[^\W\d_])\.(?=[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ][^\W\d_A-ZĐ])"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(,;:\"'.-])(?:tp|h|q|p|tx|tt|x|ths|ts|gs|pgs|bs|ks|kts|ls|đ|đc|t|st|kt|tm|tl|tuq|no|vv|v|nđ|cn|[a-z])$"
)
_NUMBER = re.compile(r"(?:^|\s)(?:điều|khoản|mục|điểm|phần|chương)\s+[\divx]+$")


SENTENCE_MAX = 6_000
"""Characters; what is longer is no sentence, and is cut where a clause ends."""


def sentences(text: Text, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences of a paragraph, without spaces around them."""
    return [piece for span in _whole(text, start, end) for piece in _pieces(text, *span)]


def _pieces(text: Text, first: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    while end - first > SENTENCE_MAX:
        cut = max(text.plain.rfind(sign, first + SENTENCE_MAX // 2, first + SENTENCE_MAX) for sign in ";, ")
        cut = cut + 1 if cut > 0 else first + SENTENCE_MAX
        found.append((first, cut))
        first = cut
        while first < end and text.plain[first].isspace():
            first += 1
    if first < end:
        found.append((first, end))
    return found


def _whole(text: Text, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = start
    for stop in _STOP.finditer(text.plain, start, end):
        if not _ends(text, first, stop, end):
            continue
        found.append((first, stop.end()))
        first = stop.end()
        while first < end and text.plain[first].isspace():
            first += 1
    if first < end:
        found.append((first, end))
    return found


def _ends(text: Text, first: int, stop: re.Match[str], end: int) -> bool:
    """Say whether a sign ends the sentence that began at ``first``."""
    sign = stop[0][:1]
    before = text.low[max(first, stop.start() - 24) : stop.start()]
    after = text.plain[stop.end() : min(end, stop.end() + 4)].lstrip(" \n\"'([")
    if not after:
        return True
    if stop[0].startswith("...") or sign == "…":
        return after[:1].isupper()
    if sign != ".":
        return True
    if after[:1].islower():
        return False
    if _ABBREVIATED.search(before):
        return before.endswith(("v.v", " vv")) and after[:1].isupper()
    return not (_NUMBER.search(before) and after[:1].isdigit())
