"""Telemetry at a glance: newer observations of an entity that was observed before. No I/O.

Nearly all that a city writes is this. What these rules do not recognise takes the careful way of ``fold``,
with the same outcome; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

import msgspec

from haidang.city.items import Item, Op, encode
from haidang.city.model import Entity, Origin

_WHOLE = frozenset({Op.UPSERT_REPLACE, Op.UPSERT_UPDATE, Op.APPEND})
_PART = frozenset({Op.UPSERT_UPDATE, Op.APPEND, Op.PATCH})
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def observed_anew(item: Item, before: Entity, special: frozenset[str]) -> Entity | None:
    """Return the entity after newer telemetry; None where the item is anything else.

    ``special`` are the keys from which name and place are derived.
    """
    keys = item.keys
    if (
        item.row is None
        or item.at <= before.at
        or item.type_id not in (before.type_id, 0)
        or not (item.static_bytes == before.static or (not item.static and item.op is not Op.UPSERT_REPLACE))
        or not before.static_keys.isdisjoint(keys)
        or not special.isdisjoint(keys)
        or (not item.plain and _instances(item.doc_bytes))
        or (not before.plain and _instances(before.doc))
        or (item.origin is not None and _fills(before.origin, item.origin))
    ):
        return None
    if item.op in _WHOLE and (before.keys is keys or before.keys == keys):
        doc = item.doc_bytes
    elif item.op in _PART and keys <= before.keys:
        part = _renewed(item, before)
        if part is None:
            return None
        doc, keys = part, before.keys
    else:
        return None
    entity: Entity = before.__copy__()  # type: ignore[attr-defined]  # what copy.copy finds after some looking
    entity.doc = doc
    entity.plain = item.plain and doc is item.doc_bytes
    entity.keys = keys
    entity.at = item.at
    entity.version += 1
    return entity


def _renewed(item: Item, before: Entity) -> bytes | None:
    """Return the document with some attributes renewed, each with a time of its own beside the common one.

    None where an attribute has more to it than a value, or where the common time would serve fewer than the
    new one does: then it must be chosen again.
    """
    doc = _decode(before.doc)
    at = item.at
    for key, stored in item.doc.items():
        if key == "@":
            continue
        if type(stored) is dict:
            return None
        if type(stored) is list:
            doc[key] = {"v": stored[0], "u": stored[1], "o": at}
        else:
            doc[key] = {"v": stored, "o": at}
    common = sum(type(stored) is not dict for stored in doc.values()) - 1
    return encode(doc) if common >= len(item.doc) - 1 else None


def _instances(doc: bytes) -> bool:
    """Say whether a document may tell instances apart by datasetId: each of them is renewed by itself."""
    return b'"d":' in doc or b'"m":' in doc


def _fills(old: Origin, new: Origin) -> bool:
    return bool((new.area_code and not old.area_code) or (new.sector and not old.sector))
