"""Parquet: days that are old lie as files in the data folder, for us and for any other engine.

``history/day=2026-11-20/type=AirQualityObserved/part-1.parquet``: one row for each row of the log, in order
of (eid, observed_at, seq), with the columns ``id``, ``tenant``, ``observed_at`` (UTC), the numbers by the
names of their attributes (``pm25``; with datasetId ``pm25@<datasetId>``), and what we need to give the row
back: ``eid``, ``seq``, ``k``, ``kind``, ``rest`` (JSON). Written by DuckDB (zstd), under another name first,
read back and compared, made durable, then renamed. The engine is imported by whoever needs it and by nobody
else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from haidang.city.store.observations import Unpacked
from haidang.city.terms import Keyset, Terms
from haidang.city.tiers.codec import Rows

ROW_GROUP = 245_760
"""Rows that are compressed together: each such group carries lists of its values, so few are better."""
_TOGETHER = 50_000
"""Rows of one keyset that are handed to the engine at once."""
_MEMORY = "256MB"
_KEY = "haidang"


class Part(NamedTuple):
    """Rows of one entity and keyset, with what the file says of the entity."""

    eid: int
    id: str
    tenant: str
    k: int
    rows: Rows


class Column(NamedTuple):
    """A column of numbers: its name in the file, the attribute and the datasetId."""

    name: str
    attr: int
    dataset: str


class Written(NamedTuple):
    """What a file holds."""

    rows: int
    numbers: int
    bytes: int
    oldest_us: int
    newest_us: int


class Unlike(Exception):  # noqa: N818 - an answer of the check, not a mistake of the caller
    """What was read back is not what was written."""


def folder(terms: Terms) -> Path:
    """Return the folder of the files; ``RuntimeError`` where this process was not told."""
    if terms.lake is None:
        raise RuntimeError("this process does not know the data folder")
    return terms.lake


def name_of(day: date, type_name: str, number: int) -> str:
    """Return a file's path below the folder; ``number`` tells rewritings of one day and type apart."""
    safe = re.sub(r"[^\w.\-]+", "_", type_name)[:100] or "_"
    return f"day={day:%Y-%m-%d}/type={safe}/part-{number}.parquet"


