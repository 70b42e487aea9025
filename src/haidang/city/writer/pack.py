"""Hand-packed binary parameters: whole columns of a group as PostgreSQL arrays, without a Python object each.

psycopg would spend 131 µs an entity on Python lists; packed bytes cost 2 (city-core.md, 2.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = struct.Struct(">iiIii")
_LENGTH = struct.Struct(">i")
_NULL = _LENGTH.pack(-1)


class Packed:
    """Bytes in PostgreSQL's binary format of one type."""

    __slots__ = ("data",)
    oid = 0

    def __init__(self, data: bytes) -> None:
        self.data = data


class Int2Array(Packed):
    """int2[]"""

    oid = 1005


class Int4Array(Packed):
    """int4[]"""

    oid = 1007


class Int8Array(Packed):
    """int8[]"""

    oid = 1016


class TextArray(Packed):
    """text[]"""

    oid = 1009


class Float8Array(Packed):
    """float8[]"""

    oid = 1022


class TimeArray(Packed):
    """timestamptz[]"""

    oid = 1185


class JsonbArray(Packed):
    """jsonb[]"""

    oid = 3807


class JsonbBytes(Packed):
    """jsonb"""

    oid = 3802


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        data: bytes = obj.data
        return data


def register(connection: AsyncConnection[Any]) -> None:
    """Teach a connection the packed types."""
    for kind in (
        Int2Array,
        Int4Array,
        Int8Array,
        TextArray,
        Float8Array,
        TimeArray,
        JsonbArray,
        JsonbBytes,
    ):
        dumper = type(f"{kind.__name__}Dumper", (_Dumper,), {"oid": kind.oid})
        connection.adapters.register_dumper(kind, dumper)


def int2s(values: Sequence[int]) -> Int2Array:
    """Pack small integers."""
    return Int2Array(_head(len(values), 21) + _fixed("h", 2, values))


def int4s(values: Sequence[int]) -> Int4Array:
    """Pack integers."""
    return Int4Array(_head(len(values), 23) + _fixed("i", 4, values))


def int8s(values: Sequence[int]) -> Int8Array:
    """Pack big integers."""
    return Int8Array(_head(len(values), 20) + _fixed("q", 8, values))


def times(values_us: Sequence[int]) -> TimeArray:
    """Pack instants, given in µs since 2000-01-01 (PostgreSQL's own epoch)."""
    return TimeArray(_head(len(values_us), 1184) + _fixed("q", 8, values_us))


def float8s(elements: bytes) -> Float8Array:
    """Pack floats that are elements already (length word and value, 12 bytes each)."""
    return Float8Array(_head(len(elements) // 12, 701) + elements)


def jsonbs(documents: Sequence[bytes | None]) -> JsonbArray:
    """Pack JSON documents; None is NULL."""
    pack = _LENGTH.pack
    parts = [_NULL if one is None else pack(len(one) + 1) + b"\x01" + one for one in documents]
    return JsonbArray(_head(len(documents), 3802, nulls=True) + b"".join(parts))


def texts(values: Iterable[str]) -> TextArray:
    """Pack texts."""
    raw = [one.encode() for one in values]
    return TextArray(_head(len(raw), 25) + b"".join(_LENGTH.pack(len(one)) + one for one in raw))


def jsonb(document: bytes) -> JsonbBytes:
    """Pack one JSON document."""
    return JsonbBytes(b"\x01" + document)


def _head(count: int, oid: int, *, nulls: bool = False) -> bytes:
    return _HEAD.pack(1, nulls, oid, count, 1) if count else struct.pack(">iiI", 0, 0, oid)


def _fixed(code: str, size: int, values: Sequence[int]) -> bytes:
    count = len(values)
    flat = [size] * (2 * count)
    flat[1::2] = values
    return struct.pack(">" + ("i" + code) * count, *flat)
