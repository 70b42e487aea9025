"""A whole site in this process: the same application that granian serves, asked without a network between."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from haidang import pipeline
from haidang.base.settings import Settings
from haidang.organisation.service import first_administrator_link
from haidang.web.app import make_app
from haidang.web.house import House
from haidang.web.server import Server

BASE = "http://127.0.0.1:8080"


class Agency:
    """An agency with an account that may do everything within it, and what belongs to it."""

    def __init__(self, word: str, org_id: int, account_id: int, client: httpx.AsyncClient) -> None:
        self.word = word
        """Stands in the name of everything that is its own, and nowhere else."""
        self.org_id = org_id
        self.account_id = account_id
        self.client = client
        self.things: dict[str, Any] = {}


class Site:
    """The site, and hands to work in it."""

    def __init__(self, server: Server, settings: Settings) -> None:
        self.server = server
        self.settings = settings
        self.administrator = self.client()

    @property
    def house(self) -> House:
        assert self.server.house is not None
        return self.server.house

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Return a client with a cookie jar of its own."""
        transport = httpx.ASGITransport(app=self.server, raise_app_exceptions=True)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def make_administrator(self) -> None:
        link = await first_administrator_link(self.house.db, BASE)
        assert link is not None
        made = await self.administrator.post(
            "/api/v1/first-administrator",
            json={
                "token": token_of(link),
                "username": "quantri",
                "display_name": "Q",
                "password": "một mật khẩu dài",
            },
        )
        assert made.status_code == 201, made.text

    async def agency(self, word: str) -> Agency:
        """Make an agency named by ``word`` with an account that is administrator within it."""
        orgs = (await self.administrator.get("/api/v1/orgs")).json()["items"]
        org = await self.write(
            self.administrator, "POST", "/api/v1/orgs", {"name": f"Sở {word}", "parent_id": orgs[0]["id"]}
        )
        made = await self.write(
            self.administrator,
            "POST",
            "/api/v1/accounts",
            {"username": f"nv-{word}", "display_name": f"Nhân viên {word}", "org_id": org["id"]},
        )
        account_id = made["account"]["id"]
        await self.write(
            self.administrator,
            "POST",
            f"/api/v1/accounts/{account_id}/grants",
            {"role": "administrator", "org_id": org["id"]},
        )
        client = self.client()
        signed_in = await client.post(
            "/api/v1/set-password",
            json={"token": token_of(made["one_time_password_link"]), "password": "một mật khẩu dài"},
        )
        assert signed_in.status_code < 300, signed_in.text
        return Agency(word, org["id"], account_id, client)

    async def write(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
        """Do a write that must succeed, and return its answer."""
        answer = await client.request(method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


def token_of(link: str) -> str:
    """Return the secret of a one-time link."""
    return parse_qs(urlsplit(link).query)["token"][0]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site with an administrator, its pipeline running, without demonstration."""
    data_dir: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data_dir, database_url=database_url)
    server = make_app(settings, beside=(pipeline.running,))
    await server.start()
    try:
        site = Site(server, settings)
        await site.make_administrator()
        yield site
    finally:
        await server.stop()


async def until(condition: Any, limit_s: float = 30) -> Any:
    """Wait for something that no event tells, and return it."""
    async with asyncio.timeout(limit_s):
        while not (found := await condition()):
            await asyncio.sleep(0.1)
    return found
