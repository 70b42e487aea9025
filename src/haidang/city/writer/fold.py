"""Fold requests into the state of entities: who may, what changes, and which rows history gets. No I/O.

Telemetry takes the fast way of ``telemetry.py``; everything else takes the careful way with the rules of
``forms.py``. Both end in a :class:`Draft`.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from haidang.base.problems import FORBIDDEN, NOT_FOUND, Problem
from haidang.city.items import Item, NewNames, Op, Row, bad
from haidang.city.model import ALREADY_EXISTS, Entity, Kind, Origin
from haidang.city.represent import Stored, value_of
from haidang.city.terms import NGSI, Terms
from haidang.city.writer.ages import aged
from haidang.city.writer.evolution import Seen, evolve
from haidang.city.writer.forms import (
    Full,
    Touched,
    documents_of,
    encoded,
    full_of,
    instance,
    longs,
    merge,
    newest,
    one_write,
    overwrite,
    remove,
    rows_of,
)
from haidang.city.writer.telemetry import observed_anew

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_UPSERTS = frozenset({Op.UPSERT_REPLACE, Op.UPSERT_UPDATE, Op.TEMPORAL_UPSERT})

May = Callable[[str, Origin], bool]
"""(permission, origin of the entity) → whether the asker has it."""


Signature = tuple[int, int, tuple[int, ...], bytes, bytes]
"""(eid, µs since 1970, columns, packed floats, the rest as canonical JSON): what makes two rows of
history equal.
"""


def rest_signature(rest: dict[str, Stored] | None) -> bytes:
    """Return the attributes of ``change.j`` as canonical JSON, without what only makes or ends an entity."""
    kept = {key: stored for key, stored in (rest or {}).items() if key.isdigit()}
    return msgspec.json.encode(kept, order="sorted")


class Draft(msgspec.Struct):
    """An entity as the group will leave it."""

    entity: Entity
    before: Entity | None
    """As committed; None where the group creates it."""
    rows: list[tuple[int, Row]]
    """(kind, row) in order of arrival."""
    gone: bool = False
    state: bool = False
    """``doc`` or the version changed."""
    meta: bool = False
    """Type, origin or place changed."""
    static: bool = False


class Known:
    """Keys of the attributes that the city itself looks at."""

    def __init__(self, terms: Terms) -> None:
        self.location = str(terms.attr_ids[NGSI + "location"])
        self.name = str(terms.attr_ids[terms.context.expand("name")])
        self.special = frozenset({self.location, self.name})


class Fold:
    """One group's worth of drafts over the committed entities."""

    def __init__(
        self,
        terms: Terms,
        known: Known,
        committed: dict[tuple[int, str], Entity],
        next_eid: int,
        *,
        last_wins: bool,
        now_us: int,
    ) -> None:
        self._terms = terms
        self._known = known
        self._committed = committed
        self._last_wins = last_wins
        self._now_us = now_us
        self.next_eid = next_eid
        self.drafts: dict[tuple[int, str], Draft] = {}
        self.stored: set[Signature | Seen] = set()
        """Rows (for temporal writes instances too) at the times of late ones that history already has."""

    def add(self, item: Item, may: May) -> None:
        """Fold one item; raise ``Problem`` where it is refused, leaving everything as it was."""
        key = (item.tenant_id, item.id)
        draft = self.drafts.get(key)
        if draft is None:
            before = self._committed.get(key)
            if before is None:
                self._create(item, may, None)
                return
            if not may("entity.delete" if item.op is Op.DELETE else "entity.write", before.origin):
                raise _refusal(item, before.origin, may)
            draft = Draft(before, before, [])
        elif draft.gone:
            self._create(item, may, draft)
            return
        elif not may("entity.delete" if item.op is Op.DELETE else "entity.write", draft.entity.origin):
            raise _refusal(item, draft.entity.origin, may)
        entity = observed_anew(item, draft.entity, self._known.special)
        if entity is not None and item.row is not None:
            draft.entity = entity
            draft.rows.append((Kind.UPDATE, item.row))
            draft.state = item.changed = True
        elif item.evolution is not None:
            self._evolve(item, draft)
        else:
            self._careful(item, draft)
        if draft.rows or draft.meta or draft.state:
            self.drafts[key] = draft

    def _create(self, item: Item, may: May, draft: Draft | None) -> None:
        if item.op not in _UPSERTS and item.op is not Op.CREATE:
            raise _not_found(item.id)
        origin = item.origin
        if origin is None or not item.type_id:
            raise bad("Thiếu nguồn gốc của thực thể.", "The origin of the entity is missing.")
        if not may("entity.write", origin):
            raise Problem(
                FORBIDDEN,
                "Không có quyền tạo thực thể cho đơn vị, địa bàn hay lĩnh vực này.",
                "You may not create entities for this org, area or sector.",
            )
        if draft is None:
            entity = Entity(self.next_eid, item.tenant_id, item.id, item.type_id, origin)
            self.next_eid += 1
            draft = Draft(entity, None, [])
        else:
            entity = copy.copy(draft.entity)
            entity.origin, entity.type_id = origin, item.type_id
        entity.created_us = self._now_us
        entity.ages = None
        entity.version += 1
        if item.evolution is not None:
            gone = Draft(entity, None, []) if draft is None else Draft(entity, draft.before, draft.rows)
            self._evolve(item, gone, fresh=True)
            return
        self._settle(entity, item.doc, item.static, item)
        rows = [item.row] if item.row is not None else []
        touched: Touched = []
        for source in (item.static,) if rows else (item.static, item.doc):
            at = source.get("@")
            for key, stored in source.items():
                if key not in {"@", "scope"}:
                    touched += [(key, one) for one in longs(stored, at)]
        rows += rows_of(self._terms, touched)
        rest: dict[str, Any] = {"@e": passport(entity)}
        if "scope" in item.static:
            rest["scope"] = item.static["scope"]
        first = rows[0] if rows else Row(None, (), b"", None)
        rows[:1] = [Row(first.at, first.columns, first.floats, rest | (first.rest or {}))]
        draft.entity = entity
        draft.rows += one_write(Kind.CREATE, rows)
        draft.gone = False
        draft.state = draft.meta = draft.static = True
        self.drafts[item.tenant_id, item.id] = draft
        item.created = item.changed = True

    def _evolve(self, item: Item, draft: Draft, *, fresh: bool = False) -> None:
        """Fold a temporal write in: rows of history at any times, the state only where it is newer."""
        assert item.evolution is not None  # noqa: S101 - the caller looked
        entity = copy.copy(draft.entity)
        head: dict[str, Any] = {}
        if item.type_id and not fresh:
            self._retype(entity, self._joined(entity.type_id, item.type_id), head)
        state = (b"{}", b"{}") if fresh else (entity.doc, entity.static)
        done = evolve(
            self._terms, item.evolution, state, self.stored, eid=entity.eid, renewed=fresh or bool(head)
        )
        if done is None:
            return
        place, statics = (entity.lon, entity.lat, entity.box), (done.before[1], done.after[1])
        if fresh or done.before != done.after:
            entity.version += not fresh
            self._settle(entity, *done.after, item)
            if not fresh:
                docs = (done.before[0], done.after[0])
                entity.ages = aged(entity.ages, docs, statics, self._now_us, entity.created_us)
        elif head:
            entity.version += 1
        draft.state = draft.state or fresh or bool(head) or done.before != done.after
        draft.static = draft.static or fresh or statics[0] != statics[1] or entity.ages != draft.entity.ages
        draft.meta = draft.meta or fresh or bool(head) or place != (entity.lon, entity.lat, entity.box)
        if fresh:
            head["@e"] = passport(entity)
        head["@t"] = state_mark(entity)
        first = done.rows[0]
        rows = [Row(first.at, first.columns, first.floats, head | (first.rest or {})), *done.rows[1:]]
        draft.entity = entity
        draft.rows += one_write(Kind.CREATE if fresh else Kind.UPDATE, rows)
        item.created, item.changed = fresh, True
        self.drafts[item.tenant_id, item.id] = draft

    def _careful(self, item: Item, draft: Draft) -> None:
        if item.op is Op.CREATE:
            raise Problem(
                ALREADY_EXISTS, f"Đã có thực thể {item.id}.", f"The entity {item.id} already exists."
            )
        if item.op is Op.DELETE:
            self._delete(item, draft)
            return
        entity = copy.copy(draft.entity)
        old_doc, old_static = _decode(entity.doc), _decode(entity.static)
        full = full_of(old_doc, old_static)
        scope = old_static.get("scope")
        head: dict[str, Any] = {}
        kind = Kind.UPDATE
        new_scope = item.static.get("scope", scope)
        if item.op is Op.REPLACE or (item.op is Op.UPSERT_REPLACE and self._drops(item, entity)):
            kind = Kind.REPLACE
            incoming = full_of(item.doc, item.static)
            touched: Touched = [(key, one) for key, found in incoming.items() for one in found]
            new_scope = item.static.get("scope")
            if item.type_id:
                self._retype(entity, item.type_id, head)
            if incoming == full and new_scope == scope and not head:
                return
            full = incoming
        else:
            touched = self._apply(item, full)
            if item.type_id and item.op is not Op.ATTR_DELETE:
                self._retype(entity, self._joined(entity.type_id, item.type_id), head)
        if new_scope == "urn:ngsi-ld:null":
            new_scope = None
        if new_scope != scope:
            head["scope"] = new_scope
        if self._reorigin(item, entity):
            head["@e"] = passport(entity)
        touched = self._without_repeats(item, draft, entity, touched)
        if not touched and not head and kind is Kind.UPDATE:
            return
        doc, static = documents_of(full, new_scope)
        self._finish(item, draft, entity, (old_doc, doc), (old_static, static), head=bool(head))
        rows = rows_of(self._terms, touched)
        if head or not rows:
            first = rows[0] if rows else Row(None, (), b"", None)
            rows[:1] = [Row(first.at, first.columns, first.floats, head | (first.rest or {}) or None)]
        draft.rows += one_write(kind, rows)
        item.changed = True

    def _finish(
        self,
        item: Item,
        draft: Draft,
        entity: Entity,
        docs: tuple[dict[str, Stored], dict[str, Stored]],
        statics: tuple[dict[str, Stored], dict[str, Stored]],
        *,
        head: bool,
    ) -> None:
        """Settle the draft; pairs are (before, after), ``head``: type, scope or origin changed."""
        place = (entity.lon, entity.lat, entity.box)
        doc_changed, static_changed = docs[0] != docs[1], statics[0] != statics[1]
        if doc_changed or static_changed or head:
            entity.version += 1
            draft.state = True
        if doc_changed or static_changed:
            self._settle(entity, docs[1] if doc_changed else docs[0], statics[1], item)
        if static_changed or docs[0].keys() != docs[1].keys():
            entity.ages = aged(entity.ages, docs, statics, self._now_us, entity.created_us)
            static_changed = static_changed or entity.ages != draft.entity.ages
        draft.static = draft.static or static_changed
        draft.meta = draft.meta or head or place != (entity.lon, entity.lat, entity.box)
        draft.entity = entity

    def _apply(self, item: Item, full: Full) -> Touched:
        if item.op is Op.PLACE:
            return []
        if item.op is Op.MERGE:
            touched: Touched = []
            for key, fragments in (item.partial or {}).items():
                for fragment in fragments:
                    touched += merge(full, key, fragment, None)
            return touched
        if item.op in (Op.ATTR_PATCH, Op.ATTR_REPLACE, Op.ATTR_DELETE):
            return self._apply_one(item, full)
        incoming = full_of(item.doc, item.static)
        if item.op is Op.PATCH:
            item.not_updated = tuple((key, "attribute not found") for key in incoming if key not in full)
        elif item.op is Op.APPEND_NEW:
            item.not_updated = tuple(
                (key, "attribute already exists")
                for key, found in incoming.items()
                if key in full and any(instance(full[key], one.get("d")) is not None for one in found)
            )
        gone = self._nulled(item, full) if item.op is Op.PATCH and item.partial else []
        for key, _ in item.not_updated:
            incoming.pop(key, None)
        return gone + overwrite(full, incoming, last_wins=self._last_wins)

    def _nulled(self, item: Item, full: Full) -> Touched:
        """Delete what an update set to null; what is not there is named."""
        fragments = item.partial or {}
        item.not_updated += tuple((key, "attribute not found") for key in fragments if key not in full)
        return [
            each
            for key, found in fragments.items()
            if key in full
            for one in found
            for each in merge(full, key, one, None)
        ]

    def _apply_one(self, item: Item, full: Full) -> Touched:
        key = item.attribute
        found = full.get(key)
        if not found:
            raise _no_attribute(item.id)
        if item.op is Op.ATTR_DELETE:
            if item.all_instances:
                return remove(full, key, found)
            one = instance(found, item.dataset)
            if one is None:
                raise _no_attribute(item.id)
            return remove(full, key, [one])
        fragments = (item.partial or {}).get(key, [])
        if item.op is Op.ATTR_PATCH:
            return [
                each
                for fragment in fragments
                for each in merge(full, key, fragment, lambda: _no_attribute(item.id))
            ]
        return overwrite(full, {key: fragments}, last_wins=True)

    def _delete(self, item: Item, draft: Draft) -> None:
        draft.entity = copy.copy(draft.entity)  # the committed one stays as it is until the commit
        rest = {"@e": passport(draft.entity) | {"created_us": draft.entity.created_us}}
        draft.rows.append((Kind.DELETE, Row(None, (), b"", rest)))
        draft.gone = True
        draft.state = draft.meta = draft.static = True
        item.changed = True

    def _drops(self, item: Item, entity: Entity) -> bool:
        """Say whether an upsert that replaces would lose something; if not, it is an update."""
        return bool(
            (entity.keys | entity.static_keys) - (item.keys | item.static_keys)
            or (item.type_id and item.type_id != entity.type_id)
        )

    def _without_repeats(self, item: Item, draft: Draft, entity: Entity, touched: Touched) -> Touched:
        """Drop a late row that history or this group already has, so that sending it again adds nothing."""
        row = item.row
        if row is None or item.at > entity.at:
            return touched
        rest = rest_signature(row.rest)
        if (entity.eid, item.at, row.columns, row.floats, rest) not in self.stored and not any(
            (one.at, one.columns, one.floats) == (item.at, row.columns, row.floats)
            and rest_signature(one.rest) == rest
            for _, one in draft.rows
        ):
            return touched
        return [(key, one) for key, one in touched if one.get("o") != item.at]

    def _retype(self, entity: Entity, type_id: int, head: dict[str, Any]) -> None:
        if type_id != entity.type_id:
            entity.type_id = head["@types"] = type_id

    def _joined(self, old: int, new: int) -> int:
        if old == new:
            return old
        terms = self._terms
        members = {*terms.members(old), *terms.members(new)}
        iris = tuple(sorted(terms.type_iris[one] for one in members))
        number = terms.type_ids.get(" ".join(iris))
        if number is None:
            raise NewNames(set(), iris)
        return number

    def _reorigin(self, item: Item, entity: Entity) -> bool:
        """Fill in an area or sector that nobody knew; the owner stays."""
        old, new = entity.origin, item.origin
        if new is None:
            return False
        if item.op is Op.PLACE:
            changed = msgspec.structs.replace(old, area_code=new.area_code)
        else:
            changed = msgspec.structs.replace(
                old, area_code=old.area_code or new.area_code, sector=old.sector or new.sector
            )
        entity.origin = changed
        return changed != old

    def _settle(self, entity: Entity, doc: dict[str, Stored], static: dict[str, Stored], item: Item) -> None:
        """Set the documents of an entity and all that is derived from them."""
        # Equal documents take the bytes that the sender will send again: the fast way compares bytes.
        same_doc, same_static = doc == item.doc, static == item.static
        entity.doc = item.doc_bytes if same_doc else encoded(doc)
        entity.plain = same_doc and item.plain
        entity.static = item.static_bytes if same_static else encoded(static)
        entity.keys = item.keys if same_doc else frozenset(doc)
        entity.static_keys = item.static_keys if same_static else frozenset(static)
        entity.at = newest(doc)
        derive(entity, doc, static, self._known)


