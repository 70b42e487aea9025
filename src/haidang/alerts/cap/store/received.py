"""SQL of others' messages, of the feeds they come from and what those lead to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from haidang.alerts.cap.model.judging import Line, priority
from haidang.alerts.cap.model.message import Message, Reference
from haidang.alerts.cap.xml.reading import Read
from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.organisation.permissions import Principal, scope_sql

_TURN = 7_204_110_221  # any constant of ours: those who take messages take turns


async def take_turn(connection: Connection) -> None:
    """Wait until nobody else takes a message; until the end of the transaction."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TURN,))


def key(reference: Reference) -> str:
    """Return a reference as it is kept: one text for one instant, however it was written."""
    sent = reference.sent.astimezone(LOCAL).isoformat()
    return f"{reference.sender},{reference.identifier},{sent}"


async def units(connection: Connection, codes: Iterable[str], on: date) -> dict[str, str | None]:
    """Return those of the codes that mean a unit on a day, each with its parent's."""
    cursor = await connection.execute(
        "SELECT code, parent_code FROM area "
        "WHERE code = ANY(%s) AND valid_from <= %s AND (valid_to IS NULL OR %s < valid_to)",
        (sorted(set(codes)), on, on),
    )
    return dict(await cursor.fetchall())


async def had(connection: Connection, message: Message, origin: str) -> bool:
    """Say whether a message has come before from its origin; by hand: from anywhere."""
    cursor = await connection.execute(
        "SELECT 1 FROM cap_received WHERE sender = %(sender)s AND identifier = %(identifier)s "
        "AND sent = %(sent)s AND (%(origin)s = '' OR origin = %(origin)s) LIMIT 1",
        {"sender": message.sender, "identifier": message.identifier, "sent": message.sent, "origin": origin},
    )
    return await cursor.fetchone() is not None


async def known(connection: Connection, references: Iterable[Reference]) -> bool:
    """Say whether references lead to a message of any origin that is part of a line."""
    wanted = list(references)
    cursor = await connection.execute(
        "SELECT 1 FROM cap_received WHERE line IS NOT NULL AND (sender, identifier, sent) IN "
        "(SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[])) LIMIT 1",
        (
            [each.sender for each in wanted],
            [each.identifier for each in wanted],
            [each.sent for each in wanted],
        ),
    )
    return await cursor.fetchone() is not None


async def line_of(connection: Connection, references: Iterable[Reference], origin: str) -> Line | None:
    """Return the line that references lead to; the one in force first, then the newest.

    An origin follows only what it has brought itself, a person's hand follows any.
    """
    wanted = [(each.sender, each.identifier, each.sent) for each in references]
    if not wanted:
        return None
    senders, identifiers, times = zip(*wanted, strict=True)
    cursor = await connection.execute(
        "SELECT f.id, f.subject, f.ended_at IS NULL, n.sent, n.message FROM cap_received r "
        "JOIN cap_received f ON f.id = coalesce(r.line, r.id) AND f.outcome = 'raised' "
        "CROSS JOIN LATERAL (SELECT sent, message FROM cap_received WHERE line = f.id "
        " AND outcome IN ('raised', 'updated') ORDER BY sent DESC, id DESC LIMIT 1) n "
        "WHERE (r.sender, r.identifier, r.sent) IN "
        "(SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[])) "
        "AND (%s = '' OR r.origin = %s) "
        "ORDER BY f.ended_at IS NULL DESC, f.id DESC LIMIT 1",
        (list(senders), list(identifiers), list(times), origin, origin),
    )
    found = await cursor.fetchone()
    if found is None:
        return None
    number, subject, in_force, newest, message = found
    return Line(number, subject, in_force, newest, priority(msgspec.convert(message, Message)))


async def cancelled_before(connection: Connection, reference: Reference, origin: str) -> bool:
    """Say whether a cancel of a message, of its origin or by hand, has come before the message itself."""
    cursor = await connection.execute(
        "SELECT 1 FROM cap_received WHERE refs @> ARRAY[%s] AND msg_type = 'Cancel' AND sender = %s "
        "AND origin IN (%s, '') LIMIT 1",
        (key(reference), reference.sender, origin),
    )
    return await cursor.fetchone() is not None


