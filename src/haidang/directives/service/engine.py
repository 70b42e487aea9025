"""The reading of a text, off the event loop, with the site's own units in the gazetteer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import msgspec

from haidang import __version__
from haidang.directives import extraction
from haidang.directives.extraction import Deadline, Item, Name, Reading
from haidang.directives.model.candidate import Candidate, due_of
from haidang.directives.model.names import Written
from haidang.documents.turns import Turns, reading_busy

SiteNames = Sequence[tuple[str, tuple[str, ...]]]
"""(name, other names) of every unit."""
ENGINE = f"haidang {__version__}"
QUEUE_MAX = 16
"""Readings under way and waiting: the largest takes seconds."""
WAIT_S = 60
_TURNS = Turns("extraction", 1)


class Read(msgspec.Struct, frozen=True):
    """A reading, and how long it took."""

    reading: Reading
    took_ms: int


async def read(text: str, issued_on: date | None, names: SiteNames) -> Read:
    """Read a text in the one thread of readings; ``Problem`` (503) where too many wait for it."""
    return await _TURNS.take(
        lambda: _read(text, issued_on, names), queue_max=QUEUE_MAX, wait_seconds=WAIT_S, busy=reading_busy
    )


def _read(text: str, issued_on: date | None, names: SiteNames) -> Read:
    begun = time.perf_counter()
    reading = extraction.read(text, issued_on=issued_on, gazetteer=_gazetteer(tuple(names)))
    return Read(reading, int((time.perf_counter() - begun) * 1000))


@lru_cache(maxsize=2)
def _gazetteer(names: tuple[tuple[str, tuple[str, ...]], ...]) -> extraction.Gazetteer:
    return extraction.shipped().with_names(names)


def candidate_of(
    item: Item, text: str, document_id: int, run_id: int | None, issued_on: date | None
) -> Candidate:
    """Return a proposal of the engine as a candidate (its ``id`` is not known yet)."""
    rules = dict.fromkeys(item.rules)
    for name in (*item.lead, *item.cooperating):
        rules |= dict.fromkeys(name.rules)
    limit = item.deadline or item.urgency
    if limit is not None and limit.rule:
        rules[limit.rule] = None
    return Candidate(
        id=0, document_id=document_id, run_id=run_id, origin="engine", span_start=item.start,
        span_end=item.end, text=text[item.start : item.end], lead=tuple(map(_written, item.lead)),
        cooperating=tuple(map(_written, item.cooperating)), action=item.action[:4_000],
        product=(item.product or "")[:500], deadline=limit, due=due_of(limit, issued_on),
        warnings=tuple({"code": each.code, "vi": each.vi, "en": each.en} for each in item.warnings),
        rules=tuple(rules), confidence=item.confidence, heading=item.heading or "",
        follows=item.follows,
    )  # fmt: skip


def _written(name: Name) -> Written:
    return Written(
        text=name.text, name=name.name, kind=name.kind, exceptions=name.exceptions, start=name.start,
        end=name.end,
    )  # fmt: skip


def guess(  # noqa: PLR0917 - a span of a text of a document
    text: str, start: int, end: int, document_id: int, issued_on: date | None, names: SiteNames
) -> Candidate:
    """Return a first guess of the directive in a span that a person marked: one, whatever the engine sees."""
    span = text[start:end]
    items = _read(span, issued_on, names).reading.items
    plain = " ".join(span.split())
    if not items:
        return Candidate(
            id=0, document_id=document_id, run_id=None, origin="hand", span_start=start, span_end=end,
            text=span, action=plain[:4_000],
        )  # fmt: skip
    found = [candidate_of(moved(each, start), text, document_id, None, issued_on) for each in items]
    timed = next((each for each in found if each.deadline is not None), found[0])
    return msgspec.structs.replace(
        found[0], origin="hand", span_start=start, span_end=end, text=span,
        action=found[0].action if len(found) == 1 else plain[:4_000], deadline=timed.deadline, due=timed.due,
        rules=tuple(dict.fromkeys(rule for each in found for rule in each.rules)),
    )  # fmt: skip


def moved(item: Item, by: int) -> Item:
    """Return an item of a part of a text with its places in the whole."""

    def at(name: Name) -> Name:
        return msgspec.structs.replace(name, start=name.start + by, end=name.end + by)

    def limit(found: Deadline | None) -> Deadline | None:
        return found and msgspec.structs.replace(found, start=found.start + by, end=found.end + by)

    return msgspec.structs.replace(
        item, start=item.start + by, end=item.end + by, lead=tuple(map(at, item.lead)),
        cooperating=tuple(map(at, item.cooperating)), deadline=limit(item.deadline),
        urgency=limit(item.urgency),
    )  # fmt: skip
