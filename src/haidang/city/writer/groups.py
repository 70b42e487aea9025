"""From drafts to the parameters of the one statement, and to what subscribers are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from haidang.base.text import fold
from haidang.city.items import pack_floats
from haidang.city.model import Changed, Entity, Group, Kind
from haidang.city.terms import Terms
from haidang.city.times import POSTGRES_EPOCH_US
from haidang.city.writer import pack
from haidang.city.writer.fold import Draft, Signature, rest_signature

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode

Event = tuple[int, int, str]
"""(id in the inbox, µs since 1970, the event as JSON)."""


class Statement(msgspec.Struct):
    """A group ready for the database."""

    parameters: dict[str, Any]
    cold: bool
    last: int
    count: int
    """Rows in the log."""
    group: Group


class _Columns:
    """The rows of the log, column by column."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.eids: list[int] = []
        self.ks: list[int] = []
        self.kinds: list[int] = []
        self.los: list[int] = []
        self.his: list[int] = []
        self.floats: list[bytes] = []
        self.js: list[bytes | None] = []
        self.count = 0
        """Floats so far."""

    def add(  # noqa: PLR0917 - a row, column by column, on the hot path
        self, at_us: int, eid: int, k: int, kind: int, floats: bytes, rest: bytes | None
    ) -> None:
        self.times.append(at_us - POSTGRES_EPOCH_US)
        self.eids.append(eid)
        self.ks.append(k)
        self.kinds.append(kind)
        self.los.append(self.count + 1)
        self.count += len(floats) // 12
        self.his.append(self.count)
        self.floats.append(floats)
        self.js.append(rest)

    def parameters(self) -> dict[str, Any]:
        return {
            "times": pack.times(self.times),
            "ceids": pack.int4s(self.eids),
            "ks": pack.int4s(self.ks),
            "kinds": pack.int2s(self.kinds),
            "los": pack.int4s(self.los),
            "his": pack.int4s(self.his),
            "flat": pack.float8s(b"".join(self.floats)),
            "js": pack.jsonbs(self.js),
        }


def unknown_keysets(terms: Terms, drafts: Sequence[Draft]) -> set[tuple[bool, tuple[int, ...]]]:
    """Return the keysets of these drafts' rows that have no number yet."""
    known = terms.keyset_ids
    return {
        (row.at is not None, row.columns)
        for draft in drafts
        for _, row in draft.rows
        if (row.at is not None, row.columns) not in known
    }


def statement(
    terms: Terms,
    drafts: Sequence[Draft],
    events: Sequence[Event],
    *,
    head: int,
    epoch: int,
    now: datetime,
    now_us: int,
    moment_due: bool,
) -> Statement:
    """Number the rows and pack the group; ``drafts`` are sorted by eid, which keeps pages warm."""
    columns = _Columns()
    hot: list[Entity] = []
    made: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    statics: list[dict[str, Any]] = []
    gone: list[int] = []
    changes: list[Changed] = []
    keysets = terms.keyset_ids
    for draft in drafts:
        entity = draft.entity
        eid = entity.eid
        kind = int(Kind.UPDATE)
        for kind, row in draft.rows:
            at = row.at
            columns.add(
                now_us if at is None else at,
                eid,
                keysets[at is not None, row.columns],
                kind,
                row.floats,
                None if row.rest is None else _encode(row.rest),
            )
        if draft.rows:
            entity.seq = head + len(columns.times)
        if draft.gone:
            if draft.before is not None:
                gone.append(eid)
            kind = Kind.DELETE
        elif draft.before is None:
            made.append(_whole(entity, fresh=True))
            kind = Kind.CREATE
        elif draft.meta:
            moved.append(_whole(entity, fresh=draft.before.created_us != entity.created_us))
        elif draft.state:
            hot.append(entity)
        if draft.static and not draft.gone:
            statics.append(
                {
                    "eid": eid,
                    "name": entity.name,
                    "name_fold": fold(entity.name),
                    "doc": msgspec.Raw(entity.static),
                    "times": entity.ages,
                }
            )
        if draft.rows:
            changes.append(
                Changed(
                    entity.seq,
                    kind,
                    entity,
                    terms.type_names(entity.type_id)[0],
                    terms.tenant_names[entity.tenant_id],
                )
            )
    for _, at_us, body in events:
        columns.add(at_us, 0, 0, Kind.EVENT, b"", body.encode())
        changes.append(Changed(head + len(columns.times), Kind.EVENT, None, event=_decode(body)))
    last = head + len(columns.times)
    cold = bool(made or moved or statics or gone or events)
    parameters = {
        "epoch": epoch,
        "now": now,
        "last": last,
        "count": len(columns.times),
        "due": moment_due,
        "eids": pack.int4s([entity.eid for entity in hot]),
        "seqs": pack.int8s([entity.seq for entity in hot]),
        "versions": pack.int4s([entity.version for entity in hot]),
        "docs": pack.jsonbs([entity.doc for entity in hot]),
        **columns.parameters(),
    }
    if cold:
        parameters |= {
            "gone": pack.int4s(gone),
            "inbox": pack.int8s([event[0] for event in events]),
            "made": pack.jsonb(_encode(made)),
            "moved": pack.jsonb(_encode(moved)),
            "statics": pack.jsonb(_encode(statics)),
        }
    return Statement(parameters, cold, last, last - head, Group(last, now_us, changes))


def signature(terms: Terms, row: tuple[Any, ...]) -> Signature:
    """Return what identifies a stored row (eid, µs since 1970, k, v, j) of history."""
    eid, at_us, k, values, rest = row
    keyset = terms.keysets[k]
    columns = tuple(
        terms.column(*parts).no
        for parts in zip(keyset.attrs, keyset.units, keyset.datasets, keyset.integers, strict=True)
    )
    floats = pack_floats([part for value in values or () for part in (8, value)])
    return eid, at_us, columns, floats, rest_signature(rest)


def _whole(entity: Entity, *, fresh: bool) -> dict[str, Any]:
    origin = entity.origin
    west, south, east, north = entity.box or (None, None, None, None)
    return {
        "eid": entity.eid,
        "type_id": entity.type_id,
        "seq": entity.seq,
        "tenant_id": entity.tenant_id,
        "version": entity.version,
        "owner_org": origin.owner_org,
        "simulated": origin.simulated,
        "lon": entity.lon,
        "lat": entity.lat,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "id": entity.id,
        "area_code": origin.area_code,
        "sector": origin.sector,
        "source": origin.source,
        "doc": msgspec.Raw(entity.doc),
        "fresh": fresh,
    }
