"""The real thing: `haidang up` as its own process tree, and a real browser in front of it."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright

from haidang.web.interface import DIST

START_LIMIT_S = 120
CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_LINK = re.compile(r"/first-administrator\?token=([\w-]+)")


class Centre:
    """A running centre with one administrator, and a small demonstration province unless settings say no."""

    def __init__(self, data_dir: Path, port: int, **settings: str) -> None:
        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{port}"
        self.administrator = ("quantri", secrets.token_urlsafe(12))
        self.cookie = ""
        """Session of the administrator: the value of ``haidang_session``."""
        self.receiver_port = free_port()
        """A port of this machine to which notifications may go; a test listens there, or nobody."""
        self._log = data_dir.parent / "output.log"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("HAIDANG_")}
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "haidang", "up"],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environ
                | {
                    "HAIDANG_DATA_DIR": str(data_dir),
                    "HAIDANG_PORT": str(port),
                    "HAIDANG_DEMO": "1",
                    "HAIDANG_DEMO_SCALE": "0.25",
                    "HAIDANG_NOTIFICATION_ALLOW_HOSTS": f"127.0.0.1:{self.receiver_port}",
                    "HAIDANG_NOTIFICATION_TRIES": "2",
                }
                | {f"HAIDANG_{name.upper()}": value for name, value in settings.items()},
            )

    def output(self) -> str:
        """What the process has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Wait until it is ready and make the first administrator with the printed link."""
        limit = time.monotonic() + START_LIMIT_S
        while not (link := _LINK.search(self.output())):
            if self.process.poll() is not None or time.monotonic() > limit:
                self.stop()
                pytest.fail(f"haidang up did not start:\n{self.output()}")
            time.sleep(0.2)  # the process writes to a file; there is nothing to wait on
        username, password = self.administrator
        made = httpx.post(
            f"{self.url}/api/v1/first-administrator",
            json={"token": link[1], "username": username, "display_name": "Quản trị", "password": password},
        )
        assert made.status_code == 201, made.text
        self.cookie = made.cookies["haidang_session"]

    def stop(self) -> int:
        """Stop it as Ctrl-C does and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    async def signed_in(self) -> httpx.AsyncClient:
        """Return a client with the administrator's session; close it after use."""
        return httpx.AsyncClient(base_url=self.url, cookies={"haidang_session": self.cookie}, timeout=30)


def free_port() -> int:
    """Return a port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Centre]:
    """One centre for all acceptance tests of the run."""
    folder = Path(tempfile.mkdtemp(prefix="hd-up-", dir="/tmp"))
    folder.chmod(0o711)  # as root, the database runs as another user and must get through
    centre = Centre(folder / "data", free_port())
    try:
        centre.start()
        yield centre
    finally:
        centre.stop()
        shutil.rmtree(folder, ignore_errors=True)


def required(reason: str) -> None:
    """Skip with the reason, or fail where the run requires everything to be there."""
    if os.environ.get("HAIDANG_TEST_REQUIRE") == "1":
        pytest.fail(f"{reason}, and HAIDANG_TEST_REQUIRE=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        required("there is no Chromium on this machine (Debian: apt install chromium fonts-noto-core)")
    assert found
    return found


@pytest.fixture(scope="session")
def built() -> None:
    """The user interface must have been built (`make setup`)."""
    if not (DIST / "index.html").is_file():
        required("the user interface is not built")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for the run; each test gets a context of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--enable-unsafe-swiftshader", "--no-sandbox"]
        )
        yield browser
        await browser.close()


class Watch:
    """What a page must not do: write errors into its console, throw, or ask anybody outside."""

    def __init__(self) -> None:
        self.allowed: list[str] = []
        """Parts of console errors that a test expects."""
        self.faults: list[str] = []

    async def look_at(self, context: BrowserContext) -> None:
        """Watch every page of a context, and let nothing out of this machine."""
        await context.route("**/*", self._only_here)
        context.on("page", self._listen)

    async def _only_here(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in {"data", "blob"} or parts.hostname in {"127.0.0.1", "localhost", "::1"}:
            await route.continue_()
            return
        self.faults.append(f"asked outside: {route.request.url}")
        await route.abort()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on(
            "console",
            lambda message: (
                self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")
                if message.type == "error"
                else None
            ),
        )

    def check(self) -> None:
        """Fail the test where something happened that it did not expect."""
        wrong = [fault for fault in self.faults if not any(part in fault for part in self.allowed)]
        assert not wrong, "\n".join(wrong)


@pytest.fixture
def watch() -> Watch:
    """The watch over the pages of this test; add to ``watch.allowed`` what the test itself provokes."""
    return Watch()


@pytest_asyncio.fixture(loop_scope="session")
async def context(
    browser: Browser, server: Centre, watch: Watch, built: None
) -> AsyncIterator[BrowserContext]:
    """A fresh browser profile, watched, nobody signed in."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 720}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    context.set_default_timeout(60_000)
    await watch.look_at(context)
    yield context
    await context.close()
    watch.check()


@pytest_asyncio.fixture(loop_scope="session")
async def anonymous_page(context: BrowserContext) -> Page:
    """A page with nobody signed in, not yet gone anywhere."""
    return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, server: Centre) -> Page:
    """A page with the administrator signed in, not yet gone anywhere."""
    cookie = {"name": "haidang_session", "value": server.cookie, "url": server.url, "httpOnly": True}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    return await context.new_page()


async def until(condition, limit_s: float = 30) -> None:  # type: ignore[no-untyped-def]
    """Wait until an awaited condition holds, for what no event tells."""
    async with asyncio.timeout(limit_s):
        while not await condition():
            await asyncio.sleep(0.1)
