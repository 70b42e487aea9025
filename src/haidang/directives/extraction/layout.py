"""How a document is laid out: paragraphs, numbered headings, bullets, and what frames them.

A line that a converter has broken is put together again; what stands under a heading knows it; the block of
signatures and the distribution list ("Nơi nhận") hold no directives and are cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from haidang.directives.extraction.text import Text

_LABEL = re.compile(
    r"(?P<part>(?:phần|chương|mục|điều)\s+(?:\d+|[ivx]+)\s*[.:]?)"
    r"|(?P<roman>[ivx]{1,5}\s*[.)/]|[ivx]{1,5}\s+-)"
    r"|(?P<deep>\d{1,2}(?:\.\d{1,2}){1,3}\.?)(?=\s)"
    r"|(?P<arabic>\d{1,2}\s*[.)/](?!\d)|\(\d{1,2}\)|\d{1,2}\s-(?=\s))"
    r"|(?P<letter>[a-zđ]\s*[.)/](?=\s|\W)|\([a-zđ]\))"
    r"|(?P<dash>[-•●▪*·→➢❖✓])(?=\s*\S)"
    r"|(?P<plus>[+○◦])(?=\s*\S)"
)
_LEVELS = {"part": 0, "roman": 1, "arabic": 2, "deep": 3, "letter": 4, "dash": 5, "plus": 6}
BODY = 7
"""Level of a paragraph without a label."""
_ENDS = (".", ":", ";", "!", "?", "./", '."', '"')
_FRAME = re.compile(r"nơi nhận\s*:?|lưu\s*:\s*(?:vt|vp)|như (?:kính gửi|trên|điều)\s*;")
_SIGNATURE = re.compile(
    r"(?:tm|kt|tl|tuq|q)\s*\.\s*(?:ủy ban|ubnd|hội đồng|chủ tịch|giám đốc|bộ trưởng|chánh|ban|trưởng|"
    r"thủ tướng|đoàn)[^.;:]{0,80}"
)
_AGAIN = re.compile(r"cộng hòa xã hội chủ nghĩa|phụ lục|ủy ban nhân dân$|thông báo$|công điện$")
_ROMAN = re.compile(r"[ivx]{1,5}\s*[.)/-]")


@dataclass(slots=True)
class Block:
    """A paragraph of the working copy, without its label."""

    start: int
    end: int
    level: int
    label: str
    """As written: "1.", "-", "" for none."""
    line_start: int
    """With the label."""
    parent: int | None = None
    """Number of the block above it that opens with ":" or is a heading."""
    framed: bool = False
    """Part of the head, the signature or the distribution list: no directives here."""


def blocks(text: Text) -> list[Block]:
    """Return the paragraphs of a text, in order."""
    found = [_block(text, start, end) for start, end in _paragraphs(text)]
    _frame(text, found)
    stack: list[int] = []
    for number, block in enumerate(found):
        while stack and found[stack[-1]].level >= block.level and not _under(text, found[stack[-1]], block):
            stack.pop()
        block.parent = stack[-1] if stack else None
        stack.append(number)
    return found


def _under(text: Text, above: Block, block: Block) -> bool:
    """Say whether a paragraph stands under one of its own level: after "… như sau:", without a label."""
    opens = text.plain[above.end - 1 : above.end] == ":"
    return opens and above.level == BODY and block.level == BODY


def _paragraphs(text: Text) -> list[tuple[int, int]]:
    lines = _lines(text.plain)
    wrapped = _is_wrapped(text.plain, lines)
    found: list[tuple[int, int]] = []
    for start, end, blank in lines:
        if found and _continues(text, found[-1], start, end, blank=blank, wrapped=wrapped):
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _lines(plain: str) -> list[tuple[int, int, bool]]:
    """Return (start, end, whether an empty line stands before it) of each line with something in it."""
    found = []
    blank = at = 0
    for line in plain.split("\n"):
        bare = line.strip()
        if bare and not any(char.isalnum() for char in bare):
            pass  # a rule of dashes neither parts nor joins
        elif bare:
            start = at + line.index(bare[0])
            found.append((start, start + len(bare), blank > 0))
            blank = 0
        else:
            blank += 1
        at += len(line) + 1
    return found


def _is_wrapped(plain: str, lines: list[tuple[int, int, bool]]) -> bool:
    """Say whether lines are broken at a width, as text taken out of a PDF is."""
    lengths = sorted(end - start for start, end, _ in lines)
    if len(lengths) < 6 or not 45 <= lengths[len(lengths) * 3 // 4] <= 130:
        return False
    open_ended = sum(not plain[:end].endswith(_ENDS) for start, end, _ in lines if end - start > 40)
    return open_ended * 2 > sum(end - start > 40 for start, end, _ in lines)


def _continues(
    text: Text, before: tuple[int, int], start: int, end: int, *, blank: bool, wrapped: bool
) -> bool:
    """Say whether a line goes on with the sentence of the paragraph before it."""
    last = text.plain[before[0] : before[1]]
    if last.endswith(_ENDS) or _label(text, start, end) or end - start < 2:
        return False
    first = text.plain[start]
    if first.islower():
        return not last.isupper()
    if blank or not wrapped or last.isupper() or len(last) < 40:
        return False
    return not text.plain[start:end].isupper() and not _SIGNATURE.match(text.low, start, end)


def _label(text: Text, start: int, end: int) -> re.Match[str] | None:
    found = _LABEL.match(text.low, start, end)
    if found is None:
        return None
    if found.lastgroup == "roman" and text.plain[start].islower():
        return None
    after = text.low[found.end() : found.end() + 1]
    if found.lastgroup == "letter" and text.plain[start].isupper() and text.plain[start + 1] != ".":
        return None
    return None if found.lastgroup == "arabic" and after.isdigit() else found


def _block(text: Text, start: int, end: int) -> Block:
    label = _label(text, start, end)
    if label is None:
        return Block(start, end, BODY, "", start)
    kind = label.lastgroup or "dash"
    body = label.end()
    while body < end and text.plain[body].isspace():
        body += 1
    return Block(body, end, _LEVELS[kind], text.plain[label.start() : label.end()].strip(), start)


def _frame(text: Text, found: list[Block]) -> None:
    """Mark the signature and the distribution list; a text that begins anew after them is read again."""
    framed = False
    for block in found:
        low = text.low[block.line_start : block.end]
        if _FRAME.match(low) or (_SIGNATURE.match(low) and len(low) < 120):
            framed = True
        elif framed and _AGAIN.match(low) and text.plain[block.start : block.end].isupper():
            framed = False
        block.framed = framed
