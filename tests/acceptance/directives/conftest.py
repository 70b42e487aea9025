"""An office and two departments, each with one person in a browser; a third unit that merged long ago."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page
from tests.acceptance.conftest import Centre, Watch

PASSWORD = "con thuyền về bến lúc chiều"
OFFICE, LIGHTS, TIDES = "Văn phòng Chỉ đạo thử nghiệm", "Sở Đèn biển", "Sở Thủy triều"
ORGS = f"""
orgs:
  - {{name: {OFFICE}, key: office, kind: office}}
  - {{name: {LIGHTS}, key: lights}}
  - {{name: {TIDES}, key: tides}}
  - {{name: Sở Báo vụ, key: radio, valid_to: 2025-03-01}}
successions:
  - {{old: radio, since: 2025-03-01, kind: merged, new: lights, legal_basis: Nghị quyết 12/NQ-HĐND}}
"""

OpenAs = Callable[..., Awaitable[Page]]


async def write(client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    """Send a write with a fresh key and return what it answers."""
    answer = await client.request(method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code < 300, answer.text
    return answer.json()


@pytest.fixture(scope="session")
def units(server: Centre, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The units of these tests, with who carried on whose work, brought in as a site does it."""
    file = tmp_path_factory.mktemp("orgs") / "orgs.yaml"
    file.write_text(ORGS, encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
    subprocess.run(
        [sys.executable, "-m", "haidang", "org", "import", str(file)],
        env=environ | {"HAIDANG_DATA_DIR": str(server.data_dir), "HAIDANG_DEMO": "1"},
        capture_output=True, timeout=90, check=True,
    )  # fmt: skip


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(server: Centre, units: None) -> dict[str, str]:
    """The sessions of three people by the unit they work in: the office's oversees, the others work."""
    cookies: dict[str, str] = {}
    async with await server.signed_in() as administrator:
        orgs = (await administrator.get("/api/v1/orgs")).json()["items"]
        by_name = {each["name"]: each["id"] for each in orgs}
        root = next(each["id"] for each in orgs if each["parent_id"] is None)
        for name, role, over in (
            (OFFICE, "desk_officer", root),
            (LIGHTS, "department_head", by_name[LIGHTS]),
            (TIDES, "department_head", by_name[TIDES]),
        ):
            word = uuid.uuid4().hex[:6]
            body = {"username": f"cd.{word}", "display_name": f"Cán bộ {name}", "org_id": by_name[name]}
            made = await write(administrator, "POST", "/api/v1/accounts", body)
            grants = f"/api/v1/accounts/{made['account']['id']}/grants"
            await write(administrator, "POST", grants, {"role": role, "org_id": over})
            token = parse_qs(urlsplit(made["one_time_password_link"]).query)["token"][0]
            async with httpx.AsyncClient(base_url=server.url) as client:
                answer = await client.post(
                    "/api/v1/set-password", json={"token": token, "password": PASSWORD}
                )
                assert answer.status_code < 300, answer.text
                cookies[name] = client.cookies["haidang_session"]
    return cookies


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(
    browser: Browser, server: Centre, people: dict[str, str], watch: Watch, built: None
) -> AsyncIterator[OpenAs]:
    """Open a page as the person of a unit, in a browser profile of their own."""
    contexts: list[BrowserContext] = []

    async def opened(unit: str, path: str, **options: Any) -> Page:
        size = {"width": 1280, "height": 720}
        context = await browser.new_context(
            **({"viewport": size, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"} | options)
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        await watch.look_at(context)
        cookie = {"name": "haidang_session", "value": people[unit], "url": server.url, "httpOnly": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        await page.goto(server.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    watch.check()


async def drop(page: Page, *files: Path) -> None:
    """Let files fall onto the list of documents, as dragging them there does."""
    carried = await page.evaluate_handle(
        """(files) => {
          const carried = new DataTransfer()
          for (const { name, bytes } of files) {
            const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))
            carried.items.add(new File([content], name))
          }
          return carried
        }""",
        [{"name": file.name, "bytes": _base64(file)} for file in files],
    )
    await page.dispatch_event(".intake-drop", "drop", {"dataTransfer": carried})


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
