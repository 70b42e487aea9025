"""The step of the pipeline: whom a stretch of the log concerns, into the outbox together with the cursor.

Beside it, what happens by the clock: the end of throttling windows and of intervals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog

from haidang.base.database import Connection
from haidang.base.problems import Problem
from haidang.city.log import Change
from haidang.city.model import Kind, Origin
from haidang.city.query.entities import entity_page
from haidang.city.query.geo import Matcher
from haidang.city.query.sql import Question, where
from haidang.city.service import City
from haidang.city.store import history, names
from haidang.city.store.read import Row as EntityRow
from haidang.city.subscriptions import joining, rendering, store
from haidang.city.subscriptions.book import Book, book_of
from haidang.city.subscriptions.matching import (
    Event,
    Present,
    concerns,
    events_of,
    fired,
    keys_of,
    needs_history,
    rebuilt,
)
from haidang.city.subscriptions.model import Compiled, status
from haidang.city.times import format_us, to_us
from haidang.city.writer.forms import Full, documents_of, full_of
from haidang.organisation.permissions import system

CONDITION_MS = 5_000
"""How long the database may look at the conditions of one subscription in one stretch."""
PAST_ROWS = 20
PAGE = 500
"""Entities in one notification of a subscription by the clock."""
_SYSTEM = system("subscriptions")
_log = structlog.get_logger("haidang.city.subscriptions")


async def listening(city: City, conn: Connection) -> bool:
    """Say whether any subscription waits for changes."""
    book = book_of(city)
    await book.refresh(conn)
    return bool(_awaiting(book))


async def match(city: City, conn: Connection, after: int, last: int) -> int:
    """Put the notifications that changes ``after < seq <= last`` of the log give rise to into the outbox."""
    book = book_of(city)
    await book.refresh(conn)
    active = frozenset(one.no for one in _awaiting(book))

    def concerned(entity: Present) -> list[Compiled]:
        return [
            one
            for one in book.screen.likely(entity.id)
            if one.no in active and concerns(one, entity, city.terms)
        ]

    by_eid = await _watched(conn, after, last, concerned)
    if not by_eid:
        return 0
    await _know(city, conn, [row for rows in by_eid.values() for row in rows])
    present = await _present(city, conn, by_eid, last)
    candidates = {eid: found for eid, entity in present.items() if (found := concerned(entity))}
    if not candidates:
        return 0
    events = await _events(
        city, conn, {eid: present[eid] for eid in candidates}, by_eid, candidates=candidates, last=last
    )
    pairs = [
        (event, one)
        for event in events
        for one in candidates[event.entity.eid]
        if fired(one, event, city.terms)
    ]
    pairs = await _meeting(city, conn, pairs)
    return await _post(city, conn, book, pairs)


async def _watched(
    conn: Connection, after: int, last: int, concerned: Callable[[Present], list[Compiled]]
) -> dict[int, list[Change]]:
    """Return the changes of entities that somebody may be waiting for; of all others nothing more is read.

    Entities that are no more are among them; only the log knows what they were.
    """
    eids = [
        row[0] for row in await store.faces(conn, after, last) if row[1] is None or concerned(_faced(row))
    ]
    by_eid: dict[int, list[Change]] = defaultdict(list)
    for eid, *row in await store.rows_of(conn, after, last, eids) if eids else ():
        by_eid[eid].append(_change(eid, row))
    return by_eid


def _faced(row: Sequence[Any]) -> Present:
    eid, id_, tenant_id, type_id, owner, area, sector = row
    return Present(eid, id_, tenant_id, type_id, Origin(owner, area, sector, ""), 0, 0, 0, {})


def _awaiting(book: Book) -> list[Compiled]:
    return [one for one in book.active() if one.definition.time_interval is None]


async def _know(city: City, conn: Connection, changes: Sequence[Change]) -> None:
    await history.know_keysets(conn, city.terms, (change.k for change in changes))
    known = city.terms.attr_iris
    if any(key.isdecimal() and int(key) not in known for change in changes for key in change.j or ()):
        await names.load(conn, city.terms)


async def _present(
    city: City, conn: Connection, by_eid: dict[int, list[Change]], last: int
) -> dict[int, Present]:
    """Return the entities as they are; those that are no more as their end in the log tells of them."""
    found: dict[int, Present] = {}
    for row in await store.states(conn, sorted(by_eid)):
        found[row[0]] = present_of(row)
    gone = sorted(set(by_eid) - set(found))
    ends = {eid: row for eid in gone for row in by_eid[eid] if row.kind == Kind.DELETE}
    if len(ends) < len(gone):
        for eid, *later in await store.rows_since(conn, [eid for eid in gone if eid not in ends], last):
            if later[1] == Kind.DELETE:
                ends.setdefault(eid, _change(eid, later))
    for eid, end in ends.items():
        passport = (end.j or {})["@e"]
        origin = Origin(**{name: passport[name] for name in Origin.__struct_fields__})
        at = to_us(end.t)
        found[eid] = Present(
            eid, passport["id"], passport["tenant_id"], passport["type_id"], origin, end.seq,
            passport.get("created_us", at), passport.get("modified_us", at), {}, exists=False,
        )  # fmt: skip
    types, tenants = city.terms.type_iris, city.terms.tenant_names
    if any(one.type_id not in types or one.tenant_id not in tenants for one in found.values()):
        await names.load(conn, city.terms)
    return found


def present_of(row: Sequence[Any]) -> Present:
    """Return an entity from a row of :func:`store.states`."""
    eid, id_, tenant_id, type_id, owner, area, sector, source, simulated, seq = row[:10]
    created, mod, doc, static, ages = row[10:]
    return Present(
        eid, id_, tenant_id, type_id, Origin(owner, area, sector, source, simulated), seq, created, mod,
        full_of(doc, static), static.get("scope"), ages,
    )  # fmt: skip


async def _events(
    city: City,
    conn: Connection,
    present: dict[int, Present],
    by_eid: dict[int, list[Change]],
    *,
    candidates: dict[int, list[Compiled]],
    last: int,
) -> list[Event]:
    """Return the events of these entities in the order of the log."""
    terms = city.terms
    ahead: dict[int, list[Change]] = defaultdict(list)
    moving = [eid for eid, entity in present.items() if entity.seq > last or not entity.exists]
    for eid, *row in await store.rows_since(conn, moving, last) if moving else ():
        ahead[eid].append(_change(eid, row))
    await _know(city, conn, [row for rows in ahead.values() for row in rows])
    later = {eid: keys_of(rows, terms) for eid, rows in ahead.items()}
    wanted = {
        eid: keys
        for eid, entity in present.items()
        if (keys := needs_history(
            entity, by_eid[eid], later.get(eid, set()), terms,
            before=any(one.needs_before for one in candidates[eid]),
        )) or (by_eid[eid][0].kind != Kind.CREATE and (
            not entity.exists or _whole(by_eid[eid], candidates[eid])))
    }  # fmt: skip
    past = await _past(city, conn, present, by_eid, wanted)
    found: list[Event] = []
    for eid, entity in present.items():
        rows = by_eid[eid]
        touched = keys_of(rows, terms)
        unknown = later.get(eid, set()) | (touched if eid in wanted else set())
        found += events_of(
            entity, rows, past.get(eid, {}), unknown, terms, last_wins=city.settings.conformance
        )
    return sorted(found, key=lambda event: event.seq)


def _whole(rows: Sequence[Change], subscriptions: Sequence[Compiled]) -> bool:
    """Say whether all that an entity was must be known: it ended, and somebody looks at its end."""
    return any(row.kind in (Kind.DELETE, Kind.REPLACE) for row in rows) and any(
        "entityDeleted" in one.triggers or "attributeDeleted" in one.triggers for one in subscriptions
    )


async def _past(
    city: City,
    conn: Connection,
    present: dict[int, Present],
    by_eid: dict[int, list[Change]],
    wanted: dict[int, Any],
) -> dict[int, Full]:
    """Return what history says of the wanted entities before their first row here."""
    found: dict[int, Full] = {}
    if not wanted:
        return found
    terms, wins = city.terms, city.settings.conformance
    until = min(by_eid[eid][0].seq for eid in wanted) - 1
    rows: dict[int, list[Change]] = defaultdict(list)
    for eid, *row in await store.rows_before(conn, sorted(wanted), until, PAST_ROWS):
        rows[eid].append(_change(eid, row))
    await _know(city, conn, [row for each in rows.values() for row in each])
    for eid, asked in wanted.items():
        known = rebuilt(rows[eid], terms, last_wins=wins)
        whole = len(rows[eid]) < PAST_ROWS
        keys: set[str] = asked if isinstance(asked, set) else set()
        deep = not present[eid].exists or _ends(by_eid[eid])
        if not whole and (deep or keys - set(known)):
            more = await store.rows_before(conn, [eid], until, 2_000)
            known = rebuilt([_change(eid, row[1:]) for row in more], terms, last_wins=wins)
        found[eid] = known if deep else {key: value for key, value in known.items() if key in keys}
    return found


def _ends(rows: Sequence[Change]) -> bool:
    return any(row.kind in (Kind.DELETE, Kind.REPLACE) for row in rows)


def _change(eid: int, row: Sequence[Any]) -> Change:
    seq, kind, t, k, v, j = row
    return Change(seq, kind, t, eid, k, None if v is None else tuple(v), j)


async def _meeting(
    city: City, conn: Connection, pairs: list[tuple[Event, Compiled]]
) -> list[tuple[Event, Compiled]]:
    """Keep the events that meet the subscriptions' conditions, asked of the entity as it was."""
    refused: set[tuple[int, int]] = set()
    by_subscription: dict[int, list[Event]] = defaultdict(list)
    compiled = {one.no: one for _, one in pairs}
    for event, one in pairs:
        by_subscription[one.no].append(event)
    for no, events in by_subscription.items():
        one = compiled[no]
        if one.geo is not None:
            number = city.terms.attr_id(one.geo.geoproperty, one.asked_in)
            matcher = Matcher(one.geo)
            refused |= {
                (no, event.seq) for event in events
                if not any(matcher.matches(each["v"]) for each in event.shown.get(str(number), []))
            }  # fmt: skip
        if one.conditional:
            met = await _met(city, conn, one, events)
            refused |= {(no, event.seq) for place, event in enumerate(events) if place not in met}
    return [(event, one) for event, one in pairs if (one.no, event.seq) not in refused]


