"""A batch in which one element is no JSON: the others are saved.

A gateway whose one device sends ``NaN``, ``1e999``, half a surrogate or a byte that is not UTF-8 would
otherwise lose, with every repeat, what its other devices say. The array is cut at its own commas without
building anything, so depth costs nothing; each piece is then decoded alone. Only a body that could not be
decoded comes here.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from haidang.base.problems import INVALID, Problem

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
"""What decoding bytes that are no JSON raises."""

_decode = msgspec.json.Decoder().decode
# A text, brackets that open, brackets that close, a comma, a quotation mark without its fellow.
_MARK = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")|([\[{]+)|([\]}]+)|(,)|(")', re.DOTALL)
_ID = re.compile(rb'"id"\s*:\s*"([^"\\]{1,2048})"')
_SPACE = b" \t\r\n"


class Broken(msgspec.Struct):
    """An element of a batch that is no JSON."""

    id: str
    """The id that stands in it, as far as one can be seen."""
    problem: Problem


def unreadable(cause: Exception) -> Problem:
    """Return the refusal of what could not be decoded."""
    reason = str(cause)[:200]
    return Problem(INVALID, f"JSON không hợp lệ: {reason}", f"The body is not valid JSON: {reason}")


def rescue(raw: bytes) -> list[Any] | None:
    """Return the elements of an array, ``Broken`` for those that are no JSON; None where nothing is left."""
    pieces = _pieces(raw)
    if pieces is None:
        return None
    found = [_element(piece) for piece in pieces]
    return None if all(type(one) is Broken for one in found) else found


def _element(piece: bytes) -> Any:
    try:
        return _decode(piece)
    except UNREADABLE as cause:
        seen = _ID.search(piece)
        return Broken(seen[1].decode("utf-8", "replace") if seen else "", unreadable(cause))


def _pieces(raw: bytes) -> list[bytes] | None:
    """Cut an array at the commas of its first level; None where brackets or quotation marks do not pair."""
    pieces: list[bytes] = []
    depth = start = 0
    for mark in _MARK.finditer(raw):
        _, opening, closing, comma, lonely = mark.groups()
        if lonely:
            return None
        if opening:
            if depth == 0:
                if raw[: mark.start()].strip(_SPACE) or not opening.startswith(b"["):
                    return None
                start = mark.start() + 1
            depth += len(opening)
        elif closing:
            depth -= len(closing)
            if depth <= 0:
                if depth or raw[mark.end() :].strip(_SPACE):
                    return None
                pieces.append(raw[start : mark.end() - 1])
                return pieces
        elif comma and depth == 1:
            pieces.append(raw[start : mark.start()])
            start = mark.end()
    return None
