"""Corrections of history: an instance is replaced, or what must be forgotten is taken out (decision 0060).

Each is one transaction on ``change`` itself, so that what is erased is gone; an event (``city``,
``correction``) in the ordered log and an entry of the audit log say that it was done, by whom and to what,
and no value. The present state of an entity that lives is its own matter (``/entities``) and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from haidang.base import eventlog
from haidang.base.database import Connection
from haidang.base.problems import CONFLICT, FORBIDDEN, NOT_FOUND, Problem
from haidang.city import tiers
from haidang.city.forward import Order
from haidang.city.items import Op, shorten
from haidang.city.query.evolution import STEP
from haidang.city.query.temporal import entered_under, instance_id
from haidang.city.service import City
from haidang.city.store import history, names, temporal
from haidang.city.store.history import LogRow, Observation
from haidang.city.store.temporal import Incarnation
from haidang.city.terms import Keyset, Terms
from haidang.city.times import EPOCH, to_us
from haidang.city.writer.fold import mark_of
from haidang.city.writer.forms import longs
from haidang.organisation import Principal, audit

TRIES = 3
Contents = tuple[int, list[float] | None, dict[str, Any] | None]
"""(k, v, j) of a row."""


class Asked(NamedTuple):
    """Who corrects the history of which entity."""

    city: City
    principal: Principal
    tenant: str
    entity_id: str


class _Found(NamedTuple):
    """An instance of history and the row that holds it."""

    life: Incarnation
    row: LogRow
    seen: Observation


async def replace_instance(asked: Asked, attr: int | None, instance: str, long: Any) -> None:
    """Put another instance in place of one; it keeps its name and the moment at which it was first entered.

    ``long`` is its long form; without an observedAt the instance stays where it is in time.
    """
    for _ in range(TRIES):
        found = await _find(asked, "entity.write", attr, instance)
        new = dict(long)
        if found.seen.observed:
            new.setdefault("o", found.seen.at_us)
        new["w"] = to_us(asked.city.clock.now())
        old_id = name_of(found.seen)
        if instance_id(found.seen.seq, found.seen.attr, new.get("d")) != old_id:
            new["i"] = old_id
        if await _rewrite(asked, found, new):
            return
    raise _busy()


async def delete_instance(asked: Asked, attr: int | None, instance: str) -> None:
    """Take one instance out of history."""
    for _ in range(TRIES):
        found = await _find(asked, "entity.delete", attr, instance)
        if await _rewrite(asked, found, None):
            return
    raise _busy()


async def delete_attribute(asked: Asked, attr: int | str | None, dataset: str | None, *, every: bool) -> None:
    """Take the instances of an attribute (its number, or ``scope``) out of history.

    Those of ``dataset`` (None: the default ones), or with ``every`` all of them.
    """
    city, terms = asked.city, asked.city.terms
    async with city.db.transaction() as conn:
        lives = await _lives(asked, conn, "entity.delete")
        eids = [life.eid for life in lives]
        await _reopen(conn, terms, eids)
        used = await temporal.keysets_of(conn, eids)
    wanted = None if every else dataset or ""
    plans = await _plans(city, used, attr, wanted) if type(attr) is int else []
    async with city.db.transaction() as conn:
        await _reopen(conn, terms, eids)
        taken = 0
        for keyset, places, left in plans:
            taken += await temporal.take_numbers(conn, eids, keyset, places, left)
        if attr is not None:
            taken += await temporal.take_rest(conn, eids, str(attr), None if attr == "scope" else wanted)
        if not taken:
            raise _nothing(asked.entity_id)
        await temporal.sweep(conn, eids)
        detail = {"attribute": _attr_name(terms, attr), "rows": taken}
        detail |= {"all": True} if every else {"dataset": dataset} if dataset else {}
        await _tell(asked, conn, lives, "erase", detail)
    city.nudge()


async def delete_evolution(asked: Asked) -> None:
    """Take the whole history of an entity away, that of its former lives too.

    An entity that has its state from temporal writes alone goes with it; any other keeps its present state.
    """
    city = asked.city
    async with city.db.transaction() as conn:
        lives = await _lives(asked, conn, "entity.delete")
        if not await _any(conn, city.terms, [life.eid for life in lives]):
            raise _nothing(asked.entity_id)
        alive = lives[0] if lives[0].ended is None else None
        goes = alive is not None and await _is_only_history(conn, alive)
    if goes:
        order = Order(Op.DELETE, asked.tenant, [None], entity_id=asked.entity_id)
        await city.one(asked.principal, order)
    async with city.db.transaction() as conn:
        lives = await _lives(asked, conn, "entity.delete")
        eids = [life.eid for life in lives]
        for eid in eids:
            await tiers.erase(conn, city.terms, eid)
        await temporal.strip(conn, eids)
        await _tell(asked, conn, lives, "erase", {"whole": True})
    city.nudge()


def name_of(seen: Observation) -> str:
    """Return the name (instanceId) of an instance of history."""
    if type(seen.stored) is dict and "i" in seen.stored:
        name: str = seen.stored["i"]
        return name
    return instance_id(seen.seq, seen.attr, seen.dataset)


async def _find(asked: Asked, permission: str, attr: int | None, instance: str) -> _Found:
    terms = asked.city.terms
    under = entered_under(instance)
    async with asked.city.db.transaction() as conn:
        lives = await _lives(asked, conn, permission)
        for life in lives if under and attr is not None and under[1] == attr else ():
            assert under is not None  # noqa: S101 - the line above
            rows = await history.rows(
                conn, terms, life.eid, seq_after=under[0] - 1, seq_until=under[0], limit=1_000
            )
            for row in rows:
                for seen in history.decode(row, terms, frozenset({under[1]})):
                    if name_of(seen) == instance:
                        return _Found(life, row, seen)
    raise _nothing(asked.entity_id)


async def _lives(asked: Asked, conn: Connection, permission: str) -> list[Incarnation]:
    """Return the lives of an entity over which the asker holds the permission, the present one first.

    Whoever may not even read it is not told that it exists.
    """
    id_ = asked.entity_id
    found = await temporal.incarnations(conn, await asked.city.tenant_id(asked.tenant), id_)

    def held(word: str) -> list[Incarnation]:
        return [
            one
            for one in found
            if asked.principal.may(
                word, org_id=one.origin.owner_org, area_code=one.origin.area_code, sector=one.origin.sector
            )
        ]

    lives = held(permission)
    if lives:
        return lives
    if held("entity.read"):
        raise Problem(
            FORBIDDEN,
            f"Không có quyền sửa lịch sử của {id_}.",
            f"You may not correct the history of {id_}.",
        )
    raise _nothing(id_)


async def _rewrite(asked: Asked, found: _Found, new: dict[str, Any] | None) -> bool:
    """Take an instance out of its row and put ``new`` where it belongs.

    False where the row is not as it was any more.
    """
    city, terms = asked.city, asked.city.terms
    seq, at, k, v, j = found.row
    eid = found.life.eid
    contents, columns = _less(terms, found)
    if columns is not None:
        async with city.db.transaction() as conn:
            number = await names.intern_keyset(conn, terms, terms.keysets[k].observed, columns)
        contents = (number, *contents[1:])
    key = str(found.seen.attr)
    here = new is not None and (new["o"] == to_us(at) if "o" in new else not terms.keysets[k].observed)
    if new is not None and here:
        contents = (contents[0], contents[1], _with(contents[2], key, new, to_us(at)))
    async with city.db.transaction() as conn:
        await tiers.reopen(conn, terms, eid, at, at + STEP)
        if not await temporal.put_row(conn, eid, seq, at, was=(k, v, j), now=contents):
            return False
        detail: dict[str, Any] = {
            "attribute": terms.attr_name(found.seen.attr),
            "instance": name_of(found.seen),
        }
        if new is not None and not here:
            moved = EPOCH + timedelta(microseconds=new["o"]) if "o" in new else city.clock.now()
            keyset = terms.keyset_ids["o" in new, ()]
            await temporal.add_row(conn, eid, seq, moved, keyset=keyset, j={key: new})
            await tiers.touch(conn, eid, moved, moved + STEP)
        await temporal.sweep(conn, [eid])
        what = "erase" if new is None else "correct"
        await _tell(asked, conn, [found.life], what, detail)
    city.nudge()
    return True


def _less(terms: Terms, found: _Found) -> tuple[Contents, tuple[int, ...] | None]:
    """Return what a row holds without an instance, and the columns of its numbers where they changed."""
    _, _, k, v, j = found.row
    keyset = terms.keysets[k]
    seen = found.seen
    stored = (j or {}).get(str(seen.attr), ...)
    if stored is not ... and _holds(stored, seen.stored):
        rest = dict(j or {})
        left = [one for one in stored["m"] if one is not seen.stored] if _several(stored) else []
        if left:
            rest[str(seen.attr)] = left[0] if len(left) == 1 else {"m": left}
        else:
            del rest[str(seen.attr)]
        return (k, v, rest), None
    gone = [
        place
        for place, attr in enumerate(keyset.attrs)
        if attr == seen.attr and (keyset.datasets[place] or None) == seen.dataset
    ]
    numbers = [value for place, value in enumerate(v or ()) if place not in gone]
    return (k, numbers, j), _columns(terms, keyset, gone)


async def _reopen(conn: Connection, terms: Terms, eids: Sequence[int]) -> None:
    """Bring all of their history back into the log; the tiers' lock keeps it there until the commit."""
    for eid in sorted(eids):
        await tiers.reopen(conn, terms, eid, None, None)


