"""Connectors: one file per kind of source, all with the same face.

A connector is made for one run and iterated for :class:`Batch` after batch. It reads and decodes, and knows
nothing of entities; what it cannot decode it hands on as an unreadable row, never drops. Where the whole
source cannot be read it raises ``Problem`` (feed-source-unreadable)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any, Protocol

import msgspec

from haidang.base.problems import Fault, Problem, kind
from haidang.feeds.model.rows import Row

UNREADABLE = kind(
    "feed-source-unreadable", 422, "Không đọc được nguồn dữ liệu", "The feed's source cannot be read"
)
BATCH_ROWS = 500
ORIGINAL_MAX = 8_000
"""Characters of a row's original wording that are kept."""


class FileSeen(msgspec.Struct, frozen=True):
    """The identity of a file that was read to its end."""

    path: str
    size: int
    mtime_ns: int
    sha256: str
    rows: int = 0


class Batch(msgspec.Struct, frozen=True):
    """Some rows of a source, to be stored together."""

    rows: list[Row]
    source: str = ""
    """The file, where the source has several."""
    file: FileSeen | None = None
    """Set on the last batch of a file."""
    state: dict[str, Any] | None = None
    """What the next poll needs to know (entity tag, date), to be kept when the batch is stored."""
    settle: Callable[[bool], None] | None = None
    """To be called when the batch is durably stored (True) or cannot be (False)."""


class Connector(Protocol):
    """What every kind of source is to a run."""

    def batches(self) -> AsyncGenerator[Batch, None]:
        """Yield the source's rows."""
        ...


def unreadable(vi: str, en: str, *faults: Fault) -> Problem:
    """Return the refusal of a whole source."""
    return Problem(UNREADABLE, vi, en, faults=faults)


def cut(original: str) -> str:
    """Return a row's original wording, cut to what is kept, without what the database cannot hold."""
    clean = original.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    return clean if len(clean) <= ORIGINAL_MAX else clean[: ORIGINAL_MAX - 1] + "…"
