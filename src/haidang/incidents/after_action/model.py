"""What an after-action report knows: facts of one incident, none of them worked out from words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.organisation.service.letterhead import Letterhead


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log."""

    no: int
    at: datetime
    by: str
    kind: str
    text: str = ""
    corrects: int | None = None
    corrected_by: int | None = None
    detail: dict[str, Any] = {}


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """A time to react, its target and when it was met."""

    name: str
    target_at: datetime
    met_at: datetime | None
    state: str
    """running, late, met, met_late, ended."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a procedure and what became of it."""

    title_vi: str
    title_en: str
    role: str = ""
    state: str
    within: int | None = None
    """Minutes that it may take from its opening on."""
    due_at: datetime | None = None
    opened_at: datetime | None = None
    settled_at: datetime | None = None
    by: str = ""
    approved_by: str = ""
    reason: str = ""
    late: bool = False
    actions: tuple[str, ...] = ()
    """What came of what the step did by itself, in Vietnamese."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure that was followed."""

    procedure: str
    version: int
    vi: str
    en: str
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    steps: tuple[Step, ...] = ()


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that was sent."""

    name: str
    kind_vi: str
    kind_en: str
    org: str
    sent_at: datetime
    on_way_at: datetime | None = None
    on_scene_at: datetime | None = None
    ended_at: datetime | None = None


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """Something that belongs to the incident."""

    kind: str
    ref: str
    title: str = ""
    at: datetime | None = None
    note: str = ""


class LessonTask(msgspec.Struct, frozen=True, kw_only=True):
    """The task that a lesson became."""

    id: int
    title: str
    owner: str
    state: str
    due_end: datetime | None = None


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson as it was logged, and the task it became."""

    no: int
    text: str
    by: str
    at: datetime
    task: LessonTask | None = None


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the incident."""

    name: str
    size_bytes: int
    sha256: str
    at: datetime


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the log's chain, and whether it holds."""

    no: int
    hash: str
    sound: bool


class AfterAction(msgspec.Struct, frozen=True, kw_only=True):
    """All that the report says."""

    id: int
    code: str
    title: str
    text: str
    kind_vi: str
    kind_en: str
    severity: int
    state: str
    outcome: str
    source: str
    source_ref: str
    place: str
    area: str
    location: tuple[float, float] | None
    agency: Letterhead
    orgs: tuple[str, ...]
    commander: str
    roles: tuple[tuple[str, str], ...]
    """Role and who filled it."""
    is_exercise: bool
    simulated: bool
    reported_at: datetime
    closed_at: datetime | None
    reactions: tuple[Reaction, ...]
    log: tuple[Entry, ...]
    log_left_out: int
    """Entries in the middle that a report does not hold; they stay in the log."""
    decisions: tuple[Entry, ...]
    head: Head
    runs: tuple[Run, ...]
    uses: tuple[Use, ...]
    links: tuple[Linked, ...]
    lessons: tuple[Lesson, ...]
    files: tuple[File, ...]
    made_at: datetime


DECISIONS = frozenset(
    {"decision", "classify", "assign_commander", "dispatch", "escalate", "contain", "close", "reject",
     "merge", "split", "step_approved", "step_skipped", "step_answered"}
)  # fmt: skip
"""Kinds of entries that say what somebody decided."""

ENTRIES_MAX = 1_500
LETTERS_MAX = 600_000
"""Of the log in a report; the middle of a longer one stays in the system, and the report says so."""


def decides(kind: str) -> bool:
    """Say whether an entry of a kind is a decision."""
    return kind in DECISIONS


def fitted(entries: Sequence[Entry], *, most: int, letters: int) -> tuple[list[Entry], int]:
    """Return the beginning and the end of a log, as much as a report holds, and how many were left out."""
    first: list[Entry] = []
    last: list[Entry] = []
    low, high = 0, len(entries)
    while low < high and len(first) + len(last) < most:
        early = len(first) <= len(last)
        entry = entries[low] if early else entries[high - 1]
        letters -= len(entry.text) + 100
        if letters < 0:
            break
        if early:
            first.append(entry)
            low += 1
        else:
            last.append(entry)
            high -= 1
    return [*first, *reversed(last)], high - low


def met(found: AfterAction) -> tuple[int, int]:
    """Return how many times to react were met in time, and of how many that can be judged."""
    judged = [each for each in found.reactions if each.state in {"met", "met_late", "late"}]
    return sum(each.state == "met" for each in judged), len(judged)
