"""HTTP handlers of data models for our own screens and for whoever builds devices."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from haidang.base.database import Connection, Database
from haidang.base.requests import Asked, Key, Seen, version_of, write
from haidang.city.models import service
from haidang.city.models.model import Mode
from haidang.city.service import City
from haidang.organisation.permissions import Principal

_Type = Annotated[str, PathParameter(max_length=200)]


class ModePatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strictly entities of a type are held to its model."""

    mode: Mode


@get(
    "/api/v1/models",
    opt={"permission": "entity.read"},
    tags=["models"],
    summary="Mô hình dữ liệu / data models",
)
async def list_models(
    *, city: NamedDependency[City], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return every data model, how strict it is, how many entities have it and how many did not fit."""
    return await service.every(city, principal)


@get(
    "/api/v1/models/{type_name:str}",
    opt={"permission": "entity.read"},
    tags=["models"],
    summary="Một mô hình / one data model",
)
async def get_model(
    *, type_name: _Type, city: NamedDependency[City], principal: NamedDependency[Principal]
) -> dict[str, Any]:
    """Return one model: attributes, units, labels, licence, what entities carry, what did not fit lately."""
    return await service.one(city, principal, type_name)


@get(
    "/api/v1/models/{type_name:str}/schema",
    opt={"permission": "entity.read"},
    tags=["models"],
    summary="JSON Schema",
)
async def get_schema(*, type_name: _Type, city: NamedDependency[City]) -> dict[str, Any]:
    """Return a model as JSON Schema 2020-12, to try a device's entities before it is connected."""
    return service.schema(city, type_name)


@patch(
    "/api/v1/models/{type_name:str}",
    opt={"permission": "model.manage"},
    tags=["models"],
    summary="Đổi chế độ kiểm tra / change how strict it is",
)
async def change_mode(
    *,
    request: Asked,
    key: Key,
    type_name: _Type,
    data: JSONBody[ModePatch],
    db: NamedDependency[Database],
    city: NamedDependency[City],
    principal: NamedDependency[Principal],
    seen: Seen = None,
) -> Any:
    """Choose accept, warn or reject for a type; writes in hand end as they began, the next ones obey."""
    version = version_of(seen)

    async def work(conn: Connection) -> dict[str, Any]:
        return await service.set_mode(conn, city, principal, type_name, mode=data.mode, version=version)

    found = await write(request, db, principal.id, key, work)
    await city.models.reload()
    city.nudge()
    return found


ROUTES = (list_models, get_model, get_schema, change_mode)
