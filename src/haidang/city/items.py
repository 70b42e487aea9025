"""What the writer is asked for, one entity at a time, and the packing that both its ends share."""

from __future__ import annotations

import enum
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from haidang.base.problems import Fault, Problem
from haidang.city.model import BAD_DATA, Origin
from haidang.city.represent import Stored
from haidang.city.terms import Column, Terms
from haidang.city.times import NEVER, parse_us

NULL = "urn:ngsi-ld:null"
"""The value that deletes, in a merge or a partial update."""
EXACT = 2**53
"""Integers beyond this do not fit a float and are kept as JSON."""

COLUMNS_MAX = 100_000
"""Columns a process keeps; numbers under units made up without end are kept as JSON beyond it."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_packers: dict[int, struct.Struct] = {}


class NewNames(Exception):  # noqa: N818 - not an error: names to intern, then parse again
    """Attributes or a type that nobody ever wrote before."""

    def __init__(self, attributes: set[str], types: tuple[str, ...] = ()) -> None:
        super().__init__(attributes)
        self.attributes = attributes
        """IRIs."""
        self.types = types


class Op(enum.IntEnum):
    """What is asked of the writer for one entity."""

    CREATE = 1
    UPSERT_REPLACE = 2
    UPSERT_UPDATE = 3
    REPLACE = 4
    APPEND = 5
    """Attributes are added or overwritten; the entity must exist."""
    APPEND_NEW = 6
    """As APPEND, but what exists stays (noOverwrite)."""
    PATCH = 7
    """Only attributes that exist are replaced."""
    MERGE = 8
    ATTR_PATCH = 9
    ATTR_REPLACE = 10
    ATTR_DELETE = 11
    DELETE = 12
    PLACE = 13
    """Give the entity its area, nothing else."""
    TEMPORAL_UPSERT = 20
    """Instances for its history; the entity is made where there is none."""
    TEMPORAL_APPEND = 21


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of history before it has its number."""

    at: int | None
    """Observation time in µs; None: the time of the group, and the attributes carry no observedAt."""
    columns: tuple[int, ...]
    floats: bytes
    """Elements of a binary float8[] (length word and big-endian value each)."""
    rest: dict[str, Stored] | None


class Evolution(msgspec.Struct, frozen=True):
    """What a temporal write brings for the history of one entity."""

    instances: tuple[tuple[str, dict[str, Any]], ...]
    """(attribute key, long form); "v" is None where the attribute was deleted then."""
    scopes: tuple[tuple[Any, int | None], ...] = ()
    """(scope or None, µs from which it was valid; None: now)."""


class Item(msgspec.Struct, gc=False):
    """One entity of one request. It holds no cycles, so the collector need not look at it."""

    op: Op
    tenant_id: int
    id: str
    type_id: int = 0
    """0: the request names no type."""
    at: int = NEVER
    """The common time of ``doc`` in µs."""
    static: dict[str, Stored] = {}
    doc_bytes: bytes = b"{}"
    """``doc``, encoded."""
    static_bytes: bytes = b"{}"
    plain: bool = False
    """Every attribute of ``doc`` is a number at the common time."""
    keys: frozenset[str] = frozenset()
    static_keys: frozenset[str] = frozenset()
    row: Row | None = None
    """The whole of ``doc`` as one row; None where it has several times."""
    partial: dict[str, list[dict[str, Any]]] | None = None
    """Fragments of attributes (MERGE, ATTR_PATCH): long forms that may lack a value or carry nulls."""
    attribute: str = ""
    """Key of the one attribute of ATTR_*."""
    dataset: str | None = None
    all_instances: bool = False
    origin: Origin | None = None
    evolution: Evolution | None = None
    """Set for TEMPORAL_* alone."""
    size: int = 1
    warnings: tuple[str, ...] = ()
    # What became of it; set by the writer before the request is answered.
    created: bool = False
    changed: bool = False
    problem: Problem | None = None
    not_updated: tuple[tuple[str, str], ...] = ()
    """(attribute key, reason in English)."""
    decoded: dict[str, Stored] | None = None

    @property
    def doc(self) -> dict[str, Stored]:
        """Observed attributes, "@" first; empty where there are none. Telemetry needs it encoded only."""
        if self.decoded is None:
            self.decoded = _decode(self.doc_bytes)
        return self.decoded


def bad(vi: str, en: str, field: str = "", value: object = None) -> Problem:
    """Return a refusal of content, naming the field."""
    if not field:
        return Problem(BAD_DATA, vi, en)
    shown = None if value is None else repr(value)[:120]
    return Problem(BAD_DATA, vi, en, faults=(Fault(field=field, vi=vi, en=en, value=shown),))


def numeric_column(terms: Terms, key: str, one: Mapping[str, Any]) -> Column | None:
    """Return the column of a plain number in long form; None for everything else."""
    value = one["v"]
    kind = type(value)
    if kind is not float and not (kind is int and -EXACT <= value <= EXACT):
        return None
    if one.keys() - {"v", "u", "o", "d"}:
        return None
    place = (int(key), one.get("u", ""), one.get("d", ""), kind is int)
    if len(terms.columns) >= COLUMNS_MAX and not terms.has_column(place):
        return None
    return terms.column(*place)


def shorten(one: dict[str, Any], at: int | None = None) -> Stored:
    """Return the short form of a long one that was observed at ``at`` (None: not at all), if it has one."""
    if type(one.get("v")) in (dict, list) or one.get("o") != at or one.keys() - {"v", "u", "o"}:
        return one
    return [one["v"], one["u"]] if "u" in one else one["v"]


def pack_floats(flat: Sequence[Any]) -> bytes:
    """Pack ``[8, number, 8, number, …]`` as elements of a binary float8[]."""
    count = len(flat) >> 1
    packer = _packers.get(count)
    if packer is None:
        packer = _packers[count] = struct.Struct(">" + "id" * count)
    return packer.pack(*flat)


def encode(value: object) -> bytes:
    """Encode stored forms; text that cannot be UTF-8 or holds U+0000 is refused."""
    try:
        found = _encode(value)
    except UnicodeEncodeError as cause:
        raise bad("Văn bản không phải UTF-8.", "A text is not valid UTF-8.") from cause
    if b"\\u0000" in found and "\0" in _texts(value):
        raise bad("Không nhận ký tự U+0000.", "The character U+0000 is not accepted.")
    return found


def parse_us_field(value: object, name: str) -> int:
    """Parse ``observedAt`` of an attribute, naming it where it is no DateTime."""
    try:
        return parse_us(value)
    except ValueError as cause:
        raise bad(
            f"observedAt của “{name}” không phải thời điểm ISO 8601 có múi giờ.",
            f"observedAt of {name!r} is not an ISO 8601 date and time with a time zone.",
            f"{name}.observedAt",
            value,
        ) from cause


def _texts(value: object) -> str:
    if type(value) is dict:
        return "".join(str(key) + _texts(part) for key, part in value.items())
    if type(value) is list:
        return "".join(_texts(part) for part in value)
    return value if type(value) is str else ""
