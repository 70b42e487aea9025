"""Who makes a paper: the agency's name, the one above it, its abbreviation, and where it sits."""

from __future__ import annotations

import msgspec

from haidang.base.database import Connection
from haidang.organisation.store import orgs

COMMITTEE = "UBND"
"""What every people's committee is in symbols."""


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an agency's documents."""

    name: str
    parent: str = ""
    """The agency above."""
    short: str = ""
    """The abbreviation in the number of its documents."""
    place: str = ""
    """The province, as it stands before the date."""


async def letterhead(connection: Connection, org_id: int | None, province: str | None) -> Letterhead:
    """Return the head of an agency's documents (absent: the root's); ``province`` is a code of today."""
    name, parent, short, place = await orgs.letterhead(connection, org_id, province)
    return Letterhead(name=name, parent=parent or "", short=short or "", place=place or "")
