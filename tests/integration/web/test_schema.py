"""Whatever the description of the API lets one send, the answer is never a fault of ours (schemathesis)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio
import schemathesis
from granian.constants import Interfaces
from granian.server.embed import Server as Granian
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from tests.acceptance.conftest import free_port
from tests.integration.web.conftest import token_of, until

from haidang.base.settings import Settings
from haidang.organisation.service import first_administrator_link
from haidang.web.app import make_app

EXAMPLES = 15
LEFT_OUT = {
    "/api/v1/stream": "does not end",
    "/api/v1/session": "signing out would leave the rest unasked",
    "/api/v1/session/password": "likewise: all sessions end",
    "/api/v1/accounts/{account_id}/password-link": "likewise, for account 1",
    "/basemap.pmtiles": "a file",
}
REFUSES_ANYBODY = {"/api/v1/first-administrator", "/api/v1/set-password"}


class Target(NamedTuple):
    url: str
    cookie: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def target(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    """The application on a real port, in this loop; schemathesis asks it from a thread."""
    port = free_port()
    app = make_app(Settings(data_dir=tmp_path_factory.mktemp("data"), database_url=database_url, port=port))
    granian = Granian(app, port=port, interface=Interfaces.ASGI, log_enabled=False, websockets=False)
    serving = asyncio.create_task(granian.serve())
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url) as client:

        async def alive() -> bool:
            try:
                return (await client.get("/health/live")).status_code == 200
            except httpx.ConnectError:
                return False

        await until(alive)
        assert app.house is not None
        link = await first_administrator_link(app.house.db, url)
        assert link is not None
        person = {"username": "quantri", "display_name": "Q", "password": "một mật khẩu dài"}
        made = await client.post("/api/v1/first-administrator", json={"token": token_of(link)} | person)
        yield Target(url, made.cookies["haidang_session"])
    app.drain()
    granian.stop()
    await serving


async def test_nothing_that_may_be_sent_breaks_us(target: Target) -> None:
    async with httpx.AsyncClient(base_url=target.url) as client:
        document = (await client.get("/schema/openapi.json")).json()
    # Else made-up credentials would be sent, and all of it refused at the door.
    del document["security"], document["components"]["securitySchemes"]
    failures = await asyncio.to_thread(ask_everything, target, document)
    assert not failures, "\n".join(failures)


def ask_everything(target: Target, document: dict[str, Any]) -> list[str]:
    """Ask every operation with made-up values; return what went wrong."""
    failures: list[str] = []
    asked = 0
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        if operation.path in LEFT_OUT:
            continue

        @examples(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(base_url=target.url, cookies={"haidang_session": target.cookie}, timeout=20)
            what = f"{case.method} {case.path} → {answer.status_code}"
            if answer.status_code >= 500 and answer.status_code != 501:
                failures.append(f"{what}: {case.as_curl_command()[:400]} {answer.text[:300]}")
            elif answer.status_code >= 400 and answer.headers["content-type"] != ["application/problem+json"]:
                failures.append(f"{what}: not a problem document but {answer.headers['content-type']}")
            elif answer.status_code == 401 and case.operation.path not in REFUSES_ANYBODY:
                failures.append(f"{what}: the session was lost on the way")

        check()
    assert asked > EXAMPLES * 30
    return failures
