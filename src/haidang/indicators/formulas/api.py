"""Routes of formulas: try one, see what depends on what, unfold a figure; the facts that can be asked for."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from haidang.base.clock import Clock
from haidang.base.database import Database
from haidang.base.settings import Settings
from haidang.indicators.formulas import service
from haidang.indicators.formulas.facts import SPECS
from haidang.indicators.formulas.text import LENGTH_MAX
from haidang.indicators.model.period import Kind
from haidang.indicators.model.register import Code, Level, Unit
from haidang.indicators.service.desk import desk_of
from haidang.organisation.permissions import Principal

ROOT = "/api/v1/indicator-formulas"


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A formula, and the indicator that it would be for."""

    formula: Annotated[str, msgspec.Meta(min_length=1, max_length=LENGTH_MAX)]
    unit: Unit
    period_kind: Kind
    level: Level
    code: Code = "THU-NGHIEM"


@get(ROOT + "/facts", opt={"permission": "indicator.read"}, tags=["indicators"], summary="Facts for formulas")
async def list_formula_facts() -> dict[str, Any]:
    """Return what the product counts in itself and a formula may ask for."""
    items = [
        {
            "name": each.name, "vi": each.vi, "en": each.en, "unit": each.unit,
            "levels": sorted(each.levels), "words": sorted(each.words), "needed": sorted(each.needed),
        }
        for each in SPECS.values()
    ]  # fmt: skip
    return {"items": items, "next": None}


@post(
    ROOT + "/check",
    opt={"permission": "indicator.manage"},
    tags=["indicators"],
    summary="Check a formula",
    status_code=200,
)
async def check_formula(
    data: JSONBody[Trial],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the unit, cost and sources of a formula; what does not fit is named at its character."""
    async with db.transaction() as connection:
        return await service.tried(
            connection, desk_of(settings, clock), principal, data.formula, code=data.code, unit=data.unit,
            period_kind=data.period_kind, level=data.level,
        )  # fmt: skip


@get(
    "/api/v1/indicators/{indicator_id:int}/dependencies",
    opt={"permission": "indicator.read"},
    tags=["indicators"],
    summary="What an indicator is made from, and what is made from it",
)
async def get_dependencies(
    indicator_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
) -> dict[str, Any]:
    """Return the graph around an indicator; of indicators out of sight only that there are some."""
    async with db.transaction() as connection:
        return await service.around(connection, desk_of(settings, clock), principal, indicator_id)


@get(
    "/api/v1/indicators/{indicator_id:int}/unfolded",
    opt={"permission": "indicator.read"},
    tags=["indicators"],
    summary="A computed figure step by step, down to the facts",
)
async def get_unfolded(
    *,
    indicator_id: FromPath[int],
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    principal: NamedDependency[Principal],
    place: FromQuery[int],
    period: FromQuery[Annotated[str, msgspec.Meta(max_length=20)]],
) -> dict[str, Any]:
    """Return how a figure is made: every step with its unit, value, coverage and what is missing."""
    async with db.transaction() as connection:
        return await service.unfolded(
            connection, desk_of(settings, clock), principal, indicator_id, place=place, text=period
        )


ROUTES = (list_formula_facts, check_formula, get_dependencies, get_unfolded)
