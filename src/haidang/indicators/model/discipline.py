"""What follows from being late: marks of the counted register."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many late forms in a year, and what then follows."""

    count: int
    vi: str
    en: str


class Discipline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The marks of a site."""

    marks: tuple[Mark, ...]

    def __post_init__(self) -> None:
        counts = [mark.count for mark in self.marks]
        if counts != sorted(set(counts)) or any(count < 1 for count in counts):
            raise ValueError("marks are counts of at least one, in their order")


def reached(marks: Sequence[Mark], count: int) -> list[Mark]:
    """Return the marks that a count has come to."""
    return [mark for mark in marks if mark.count <= count]
