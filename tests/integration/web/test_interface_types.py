"""The interface's hand-written types against the server: every path it asks for, every answer it reads.

The published description (``/schema/openapi.json``) names routes, methods and parameters, and is compared
with what the interface's sources ask for. Of answers it says nothing, so those are asked for and compared
with the types that the interface declares.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from tests.integration.web.conftest import Site
from tests.integration.web.shapes import SOURCES, Shapes
from tests.integration.web.test_two_agencies import World, furnish

_ASKED = re.compile(r"""[`'"](/(?:api|ngsi-ld)/v1/[^`'"]*)[`'"]""")
_PLACE = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")

SHAPES = Shapes(
    "api/types.ts",
    "api/operations.ts",
    "api/labels.ts",
    "api/models.ts",
    "api/sectors.ts",
    "screens/city/board.ts",
    "screens/city/panel.tsx",
    "screens/city/history.tsx",
    "screens/city/series.ts",
)
ANSWERS = {
    # Path, asked with the things of the agency → where in the answer, and of which type it is.
    "/api/v1/site": (None, "Site"),
    "/api/v1/session": (None, "Me"),
    "/api/v1/orgs": ("items", "Org"),
    "/api/v1/areas?parent=22": ("items", "Area"),
    "/api/v1/areas/22": (None, "Area"),
    "/api/v1/sectors": ("items", "Sector"),
    "/api/v1/labels": (None, "Labels"),
    "/api/v1/search?q={word}": ("items", "SearchHit"),
    "/api/v1/accounts": ("items", "Account"),
    "/api/v1/accounts/{account}/grants": ("items", "Grant"),
    "/api/v1/roles": ("items", "Role"),
    "/api/v1/permissions": ("items", "PermissionText"),
    "/api/v1/keys": ("items", "ApiKey"),
    "/api/v1/audit": ("items", "AuditEntry"),
    "/api/v1/feeds": ("items", "Feed"),
    "/api/v1/feeds/{feed}": (None, "Feed"),
    "/api/v1/feeds/{feed}/runs": ("items", "Run"),
    "/api/v1/feeds/{feed}/refused": ("items", "RefusedRow"),
    "/api/v1/boards/city": (None, "CityBoard"),
    "/api/v1/entities/{entity}": (None, "Detail"),
    "/api/v1/entities/{entity}/history": (None, "Answer"),
    "/api/v1/operations": (None, "Operations"),
    "/api/v1/subscriptions": ("items", "Subscription"),
    "/api/v1/notifications/endpoints": ("items", "Endpoint"),
    "/api/v1/notifications/dead": ("items", "DeadLetter"),
    "/api/v1/notifications/dead/{letter}": (None, "LetterPayload"),
    "/api/v1/contexts": ("items", "HeldContext"),
    "/api/v1/storage": (None, "Storage"),
    "/api/v1/models": (None, "Models"),
    "/api/v1/models/Camera": (None, "Model"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(site: Site) -> AsyncIterator[World]:
    agency = await site.agency("hai")
    await furnish(site, agency)
    yield World(site, agency, agency)
    await agency.client.aclose()


@pytest.mark.parametrize("path", ANSWERS)
async def test_an_answer_is_of_the_type_that_the_interface_declares(world: World, path: str) -> None:
    inside, name = ANSWERS[path]
    answer = await world.mine.client.get(path.format(**world.mine.things))
    if answer.status_code == 403:  # over the whole house, not within one agency
        answer = await world.site.administrator.get(path.format(**world.mine.things))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    values = [found] if inside is None else found[inside]
    assert values, "an empty list proves nothing"
    assert [fault for value in values for fault in SHAPES.faults(name, value)] == []


async def test_every_path_that_the_interface_asks_for_is_described(site: Site) -> None:
    described = (await site.administrator.get("/schema/openapi.json")).json()["paths"]
    known = [_parts(re.sub(r"\{[^}]*\}", "{}", path)) for path in described]
    asked = dict(_asked())
    assert len(asked) > 30
    lost = {path: file for path, file in asked.items() if not any(_meets(_parts(path), one) for one in known)}
    assert lost == {}


def _asked() -> Any:
    """Yield (path, file) of all that the sources ask for; what varies in a path stands as ``{}``."""
    for file in sorted(SOURCES.rglob("*.ts*")):
        if "messages" in file.parts:
            continue
        for found in _ASKED.findall(_PLACE.sub("{}", file.read_text(encoding="utf-8"))):
            yield found.split("?")[0], str(file.relative_to(SOURCES))


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _meets(asked: list[str], known: list[str]) -> bool:
    return len(asked) == len(known) and all(
        one == other or "{}" in (one, other) for one, other in zip(asked, known, strict=True)
    )


def test_a_shape_tells_what_is_wrong_and_where() -> None:
    run = {
        "id": 1, "started_at": "x", "finished_at": None, "outcome": "ok", "read": 1, "accepted": 1,
        "refused": 0, "unchanged": 0, "faulty": 0, "lag_s": 1.5, "message_vi": "", "message_en": "",
    }  # fmt: skip
    assert SHAPES.faults("Run", run) == []
    assert SHAPES.faults("Run", run | {"more": 1}) == [], "what is added harms nobody"
    assert SHAPES.faults("Run", run | {"outcome": "new"}) == ["Run.outcome: 'new' is none of the choices"]
    assert SHAPES.faults("Run", run | {"read": "1"}) == ["Run.read: '1' is no number"]
    del run["faulty"]
    assert SHAPES.faults("Run", run) == ["Run.faulty is missing"]
    assert SHAPES.faults("Site", None) == ["Site: None is no object"]
