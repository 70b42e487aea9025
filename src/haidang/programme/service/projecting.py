"""Public projects as entities of the city: the map, queries and subscriptions see them (decision 0117).

The register is the truth: an entity follows it as a step of the pipeline and is written by nobody else
(``city/projected``). Only what everybody may know of a public project stands in it; where a project is public
no more, its entity is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from haidang.base.clock import LOCAL
from haidang.base.database import Connection
from haidang.base.log import logger
from haidang.base.problems import NOT_FOUND, Problem
from haidang.city.corrections import Asked, delete_evolution
from haidang.city.model import Origin
from haidang.city.service import City
from haidang.organisation.permissions import system
from haidang.programme.model.register import Project
from haidang.programme.model.status import Status, status_of
from haidang.programme.store import projecting as store
from haidang.programme.store import register, totals
from haidang.programme.store.projecting import Known

PREFIX = "urn:ngsi-ld:Project:"
TYPES = ["ComponentProject", "Project"]
"""Our own model of a programme's project, which extends the Smart Data Model."""
SOURCE = "programme"
PAGE = 500
_PRINCIPAL = system("programme")
_PHASES: dict[Status, str] = {
    "preparation": "preparation", "implementation": "construction", "completion": "acceptance",
    "maintenance": "finished",
}  # fmt: skip
"""Status of a project → word of the model; one that has no word there is left out, never bent."""
_log = logger("programme")


async def follow(city: City, connection: Connection, after: int, last: int, now: datetime) -> None:
    """Project what the changes ``after < seq <= last`` of the log touched; to repeat it does no harm."""
    touched = await store.touched(connection, after, last)
    if touched.projects or touched.every:
        at = 0
        while found := await store.page(connection, touched, after=at, limit=PAGE):
            await project(city, connection, found, now)
            at = found[-1].id


async def project(city: City, connection: Connection, found: Sequence[Project], now: datetime) -> None:
    """Write the entities of public projects, and delete those of projects that are public no more."""
    shown = [each for each in found if each.is_public]
    known = await _known(connection, shown, now)
    bodies = [entity(each, known[each.id]) for each in shown]
    origins = [
        Origin(
            owner_org=each.owner_org, area_code=each.area_code, sector=each.sector, source=SOURCE,
            simulated=each.simulated,
        )
        for each in shown
    ]  # fmt: skip
    if bodies:
        result = await city.upsert(_PRINCIPAL, bodies, origin=origins, replace=True)
        for _, entity_id, problem in result.failed:
            _log.error("a project was not projected", entity=entity_id, problem=str(problem))
    for each in found:
        if not each.is_public:
            await _delete(city, PREFIX + each.public_id)


async def _delete(city: City, entity_id: str) -> None:
    """Take an entity away with all that was said of it: its history would stay readable without it."""
    for gone in (
        city.delete(_PRINCIPAL, entity_id), delete_evolution(Asked(city, _PRINCIPAL, "", entity_id)),
    ):  # fmt: skip
        try:
            await gone
        except Problem as problem:
            if problem.kind is not NOT_FOUND:
                raise


async def _known(connection: Connection, shown: Sequence[Project], now: datetime) -> dict[int, Known]:
    ids = [each.id for each in shown]
    lives = await register.lives(connection, ids)
    invested = await totals.on(connection, ids, now.astimezone(LOCAL).date(), now)
    beside = await store.beside(connection, ids)
    return {
        number: Known(
            status=status_of(lives[number]), total_dong=invested.get(number), **beside.get(number, {})
        )
        for number in ids
    }


def entity(one: Project, known: Known) -> dict[str, Any]:
    """Return a public project as an entity; what is not known is not there."""
    phase = _PHASES.get(known.status)
    said: dict[str, Any] = {
        "name": one.name, "description": one.description or None, "projectCode": one.public_id,
        "totalInvestment": known.total_dong, "investmentGroup": one.project_group, "phase": phase,
        "fundingSource": list(known.sources) or None,
        "datePlannedEnd": one.finish_on.isoformat() if one.finish_on else None,
        "physicalProgress": None if known.physical_pct is None else float(known.physical_pct) / 100,
        "disbursedAmount": known.paid_dong, "source": "urn:haidang:programme",
    }  # fmt: skip
    body: dict[str, Any] = {"id": PREFIX + one.public_id, "type": TYPES}
    body |= {name: {"type": "Property", "value": value} for name, value in said.items() if value is not None}
    body["refInvestor"] = {"type": "Relationship", "object": f"urn:ngsi-ld:Organization:{one.owner_org}"}
    if one.geometry is not None:
        body["location"] = {"type": "GeoProperty", "value": one.geometry}
    return body
