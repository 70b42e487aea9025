"""The route that describes what can be written beside a project."""

from __future__ import annotations

from typing import Any

from litestar import get

from haidang.programme.api.programs import ROOT
from haidang.programme.service.fields import described


@get(
    ROOT + "/fields",
    opt={"permission": "programme.read"},
    tags=["programme"],
    summary="Fields of records and acts",
)
async def get_fields() -> dict[str, Any]:
    """Return every kind of record and every act with its fields: names, types, choices, limits."""
    return described()


ROUTES = (get_fields,)