async def _met(city: City, conn: Connection, one: Compiled, events: list[Event]) -> set[int]:
    """Return the places of the events that meet q, scopeQ and idPattern; none where the question fails."""
    question = Question(
        tenant=one.tenant,
        selectors=one.selectors,
        q=one.q,
        expanding=one.definition.expanding,
        scope=one.definition.scope_q,
    )
    states = []
    for place, event in enumerate(events):
        entity = event.entity
        doc, static = documents_of(event.shown, entity.scope)
        states.append(
            {
                "no": place,
                "tenant_id": entity.tenant_id,
                "id": entity.id,
                "type_id": entity.type_id,
                "created": format_us(entity.created_us),
                "mod": format_us(entity.modified_us),
                "owner_org": entity.origin.owner_org,
                "doc": doc,
                "static": static,
            }
        )
    try:
        asked = where(question, city.terms, one.asked_in, _SYSTEM)
        async with conn.transaction():
            await conn.execute(f"SET LOCAL statement_timeout = {CONDITION_MS}")
            met = await store.meeting(conn, states, asked.sql, asked.values)
            await conn.execute("SET LOCAL statement_timeout = DEFAULT")
            return met
    except (
        psycopg.errors.DataError,
        psycopg.errors.QueryCanceled,
        psycopg.errors.ProgramLimitExceeded,
        Problem,
    ) as error:
        _log.warning("a subscription's conditions cannot be asked", subscription=one.id, error=str(error))
        await store.complain(conn, one.no, f"q: {error}"[:500], city.clock.now())
        return set()