def _holds(stored: Any, one: Any) -> bool:
    return any(each is one for each in stored["m"]) if _several(stored) else stored is one


def _several(stored: Any) -> bool:
    return type(stored) is dict and "m" in stored


def _with(j: dict[str, Any] | None, key: str, new: dict[str, Any], at_us: int) -> dict[str, Any]:
    rest = dict(j or {})
    if key not in rest:
        rest[key] = shorten(new, at_us)
        return rest
    others = [{"v": None}] if rest[key] is None else longs(rest[key], at_us if "o" in new else None)
    rest[key] = {"m": [*others, new]}
    return rest


def _columns(terms: Terms, keyset: Keyset, gone: Iterable[int]) -> tuple[int, ...]:
    places = set(gone)
    parts = zip(keyset.attrs, keyset.units, keyset.datasets, keyset.integers, strict=True)
    return tuple(terms.column(*part).no for place, part in enumerate(parts) if place not in places)


async def _plans(
    city: City, used: Iterable[int], attr: int, dataset: str | None
) -> list[tuple[int, list[int], int]]:
    """Return (keyset, places from 1, keyset of the rest) for each keyset that has the attribute as a number.

    ``dataset``: of this datasetId, '' for none, None for all. New keysets are committed before any row may
    have one: this process remembers them for ever.
    """
    terms = city.terms
    plans: list[tuple[int, list[int], int]] = []
    async with city.db.transaction() as conn:
        await history.know_keysets(conn, terms, used)
        for keyset in (terms.keysets[number] for number in used):
            gone = [
                place
                for place, one in enumerate(keyset.attrs)
                if one == attr and dataset in (None, keyset.datasets[place])
            ]
            if gone:
                left = await names.intern_keyset(conn, terms, keyset.observed, _columns(terms, keyset, gone))
                plans.append((keyset.id, [place + 1 for place in gone], left))
    return plans


