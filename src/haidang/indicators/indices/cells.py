"""Cells of a table: numbers exactly as written, and the words by which people say that there is none."""

from __future__ import annotations

import re
from fractions import Fraction

import msgspec

from haidang.base.text import fold

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?")
_NONE = frozenset(
    {"", "-", "–", "—", "…", "...", "..", "n/a", "na", "null", "nan", "none", "kxd", "khong co",
     "khong danh gia", "khong xac dinh", "chua danh gia", "not rated", "missing"}
)  # fmt: skip


class Number(msgspec.Struct, frozen=True):
    """A number and how many decimals it was written with."""

    value: Fraction
    decimals: int


def is_missing(text: str) -> bool:
    """Say whether a cell says that there is no value; an empty one does, a zero does not."""
    return fold(text) in _NONE


def number(text: str, mark: str) -> Number | None:
    """Return the number in a cell written with this decimal mark; None where it is none."""
    said = text.strip().replace("\u2212", "-").removesuffix("%").strip()
    if not _NUMBER.fullmatch(said) or (mark == "." and "," in said) or (mark == "," and "." in said):
        return None
    whole, _, part = said.replace(",", ".").partition(".")
    return Number(Fraction(said.replace(",", ".")), len(part)) if whole or part else None


def decimal_mark(cells: list[str]) -> str | None:
    """Return the decimal mark that the cells of a file are written with; None where both occur."""
    numbers = [cell.strip() for cell in cells if _NUMBER.fullmatch(cell.strip())]
    comma, point = (any(sign in cell for cell in numbers) for sign in (",", "."))
    if comma and point:
        return None
    return "," if comma else "."