def derive(entity: Entity, doc: dict[str, Stored], static: dict[str, Stored], known: Known) -> None:
    """Set name and place of an entity from its documents."""
    name = static.get(known.name, doc.get(known.name))
    entity.name = "" if name is None else _name(value_of(name))
    location = static.get(known.location, doc.get(known.location))
    entity.lon = entity.lat = entity.box = None
    value = None if location is None else value_of(location)
    if type(value) is dict and value.get("type") == "Point":
        entity.lon, entity.lat = value["coordinates"][:2]
    elif type(value) is dict:
        flat = list(_flat(value.get("coordinates") or value.get("geometries")))
        if flat:
            lons, lats = [one[0] for one in flat], [one[1] for one in flat]
            entity.box = (min(lons), min(lats), max(lons), max(lats))
            entity.lon, entity.lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def state_mark(entity: Entity) -> str:
    """Return what tells later whether anything but temporal writes has changed the state since."""
    return mark_of(_decode(entity.doc), _decode(entity.static))


def mark_of(doc: dict[str, Stored], static: dict[str, Stored]) -> str:
    """Return the mark of a state, however its documents were encoded."""
    return hashlib.sha256(msgspec.json.encode([doc, static], order="sorted")).hexdigest()[:16]


def passport(entity: Entity) -> dict[str, Any]:
    """Return who the entity is, for the rows of history that make or end it."""
    origin = entity.origin
    return {
        "id": entity.id,
        "type_id": entity.type_id,
        "tenant_id": entity.tenant_id,
        "owner_org": origin.owner_org,
        "area_code": origin.area_code,
        "sector": origin.sector,
        "source": origin.source,
        "simulated": origin.simulated,
    }


