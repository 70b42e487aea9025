"""What the city is made of: origins, changes, results, and the ways it can refuse. No I/O, no clock."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from haidang.base.problems import Problem, kind
from haidang.city.times import NEVER


class Origin(msgspec.Struct, frozen=True):
    """Where an entity comes from; queries, history and streams filter by it."""

    owner_org: int
    """The org that answers for the entity."""
    area_code: str | None = None
    """The smallest administrative area it lies in; None while nobody knows."""
    sector: str | None = None
    """The sector pack it belongs to."""
    source: str = ""
    """Who sent it first: ``feed:cameras``, ``key:3``, ``account:7``."""
    simulated: bool = False
    """Made by the demonstration, marked wherever it is shown."""


class Kind(enum.IntEnum):
    """What a row of the log says."""

    CREATE = 1
    UPDATE = 2
    REPLACE = 3
    """All attributes of before are gone; what this row and its followers carry is the whole entity."""
    DELETE = 4
    EVENT = 9
    """Another room's event; it has no entity."""


class Limits(msgspec.Struct, frozen=True):
    """Bounds on what one request may ask of the writer."""

    batch_entities: int = 2_000
    attributes: int = 1_000
    """Attribute instances in one entity."""
    depth: int = 40
    """Nesting of JSON inside one entity."""
    text: int = 2_048
    """Bytes of an id; an index holds no longer ones."""


class Entity(msgspec.Struct, gc=False):
    """The writer's picture of one entity, as of the last durable commit. Callbacks must not change it."""

    eid: int
    tenant_id: int
    id: str
    type_id: int
    origin: Origin
    version: int = 0
    seq: int = 0
    at: int = NEVER
    """The newest observation time in ``doc`` in µs."""
    doc: bytes = b"{}"
    """Observed attributes as JSON (layout in ``represent.py``)."""
    plain: bool = False
    """``doc`` is known to hold nothing but numbers at one time."""
    static: bytes = b"{}"
    """Attributes without a time of observation."""
    keys: frozenset[str] = frozenset()
    """Keys of ``doc``."""
    static_keys: frozenset[str] = frozenset()
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    box: tuple[float, float, float, float] | None = None
    created_us: int = 0
    ages: dict[str, tuple[int, int]] | None = None
    """When attributes were made and modified, where it differs from the entity (``writer/ages``)."""


class Changed(msgspec.Struct, gc=False):
    """One changed entity of a group (all its rows in the log together), or one event."""

    seq: int
    """The last of its rows."""
    kind: int
    """``Kind``; a created and at once updated entity counts as created, one that is gone as deleted."""
    entity: Entity | None
    """State after the group; for a deleted one its last state; None for an event."""
    type: str = ""
    """Name of its type in the site's own context."""
    tenant: str = ""
    event: dict[str, Any] | None = None
    """``{topic, kind, ref, body, owner_org, area_code, sector}``."""


class Group(msgspec.Struct):
    """What a durable commit brought; handed to every subscriber."""

    seq: int
    """The head of the log after it."""
    at_us: int
    changes: list[Changed]


class BatchResult(msgspec.Struct, frozen=True):
    """What became of each entity of a batch."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    """Existing entities for which something was stored, be it only history."""
    unchanged: tuple[str, ...] = ()
    """All of it was already there: nothing was stored."""
    failed: tuple[tuple[int, str, Problem], ...] = ()
    """(place in the batch, id, reason)."""


BAD_DATA = kind("bad-request-data", 400, "Nội dung không hợp lệ", "The content is not valid NGSI-LD")
ALREADY_EXISTS = kind("already-exists", 409, "Đã tồn tại", "It already exists")
NO_TENANT = kind("nonexistent-tenant", 404, "Không có không gian dữ liệu này", "This tenant does not exist")
NO_CONTEXT = kind(
    "ld-context-not-available",
    503,
    "Không tải được ngữ cảnh JSON-LD",
    "This JSON-LD context is not available here",
)
NOT_SUPPORTED = kind(
    "operation-not-supported",
    422,
    "Không hỗ trợ thao tác này ở đây",
    "This operation is not supported here",
)
QUEUE_FULL = kind("write-queue-full", 429, "Hàng đợi ghi đã đầy", "The write queue is full")
LENGTH_REQUIRED = kind("length-required", 411, "Thiếu Content-Length", "A body needs a Content-Length")
NOT_ACCEPTABLE = kind(
    "not-acceptable", 406, "Không có dạng trả lời này", "No answer in an accepted media type"
)
