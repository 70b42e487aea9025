"""A question by type and value, 100 rows of it, against one entity by its id (R2), timed by the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from haidang.base.database import Database
from haidang.bench import workload
from haidang.bench.explained import medians
from haidang.bench.latency import Found
from haidang.bench.rounds import BATCH, BATCH_CONNECTIONS, Bench, drive
from haidang.city import declared
from haidang.city.packs import AttributePack, Packs, TypePack
from haidang.city.query.grammar import parse
from haidang.city.query.selection import parse_types
from haidang.city.query.sql import Question, where
from haidang.city.store import names, read
from haidang.city.terms import CORE, Terms
from haidang.organisation.permissions import system

ROWS = 100
RATIO_MAX = 15.0
REPEATS = 200
_TYPE, _ATTRIBUTE = "AirQualityObserved", "pm25"


def declared_value(bench: Bench, _: Any, __: Path, say: Callable[[str], None]) -> Found:
    """R2: a rare value of a declared attribute; the facts say what it takes without, and costs the writer."""
    say(f"a rare value of {_TYPE}.{_ATTRIBUTE}, declared and not")
    facts: dict[str, float] = {}
    terms = Terms(CORE, None)
    without = _written_per_s(bench)
    asyncio.run(_declare(bench.measured.url, terms, {_ATTRIBUTE: AttributePack("", "", indexed=True)}))
    facts["writes_slower_by"] = 1 - _written_per_s(bench) / without
    with psycopg.connect(
        bench.measured.url, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute("VACUUM ANALYZE entity_value")
        limit = _rarest(connection, terms)
        indexed, by_id = medians(connection, [_page(terms, limit), _one(terms)], repeats=REPEATS)
        kept, terms.declared = terms.declared, {}
        (plain,) = medians(connection, [_page(terms, limit)], repeats=5)
        terms.declared = kept
    facts |= {"declared_ms": indexed, "not_declared_ms": plain, "get_by_id_ms": by_id}
    for _nothing in range(2):  # retired, then gone
        asyncio.run(_declare(bench.measured.url, terms, {}))
    yield (
        "R2",
        indexed / by_id,
        RATIO_MAX,
        f"{ROWS} rows by type and declared value ÷ one entity by its id",
        facts,
    )


async def _declare(url: str, terms: Terms, attributes: dict[str, AttributePack]) -> None:
    async with Database(url) as db:
        async with db.transaction() as conn:
            await names.load(conn, terms)
        pack = TypePack(type=_TYPE, vi=_TYPE, en=_TYPE, attributes=attributes)
        await declared.settle(db, terms, Packs({}, {_TYPE: pack}))
        await declared.learn(db, terms)


def _written_per_s(bench: Bench) -> float:
    done = drive(bench, bench.measured.port, "POST", bench.requests.upserts, BATCH_CONNECTIONS)
    bench.measured.acknowledged += done.done * BATCH
    return done.per_s * BATCH


def _rarest(connection: psycopg.Connection, terms: Terms) -> float:
    """Return the value that ``ROWS`` entities reach."""
    row: Any = connection.execute(
        "SELECT v FROM entity_value WHERE attr_id = %s AND v IS NOT NULL ORDER BY v DESC OFFSET %s LIMIT 1",
        (terms.attr_id(_ATTRIBUTE, terms.context), ROWS - 1),
    ).fetchone()
    return float(row[0])


def _page(terms: Terms, limit: float) -> tuple[str, dict[str, Any]]:
    question = Question(types=parse_types(_TYPE), q=parse(f"{_ATTRIBUTE}>={limit}", frozenset()))
    return _statement(question, terms, ROWS)


def _one(terms: Terms) -> tuple[str, dict[str, Any]]:
    return _statement(Question(ids=(workload.entity_id(0),)), terms, 1)


def _statement(question: Question, terms: Terms, limit: int) -> tuple[str, dict[str, Any]]:
    asked = where(question, terms, terms.context, system("bench"), standing=True)
    return read.page_statement(asked.sql), asked.values | {"limit": limit, "offset": 0}
