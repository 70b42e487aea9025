"""Places of projects that stand as text, resolved to areas of today; the rest is listed for a person.

A text is read by the units of the project's own day (its start), else by today's and by those of 30 June
    2025,
the last day before communes were merged; where these two differ, a person says which is meant.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec

from haidang.base.database import Connection
from haidang.base.problems import Problem, kind
from haidang.organisation.permissions import Principal
from haidang.organisation.service.areas import resolve_area
from haidang.programme.model.place_names import (
    WHYS,
    Found,
    Part,
    Units,
    is_whole,
    one_of,
    parts_of,
    whole_codes,
)
from haidang.programme.model.register import Project
from haidang.programme.service import programs, projects
from haidang.programme.service.desk import Desk, holds
from haidang.programme.service.projects import ProjectPatch
from haidang.programme.store import placing as store
from haidang.programme.store import register

NO_PROVINCE = kind(
    "programme-province-unset",
    409,
    "Chưa đặt mã tỉnh của hệ thống nên chưa xác định được địa bàn",
    "The site has no province yet, so places cannot be resolved",
)
BEFORE_MERGER = date(2025, 6, 30)
"""The last day of districts and of the former communes."""
PAGE = 200


class Resolving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which projects get their area."""

    projects: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=PAGE)] | None = None
    """Absent: the next of those whose places are plain, at most 200."""


class Gazetteer:
    """The units of the site's province, read once for each day that is asked for."""

    def __init__(self, connection: Connection, province: str, name: str) -> None:
        self.connection, self.province, self.name = connection, province, name
        self._days: dict[date, tuple[Units, dict[str, dict[str, str]]]] = {}

    async def on(self, day: date) -> tuple[Units, dict[str, dict[str, str]]]:
        """Return the units of a day, and what each became."""
        if day not in self._days:
            areas = await store.units(self.connection, self.province, day)
            self._days[day] = (Units(self.province, areas), await store.became(self.connection, areas))
        return self._days[day]


async def gazetteer(connection: Connection, desk: Desk, province: str | None) -> Gazetteer:
    """Return the units of the site's province; ``Problem`` where it has none."""
    area = await resolve_area(connection, province, desk.today()) if province else None
    if area is None:
        raise Problem(NO_PROVINCE)
    return Gazetteer(connection, area.code, area.full_name)


async def resolved(known: Gazetteer, project: Project, today: date) -> list[Found]:
    """Return what each place of a project's text is today."""
    began = project.start_on if project.start_on and project.start_on <= today else None
    days = [*([began] if began else []), today, BEFORE_MERGER]
    units = [await known.on(day) for day in days]
    found: list[Found] = []
    for part in _parts(project.place, units):
        if is_whole(part.text, known.name):
            found.append(
                Found(text=part.text, code=known.province, name=known.name, understood_on=str(days[0]))
            )
            continue
        read = [_read(part, *each, day) for each, day in zip(units, days, strict=True)]
        own = read.pop(0) if began else None
        if own is not None and own.why != "not-found":
            found.append(own)
        else:
            found.append(_agreed(part, [each for each in read if each.why != "not-found"]))
    return found


def _parts(text: str, units: list[tuple[Units, dict[str, dict[str, str]]]]) -> list[Part]:
    """Return the places of a text as the day reads it that knows more of them as lying in each other."""
    return min((parts_of(text, each) for each, _ in units), key=len)


def _read(part: Part, units: Units, became: dict[str, dict[str, str]], day: date) -> Found:
    areas = units.called(part)
    said = str(day)
    if not areas:
        return Found(text=part.text, understood_on=said, why="not-found")
    if len(areas) > 1:
        names = {code: name for area in areas for code, name in became.get(area.code, {}).items()}
        return one_of(names, text=part.text, day=said, was="", why="several")
    [area] = areas
    names = became.get(area.code, {})
    if not names and area.kind == "district":
        names = {code: name for each in units.below(area) for code, name in became.get(each.code, {}).items()}
    if not names:
        return Found(text=part.text, was=area.full_name, understood_on=said, why="dissolved")
    was = area.full_name if area.full_name not in names.values() else ""
    return one_of(names, text=part.text, day=said, was=was, why="divided")


def _agreed(part: Part, read: list[Found]) -> Found:
    """Return what the days agree on; where they name different units, a person says which is meant."""
    if not read:
        return Found(text=part.text, why="not-found")
    codes = {each.code for each in read}
    if len(read) == 1 or codes == {read[0].code}:
        return read[0]
    names = {code: name for each in read for code, name in ((each.code, each.name), *each.candidates) if code}
    return Found(text=part.text, why="day-unclear", candidates=tuple(sorted(names.items())))


async def listed(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    *,
    province: str | None,
    after: int | None,
    limit: int,
) -> dict[str, Any]:
    """Return projects whose place is only text, each with what its places are today or why they are not.

    Where the site has no province nothing is read: ``province`` is absent, and no project is plain.
    """
    await programs.visible(connection, principal, program_id)
    known = await gazetteer(connection, desk, province) if province else None
    names = await register.names_in_sight(connection, principal, program_id)
    found = await store.unplaced(connection, names, after=after, limit=limit + 1)
    items = [
        _shown(each, [] if known is None else await resolved(known, each, desk.today()))
        for each in found[:limit]
    ]
    return {
        "items": items, "next": str(found[limit - 1].id) if len(found) > limit else None,
        "province": None if known is None else {"code": known.province, "name": known.name},
    }  # fmt: skip


def _shown(project: Project, found: list[Found]) -> dict[str, Any]:
    codes = whole_codes(found)
    return {
        "id": project.id, "version": project.version, "name": project.name, "place": project.place,
        "start_on": project.start_on, "area_codes": codes, "plain": codes is not None,
        "parts": [
            dict(msgspec.to_builtins(each)) | {
                "vi": WHYS[each.why][0] if each.why else None, "en": WHYS[each.why][1] if each.why else None,
            }
            for each in found
        ],
    }  # fmt: skip


async def apply(
    connection: Connection,
    desk: Desk,
    principal: Principal,
    program_id: int,
    wanted: Resolving,
    *,
    province: str | None,
) -> dict[str, Any]:
    """Give projects that the asker keeps the areas of their places, where all of them are plain."""
    await programs.visible(connection, principal, program_id)
    known = await gazetteer(connection, desk, province)
    names = await register.names_in_sight(connection, principal, program_id)
    ids = set(names) if wanted.projects is None else set(names) & set(wanted.projects)
    done: list[int] = []
    left: list[int] = []
    others: list[int] = []
    at = 0
    while len(done) < PAGE and (found := await store.unplaced(connection, ids, after=at, limit=PAGE)):
        for each in found:
            at = each.id
            codes = whole_codes(await resolved(known, each, desk.today()))
            if codes is None:
                left.append(each.id)
            elif not holds(principal, "programme.edit", each):
                others.append(each.id)
            elif len(done) < PAGE:
                await projects.change(
                    connection, desk, principal, each.id, ProjectPatch(area_codes=codes), version=each.version
                )
                done.append(each.id)
    return {"placed": done, "unresolved": left, "not_yours": others}
