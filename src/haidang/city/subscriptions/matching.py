"""From rows of the log to events of entities, and which subscriptions an event concerns. No I/O.

The rows of one write stand next to each other in the log and say so; an event joins them, so that one write
makes one notification. What an
entity looked like at an event is rebuilt from its present state, the rows, and, where these do not tell, its
history: whoever subscribed to a threshold learns of a value that was above it for a moment only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from haidang.city.log import Change
from haidang.city.model import Kind, Origin
from haidang.city.query.selection import matches
from haidang.city.store import history
from haidang.city.subscriptions.model import ALWAYS, Compiled
from haidang.city.terms import Terms
from haidang.city.times import NEVER, to_us
from haidang.city.writer.forms import Full, Long

DEFAULT = "@none"
"""Stands for the instance without a datasetId."""


class Touch(NamedTuple):
    """One instance of one attribute that a row writes or deletes."""

    key: str
    """Number of the attribute, as documents have it."""
    dataset: str | None
    """None: the default instance; for a deletion of all instances ``"*"``."""
    long: Long | None
    """None where it was deleted."""


class Present(msgspec.Struct):
    """An entity as it is now, or the last that is known of it."""

    eid: int
    id: str
    tenant_id: int
    type_id: int
    origin: Origin
    seq: int
    created_us: int
    modified_us: int
    full: Full
    scope: Any = None
    ages: dict[str, list[int]] | None = None
    """When attributes were made and modified (``entity_static.times``)."""
    exists: bool = True


class Event(msgspec.Struct):
    """What one write did to one entity."""

    entity: Present
    kind: int
    seq: int
    """The last of its rows."""
    at_us: int
    """When the last row was observed or received."""
    touched: list[Touch]
    before: Full
    """Attributes before it; only as far as somebody needs to know."""
    after: Full
    scope_changed: bool = False

    @property
    def shown(self) -> Full:
        """What conditions look at: after the event, or before a deletion."""
        return self.before if self.kind == Kind.DELETE else self.after


class _Write(msgspec.Struct):
    kind: int
    seq: int
    at_us: int
    touches: list[Touch]
    meta: bool


def touches_of(row: Change, terms: Terms) -> list[Touch]:
    """Return what a row of the log writes and deletes."""
    found: list[Touch] = []
    values = None if row.v is None else list(row.v)
    for one in history.decode((row.seq, row.t, row.k, values, row.j), terms):
        key = str(one.attr)
        if one.value is None:
            dataset = "*" if one.dataset is None else None if one.dataset == DEFAULT else one.dataset
            found.append(Touch(key, dataset, None))
            continue
        stored = one.stored
        long: Long = (
            dict(stored) if type(stored) is dict
            else {"v": stored[0], "u": stored[1]} if type(stored) is list
            else {"v": stored}
        )  # fmt: skip
        if one.observed:
            long.setdefault("o", one.at_us)
        found.append(Touch(key, one.dataset, long))
    return found


def writes_of(rows: Sequence[Change], terms: Terms) -> list[_Write]:
    """Join the rows of one entity, in their order, to writes."""
    found: list[_Write] = []
    for row in rows:
        touches = touches_of(row, terms)
        rest = row.j or {}
        last = found[-1] if found else None
        if last is not None and "@f" in rest and row.seq == last.seq + 1:
            last.seq, last.at_us = row.seq, to_us(row.t)
            last.touches += touches
            last.meta = last.meta or "scope" in rest or "@types" in rest
            continue
        meta = "scope" in rest or "@types" in rest
        found.append(_Write(row.kind, row.seq, to_us(row.t), touches, meta))
    return found


def apply(full: Full, touches: Iterable[Touch], now: Full, *, last_wins: bool) -> tuple[Full, list[Touch]]:
    """Return the attributes after these touches, and those touches that changed something.

    An observation older than what is known went to history only, unless the present state ``now`` shows that
    it was written all the same.
    """
    after = dict(full)
    done: list[Touch] = []
    for one in touches:
        found = after.get(one.key, [])
        if one.long is None:
            left = [] if one.dataset == "*" else [each for each in found if each.get("d") != one.dataset]
            if left:
                after[one.key] = left
            else:
                after.pop(one.key, None)
            done.append(one)
            continue
        old = next((each for each in found if each.get("d") == one.dataset), None)
        is_late = old is not None and one.long.get("o", NEVER) < old.get("o", NEVER) and "o" in one.long
        if is_late and not last_wins and one.long not in now.get(one.key, []):
            continue
        rest = [each for each in found if each is not old]
        after[one.key] = sorted([one.long, *rest], key=lambda each: each.get("d") or "")
        done.append(one)
    return after, done


def rebuilt(rows: Iterable[Change], terms: Terms, *, last_wins: bool) -> Full:
    """Return the attributes that rows of history leave behind, from the last creation or replacement on."""
    full: Full = {}
    for row in sorted(rows, key=lambda row: row.seq):
        if row.kind in (Kind.CREATE, Kind.REPLACE):
            full = {}
        full, _ = apply(full, touches_of(row, terms), {}, last_wins=last_wins)
    return full


def keys_of(rows: Iterable[Change], terms: Terms) -> set[str]:
    """Return the attributes that rows touch."""
    return {one.key for row in rows for one in touches_of(row, terms)}


def needs_history(
    entity: Present, rows: Sequence[Change], later: set[str], terms: Terms, *, before: bool
) -> set[str]:
    """Return the attributes whose state before the first of the rows must be looked up.

    ``later``: attributes that changed again after these rows, so that the present state does not show them;
    ``before``: somebody wants to know what was before.
    """
    if rows[0].kind == Kind.CREATE:
        return set()
    writes = writes_of(rows, terms)
    first = {one.key for one in writes[0].touches}
    every = {one.key for write in writes for one in write.touches} | later
    if before or any(write.kind in (Kind.REPLACE, Kind.DELETE) for write in writes) or every - first:
        return every
    late = {
        one.key
        for write in writes
        for one in write.touches
        if one.long is not None
        and any(each.get("o", NEVER) > one.long.get("o", each.get("o", NEVER))
                for each in entity.full.get(one.key, []) if each.get("d") == one.dataset)
    }  # fmt: skip
    several = {key for key in first if sum(one.key == key for write in writes for one in write.touches) > 1}
    partly = {one.key for one in writes[0].touches if one.dataset is not None} | {
        key for key in first if len(entity.full.get(key, [])) > 1
    }
    return late | (several & partly) | partly


def events_of(
    entity: Present,
    rows: Sequence[Change],
    past: Full,
    unknown: set[str],
    terms: Terms,
    *,
    last_wins: bool,
) -> list[Event]:
    """Return the events of one entity's rows.

    ``past`` is what history says of attributes before them, ``unknown`` the attributes on which the present
    state says nothing about that time because they changed since.
    """
    state: Full = {}
    if rows[0].kind != Kind.CREATE:
        state = {key: found for key, found in entity.full.items() if key not in unknown} | past
    found: list[Event] = []
    for write in writes_of(rows, terms):
        before = state
        if write.kind == Kind.DELETE:
            found.append(Event(entity, Kind.DELETE, write.seq, write.at_us, [], before, {}))
            state = {}
            continue
        start: Full = {} if write.kind in (Kind.CREATE, Kind.REPLACE) else state
        state, done = apply(start, write.touches, entity.full, last_wins=last_wins)
        if write.kind == Kind.CREATE:
            before = {}
        elif write.kind == Kind.REPLACE:
            done += [Touch(key, "*", None) for key in before if key not in state]
        if done or write.meta or write.kind == Kind.CREATE:
            found.append(Event(entity, write.kind, write.seq, write.at_us, done, before, state, write.meta))
    return found


def concerns(one: Compiled, entity: Present, terms: Terms) -> bool:
    """Say whether a subscription may be about an entity: tenant, id, type, and what its owner could read.

    Patterns of ids are left to the database, whose engine takes no exponential time.
    """
    if one.tenant_id != entity.tenant_id:
        return False
    origin = entity.origin
    if not one.owner.may(
        "entity.read", org_id=origin.owner_org, area_code=origin.area_code, sector=origin.sector
    ):
        return False
    if not one.types:
        return True
    types: frozenset[str] | None = None
    for node, selector in one.types:
        # The id first: of many selectors by id, which a whole list of devices is, mostly none fits.
        if selector.id and entity.id not in ((selector.id,) if isinstance(selector.id, str) else selector.id):
            continue
        if types is None:
            types = frozenset(terms.type_iris[number] for number in terms.members(entity.type_id))
        if node is None or matches(node, types):
            return True
    return False


class Screen:
    """Subscriptions by what they name: of a thousand entities that change mostly none is one of the named."""

    def __init__(self, subscriptions: Iterable[Compiled]) -> None:
        self._by_id: dict[str, list[Compiled]] = {}
        self._others: list[Compiled] = []
        for one in subscriptions:
            ids = _named(one)
            if ids is None:
                self._others.append(one)
            for id_ in ids or ():
                self._by_id.setdefault(id_, []).append(one)

    def likely(self, entity_id: str) -> list[Compiled]:
        """Return the subscriptions that may be about an entity; :func:`concerns` tells which of them are."""
        named = self._by_id.get(entity_id)
        return self._others if named is None else [*named, *self._others]


def _named(one: Compiled) -> set[str] | None:
    """Return the entities that a subscription names; None where it names not only entities."""
    found: set[str] = set()
    for _, selector in one.types:
        if not selector.id:
            return None
        found |= {selector.id} if isinstance(selector.id, str) else set(selector.id)
    return found or None


def fired(one: Compiled, event: Event, terms: Terms) -> bool:
    """Say whether an event is one of those that the subscription waits for."""
    if event.seq <= one.from_seq:
        return False
    triggers = one.triggers
    if event.kind == Kind.DELETE:
        return "entityDeleted" in triggers or (
            "attributeDeleted" in triggers and bool(ended(one, event, terms))
        )
    if event.kind == Kind.CREATE and "entityCreated" in triggers:
        return True
    if event.kind == Kind.CREATE and "attributeCreated" not in (
        one.definition.notification_trigger or ALWAYS
    ):
        return False  # entityUpdated speaks of entities that were there before
    if event.scope_changed and "entityUpdated" in triggers and one.watched is None:
        return event.kind != Kind.CREATE
    return any(_wanted(one, event, touch, terms) for touch in event.touched)


def ended(one: Compiled, event: Event, terms: Terms) -> list[str]:
    """Return the attributes that a subscription watches and that went with their entity."""
    watched, datasets = one.watched, one.definition.dataset_id
    return [
        key
        for key, found in event.before.items()
        if (watched is None or terms.attr_iris[int(key)] in watched)
        and (datasets is None or any(each.get("d", DEFAULT) in datasets for each in found))
    ]


def _wanted(one: Compiled, event: Event, touch: Touch, terms: Terms) -> bool:
    if one.watched is not None and terms.attr_iris[int(touch.key)] not in one.watched:
        return False
    datasets = one.definition.dataset_id
    if datasets is not None and touch.dataset != "*" and (touch.dataset or DEFAULT) not in datasets:
        return False
    if touch.long is None:
        return "attributeDeleted" in one.triggers
    if one.triggers >= ALWAYS:
        return True
    old = any(each.get("d") == touch.dataset for each in event.before.get(touch.key, []))
    return ("attributeUpdated" if old else "attributeCreated") in one.triggers
