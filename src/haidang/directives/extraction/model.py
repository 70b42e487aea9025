"""What is read out of a document: its facts, its items, and where in the raw text each of them stands.

Every ``start`` and ``end`` counts code points of the raw text as given, never of a normalised copy, and
``raw[start:end]`` is the ``text`` or ``sentence`` beside it, character by character.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Precision = Literal[
    "day", "month", "quarter", "year", "working_days", "recurring", "event", "urgent", "open"
]  # fmt: skip
"""Words of ``haidang.tasks.model.due``; the extractor knows no others."""
Every = Literal["week", "month", "quarter", "half_year", "year"]
NameKind = Literal["org", "collective", "unresolved"]
DocumentKind = Literal[
    "thông báo", "công văn", "chỉ thị", "quyết định", "nghị quyết", "kế hoạch", "báo cáo", "công điện",
    "tờ trình", "chương trình", "giấy mời", "biên bản", "đề án", "tin", "khác",
]  # fmt: skip
"""``tin`` is a report of others on what was said or written; ``khác`` has no sign of either."""


class Warning(msgspec.Struct, frozen=True):  # noqa: A001 - the word of the issue; Python's stays builtins.Warning
    """Something a person must look at before the item is issued."""

    code: str
    vi: str
    en: str


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """An addressee as the document names it."""

    text: str
    """As written; with a distributed prefix ("các sở Xây dựng, Tài chính") only its own part."""
    name: str
    """Canonical: "Sở GTVT" and "Giám đốc Sở GTVT" are "Sở Giao thông vận tải"."""
    kind: NameKind
    """org: one unit whose name is known or well formed; collective: a group to be fanned out or represented;
    unresolved: a person must say who it is."""
    exceptions: tuple[str, ...] = ()
    """Members of a group that are left out ("trừ quận 1 và quận 12")."""
    start: int
    end: int
    rules: tuple[str, ...] = ()
    """Rules of docs/extraction.md that made it."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit: as written and, where it can be told, the last day."""

    text: str
    start: int
    end: int
    date: dt.date | None = None
    """Last day of the written day, month, quarter or year; None where no day can be told."""
    precision: Precision
    count: int | None = None
    """working_days: how many."""
    every: Every | None = None
    """recurring: the period."""
    event: str | None = None
    """event: what is waited for."""
    inferred: bool = False
    """Part of the date was not written (a missing year)."""
    rule: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed directive: one sentence or clause that asks somebody to do something."""

    sentence: str
    start: int
    end: int
    lead: tuple[Name, ...]
    cooperating: tuple[Name, ...] = ()
    action: str
    """What is to be done, in the words of the document, spaces single."""
    product: str | None = None
    """What must come out, where the text names it ("báo cáo UBND tỉnh", "kế hoạch …")."""
    deadline: Deadline | None = None
    """A time limit that a calendar can hold: a day, a period, working days, a recurrence."""
    urgency: Deadline | None = None
    """Haste ("khẩn trương"), "thường xuyên", or an event that is waited for: no day, a review must be set."""
    warnings: tuple[Warning, ...] = ()
    rules: tuple[str, ...]
    """Every rule that fired, by its id in docs/extraction.md."""
    confidence: float
    """0 to 1, an ordering for the reader's eye and no probability."""
    follows: tuple[str, ...] = ()
    """Numbers of earlier documents that it repeats or carries out."""
    heading: str | None = None
    """The numbered heading above it."""


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """The meeting that a document concludes."""

    title: str | None = None
    chair: str | None = None
    held_on: dt.date | None = None
    invitation_no: str | None = None
    participants: tuple[str, ...] = ()


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Another document that is named in the text."""

    kind: DocumentKind
    number: str
    issued_on: dt.date | None = None
    issuer: str | None = None
    text: str
    start: int
    end: int


class DocumentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says of itself; None where it says nothing."""

    kind: DocumentKind = "khác"
    number: str | None = None
    issued_on: dt.date | None = None
    issued_on_certain: bool = False
    """False: taken from the first dates of the text, or not known."""
    issuer: str | None = None
    place: str | None = None
    signatory: str | None = None
    signatory_title: str | None = None
    subject: str | None = None
    meeting: Meeting | None = None
    references: tuple[Reference, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read out of one text."""

    document: DocumentFacts
    items: tuple[Item, ...]
    warnings: tuple[Warning, ...] = ()
