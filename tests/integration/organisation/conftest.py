"""A house with two agencies that must not see each other, and a client for each person in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar, Request, Response
from litestar.di import Provide

from haidang.base.clock import FixedClock
from haidang.base.database import Database
from haidang.base.problems import Problem
from haidang.base.settings import Settings
from haidang.organisation import authenticate, prepare, root_org, system
from haidang.organisation.api import ROUTES
from haidang.organisation.model import Grant
from haidang.organisation.permissions import Principal
from haidang.organisation.service.accounts import NewAccount, add_account, add_grant
from haidang.organisation.service.links import set_first_password
from haidang.organisation.service.orgs import NewOrg, add_org
from haidang.organisation.service.sessions import COOKIE

PASSWORD = "con mèo nằm trên mái"
ME = system("test")


class Site(msgspec.Struct):
    """The house under test: who is where, and how to speak to it."""

    db: Database
    clock: FixedClock
    settings: Settings
    app: Any
    root: int
    north: int
    south: int
    tokens: dict[str, str]
    ids: dict[str, int]

    async def principal(self, name: str) -> Principal:
        return await authenticate(self.db, self.clock, self.settings, session_token=self.tokens[name])

    def client(self, name: str | None) -> httpx.AsyncClient:
        cookies = {COOKIE: self.tokens[name]} if name else {}
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 5000))
        return httpx.AsyncClient(transport=transport, base_url="http://centre.test", cookies=cookies)

    async def person(self, name: str, org_id: int, *grants: Grant) -> int:
        """Add somebody with a password and a session."""
        async with self.db.transaction() as connection:
            new = NewAccount(username=name, display_name=name.title(), org_id=org_id)
            found = await add_account(connection, self.clock, ME, new)
            for grant in grants:
                await add_grant(connection, self.clock, ME, found.account.id, grant)
        signed_in = await set_first_password(
            self.db, self.clock, self.settings, token=found.link_token, password=PASSWORD
        )
        self.tokens[name] = signed_in.token
        self.ids[name] = found.account.id
        return found.account.id


def make_app(db: Database, clock: FixedClock, settings: Settings) -> Litestar:
    """Serve the room's routes as WEB does, without its cache."""

    async def principal(request: Request[Any, Any, Any]) -> Principal:
        key = request.headers.get("x-api-key")
        try:
            return await authenticate(
                db, clock, settings, session_token=request.cookies.get(COOKIE), api_key=key
            )
        except Problem:
            return Principal("anonymous", "", None, ())

    async def guard(connection: Any, handler: Any) -> None:
        who = await principal(connection)
        permission = handler.opt["permission"]
        if permission == "signed-in" and who.id == "anonymous":
            raise Problem(refused_kind("unauthenticated"))
        who.require(permission)

    def refuse(_: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
        body = msgspec.json.encode(problem.document())
        return Response(body, status_code=problem.kind.status, media_type="application/problem+json")

    def given(part: object) -> Provide:
        return Provide(lambda: part, sync_to_thread=False)

    return Litestar(
        route_handlers=ROUTES,
        dependencies={
            "db": given(db),
            "clock": given(clock),
            "settings": given(settings),
            "principal": Provide(principal),
        },
        guards=[guard],
        exception_handlers={Problem: refuse},
        openapi_config=None,
    )


def refused_kind(code: str) -> Any:
    from haidang.base.problems import KINDS  # noqa: PLC0415 - only here

    return KINDS[code]


@pytest.fixture(scope="module")
def site_clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 16, 2, 30, tzinfo=UTC))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    db: Database, site_clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """One root with two agencies; an administrator, and a manager and a viewer in each agency."""
    folder: Path = tmp_path_factory.mktemp("site")
    settings = Settings(data_dir=folder, province_code="24")
    await prepare(db, settings, site_clock)
    async with db.transaction() as connection:
        root = (await root_org(connection)).id
        north = (await add_org(connection, ME, NewOrg(name="Sở Phương Bắc", parent_id=root))).id
        south = (await add_org(connection, ME, NewOrg(name="Sở Phương Nam", parent_id=root))).id
    site = Site(db, site_clock, settings, make_app(db, site_clock, settings), root, north, south, {}, {})
    await site.person("boss", root, Grant("administrator"))
    for org, name in ((north, "north"), (south, "south")):
        await site.person(f"{name}.manager", org, Grant("administrator", org))
        await site.person(f"{name}.viewer", org, Grant("viewer", org))
    yield site
