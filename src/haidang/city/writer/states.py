"""The state of entities as committed, at hand for the writer: the only writer cannot be wrong about it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from haidang.city.items import Item
from haidang.city.model import Entity, Origin
from haidang.city.terms import Terms
from haidang.city.times import POSTGRES_EPOCH_US
from haidang.city.writer import groups
from haidang.city.writer.evolution import Seen, seen_in, times_of
from haidang.city.writer.fold import Draft, Known, Signature, derive
from haidang.city.writer.forms import newest

CACHE_ENTITIES = 60_000
"""Entities whose state the writer keeps at hand (about 1.5 kB each)."""

Key = tuple[int, str]
"""(tenant, id)."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class States:
    """Committed entities, the least recently written forgotten first."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.entities: OrderedDict[Key, Entity] = OrderedDict()

    async def load(
        self,
        items: Sequence[Item],
        known: Known,
        fetch: Callable[[list[Key]], Awaitable[list[tuple[Any, ...]]]],
    ) -> None:
        """Fetch the state of those items' entities that is not at hand."""
        missing: set[Key] = set()
        for item in items:
            key = (item.tenant_id, item.id)
            if key in self.entities:
                self.entities.move_to_end(key)
            else:
                missing.add(key)
        if missing:
            for row in await fetch(list(missing)):
                entity = entity_of(row, known)
                self.entities[entity.tenant_id, entity.id] = entity

    async def late(
        self,
        items: Sequence[Item],
        fetch: Callable[[list[int], list[int]], Awaitable[list[tuple[Any, ...]]]],
    ) -> set[Signature | Seen]:
        """Return what history already holds at the times of late rows."""
        eids: list[int] = []
        times: list[int] = []
        instances = False
        for item in items:
            if item.row is not None:
                entity = self.entities.get((item.tenant_id, item.id))
                if entity is not None and item.at <= entity.at:
                    eids.append(entity.eid)
                    times.append(item.at - POSTGRES_EPOCH_US)
            elif item.evolution is not None:
                entity = self.entities.get((item.tenant_id, item.id))
                asked = () if entity is None else times_of(item.evolution)
                eids += [entity.eid for _ in asked] if entity is not None else []
                times += [at - POSTGRES_EPOCH_US for at in asked]
                instances = True
        if not eids:
            return set()
        rows = await fetch(eids, times)
        found: set[Signature | Seen] = {groups.signature(self._terms, row) for row in rows}
        if instances:
            found.update(one for row in rows for one in seen_in(self._terms, row))
        return found

    def remember(self, drafts: Sequence[Draft]) -> None:
        """Take over what a group has committed."""
        for draft in drafts:
            key = (draft.entity.tenant_id, draft.entity.id)
            if draft.gone:
                self.entities.pop(key, None)
            else:
                self.entities[key] = draft.entity
        while len(self.entities) > CACHE_ENTITIES:
            self.entities.popitem(last=False)


def entity_of(row: tuple[Any, ...], known: Known) -> Entity:
    """Return the entity of a row of ``store.write.entities``."""
    eid, tenant_id, id_, type_id, owner, area, sector, source, simulated = row[:9]
    version, seq, doc_text, static_text, created_us, ages = row[9:]
    doc, static = _decode(doc_text), _decode(static_text)
    entity = Entity(
        eid=eid,
        tenant_id=tenant_id,
        id=id_,
        type_id=type_id,
        origin=Origin(owner, area, sector, source, simulated),
        version=version,
        seq=seq,
        at=newest(doc),
        doc=doc_text.encode(),
        static=static_text.encode(),
        keys=frozenset(doc),
        static_keys=frozenset(static),
        created_us=created_us,
        ages=None if ages is None else {key: (made, modified) for key, (made, modified) in ages.items()},
    )
    derive(entity, doc, static, known)
    return entity
