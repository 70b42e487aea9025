"""What was read of the register and has not changed since: kept in the process, and asked before it is used.

Nothing here is older than the register: a figure is used again only where the stamp of the register, taken in
the asker's own transaction, is the one that it was read under. A transaction that has written reads for
itself, and what it reads is not kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

from haidang.base.database import Connection
from haidang.programme.store import stamp as store
from haidang.programme.store.stamp import Stamp

KEPT_MAX = 32
Found = TypeVar("Found")
_kept: OrderedDict[tuple[Any, ...], tuple[Stamp, Any]] = OrderedDict()


async def remembered(stamp: Stamp, key: tuple[Any, ...], read: Callable[[], Awaitable[Found]]) -> Found:
    """Return what ``read`` found under this stamp, reading it where nobody has yet."""
    if stamp.writing:
        return await read()
    place = (*stamp.place, *key)
    known = _kept.get(place)
    if known is not None and known[0] == stamp:
        _kept.move_to_end(place)
        found: Found = known[1]
        return found
    return _keep(place, stamp, await read())


async def unless(
    stamp: Stamp,
    key: tuple[Any, ...],
    read: Callable[[], Awaitable[Found]],
    touched: Callable[[Stamp], Awaitable[bool]],
) -> Found:
    """Return what ``read`` found, unless what it was read of has been touched since its stamp."""
    if stamp.writing:
        return await read()
    place = (*stamp.place, *key)
    known = _kept.get(place)
    if known is None or (known[0] != stamp and await touched(known[0])):
        return _keep(place, stamp, await read())
    found: Found = _keep(place, stamp, known[1])
    return found


async def by_project(
    connection: Connection,
    stamp: Stamp,
    key: tuple[Any, ...],
    read: Callable[[Collection[int] | None], Awaitable[dict[int, Found]]],
) -> dict[int, Found]:
    """Return what ``read`` found of each project; where few were touched since, it reads those alone."""
    if stamp.writing:
        return await read(None)
    place = (*stamp.place, *key)
    known = _kept.get(place)
    if known is None:
        return _keep(place, stamp, await read(None))
    if known[0] == stamp:
        _kept.move_to_end(place)
        found: dict[int, Found] = known[1]
        return found
    touched = await store.touched_projects(connection, known[0], stamp)
    if touched is None:
        return _keep(place, stamp, await read(None))
    rest = {number: each for number, each in known[1].items() if number not in touched}
    return _keep(place, stamp, rest | (await read(touched) if touched else {}))


def _keep(place: tuple[Any, ...], stamp: Stamp, found: Found) -> Found:
    _kept[place] = (stamp, found)
    _kept.move_to_end(place)
    while len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return found
