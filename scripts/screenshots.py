"""Take the documentation's screenshots from the real thing: ``make screenshots``.

A centre of its own with the demonstration province and, where the sample data lie beside the checkout, the
two shipped feeds; the system's Chromium; one picture per screen into ``docs/images``.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext, async_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
PORT = 8479
URL = f"http://127.0.0.1:{PORT}"
FEEDS = {
    "transport/feeds/hcmc-cameras-2017.yaml": "hcmc_traffic_cameras_2017.csv",
    "environment/feeds/air-quality-2025.yaml": "air_quality_2025",
}
STATION = "urn:ngsi-ld:AirQualityObserved:HD-0001"
SHOTS = {
    "city-dark": "/city?theme=dark&c=107.09,21.04,10.9",
    "city-light": f"/city?theme=light&sel={STATION}",
    "city-english": "/city?theme=light&lang=en&map=svg",
    "cameras-hcmc": "/city?theme=dark&f=type:Camera&c=106.69,10.78,11",
    "feeds": "/feeds?theme=dark",
    "feed-refused": "/feeds/camera-loi?theme=light&tab=refused",
    "people": "/people?theme=light",
    "operations-flow": "/operations?theme=dark",
    "operations-subscriptions": "/operations/subscriptions/1?theme=light",
    "operations-letters": "/operations/letters/{letter}?theme=dark",
    "operations-contexts": "/operations/contexts?theme=light&lang=en",
    "operations-storage": "/operations/storage?theme=light",
    "entity-json": f"/city?theme=light&map=svg&sel={STATION}&json=concise",
    "models": "/models?theme=dark",
    "programme-board": "/programme?theme=light",
    "programme-risks": "/programme/risks?theme=light",
    "programme-forecast": "/programme/forecast?theme=light",
    "programme-case": "/programme/cases/2?theme=dark",
    "programme-reports": "/programme/reports?theme=light",
    "indicators-discipline": "/indicators/discipline?theme=light",
    "indicators-owed": "/indicators/owed?theme=dark",
    "index-unit": "/indicators/indices/{table}?unit=86&theme=light",
    "api": "/docs?theme=light",
}
RECEIVER = 8476
SUBSCRIPTIONS = (
    {
        "subscriptionName": "Trạng thái camera về phòng trực",
        "description": "Báo khi camera mất kết nối hoặc trở lại",
        "entities": [{"type": "Camera"}],
        "watchedAttributes": ["status"],
        "notification": {"endpoint": {"uri": f"http://127.0.0.1:{RECEIVER}/phong-truc"}},
    },
    {
        "subscriptionName": "PM2.5 cho cổng thông tin",
        "entities": [{"type": "AirQualityObserved"}],
        "watchedAttributes": ["pm25"],
        "q": "pm25>0",
        "notification": {
            "format": "keyValues",
            "endpoint": {"uri": f"http://127.0.0.1:{RECEIVER + 1}/cong-thong-tin"},
        },
    },
    {
        "subscriptionName": "Mực nước về chi cục thủy lợi",
        "entities": [{"type": "FloodMonitoring"}],
        "isActive": False,
        "notification": {"endpoint": {"uri": f"http://127.0.0.1:{RECEIVER}/thuy-loi"}},
    },
)
"""One that is taken, one whose endpoint is away, one that rests."""
CHROMIUM_FLAGS = [
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def main() -> None:
    """Start, fill, photograph, stop."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="hd-shots-", dir="/tmp"))
    folder.chmod(0o711)
    environ = os.environ | {
        "HAIDANG_DATA_DIR": str(folder / "data"),
        "HAIDANG_PORT": str(PORT),
        "HAIDANG_NOTIFICATION_ALLOW_HOSTS": f"127.0.0.1:{RECEIVER},127.0.0.1:{RECEIVER + 1}",
        "HAIDANG_NOTIFICATION_TRIES": "2",
    }
    log = folder / "output.log"
    with log.open("wb") as output:
        centre = subprocess.Popen(
            [sys.executable, "-m", "haidang", "up", "--demo"], env=environ, stdout=output, stderr=output
        )
    try:
        cookie = _first_administrator(log)
        _feed(folder, environ)
        with _receiver():
            letter = _subscribe(cookie)
            asyncio.run(_shoot(cookie, letter, _index(cookie)))
    finally:
        centre.send_signal(signal.SIGINT)
        centre.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _first_administrator(log: Path) -> str:
    limit = time.monotonic() + 120
    while not (link := re.search(r"/first-administrator\?token=([\w-]+)", log.read_text())):
        if time.monotonic() > limit:
            raise SystemExit(f"the centre did not start:\n{log.read_text()}")
        time.sleep(0.2)
    made = httpx.post(
        f"{URL}/api/v1/first-administrator",
        json={
            "token": link[1],
            "username": "quantri",
            "display_name": "Nguyễn Thị Hải",
            "password": secrets.token_urlsafe(16),
        },
    )
    made.raise_for_status()
    return made.cookies["haidang_session"]


