"""Where a value comes from, how it stands, and what may follow it.

The kinds of source have an order of honour: what the product computes from the live city stands above what it
counts inside itself, that above what it pulls, that above what a unit hands in, that above what is typed. A
lower one never displaces a higher one silently.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import IntFlag
from typing import Literal, get_args

import msgspec

Source = Literal["computed", "internal", "pulled", "submitted", "typed"]
SOURCES: tuple[Source, ...] = get_args(Source)
"""In the order of their honour; a value's row carries the place in it, from 1."""
AUTOMATIC: frozenset[Source] = frozenset({"computed", "internal", "pulled"})
SOURCE_WORDS: dict[Source, tuple[str, str]] = {
    "computed": ("tính từ dữ liệu đô thị", "computed from the live city"),
    "internal": (
        "từ nhiệm vụ, dự án, phản ánh trong hệ thống",
        "from tasks, projects, reports in the system",
    ),
    "pulled": ("lấy tự động từ hệ thống khác", "pulled from another system"),
    "submitted": ("đơn vị nộp theo biểu", "handed in by a unit"),
    "typed": ("nhập tay", "typed"),
}

Missing = Literal["not_applicable", "withheld", "not_rated", "not_collected", "incomplete", "undefined"]
REASONS: tuple[Missing, ...] = get_args(Missing)
"""A row carries the place in it, from 1; 0: there is a value."""
REASON_WORDS: dict[Missing, tuple[str, str]] = {
    "not_applicable": ("không áp dụng", "not applicable"),
    "withheld": ("không công bố", "withheld"),
    "not_rated": ("không xếp hạng", "not rated"),
    "not_collected": ("chưa thu thập được", "could not be collected"),
    "incomplete": ("thiếu số liệu thành phần", "parts of it are missing"),
    "undefined": ("không tính được (chia cho 0)", "undefined (division by zero)"),
}
BY_PEOPLE: tuple[Missing, ...] = REASONS[:4]
"""Reasons that people give; the others come of a computation."""

State = Literal["draft", "submitted", "approved", "locked"]
STATES: tuple[State, ...] = get_args(State)
"""A row carries the place in it, from 0. A draft is seen by its own unit only."""


class Flag(IntFlag):
    """What is to be known of a value beside its number."""

    ESTIMATE = 1
    """Ước thực hiện: an estimate, to be replaced by what came to be."""
    LATE = 2
    """Came after its due."""
    CORRECTED = 4
    """Đính chính: changed by a person after it had been approved, with a reason."""
    OUTDATED = 8
    """Something it is made from has changed since; it waits to be computed or opened again."""
    SIMULATED = 16
    PARTIAL = 32
    """An aggregate some of whose parts are missing; its coverage says how many."""


FLAG_WORDS: dict[Flag, tuple[str, str]] = {
    Flag.ESTIMATE: ("ước", "estimate"),
    Flag.LATE: ("nộp muộn", "late"),
    Flag.CORRECTED: ("đã đính chính", "corrected"),
    Flag.OUTDATED: ("số liệu gốc đã thay đổi", "what it is made from has changed"),
    Flag.SIMULATED: ("mô phỏng", "simulated"),
    Flag.PARTIAL: ("thiếu một phần", "parts are missing"),
}


class NewValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value to be recorded: a number, or why there is none."""

    indicator_id: int
    place_id: int
    start: date
    value: Decimal | None = None
    missing: Missing | None = None
    flags: int = 0
    method: int = 1


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A value as it stands now."""

    batch: int
    judged: int
    indicator_id: int
    place_id: int
    start: date
    source: int
    missing: int
    flags: int
    method: int
    revision: int
    state: int
    value: Decimal | None

    @property
    def source_kind(self) -> Source:
        """Where it comes from."""
        return SOURCES[self.source - 1]

    @property
    def reason(self) -> Missing | None:
        """Why there is no value; None where there is one."""
        return REASONS[self.missing - 1] if self.missing else None


Hindrance = Literal["locked", "approved", "better-source", "corrected"]
HINDRANCES: dict[Hindrance, tuple[str, str]] = {
    "locked": (
        "Số liệu đã khóa; cần đính chính có lý do.",
        "The figure is locked; correct it with a reason.",
    ),
    "approved": (
        "Số liệu đã duyệt; cần trả lại hoặc đính chính.",
        "The figure is approved; return the form or correct it.",
    ),
    "better-source": (
        "Đã có số liệu từ nguồn tin cậy hơn; cần đính chính có lý do.",
        "A figure of a source of higher honour stands; correct it with a reason.",
    ),
    "corrected": (
        "Số liệu đã được đính chính, nguồn tự động không ghi đè.",
        "The figure was corrected by a person; an automatic source does not go over it.",
    ),
}


def hinders(standing: Standing | None, source: Source) -> Hindrance | None:
    """Return what stands against recording a value of a source over the one that stands; None: nothing.

    A missing value with its reason yields to any value. A correction does not ask here.
    """
    if standing is None:
        return None
    if STATES[standing.state] == "locked":
        return "locked"
    if standing.flags & Flag.CORRECTED and source in AUTOMATIC:
        return "corrected"
    rank = SOURCES.index(source) + 1
    if rank > standing.source and not standing.missing and standing.source_kind in AUTOMATIC:
        return "better-source"
    if STATES[standing.state] == "approved" and source not in AUTOMATIC:
        return "approved"
    return None


def same(standing: Standing, new: NewValue, source: Source) -> bool:
    """Say whether recording would change nothing that is known."""
    reason = REASONS.index(new.missing) + 1 if new.missing else 0
    kept = ~int(Flag.OUTDATED | Flag.LATE | Flag.CORRECTED)
    return (
        standing.value == new.value
        and standing.missing == reason
        and standing.source == SOURCES.index(source) + 1
        and standing.method == new.method
        and standing.flags & kept == new.flags & kept
    )


def flags_of(bits: int) -> list[str]:
    """Return the names of the flags that are set."""
    return [flag.name.lower() for flag in Flag if bits & flag and flag.name]