async def insert(connection: Connection, read: Read, facts: dict[str, Any]) -> int:
    """Keep a message; return our number of it."""
    message = read.message
    values = facts | {
        "sender": message.sender, "identifier": message.identifier, "sent": message.sent,
        "cap_version": read.version, "status": message.status, "msg_type": message.msg_type,
        "message": Jsonb(msgspec.to_builtins(message)), "xml": read.text, "notes": list(read.notes),
        "refs": [key(each) for each in message.references],
    }  # fmt: skip
    cursor = await connection.execute(
        f"INSERT INTO cap_received ({', '.join(values)}) "
        f"VALUES ({', '.join(f'%({name})s' for name in values)}) RETURNING id",
        values,
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def begin_line(connection: Connection, number: int) -> None:
    """Note that a message is the first of its line."""
    await connection.execute("UPDATE cap_received SET line = id WHERE id = %s", (number,))


async def carry_on(connection: Connection, first: int, *, expires: datetime, subject: str) -> None:
    """Note how long a line is in force now, and what its alert is known by."""
    await connection.execute(
        "UPDATE cap_received SET expires = %s, subject = %s WHERE id = %s", (expires, subject, first)
    )


async def end_line(connection: Connection, first: int, at: datetime) -> None:
    """Note that nothing of a line is in force any more."""
    await connection.execute("UPDATE cap_received SET ended_at = %s WHERE id = %s", (at, first))


async def over(connection: Connection, now: datetime, limit: int) -> list[tuple[int, str, datetime]]:
    """Return (first message, subject, end) of lines whose end has come."""
    cursor = await connection.execute(
        "SELECT id, subject, expires FROM cap_received WHERE ended_at IS NULL AND outcome = 'raised' "
        "AND expires <= %s ORDER BY expires LIMIT %s",
        (now, limit),
    )
    return [(number, subject, at) for number, subject, at in await cursor.fetchall()]


async def page(
    connection: Connection, principal: Principal, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Return messages of others that the asker may see, the last that came first."""
    scope, values = scope_sql(principal, "warning.read", org="r.owner_org", area="r.area_code", sector=None)
    cursor = await connection.execute(
        "SELECT r.id, r.sender, r.identifier, r.sent, r.cap_version, r.source, r.status, r.msg_type, "
        "r.notes, r.outcome, r.why, r.expires, r.ended_at, r.received_at, r.message, r.area_code "
        f"FROM cap_received r WHERE {scope} AND (%(before)s::bigint IS NULL OR r.id < %(before)s) "
        "ORDER BY r.id DESC LIMIT %(limit)s",
        values | {"before": before, "limit": limit},
    )
    names = [each.name for each in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


async def source(connection: Connection, url: str) -> tuple[str | None, str | None]:
    """Return (entity tag, date) that a feed gave last."""
    cursor = await connection.execute("SELECT etag, modified FROM cap_source WHERE url = %s", (url,))
    return await cursor.fetchone() or (None, None)


async def note_source(
    connection: Connection, url: str, at: datetime, *, problem: str, etag: str | None, modified: str | None
) -> None:
    """Note how a poll went."""
    await connection.execute(
        "INSERT INTO cap_source (url, etag, modified, last_at, last_ok_at, problem) "
        "VALUES (%(url)s, %(etag)s, %(modified)s, %(at)s, "
        "CASE WHEN %(problem)s = '' THEN %(at)s END, %(problem)s) "
        "ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, modified = excluded.modified, "
        "last_at = excluded.last_at, last_ok_at = coalesce(excluded.last_ok_at, cap_source.last_ok_at), "
        "problem = excluded.problem",
        {"url": url, "at": at, "problem": problem[:500], "etag": etag, "modified": modified},
    )


async def sources(connection: Connection) -> list[dict[str, Any]]:
    """Return how the polling of feeds goes."""
    cursor = await connection.execute(
        "SELECT s.url, s.last_at, s.last_ok_at, s.problem, "
        "(SELECT count(*) FROM cap_link l WHERE l.feed = s.url AND l.problem <> '') AS refused "
        "FROM cap_source s ORDER BY s.url LIMIT 200"
    )
    names = [each.name for each in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


async def unseen(connection: Connection, links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those (address, change) of a feed that have not been looked at, in their order."""
    urls, updates = [url for url, _ in links], [updated for _, updated in links]
    cursor = await connection.execute(
        "SELECT url, updated FROM cap_link "
        "WHERE (url, updated) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        (urls, updates),
    )
    known = set(await cursor.fetchall())
    return [link for link in links if link not in known]


async def note_link(
    connection: Connection, link: tuple[str, str], feed: str, at: datetime, problem: str = ""
) -> None:
    """Note that an entry of a feed was looked at, and what was wrong with it."""
    await connection.execute(
        "INSERT INTO cap_link (url, updated, feed, at, problem) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (url, updated) DO UPDATE SET at = excluded.at, problem = excluded.problem",
        (*link, feed, at, problem[:500]),
    )


async def keep_links(connection: Connection, links: list[tuple[str, str]], at: datetime) -> None:
    """Note that entries still stand in their feed."""
    await connection.execute(
        "UPDATE cap_link SET at = %s WHERE (url, updated) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        (at, [url for url, _ in links], [updated for _, updated in links]),
    )


async def prune_links(connection: Connection, before: datetime) -> None:
    """Forget entries that no feed has named for long."""
    await connection.execute("DELETE FROM cap_link WHERE at < %s", (before,))
