"""All SQL of the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from haidang.base.database import Connection
from haidang.feeds.connectors import FileSeen
from haidang.feeds.model import life
from haidang.feeds.model.declaration import Declaration
from haidang.feeds.model.life import Refusal, Run, Tally
from haidang.feeds.model.reading import restore, write

LOCK_CLASS = 0x4844_4645  # "HDFE": advisory locks (class, feed id), one holder runs a feed


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A declared feed as the database knows it."""

    id: int
    name: str
    declaration: Declaration
    declared_in: str
    """The site's YAML file; empty where a command declared it."""
    owner_org: int
    area_code: str | None
    sector: str | None
    paused: bool
    withdrawn: bool
    state: dict[str, Any]
    next_due_at: datetime | None
    version: int


_FEED = """f.id, f.name, f.declaration::text, f.declared_in, f.owner_org, f.area_code, f.sector, f.paused,
    f.withdrawn, f.state, f.next_due_at, f.version"""
_RUN = """id, started_at, finished_at, outcome, read, accepted, refused, unchanged, faulty, lag_s,
    message_vi, message_en"""


async def declare(
    connection: Connection, declaration: Declaration, *, owner_org: int, declared_in: str, at: datetime
) -> Feed:
    """Insert or renew the declaration of a feed by its name."""
    await connection.execute(
        """
        INSERT INTO feed AS f (name, declaration, declared_in, kind, entity_type, owner_org, area_code,
            sector, simulated, period_s, declared_at)
        VALUES (%(name)s, %(text)s::jsonb, %(file)s, %(kind)s, %(type)s, %(owner)s, %(area)s,
            %(sector)s, %(simulated)s, %(period)s, %(at)s)
        ON CONFLICT (name) DO UPDATE SET
            declaration = excluded.declaration, declared_in = excluded.declared_in,
            kind = excluded.kind, entity_type = excluded.entity_type,
            owner_org = excluded.owner_org, area_code = excluded.area_code, sector = excluded.sector,
            simulated = excluded.simulated, period_s = excluded.period_s, declared_at = excluded.declared_at,
            withdrawn = false, state = '{}', version = f.version + 1
        WHERE f.withdrawn OR (f.declaration, f.owner_org, f.declared_in)
            IS DISTINCT FROM (excluded.declaration, excluded.owner_org, excluded.declared_in)
        """,
        {
            "name": declaration.feed,
            "text": write(declaration).decode(),
            "file": declared_in,
            "kind": declaration.kind,
            "type": declaration.mapping.type,
            "owner": owner_org,
            "area": declaration.area,
            "sector": declaration.sector,
            "simulated": declaration.simulated,
            "period": declaration.period,
            "at": at,
        },
    )
    found = await by_name(connection, declaration.feed)
    if found is None:
        raise LookupError(declaration.feed)
    return found


async def by_name(connection: Connection, name: str) -> Feed | None:
    """Return a feed, or None."""
    cursor = await connection.execute(f"SELECT {_FEED} FROM feed f WHERE f.name = %s", (name,))
    row = await cursor.fetchone()
    return _feed(row) if row else None


async def all_feeds(connection: Connection) -> list[Feed]:
    """Return every feed that is not withdrawn."""
    cursor = await connection.execute(f"SELECT {_FEED} FROM feed f WHERE NOT f.withdrawn ORDER BY f.name")
    return [_feed(row) for row in await cursor.fetchall()]


def _feed(row: Sequence[Any]) -> Feed:
    return Feed(
        id=row[0],
        name=row[1],
        declaration=restore(row[2]),
        declared_in=row[3],
        owner_org=row[4],
        area_code=row[5],
        sector=row[6],
        paused=row[7],
        withdrawn=row[8],
        state=row[9],
        next_due_at=row[10],
        version=row[11],
    )