def _feed(folder: Path, environ: dict[str, str]) -> None:
    """Run the shipped feeds, and one with bad rows, so that the pictures show real data and real refusals."""
    sectors = ROOT / "src" / "haidang" / "sectors"
    for name, data in FEEDS.items():
        if (ROOT.parent / "shared" / "data" / data).exists():
            _run(["feed", "run", str(sectors / name)], environ)
    broken = folder / "camera-loi.yaml"
    broken.write_text(_BROKEN_FEED.format(path=folder / "camera-loi.csv"))
    (folder / "camera-loi.csv").write_text(_BROKEN_ROWS)
    _run(["feed", "run", str(broken)], environ)


def _run(arguments: list[str], environ: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "haidang", *arguments], env=environ, cwd=ROOT, check=False)


class _Taker(http.server.BaseHTTPRequestHandler):
    """An endpoint that takes whatever comes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextlib.contextmanager
def _receiver() -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", RECEIVER), _Taker) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()


def _subscribe(cookie: str) -> int:
    """Make the subscriptions and a context, and wait until a notification was given up; return its number."""
    with httpx.Client(base_url=URL, cookies={"haidang_session": cookie}, timeout=30) as client:
        for one in SUBSCRIPTIONS:
            client.post("/ngsi-ld/v1/subscriptions", json={"type": "Subscription", **one}).raise_for_status()
        terms = {"luuLuong": "urn:vi-du:luuLuong", "mucNuoc": "urn:vi-du:mucNuoc"}
        client.post("/ngsi-ld/v1/jsonldContexts", json={"@context": terms}).raise_for_status()
        observed = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        value = {"type": "Property", "value": 61.5, "unitCode": "GQ", "observedAt": observed}
        client.patch(f"/ngsi-ld/v1/entities/{STATION}/attrs", json={"pm25": value}).raise_for_status()
        limit = time.monotonic() + 120
        while not (dead := client.get("/api/v1/notifications/dead").json()["items"]):
            if time.monotonic() > limit:
                raise SystemExit("no notification was given up")
            time.sleep(0.5)
        return int(dead[0]["no"])


def _index(cookie: str) -> int | None:
    """Load the sample table of an index where it lies beside the checkout; return its number."""
    sample = ROOT.parent / "shared" / "data" / "indices" / "pci_2019_partial.csv"
    if not sample.exists():
        return None
    query = {"method": "PCI-2013", "year": "2019", "name": sample.name, "title": "PCI 2019 (22 tỉnh)"}
    with httpx.Client(base_url=URL, cookies={"haidang_session": cookie}, timeout=30) as client:
        key = {"Idempotency-Key": secrets.token_hex(16)}
        made = client.post("/api/v1/indices/tables", params=query, content=sample.read_bytes(), headers=key)
        made.raise_for_status()
        return int(made.json()["id"])


async def _shoot(cookie: str, letter: int, table: int | None) -> None:
    async with async_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        await context.add_cookies([{"name": "haidang_session", "value": cookie, "url": URL}])
        for name, address in SHOTS.items():
            if "{table}" in address and table is None:
                continue
            await _one(context, name, address.format(letter=letter, table=table))
        await browser.close()


async def _one(context: BrowserContext, name: str, address: str) -> None:
    page = await context.new_page()
    await page.goto(URL + address)
    await page.wait_for_selector("main h1, main h2")
    await page.wait_for_timeout(
        5000
    )  # the map's first tiles and the first live values; a picture, not a test
    if raw := await page.query_selector(".city-raw[open]"):
        await raw.evaluate("it => it.scrollIntoView()")
    await page.screenshot(path=IMAGES / f"{name}.png")
    await page.close()


_BROKEN_FEED = """
feed: camera-loi
title: {{vi: Camera phường (bảng kê có lỗi), en: Ward cameras (a list with mistakes)}}
kind: file
owner: root
sector: transport
source: {{path: {path}, format: csv}}
mapping:
  type: Camera
  id: "phuong:{{ma}}"
  location: {{lon: kinh_do, lat: vi_do, required: true}}
  fields:
    name: {{from: ten, required: true}}
    cameraAngle: {{from: goc, type: number, unit: "°", range: [0, 360]}}
"""
_BROKEN_ROWS = """ma,ten,goc,kinh_do,vi_do
P-01,Ngã tư Bãi Cháy,90,107.0480,20.9610
P-02,,180,107.0512,20.9633
P-03,Cầu Bãi Cháy,bốn mươi,107.0650,20.9702
P-04,Bến phà cũ,45,20.9655,107.0571
P-05,Chợ Hạ Long 1,270,N/A,20.9507
P-06,Công viên Lán Bè,400,107.0899,20.9519
"""

if __name__ == "__main__":
    main()
