"""Temporal writes in the fold: instances at any times become rows of history, the newest ones the state.

Pure functions. What history holds already at the same time is not put there again, so that sending a temporal
write once more adds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from haidang.city.items import Evolution, Row
from haidang.city.represent import Stored
from haidang.city.terms import Terms
from haidang.city.times import ALWAYS, NEVER
from haidang.city.writer.forms import Full, Long, documents_of, full_of, instance, longs, rows_of

Seen = tuple[int, str, str, int, bytes]
"""(eid, attribute key, datasetId, µs since 1970, the rest as canonical JSON): one instance of history."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_MARKS = frozenset({"o", "d", "i", "w"})


class Evolved(msgspec.Struct):
    """What a temporal write comes to."""

    rows: list[Row]
    """In order of time; at least one."""
    before: tuple[dict[str, Stored], dict[str, Stored]]
    """Observed and other attributes as they were."""
    after: tuple[dict[str, Stored], dict[str, Stored]]
    """As they are now; equal to ``before`` where all of it is older than the state."""


def times_of(evolution: Evolution) -> set[int]:
    """Return the times of observation at which a temporal write brings something."""
    return {one["o"] for _, one in evolution.instances if "o" in one}


def seen_in(terms: Terms, row: tuple[Any, ...]) -> Iterator[Seen]:
    """Yield the observed instances in a row (eid, µs since 1970, k, v, j) of history."""
    eid, at_us, k, values, rest = row
    keyset = terms.keysets[k]
    if not keyset.observed:
        return
    for place, value in enumerate(values or ()):
        if not math.isnan(value):
            one: Long = {"v": int(value) if keyset.integers[place] else value}
            if keyset.units[place]:
                one["u"] = keyset.units[place]
            if keyset.datasets[place]:
                one["d"] = keyset.datasets[place]
            yield _seen(eid, str(keyset.attrs[place]), one | {"o": at_us})
    for key, stored in (rest or {}).items():
        if key.isdigit():
            for one in [{"v": None}] if stored is None else longs(stored, at_us):
                yield _seen(eid, key, one | {"o": at_us})


def evolve(
    terms: Terms,
    evolution: Evolution,
    state: tuple[bytes, bytes],
    seen: Collection[Any],
    *,
    eid: int,
    renewed: bool,
) -> Evolved | None:
    """Return what the instances come to for an entity with this state (observed, other attributes).

    None where history holds all of them already. ``renewed``: there is something to tell besides (the entity
    is new, or has a new type), so there is at least one row.
    """
    before = _decode(state[0]), _decode(state[1])
    new = [
        (key, one) for key, one in evolution.instances if "o" not in one or _seen(eid, key, one) not in seen
    ]
    full = full_of(*before)
    for key, one in sorted(new, key=lambda pair: pair[1].get("o", ALWAYS)):
        _advance(full, key, one)
    scope = before[1].get("scope")
    scopes = sorted(evolution.scopes, key=lambda each: ALWAYS if each[1] is None else each[1])
    if scopes and (scope is None or scopes[-1][1] is None):
        scope = scopes[-1][0]
    rows = _rows(terms, new)
    rows += [Row(at, (), b"", {"scope": value}) for value, at in scopes]
    if not rows and not renewed:
        return None
    rows.sort(key=lambda row: ALWAYS if row.at is None else row.at)
    return Evolved(rows or [Row(None, (), b"", None)], before, documents_of(full, scope))


def _seen(eid: int, key: str, one: Long) -> Seen:
    rest = {part: value for part, value in one.items() if part not in _MARKS}
    return eid, key, one.get("d", ""), one["o"], msgspec.json.encode(rest, order="sorted")


def _advance(full: Full, key: str, one: Long) -> None:
    """Put an instance in place of an older one with the same datasetId."""
    found = full.get(key, [])
    old = instance(found, one.get("d"))
    if old is not None and "o" in one and one["o"] < old.get("o", NEVER):
        return
    kept = [each for each in found if each is not old]
    if one["v"] is not None:
        kept = sorted([*kept, one], key=lambda each: "d" in each)
    if kept:
        full[key] = kept
    else:
        full.pop(key, None)


def _rows(terms: Terms, new: list[tuple[str, Long]]) -> list[Row]:
    """Return rows of one time each; two instances of one attribute at one time need two rows."""
    layers: list[list[tuple[str, Long]]] = []
    depth: dict[tuple[str, str | None, int | None], int] = {}
    for key, one in new:
        place = (key, one.get("d"), one.get("o"))
        layer = depth[place] = depth.get(place, -1) + 1
        if layer == len(layers):
            layers.append([])
        layers[layer].append((key, one))
    return [row for layer in layers for row in rows_of(terms, layer)]
