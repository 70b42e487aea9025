"""Where a page begins, without walking there again: (question, offset) to the id before it.

Links to the next page carry the id of the last entity (``pageAfter``), which costs nothing. Clients that
count ``offset`` themselves are helped by what was answered before: who asked for 1,000 to 1,999 is likely to
ask for 2,000 next. Small offsets are walked, so this matters only where walking costs something.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from weakref import WeakKeyDictionary

from haidang.base.database import Database

OFFSET_MIN = 1_000
"""Below it the rows before a page cost nothing worth remembering."""
HELD_MAX = 10_000
FRESH_S = 60.0
"""A client pages on within it; whoever comes later counts anew."""


class Places:
    """What one process remembers."""

    def __init__(self) -> None:
        self._ids: OrderedDict[tuple[int, int], tuple[float, str]] = OrderedDict()

    def remember(self, question: int, offset: int, last_id: str) -> None:
        """Note that the page before ``offset`` ended with ``last_id``."""
        if offset < OFFSET_MIN:
            return
        self._ids[question, offset] = time.monotonic() + FRESH_S, last_id
        self._ids.move_to_end((question, offset))
        if len(self._ids) > HELD_MAX:
            self._ids.popitem(last=False)

    def before(self, question: int, offset: int) -> str | None:
        """Return the id after which the page at ``offset`` begins, None where nobody remembers."""
        until, id_ = self._ids.get((question, offset), (0.0, ""))
        return id_ if until > time.monotonic() else None


_PLACES: WeakKeyDictionary[Database, Places] = WeakKeyDictionary()


def places_of(db: Database) -> Places:
    """Return what this process remembers of a database's pages."""
    return _PLACES.setdefault(db, Places())