def write(place: Path, parts: Iterable[Part], terms: Terms) -> Written:
    """Write a file durably at ``place``, checked; raise :class:`Unlike` where it does not read as written.

    Parts come in order of eid. A file that stands there is replaced.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.tmp")
    spill = place.with_name(f".{place.name}.spill")
    try:
        with _engine(spill) as engine:
            columns = _load(engine, parts, terms)
            told = msgspec.json.encode([list(column) for column in columns]).decode().replace("'", "''")
            order = ", ".join(("eid", "observed_at", "seq"))
            engine.execute(
                f"COPY (SELECT id, tenant, observed_at, {_listed(columns)}eid, seq, k, kind, rest FROM rows"
                f" ORDER BY {order}) TO '{_quoted(unfinished)}' (FORMAT parquet, COMPRESSION zstd,"
                f" ROW_GROUP_SIZE {ROW_GROUP}, KV_METADATA {{{_KEY}: '{told}'}})"
            )
            written = _checked(engine, unfinished, columns)
        _make_durable(unfinished)
        unfinished.replace(place)
        _make_durable(place.parent)
    finally:
        unfinished.unlink(missing_ok=True)
        spill.unlink(missing_ok=True)
    return written


def read(place: Path, chosen: Mapping[str, Sequence[int]], keysets: Mapping[int, Keyset]) -> list[Unpacked]:
    """Return the rows of these entities from files (name below ``place`` to eids)."""
    found: list[Unpacked] = []
    with _reader().cursor() as engine:
        for name, eids in chosen.items():
            path = _quoted(place / name)
            columns = _columns(engine, path)
            listed = ", ".join(str(int(eid)) for eid in eids)
            cursor = engine.execute(
                f"SELECT eid, seq, epoch_us(observed_at), k, kind, rest{_comma_listed(columns)}"
                f" FROM read_parquet('{path}', hive_partitioning = false) WHERE eid IN ({listed})"
            )
            places = {(column.attr, column.dataset): no for no, column in enumerate(columns, start=6)}
            while batch := cursor.fetchmany(10_000):
                found += [_row(row, keysets[row[3]], places) for row in batch]
    return found


def parts(place: Path, name: str, keysets: Mapping[int, Keyset], eids: Sequence[int]) -> list[Part]:
    """Return what a file holds of these entities, as it was written."""
    if not eids:
        return []
    with _reader().cursor() as engine:
        path = _quoted(place / name)
        listed = ", ".join(str(int(eid)) for eid in eids)
        named = {
            eid: (id_, tenant)
            for eid, id_, tenant in engine.execute(
                f"SELECT DISTINCT eid, id, tenant FROM read_parquet('{path}', hive_partitioning = false)"
                f" WHERE eid IN ({listed})"
            ).fetchall()
        }
    by_key: dict[tuple[int, int], list[Unpacked]] = {}
    for row in read(place, {name: eids}, keysets):
        by_key.setdefault((row[0], row[3]), []).append(row)
    return [Part(eid, *named[eid], k, _rows(found)) for (eid, k), found in sorted(by_key.items())]


def sweep(place: Path, known: set[str]) -> int:
    """Delete what an interrupted run left: files that do not count, and unfinished ones."""
    removed = 0
    for path in place.glob("day=*/type=*/*"):
        if path.relative_to(place).as_posix() not in known:
            path.unlink(missing_ok=True)
            removed += 1
    for path in [*place.glob("day=*/type=*"), *place.glob("day=*")]:
        if not any(path.iterdir()):
            path.rmdir()
    return removed


def _engine(spill: Path | None = None) -> Any:
    import duckdb  # noqa: PLC0415 - 20 MB of memory that an idle server does not need

    # Nothing is fetched: no extension is installed or loaded by itself.
    return duckdb.connect(
        ":memory:" if spill is None else str(spill),
        config={
            "threads": 1,
            "memory_limit": _MEMORY,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": "" if spill is None else f"{spill}.d",
        },
    )


@cache
def _reader() -> Any:
    """Return the engine that reads, opened by the first question and kept, for opening costs more."""
    engine = _engine()
    engine.execute("SET parquet_metadata_cache = true")
    return engine


def _load(engine: Any, parts: Iterable[Part], terms: Terms) -> list[Column]:
    """Put the parts into a table of the engine; return its columns of numbers."""
    columns: list[Column] = []
    known: dict[tuple[int, str], Column] = {}
    engine.execute(
        "CREATE TABLE rows (id VARCHAR, tenant VARCHAR, observed_at TIMESTAMP, eid INTEGER, seq BIGINT,"
        " k INTEGER, kind TINYINT, rest VARCHAR)"
    )
    engine.begin()
    waiting: dict[int, list[Part]] = {}
    for part in parts:
        waiting.setdefault(part.k, []).append(part)
        if sum(len(one.rows) for one in waiting[part.k]) >= _TOGETHER:
            _insert(engine, waiting.pop(part.k), _places(engine, terms, part.k, columns, known))
    for k, together in waiting.items():
        _insert(engine, together, _places(engine, terms, k, columns, known))
    engine.commit()
    return columns


def _places(
    engine: Any, terms: Terms, k: int, columns: list[Column], known: dict[tuple[int, str], Column]
) -> list[Column]:
    """Return the columns of a keyset, made where they are new."""
    keyset = terms.keysets[k]
    keys = list(zip(keyset.attrs, keyset.datasets, strict=True))
    for key in keys:
        if key not in known:
            known[key] = _named(terms, *key, taken={column.name.lower() for column in columns})
            columns.append(known[key])
            engine.execute(f"ALTER TABLE rows ADD COLUMN {_identifier(known[key].name)} DOUBLE")
    return [known[key] for key in keys]


_OWN = {"id", "tenant", "observed_at", "eid", "seq", "k", "kind", "rest", "day", "type"}


def _named(terms: Terms, attr: int, dataset: str, taken: set[str]) -> Column:
    name = terms.attr_name(attr) + (f"@{dataset}" if dataset else "")
    # Names differ to any engine, also to one that does not tell letters by their case.
    if name.lower() in taken | _OWN:
        name = f"{name}#{attr}"
    return Column(name, attr, dataset)


def _insert(engine: Any, parts: Sequence[Part], columns: Sequence[Column]) -> None:
    """Put rows of one keyset into the table."""
    counts = [len(part.rows) for part in parts]
    rests = np.full(sum(counts), None, dtype=object)
    offset = 0
    for part in parts:
        for place, rest in part.rows.rests.items():
            rests[offset + place] = msgspec.json.encode(rest).decode()
        offset += len(part.rows)
    data: dict[str, Any] = {
        "id": np.repeat(np.array([part.id for part in parts], dtype=object), counts),
        "tenant": np.repeat(np.array([part.tenant for part in parts], dtype=object), counts),
        "eid": np.repeat(np.array([part.eid for part in parts], dtype=np.int32), counts),
        "rest": rests,
    }
    for name, place in (("seq", 0), ("at_us", 1), ("kind", 2)):
        data[name] = np.concatenate([part.rows[place] for part in parts])
    for no in range(len(columns)):
        data[f"v{no}"] = np.concatenate([part.rows.values[:, no] for part in parts])
    engine.register("part", data)
    names = "".join(f", {_identifier(column.name)}" for column in columns)
    values = "".join(f", v{no}" for no in range(len(columns)))
    engine.execute(
        f"INSERT INTO rows (id, tenant, observed_at, eid, seq, k, kind, rest{names}) SELECT id, tenant,"
        f" make_timestamp(at_us), eid, seq, {int(parts[0].k)}, kind, rest{values} FROM part"
    )
    engine.unregister("part")


def _checked(engine: Any, path: Path, columns: Sequence[Column]) -> Written:
    """Compare the file with the table it was written from, every value of every row."""
    listed = ", ".join(
        [
            "id",
            "tenant",
            "observed_at",
            "eid",
            "seq",
            "k",
            "kind",
            "rest",
            *(_identifier(c.name) for c in columns),
        ]
    )
    counted = "".join(f" + count({_identifier(column.name)})" for column in columns)
    question = (
        f"SELECT count(*), bit_xor(hash({listed})), 0{counted}, min(epoch_us(observed_at)),"
        " max(epoch_us(observed_at)) FROM "
    )
    source = engine.execute(question + "rows").fetchone()
    file = engine.execute(f"{question} read_parquet('{_quoted(path)}', hive_partitioning = false)").fetchone()
    if source != file:
        raise Unlike(f"{path.name}: {source} was written, {file} was read")
    return Written(source[0], source[2], path.stat().st_size, source[3], source[4])


def _columns(engine: Any, path: str) -> list[Column]:
    found = engine.execute(
        f"SELECT decode(value) FROM parquet_kv_metadata('{path}') WHERE decode(key) = '{_KEY}'"
    ).fetchone()
    return [Column(*one) for one in msgspec.json.decode(found[0])]


def _row(row: Sequence[Any], keyset: Keyset, places: Mapping[tuple[int, str], int]) -> Unpacked:
    eid, seq, at, k, kind, rest = row[:6]
    v = [row[places[key]] for key in zip(keyset.attrs, keyset.datasets, strict=True)]
    return eid, seq, at, k, v or None, None if rest is None else msgspec.json.decode(rest), kind


def _rows(found: Sequence[Unpacked]) -> Rows:
    found = sorted(found, key=lambda row: (row[2], row[1]))
    return Rows(
        np.array([row[1] for row in found], dtype=np.int64),
        np.array([row[2] for row in found], dtype=np.int64),
        np.array([row[6] for row in found], dtype=np.int64),
        np.array([row[4] or [] for row in found], dtype=np.float64).reshape(len(found), -1),
        {place: row[5] for place, row in enumerate(found) if row[5] is not None},
    )


def _listed(columns: Sequence[Column]) -> str:
    return "".join(f"{_identifier(column.name)}, " for column in columns)


def _comma_listed(columns: Sequence[Column]) -> str:
    return "".join(f", {_identifier(column.name)}" for column in columns)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
