"""Where a message is about: of others, whether here and in which unit; of ours, the unit that holds it all.

Shapes are held against outlines in a thread: a message of others may have tens of thousands of points.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

import msgspec

from haidang.alerts.cap.model import judging, shapes
from haidang.alerts.cap.model.draft import DraftArea, area_of
from haidang.alerts.cap.model.message import Area as Place
from haidang.alerts.cap.model.message import Message
from haidang.alerts.cap.service.desk import Desk
from haidang.alerts.cap.store import received as store
from haidang.base.database import Connection
from haidang.organisation import locate
from haidang.organisation.model import Area
from haidang.organisation.service import areas


class About(msgspec.Struct, frozen=True):
    """Where a message of others is about."""

    here: bool
    """About the site's province; what does not say where is about us."""
    area_code: str | None
    """The one unit of today that it is about, as far as it says; else the site's province."""


async def about(connection: Connection, desk: Desk, message: Message) -> About:
    """Return where a message of others is about, by one question for all the units that it names."""
    province = desk.settings.province_code
    named = set(judging.codes(message))
    one = named if named else await asyncio.to_thread(_middle, message)
    wanted = named | one | ({province} if province else set())
    units = await store.units(connection, wanted, desk.today())
    choice = (*(one if len(one) == 1 else ()), province)
    code = next((code for code in choice if code in units), None)
    return About(await _here(connection, province, message, named, units), code)


async def _here(
    connection: Connection, province: str | None, message: Message, named: set[str],
    units: dict[str, str | None],
) -> bool:  # fmt: skip
    if province is None:
        return True
    if any(code not in units or province in {code, units[code]} for code in named):
        return True
    places = [area for info in message.infos for area in info.areas]
    drawn = [area for area in places if area.polygons or area.circles]
    if not drawn or len(drawn) < len(places):
        return not named
    outline = await _outline(connection, "province", province)
    return outline is None or await asyncio.to_thread(shapes.touch, outline, drawn)


def _middle(message: Message) -> set[str]:
    """Return the commune in which the only area of a message has its middle."""
    if sum(len(info.areas) for info in message.infos[:1]) != 1:
        return set()
    middle = judging.middle(message, lambda point: locate(point.lon, point.lat) is not None)
    code = None if middle is None else locate(middle.lon, middle.lat)
    return set() if code is None else {code}


async def common(connection: Connection, units: list[Area], drafted: Iterable[DraftArea]) -> str | None:
    """Return the unit that holds all that a warning of ours is about; None where no one unit is known to.

    It is the unit itself where one is named, else the parent that all have in common. A shape counts like a
    unit: where one goes beyond the outline, or there is no outline to say, only the whole site holds it.
    """
    by_code = {unit.code: unit for unit in units}
    parents = Counter(unit.parent_code or unit.code for unit in units)
    alone = len(by_code) == 1
    code = next(iter(by_code if alone else parents), None) if alone or len(parents) == 1 else None
    drawn: list[Place] = [area_of(each) for each in drafted if each.polygons or each.circles]
    if code is None or not drawn:
        return code
    is_province = code not in by_code or by_code[code].parent_code is None
    outline = await _outline(connection, "province" if is_province else "commune", code)
    inside = outline is not None and await asyncio.to_thread(shapes.lie_within, outline, drawn)
    return code if inside else None


async def _outline(connection: Connection, level: str, code: str) -> str | None:
    found = await areas.outlines_of(connection, level, code)
    return next((geometry for each, _, _, _, geometry in found if each == code), None)
