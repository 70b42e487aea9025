"""Comparing names of agencies, and following successions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from haidang.base.text import fold
from haidang.organisation.model import OrgSuccession, SuccessionKind

_SIGNS = re.compile(r"[^0-9a-z]+")
_SHORTER = (
    ("uy ban nhan dan", "ubnd"),
    ("hoi dong nhan dan", "hdnd"),
    ("thanh pho", "tp"),
    ("thi tran", "tt"),
    ("thi xa", "tx"),
)


def name_key(text: str) -> str:
    """Return a name as it is compared: no accents, no punctuation, the usual long words as abbreviated.

    ``name_key("Ủy ban nhân dân TP. Bắc Ninh") == name_key("UBND thành phố Bắc Ninh") == "ubnd tp bac ninh"``.
    """
    key = " ".join(_SIGNS.sub(" ", fold(text)).split())
    for long, short in _SHORTER:
        key = re.sub(rf"\b{long}\b", short, key)
    return key


class Heir(msgspec.Struct, frozen=True):
    """An agency that carries on work of another, and how it came to."""

    org_id: int
    kind: SuccessionKind
    on_date: date
    scope: str | None
    legal_basis: str | None


class Inheritance(msgspec.Struct, frozen=True):
    """Who carries on the work of an agency on a day."""

    heirs: tuple[Heir, ...]
    """Several after a split; empty where the agency itself still stands, or nobody has been named."""
    unchanged: bool
    """The agency still does its own work on that day."""
    person_chooses: bool
    """Some or all of the work has no automatic successor: a person chooses for each piece."""


def carried_on_by(org_id: int, on: date, successions: Iterable[OrgSuccession]) -> Inheritance:
    """Follow successions up to and including a day, through as many reorganisations as there were.

    A split gives several heirs; an abolished agency none. A ring in the data (A to B to A) ends where it
    closes, with the agency that came back.
    """
    steps: dict[int, list[OrgSuccession]] = {}
    for each in successions:
        if each.on_date <= on:
            steps.setdefault(each.old_id, []).append(each)
    heirs: dict[int, Heir] = {}
    nobody = False
    waiting: list[tuple[int, date, Heir | None]] = [(org_id, date.min, None)]
    seen: set[tuple[int, date]] = set()
    while waiting:
        current, since, heir = waiting.pop(0)
        if (current, since) in seen:
            continue
        seen.add((current, since))
        # Only what happened after the work came here moves it on.
        later = [step for step in steps.get(current, []) if step.on_date > since]
        if not later:
            if heir:
                heirs.setdefault(current, heir)
            continue
        first = min(step.on_date for step in later)
        for step in (each for each in later if each.on_date == first):
            if step.new_id is None:
                nobody = True
                continue
            scope = " · ".join(part for part in (heir.scope if heir else None, step.scope) if part) or None
            found = Heir(step.new_id, step.kind, step.on_date, scope, step.legal_basis)
            waiting.append((step.new_id, step.on_date, found))
    return Inheritance(tuple(heirs.values()), unchanged=not heirs and not nobody, person_chooses=nobody)
