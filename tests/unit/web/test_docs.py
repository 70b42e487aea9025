"""The docs name every route with its permission, every room, and nothing that is no more."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

import haidang
from haidang.base.settings import Settings
from haidang.organisation.permissions import PERMISSIONS, PUBLIC, SIGNED_IN
from haidang.web import app
from haidang.web.app import every_route, make_litestar
from haidang.web.guard import Route, UndeclaredRoute, refuse_undeclared
from haidang.web.house import House

DOCS = Path(__file__).resolve().parents[3] / "docs"
_ROW = re.compile(r"^\| `([A-Z]+) (/[^`]*)` \| ([a-z.-]+) \|", re.MULTILINE)


@pytest.fixture(scope="module")
def routes() -> list[Route]:
    """Every route of the application; nothing is opened to list them."""
    parts = dict.fromkeys(("db", "clock", "city", "feeds", "hub", "health"), object())
    house = SimpleNamespace(settings=Settings(data_dir=Path("/nonexistent")), **parts)
    return every_route(make_litestar(cast(House, house)))


def test_every_route_stands_in_the_docs_with_its_permission(routes: list[Route]) -> None:
    documented = set(_ROW.findall((DOCS / "api.md").read_text(encoding="utf-8")))
    served = {(route.method, re.sub(r":\w+}", "}", route.path), str(route.permission)) for route in routes}
    assert served - documented == set(), "docs/api.md lacks these"
    assert documented - served == set(), "docs/api.md names what is no more"


def test_every_route_declares_a_known_permission(routes: list[Route]) -> None:
    refuse_undeclared(routes)
    assert {route.permission for route in routes} <= set(PERMISSIONS) | {PUBLIC, SIGNED_IN}


@pytest.mark.parametrize("permission", [None, "", "entity.raed"])
def test_a_route_without_a_known_permission_is_not_served(permission: str | None) -> None:
    with pytest.raises(UndeclaredRoute, match=r"GET /secret"):
        refuse_undeclared([Route("GET", "/secret", permission)])


def test_every_room_stands_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    package = Path(haidang.__file__).parent
    rooms = {
        path.stem
        for path in package.iterdir()
        if not path.name.startswith(("_", ".")) and path.suffix in {"", ".py"}
    }
    assert {room for room in rooms if f"`haidang.{room}`" not in text} == set()


def test_every_part_is_reached_by_its_prefix() -> None:
    """A route of Litestar outside these prefixes would be answered by the pages instead."""
    prefixes = app._LITESTAR
    for handler in app.HANDLERS:
        for path in handler.paths:  # type: ignore[union-attr]
            assert path.startswith(prefixes), path