async def _post(city: City, conn: Connection, book: Book, pairs: list[tuple[Event, Compiled]]) -> int:
    """Put notifications into the outbox; hold back those within a throttling window."""
    now = city.clock.now()
    now_us = to_us(now)
    throttled = sorted({one.no for _, one in pairs if one.definition.throttling is not None})
    lives = await store.lives(conn, throttled) if throttled else {}
    holding = set(await store.holding(conn)) if throttled else set()
    letters: list[store.New] = []
    for event, one in pairs:
        origin = origin_of(event.entity.origin)
        if not await book.may_see(conn, one, [origin]):
            continue
        owner = await book.owner_now(conn, one) if joining.joins(one) else None
        entities = await joining.told(city, one, event, owner)
        if one.no in lives:
            if one.no in holding or not _window_over(one, lives[one.no], now):
                holding.add(one.no)
                data = msgspec.json.encode(entities).decode()
                await store.hold(
                    conn, one.no, entity_id=event.entity.id, seq=event.seq, origin=origin, data=data
                )
                continue
            lives[one.no] = now
            await store.made(conn, one.no, now)
        id_ = rendering.stable_id(one.tenant, one.id, one.no, event.entity.eid, event.seq)
        text = rendering.envelope(one, id_, now_us, entities)
        uri = one.definition.notification.endpoint.uri
        book.post(uri)
        letters.append(store.New(id_, one.no, uri, event.entity.id, [origin], text))
    if letters:
        await store.put(conn, letters, now)
    return len(letters)


