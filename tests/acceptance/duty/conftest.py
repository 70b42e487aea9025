"""The demonstration's people, each in a browser of their own, and the water that rises on demand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from tests.acceptance.conftest import Centre, Watch

PASSWORD = "con thuyền về bến lúc chiều"
HEAD, LEADER, PUMPS = "hd-truong-ca-a", "hd-lanh-dao-truc", "hd-xay-dung"
_LINK = re.compile(r"^(\S+)\s+\S+token=([\w-]+)", re.MULTILINE)

OpenAs = Callable[..., Awaitable[Page]]


def command(server: Centre) -> dict[str, str]:
    """Return the environment in which the command line works on the centre's data folder."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
    own = {"HAIDANG_DATA_DIR": str(server.data_dir), "HAIDANG_DEMO": "1", "HAIDANG_DEMO_SCALE": "0.25"}
    return environ | own


@pytest.fixture(scope="session")
def people(server: Centre) -> dict[str, str]:
    """The sessions of the demonstration's accounts: each has set its password by its one-time link."""
    done = subprocess.run(
        [sys.executable, "-m", "haidang", "demo", "people"],
        env=command(server), capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    cookies = {}
    for username, token in _LINK.findall(done.stdout):
        if username not in {HEAD, LEADER, PUMPS}:
            continue
        answer = httpx.post(
            f"{server.url}/api/v1/set-password", json={"token": token, "password": PASSWORD}, timeout=30
        )
        assert answer.status_code < 300, answer.text
        cookies[username] = answer.cookies["haidang_session"]
    return cookies


@pytest.fixture
def water_rises(server: Centre) -> Iterator[None]:
    """The flood of the demonstration province, told thirty times as fast as it would happen."""
    story = subprocess.Popen(
        [sys.executable, "-m", "haidang", "demo", "story", "flood", "--speed", "30"],
        env=command(server), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield
    story.terminate()
    story.wait(30)


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(
    browser: Browser, server: Centre, people: dict[str, str], watch: Watch, built: None
) -> AsyncIterator[OpenAs]:
    """Open a page as one of the people, in a browser profile of their own."""
    contexts = []

    async def opened(who: str, path: str, **options: object) -> Page:
        size = {"width": 1280, "height": 720}
        context = await browser.new_context(**({"viewport": size, "locale": "vi-VN"} | options))  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(60_000)
        await watch.look_at(context)
        cookie = {"name": "haidang_session", "value": people[who], "url": server.url, "httpOnly": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        await page.goto(server.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    watch.check()


def client_of(server: Centre, people: dict[str, str], who: str) -> httpx.AsyncClient:
    """Return a client with somebody's session; close it after use."""
    return httpx.AsyncClient(base_url=server.url, cookies={"haidang_session": people[who]}, timeout=30)