async def _any(conn: Connection, terms: Terms, eids: Sequence[int]) -> bool:
    """Say whether history holds anything of these entities."""
    for eid in eids:
        for row in await history.rows(conn, terms, eid, limit=100):
            if row[3] or any(key.isdecimal() or key == "scope" for key in row[4] or ()):
                return True
    return False


async def _is_only_history(conn: Connection, life: Incarnation) -> bool:
    mark = await temporal.only_by_temporal_writes(conn, life.eid)
    if mark is None:
        return False
    state = await temporal.state_of(conn, life.eid)
    return state is not None and mark == mark_of(*(msgspec.json.decode(part) for part in state))


async def _tell(
    asked: Asked, conn: Connection, lives: Sequence[Incarnation], what: str, detail: dict[str, Any]
) -> None:
    origin = lives[0].origin
    await eventlog.append(
        conn,
        topic="city",
        kind="correction",
        ref=asked.entity_id,
        body={"what": what, "eids": [life.eid for life in lives], **detail},
        owner_org=origin.owner_org,
        area_code=origin.area_code,
        sector=origin.sector,
    )
    await audit(
        conn,
        asked.principal,
        f"history.{what}",
        asked.entity_id,
        detail,
        org_id=origin.owner_org or None,
        clock=asked.city.clock,
    )


def _attr_name(terms: Terms, attr: int | str | None) -> str:
    return terms.attr_name(attr) if type(attr) is int else str(attr)


def _nothing(entity_id: str) -> Problem:
    return Problem(
        NOT_FOUND,
        f"Không có lịch sử này của {entity_id}.",
        f"There is no such history of {entity_id}.",
    )


def _busy() -> Problem:
    return Problem(
        CONFLICT,
        "Lịch sử này vừa được người khác sửa; hãy đọc lại rồi sửa.",
        "This history was changed by somebody else just now; read it again.",
    )