async def declared_files(connection: Connection) -> dict[str, str]:
    """Return the feeds that the site's own YAML files declare: name → file."""
    cursor = await connection.execute(
        "SELECT name, declared_in FROM feed WHERE declared_in <> '' AND NOT withdrawn"
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def withdraw(connection: Connection, name: str) -> None:
    """Mark a feed whose declaration is gone; what it did stays on record."""
    await connection.execute("UPDATE feed SET withdrawn = true, next_due_at = NULL WHERE name = %s", (name,))


async def set_paused(connection: Connection, feed_id: int, paused: bool) -> None:
    """Pause or resume a feed."""
    await connection.execute(
        "UPDATE feed SET paused = %s, version = version + 1 WHERE id = %s", (paused, feed_id)
    )


async def set_due(connection: Connection, feed_id: int, at: datetime | None) -> None:
    """Note when the next run is due."""
    await connection.execute("UPDATE feed SET next_due_at = %s WHERE id = %s", (at, feed_id))


async def set_problem(connection: Connection, feed_id: int, problem: tuple[str, str] | None) -> None:
    """Note what stops the feed now, or that nothing does."""
    value = Jsonb({"vi": problem[0], "en": problem[1]}) if problem else None
    await connection.execute("UPDATE feed SET problem = %s WHERE id = %s", (value, feed_id))


async def try_lock(connection: Connection, feed_id: int) -> bool:
    """Take the right to run a feed, for as long as this session lasts or until :func:`unlock`."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, feed_id))
    row = await cursor.fetchone()
    return bool(row and row[0])


async def unlock(connection: Connection, feed_id: int) -> None:
    """Give the right back."""
    await connection.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, feed_id))


# --- runs


async def begin_run(connection: Connection, feed_id: int, at: datetime) -> int:
    """Open the record of a run; only for the holder of the feed's lock."""
    await end_cut_runs(connection, feed_id, at)
    cursor = await connection.execute(
        "INSERT INTO feed_run (feed_id, started_at, outcome) VALUES (%s, %s, 'running') RETURNING id",
        (feed_id, at),
    )
    return int((await cursor.fetchall())[0][0])


async def end_cut_runs(connection: Connection, feed_id: int, at: datetime) -> None:
    """Mark runs that a killed process left open: whoever holds the feed's lock knows that nobody runs it."""
    await connection.execute(
        """
        UPDATE feed_run SET outcome = 'failed', finished_at = %s,
            message_vi = 'Lần chạy bị ngắt giữa chừng (tiến trình dừng đột ngột); chạy lại không gây trùng.',
            message_en = 'The run was cut short (the process ended); running it again doubles nothing.'
        WHERE feed_id = %s AND outcome = 'running'
        """,
        (at, feed_id),
    )


async def record(
    connection: Connection,
    feed_id: int,
    run_id: int,
    *,
    tally: Tally,
    refusals: Sequence[Refusal],
    at: datetime,
) -> None:
    """Add the counts of a stored batch to its run, with the rows that were not taken as they came."""
    await connection.execute(
        """
        UPDATE feed_run SET read = read + %(read)s, accepted = accepted + %(accepted)s,
            unchanged = unchanged + %(unchanged)s, refused = refused + %(refused)s,
            faulty = faulty + %(faulty)s, lag_s = coalesce(%(lag_s)s, lag_s)
        WHERE id = %(run)s
        """,
        msgspec.structs.asdict(tally) | {"run": run_id},
    )
    await connection.execute(
        """
        UPDATE feed SET last_heard_at = %(at)s,
            last_accepted_at = CASE WHEN %(accepted)s > 0 THEN %(at)s ELSE last_accepted_at END
        WHERE id = %(feed)s
        """,
        {"at": at, "accepted": tally.accepted, "feed": feed_id},
    )
    if refusals:
        rows = [
            {
                "kind": refusal.kind,
                "source": refusal.source,
                "row_no": refusal.row_no,
                "original": refusal.original,
                "faults": msgspec.to_builtins(refusal.faults),
            }
            for refusal in refusals
        ]
        await connection.execute(
            """
            INSERT INTO feed_refused (feed_id, run_id, kind, source, row_no, original, faults, at)
            SELECT %s, %s, r.kind, r.source, r.row_no, r.original, r.faults, %s
            FROM jsonb_to_recordset(%s)
                AS r (kind text, source text, row_no bigint, original text, faults jsonb)
            """,
            (feed_id, run_id, at, Jsonb(rows)),
        )


async def end_run(
    connection: Connection,
    feed_id: int,
    run_id: int,
    *,
    outcome: life.Outcome,
    message: tuple[str, str],
    at: datetime,
) -> Run:
    """Close the record of a run and return it."""
    cursor = await connection.execute(
        f"""
        UPDATE feed_run SET outcome = %s, finished_at = %s, message_vi = %s, message_en = %s
        WHERE id = %s RETURNING {_RUN}
        """,
        (outcome, at, *message, run_id),
    )
    (row,) = await cursor.fetchall()
    problem = Jsonb({"vi": message[0], "en": message[1]}) if outcome == "failed" else None
    await connection.execute(
        """
        UPDATE feed SET problem = %s, last_heard_at = CASE WHEN %s THEN last_heard_at ELSE %s END
        WHERE id = %s
        """,
        (problem, outcome == "failed", at, feed_id),
    )
    return _run(row)


def _run(row: Sequence[Any]) -> Run:
    names = [name.strip() for name in _RUN.split(",")]
    return Run(**dict(zip(names, row, strict=True)))


async def drop_empty_run(connection: Connection, run_id: int) -> None:
    """Forget the record of a listening run during which nothing came."""
    await connection.execute("DELETE FROM feed_run WHERE id = %s AND read = 0", (run_id,))


async def set_state(connection: Connection, feed_id: int, state: Mapping[str, Any]) -> None:
    """Keep what the next poll must know."""
    await connection.execute("UPDATE feed SET state = %s WHERE id = %s", (Jsonb(dict(state)), feed_id))


async def files_seen(connection: Connection, feed_id: int) -> dict[str, FileSeen]:
    """Return the files that were read to their end, by path."""
    cursor = await connection.execute(
        "SELECT path, size, mtime_ns, sha256, rows FROM feed_file WHERE feed_id = %s", (feed_id,)
    )
    return {row[0]: FileSeen(*row) for row in await cursor.fetchall()}


async def set_file_seen(connection: Connection, feed_id: int, file: FileSeen, at: datetime) -> None:
    """Note that a file was read to its end."""
    await connection.execute(
        """
        INSERT INTO feed_file (feed_id, path, size, mtime_ns, sha256, rows, read_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (feed_id, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,
            sha256 = excluded.sha256, rows = excluded.rows, read_at = excluded.read_at
        """,
        (feed_id, file.path, file.size, file.mtime_ns, file.sha256, file.rows, at),
    )


async def prune(connection: Connection, now: datetime) -> None:
    """Forget runs past their time, each feed's newest always kept, and all but its newest refused rows."""
    await connection.execute(
        """
        DELETE FROM feed_run r WHERE started_at < %s AND outcome <> 'running'
            AND id < (SELECT max(id) FROM feed_run WHERE feed_id = r.feed_id)
        """,
        (now - timedelta(days=life.RUNS_DAYS),),
    )
    await connection.execute(
        """
        DELETE FROM feed_refused r USING (
            SELECT f.id, (SELECT x.id FROM feed_refused x WHERE x.feed_id = f.id
                          ORDER BY x.id DESC OFFSET %s LIMIT 1) AS last
            FROM feed f
        ) old
        WHERE r.feed_id = old.id AND r.id <= old.last
        """,
        (life.REFUSED_PER_FEED_MAX,),
    )


# --- what the screens ask

_SUMMARY = f"""
SELECT f.id, f.name, f.declaration::text AS declaration, f.owner_org, o.name AS owner_name, f.area_code,
    f.sector, f.paused, f.version, f.next_due_at, f.last_accepted_at, f.last_heard_at, f.problem,
    (SELECT to_jsonb(r) FROM (
        SELECT {_RUN} FROM feed_run WHERE feed_id = f.id ORDER BY id DESC LIMIT 1) r) AS last_run,
    day.accepted AS accepted_24h, day.refused AS refused_24h,
    (SELECT count(*) FROM feed_refused x WHERE x.feed_id = f.id AND x.looked_at IS NULL) AS refused_open
FROM feed f LEFT JOIN org o ON o.id = f.owner_org
CROSS JOIN LATERAL (
    SELECT coalesce(sum(accepted), 0)::bigint AS accepted, coalesce(sum(refused), 0)::bigint AS refused
    FROM feed_run WHERE feed_id = f.id AND started_at > %(since)s
) day
WHERE NOT f.withdrawn AND (%(name)s::text IS NULL OR f.name = %(name)s) AND {{scope}}
ORDER BY f.name
"""


async def summaries(
    connection: Connection, scope: tuple[str, dict[str, Any]], since: datetime, name: str | None = None
) -> list[dict[str, Any]]:
    """Return what the feeds screen shows of each feed within the scope."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            _SUMMARY.format(scope=scope[0]).encode(), {"since": since, "name": name} | scope[1]
        )
        return list(await cursor.fetchall())


async def entity_counts(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """Return how many entities each feed has brought into the city."""
    cursor = await connection.execute(
        "SELECT source, count(*) FROM entity WHERE source LIKE 'feed:%%' AND source = ANY(%s) GROUP BY 1",
        ([f"feed:{n}" for n in names],),
    )
    return {row[0].removeprefix("feed:"): row[1] for row in await cursor.fetchall()}


async def runs(connection: Connection, feed_id: int, before: int | None, limit: int) -> list[Run]:
    """Return a feed's runs, newest first, from below ``before`` on."""
    cursor = await connection.execute(
        f"""
        SELECT {_RUN} FROM feed_run
        WHERE feed_id = %(feed)s AND (%(before)s::bigint IS NULL OR id < %(before)s)
        ORDER BY id DESC LIMIT %(limit)s
        """,
        {"feed": feed_id, "before": before, "limit": limit},
    )
    return [_run(row) for row in await cursor.fetchall()]


async def refused(
    connection: Connection,
    feed_id: int,
    *,
    before: int | None,
    run_id: int | None,
    is_open: bool | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return rows that were not taken as they came, newest first, from below ``before`` on."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            SELECT id, run_id, kind, source, row_no, original, faults, at, looked_at, looked_by, note,
                version
            FROM feed_refused
            WHERE feed_id = %(feed)s AND (%(before)s::bigint IS NULL OR id < %(before)s)
                AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
                AND (%(open)s::boolean IS NULL OR (looked_at IS NULL) = %(open)s)
            ORDER BY id DESC LIMIT %(limit)s
            """,
            {"feed": feed_id, "before": before, "run": run_id, "open": is_open, "limit": limit},
        )
        return list(await cursor.fetchall())


async def look(
    connection: Connection, feed_id: int, refused_id: int, *, seen: int, by: str, note: str, at: datetime
) -> dict[str, Any] | None:
    """Mark a refused row as looked at; None where this feed has no such row of the version that was seen."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            """
            UPDATE feed_refused SET looked_at = %s, looked_by = %s, note = %s, version = version + 1
            WHERE id = %s AND feed_id = %s AND version = %s
            RETURNING id, run_id, kind, source, row_no, original, faults, at, looked_at, looked_by, note,
                version
            """,
            (at, by, note, refused_id, feed_id, seen),
        )
        return await cursor.fetchone()


async def refused_version(connection: Connection, feed_id: int, refused_id: int) -> int | None:
    """Return the version of a refused row; None where this feed has no such row."""
    cursor = await connection.execute(
        "SELECT version FROM feed_refused WHERE id = %s AND feed_id = %s", (refused_id, feed_id)
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])


async def lock_feed(connection: Connection, feed_id: int) -> int:
    """Hold a feed's row until commit and return its version."""
    cursor = await connection.execute("SELECT version FROM feed WHERE id = %s FOR UPDATE", (feed_id,))
    return int((await cursor.fetchall())[0][0])