def _name(value: Any) -> str:
    if type(value) is dict:
        value = next((value[lang] for lang in ("vi", "@none", "en", *value) if lang in value), "")
    return value[:500] if type(value) is str else ""


def _flat(value: Any) -> Any:
    if type(value) is dict:
        yield from _flat(value.get("coordinates"))
    elif type(value) is list and value and type(value[0]) in (int, float):
        yield value
    elif type(value) is list:
        for part in value:
            yield from _flat(part)


def _refusal(item: Item, origin: Origin, may: May) -> Problem:
    """Whoever may not even read the entity is not told that it exists, except where its id is taken."""
    if item.op is Op.CREATE:
        return Problem(ALREADY_EXISTS, f"Đã có thực thể {item.id}.", f"The entity {item.id} already exists.")
    if item.op in _UPSERTS or may("entity.read", origin):
        return Problem(
            FORBIDDEN,
            f"Không có quyền ghi thực thể {item.id}.",
            f"You may not write the entity {item.id}.",
        )
    return _not_found(item.id)


def _not_found(id_: str) -> Problem:
    return Problem(NOT_FOUND, f"Không có thực thể {id_}.", f"There is no entity {id_}.")


def _no_attribute(id_: str) -> Problem:
    return Problem(NOT_FOUND, f"Thực thể {id_} không có thuộc tính này.", f"{id_} has no such attribute.")
