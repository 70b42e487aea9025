"""Numbers of papers: how they are written by Decree 30/2020/NĐ-CP, and which of a register are missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from haidang.base.problems import kind

LETTER = "CV"
"""Công văn: its number carries no type, and may carry the unit that wrote it: "12/UBND-VX"."""
TYPES: dict[str, tuple[str, str]] = {
    "BC": ("Báo cáo", "Report"),
    "BB": ("Biên bản", "Minutes"),
    "CĐ": ("Công điện", "Telegram"),
    "CT": ("Chỉ thị", "Directive"),
    "CTr": ("Chương trình", "Programme"),
    "CV": ("Công văn", "Letter"),
    "GM": ("Giấy mời", "Invitation"),
    "HD": ("Hướng dẫn", "Guidance"),
    "KH": ("Kế hoạch", "Plan"),
    "PA": ("Phương án", "Scheme"),
    "QC": ("Quy chế", "Regulation"),
    "QĐ": ("Quyết định", "Decision"),
    "TB": ("Thông báo", "Notice"),
    "TTr": ("Tờ trình", "Submission"),
}
"""Types of papers by their abbreviation in Decree 30/2020/NĐ-CP, Annex III."""

NUMBER_REFUSED = kind(
    "paper-number-refused", 409, "Không thực hiện được với số văn bản", "This cannot be done with the number"
)
TYPE_UNKNOWN = kind("paper-type-unknown", 422, "Không có loại văn bản này", "There is no such type of paper")


class Series(msgspec.Struct, frozen=True, order=True):
    """A register: whose, of which type, of which year."""

    org_id: int
    type_code: str
    year: int


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was given."""

    id: int
    version: int
    org_id: int
    type_code: str
    year: int
    number: int
    symbol: str
    """As it stands on the paper: "05/TB-UBND"."""
    subject: str
    given_at: datetime
    given_by: str
    void_at: datetime | None = None
    void_by: str | None = None
    void_why: str | None = None

    @property
    def digits(self) -> str:
        """The number alone, as a report wants it: "05"."""
        return self.symbol.partition("/")[0]

    @property
    def tail(self) -> str:
        """What follows the number: "TB-UBND"."""
        return self.symbol.partition("/")[2]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of a register that no paper has."""

    org_id: int
    type_code: str
    year: int
    first: int
    last: int
    why: str | None = None
    """Absent: nobody has explained it yet."""
    explained_at: datetime | None = None
    explained_by: str | None = None


def symbol(number: int, type_code: str, issuer: str, unit: str = "") -> str:
    """Return a number as it is written: zeros below ten, the type, the issuer; of a letter its unit.

    ``symbol(5, "TB", "UBND") == "05/TB-UBND"``; ``symbol(12, "CV", "UBND", "VX") == "12/UBND-VX"``.
    """
    parts = [issuer, unit] if type_code == LETTER else [type_code, issuer]
    tail = "-".join(part for part in parts if part)
    return f"{number:02}/{tail}" if tail else f"{number:02}"


def missing(taken: Iterable[tuple[int, int]], last: int) -> list[tuple[int, int]]:
    """Return the ranges up to ``last`` that are in none of the ranges ``taken``."""
    found: list[tuple[int, int]] = []
    at = 1
    for first, end in sorted(taken):
        if first > at:
            found.append((at, min(first - 1, last)))
        at = max(at, end + 1)
        if at > last:
            return found
    if at <= last:
        found.append((at, last))
    return found
