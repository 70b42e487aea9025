"""What a reading says of cells: refused ones, groups that do not add up, and what is worth a look.

Whatever is not taken as it stands is named by its address, in both languages, with the value that stands
there. Nothing is left out silently.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from haidang.documents.cells import Cell
from haidang.documents.numbers import Amiss

Effect = Literal["sheet", "column", "row", "cell"]
"""What is not taken because of a finding; ``cell``: the row is taken, this cell was understood otherwise."""
VALUE_MAX = 120


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A refused cell, or a note on one."""

    cell: str
    code: str
    vi: str
    en: str
    value: str = ""
    effect: Effect = "row"
    row: int | None = None
    question: tuple[str, ...] = ()


class Unreconciled(msgspec.Struct, frozen=True, kw_only=True):
    """A group whose stated amount is not that of its parts."""

    cell: str
    row: int
    column: str
    name: str
    stated_dong: int | None
    parts_dong: int
    difference_dong: int | None
    vi: str
    en: str
    suspects: tuple[str, ...] = ()
    """Cells one of which must be wrong, the likeliest first."""


def of_cell(cell: Cell, amiss: Amiss, effect: Effect = "row") -> Finding:
    """Return the finding of a cell."""
    return Finding(
        cell=cell.at, code=amiss.code, vi=amiss.vi, en=amiss.en, value=cell.text[:VALUE_MAX], effect=effect,
        row=cell.row, question=amiss.question,
    )  # fmt: skip


def at(
    cell: str, code: str, vi: str, en: str, *, value: str = "", effect: Effect = "row", row: int | None = None
) -> Finding:
    """Return the finding of an address."""
    return Finding(cell=cell, code=code, vi=vi, en=en, value=value[:VALUE_MAX], effect=effect, row=row)
