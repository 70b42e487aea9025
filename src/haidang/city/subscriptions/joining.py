"""Linked entities in notifications (GS CIM 009, 5.8.6), as far as the owner may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from haidang.city.linking import Embedding, join_of, linked
from haidang.city.projection import Projection
from haidang.city.query.entities import entity_page
from haidang.city.query.sql import Question
from haidang.city.represent import Names, represent
from haidang.city.service import City
from haidang.city.store.read import Row
from haidang.city.subscriptions import rendering
from haidang.city.subscriptions.matching import Event
from haidang.city.subscriptions.model import Compiled
from haidang.city.times import EPOCH, format_us, to_us
from haidang.city.writer.forms import documents_of
from haidang.organisation.model import Principal


def joins(one: Compiled) -> bool:
    """Say whether linked entities come along."""
    return one.definition.notification.join not in (None, "@none")


async def told(city: City, one: Compiled, event: Event, owner: Principal | None) -> list[dict[str, Any]]:
    """Return the entity of an event as the notification shows it, and those that come along after it.

    ``owner`` holds what it may read now; needed only where linked entities come along.
    """
    body = rendering.entity_of(one, event, city.terms)
    params = one.definition.notification
    join = join_of(params.join, params.join_level, ())
    if join is None or owner is None:
        return [body]
    names = Names(city.terms, one.context)
    row = _row(event)

    async def fetch(ids: Sequence[str]) -> list[Row]:
        question = Question(tenant=one.tenant, ids=tuple(sorted(ids)))
        page = await entity_page(city.db, city.terms, owner, question, limit=len(ids), limit_max=len(ids))
        return [
            each
            for each in page.rows
            if one.owner.may(
                "entity.read", org_id=each.owner_org, area_code=each.area_code, sector=each.sector
            )
        ]

    def show(other: Row, projection: Projection) -> dict[str, Any]:
        return projection.apply(_shown(city, one, names, other))

    projection = rendering.projection_in(one)
    found = await linked(fetch, [row], join, projection, names)
    if not join.inline:
        return [body, *(show(each.row, each.projection) for each in found.values())]
    embedding = Embedding({id_: each.row for id_, each in found.items()}, show, names)
    return [embedding.fill(row, body, join.level, projection)]


def _shown(city: City, one: Compiled, names: Names, row: Row) -> dict[str, Any]:
    params = one.definition.notification
    form = "keyValues" if params.format == "simplified" else params.format
    body = represent(
        row.id, city.terms.type_names(row.type_id, one.context), row.doc, row.static, names, form=form
    )
    if params.sys_attrs:
        body |= {"createdAt": format_us(to_us(row.created)), "modifiedAt": format_us(to_us(row.mod))}
    return body


def _row(event: Event) -> Row:
    """Return the entity as it was at the event, as far as links are concerned."""
    entity = event.entity
    doc, static = documents_of(event.after, entity.scope)
    texts = (msgspec.json.encode(doc).decode(), msgspec.json.encode(static).decode())
    origin = entity.origin
    return Row(
        entity.eid, entity.id, entity.type_id, entity.tenant_id, EPOCH, EPOCH, 0, event.seq,
        origin.owner_org, origin.area_code, origin.sector, origin.source, origin.simulated, "", None, None,
        *texts, None,
    )  # fmt: skip


def held(text: str) -> list[dict[str, Any]]:
    """Return the entities that a throttling window held back (a single one, before joins were known)."""
    found = msgspec.json.decode(text)
    return found if isinstance(found, list) else [found]