def _window_over(one: Compiled, made_at: datetime | None, now: datetime) -> bool:
    throttling = one.definition.throttling
    if made_at is None or throttling is None:
        return True
    # A window that begins in the future was opened before the clock was set back: nobody waits for that.
    return made_at > now or made_at + timedelta(seconds=throttling) <= now


def origin_of(origin: Origin) -> list[Any]:
    """Return what decides who may see an entity."""
    return [origin.owner_org, origin.area_code, origin.sector]


async def tick(city: City) -> int:
    """End throttling windows and intervals that are over; return how many notifications came of it."""
    book = book_of(city)
    async with city.db.transaction() as conn:
        await book.refresh(conn)
        count = await _release(city, conn, book)
    for one in book.active():
        if one.definition.time_interval is not None:
            count += await _periodic(city, book, one)
    return count


async def _release(city: City, conn: Connection, book: Book) -> int:
    now = city.clock.now()
    holding = await store.holding(conn)
    lives = await store.lives(conn, holding) if holding else {}
    letters: list[store.New] = []
    for no in set(holding) - set(lives):
        await store.release(conn, no)  # its subscription was deleted meanwhile
    for no, made_at in lives.items():
        one = book.get(no)
        if one is not None and status(one.definition, to_us(now)) == "active":
            if not _window_over(one, made_at, now):
                continue
            found = [each for each in await store.held(conn, no) if await book.may_see(conn, one, [each[2]])]
            if found:
                id_ = rendering.stable_id(
                    one.tenant, one.id, one.no, "held", *(seq for _, seq, _, _ in found)
                )
                data = [each for _, _, _, text in found for each in joining.held(text)]
                letters.append(
                    store.New(
                        id_,
                        no,
                        one.definition.notification.endpoint.uri,
                        found[0][0] if len(found) == 1 else "",
                        [origin for _, _, origin, _ in found],
                        rendering.envelope(one, id_, to_us(now), data),
                    )
                )
                await store.made(conn, no, now)
        await store.release(conn, no)
    if letters:
        await store.put(conn, letters, now)
    return len(letters)


async def _periodic(city: City, book: Book, one: Compiled) -> int:
    """Tell of all entities of a subscription by the clock, if its interval is over."""
    now = city.clock.now()
    async with city.db.transaction() as conn:
        made_at = (await store.lives(conn, [one.no])).get(one.no)
        interval = timedelta(seconds=one.definition.time_interval or 0)
        if made_at is not None and made_at <= now < made_at + interval:
            return 0
        # An interval that could not be kept (the server was off) is not made up for.
        await store.made(conn, one.no, now)
        owner = await book.owner_now(conn, one)
    if owner is None:
        return 0
    question = Question(
        tenant=one.tenant,
        selectors=one.selectors,
        q=one.q,
        expanding=one.definition.expanding,
        scope=one.definition.scope_q,
        geo=one.geo,
    )
    letters: list[store.New] = []
    offset = 0
    while True:
        page = await entity_page(
            city.db, city.terms, owner, question,
            limit=PAGE, offset=offset, limit_max=PAGE, context=one.asked_in,
        )  # fmt: skip
        seen = [row for row in page.rows if one.owner.may(
            "entity.read", org_id=row.owner_org, area_code=row.area_code, sector=row.sector)]  # fmt: skip
        if seen:
            id_ = rendering.stable_id(one.tenant, one.id, one.no, "interval", now.isoformat(), offset)
            data = [
                each for row in seen for each in await joining.told(city, one, _standing_event(row), owner)
            ]
            origins = sorted({(row.owner_org, row.area_code, row.sector) for row in seen}, key=str)
            text = rendering.envelope(one, id_, to_us(now), data)
            uri = one.definition.notification.endpoint.uri
            letters.append(store.New(id_, one.no, uri, "", [list(each) for each in origins], text))
        if not page.more:
            break
        offset += PAGE
    if letters:
        async with city.db.transaction() as conn:
            await store.put(conn, letters, now)
    return len(letters)


def _standing_event(row: EntityRow) -> Event:
    doc, static = msgspec.json.decode(row.doc), msgspec.json.decode(row.static)
    origin = Origin(row.owner_org, row.area_code, row.sector, row.source, row.simulated)
    full = full_of(doc, static)
    entity = Present(
        row.eid, row.id, row.tenant_id, row.type_id, origin, row.seq, to_us(row.created), to_us(row.mod),
        full, static.get("scope"), row.ages,
    )  # fmt: skip
    return Event(entity, Kind.UPDATE, row.seq, to_us(row.mod), [], {}, full)
