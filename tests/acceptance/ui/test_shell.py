"""The frame around the screens: address, theme, language, keys, zoom, one stream, calm colours."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import BrowserContext, Page, Request, expect
from tests.acceptance.conftest import Centre, Watch, until
from tests.acceptance.ui import eyes
from tests.acceptance.ui.conftest import RainFeed

SCREENS = [
    "/feeds",
    "/people",
    "/people/roles",
    "/people/keys",
    "/people/audit",
    "/operations",
    "/operations/subscriptions",
    "/operations/letters",
    "/operations/contexts",
    "/operations/storage",
    "/models",
    "/docs",
    "/account",
    "/khong-co-trang-nay",
]


async def test_the_address_alone_brings_back_the_same_screen(
    page: Page, context: BrowserContext, server: Centre, rain: RainFeed
) -> None:
    await page.goto(server.url + "/feeds")
    await page.get_by_role("link", name="Cần xem").click()
    await page.get_by_role("link", name="Trạm mưa thử nghiệm").click()
    await page.get_by_role("link", name="Dòng bị từ chối").last.click()
    await page.get_by_role("button", name="Chuyển sang nền sáng (văn phòng)").click()
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.get_by_role("heading", name="Data sources")).to_be_visible()

    other = await context.new_page()
    await other.goto(page.url)
    await expect(other.locator(".refused").first).to_be_visible()
    for selector in (".page", ".panel"):
        assert await eyes.words(other, selector) == await eyes.words(page, selector)
    for opened in (page, other):
        root = opened.locator("html")
        await expect(root).to_have_attribute("data-theme", "light")
        await expect(root).to_have_attribute("lang", "en")

    # The choice holds on this machine for an address that says nothing of it.
    await other.goto(server.url + "/people")
    await expect(other.get_by_role("heading", name="People and permissions")).to_be_visible()
    assert "theme=light" in other.url and "lang=en" in other.url
    await page.go_back()
    await expect(page.locator(".refused")).to_have_count(0)


async def test_every_screen_is_reached_and_every_key_listed_by_keyboard(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/people")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("f")
    await expect(page.get_by_role("heading", name="Nguồn dữ liệu")).to_be_visible()
    await expect(page.locator("#main")).to_be_focused()
    await page.keyboard.press("Shift+Slash")
    keys = page.get_by_role("complementary", name="Phím tắt")
    await expect(keys).to_contain_text("Ctrl")
    await keys.get_by_label("Dùng phím đơn").uncheck()
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
    await page.keyboard.press("g")
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name="Nguồn dữ liệu")).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("nguoi dung")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Người dùng và quyền")).to_be_visible()


async def test_the_palette_finds_a_device_without_accents(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/feeds?map=svg")
    await expect(page.get_by_role("heading", name="Nguồn dữ liệu")).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("camera 001")
    await page.get_by_role("option", name=re.compile("Camera 001")).first.click()
    await expect(page).to_have_url(re.compile(r"/city\?.*sel=urn"))


async def test_typing_vietnamese_never_fires_a_key(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/feeds")
    field = page.get_by_label("Tìm theo tên nguồn")
    await field.focus()
    await page.keyboard.type("jkgu?")
    await expect(field).to_have_value("jkgu?")
    await expect(page.get_by_role("complementary", name="Phím tắt")).to_have_count(0)
    # A composing input method reports key code 229 wherever the focus is.
    await page.locator("#main").focus()
    composing = "{code: 'Slash', shiftKey: true, isComposing: true}"
    await page.evaluate(f"() => dispatchEvent(new KeyboardEvent('keydown', {composing}))")
    await expect(page.get_by_role("complementary", name="Phím tắt")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_nothing_is_loud_where_nothing_is_wrong(page: Page, server: Centre, theme: str) -> None:
    for path in ("/people", "/people/roles", "/account"):
        await page.goto(f"{server.url}{path}?theme={theme}")
        await expect(page.locator("h1")).to_be_visible()
        await page.evaluate("document.fonts.ready")
        assert await eyes.loud_pixels(page) == 0, path


CODE = re.compile(r"^[a-z]+\.[a-z]+$")
"""A permission whose name in the reader's language has not come yet."""


@pytest.mark.parametrize(("width", "height", "scale"), [(853, 480, 1.5), (640, 400, 2.0), (390, 844, 1.0)])
async def test_zoom_and_phone_lose_nothing(
    page: Page, server: Centre, rain: RainFeed, width: int, height: int, scale: float
) -> None:
    """150 % and 200 % of 1280 pixels, as a browser's zoom lays them out, and a phone."""
    await page.set_viewport_size({"width": width, "height": height})
    for path in [*SCREENS, "/feeds/mua-thu-nghiem?tab=refused", "/feeds/mua-thu-nghiem"]:
        await page.goto(server.url + path)
        await expect(page.locator("h1:visible, h2:visible").first).to_be_visible()
        if path == "/account":  # keys show the codes themselves
            await expect(page.locator(".chip", has_text=CODE)).to_have_count(0)  # the words are there
        assert await eyes.overflowing(page) == [], f"{path} at {scale:.0%}"


async def test_every_control_has_a_name_and_can_be_hit(page: Page, server: Centre, rain: RainFeed) -> None:
    for path in [*SCREENS, "/feeds/mua-thu-nghiem?tab=refused"]:
        await page.goto(server.url + path)
        await expect(page.locator("h1:visible, h2:visible").first).to_be_visible()
        assert await eyes.nameless(page) == [], path
        assert await eyes.small_targets(page) == [], path


async def test_landmarks_and_the_way_past_the_navigation(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/feeds")
    await expect(page.get_by_role("banner")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Màn hình")).to_be_visible()
    await expect(page.get_by_role("main")).to_be_visible()
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    await expect(skip).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    inside = await page.evaluate("() => document.activeElement.closest('main') !== null")
    assert inside


async def test_windows_share_one_stream_and_the_next_takes_over(
    page: Page, context: BrowserContext, server: Centre
) -> None:
    streams: list[Request] = []

    def note(request: Request) -> None:
        if "/api/v1/stream" in request.url:
            streams.append(request)

    context.on("request", note)
    await page.goto(server.url + "/feeds")
    await expect(page.locator(".line-live")).to_be_visible()
    other = await context.new_page()
    await other.goto(server.url + "/people")
    # The second window hears only what the first passes on: at the latest the next beat, 15 s away.
    await expect(other.locator(".line-live")).to_be_visible()
    assert len(streams) == 1
    await page.close()
    await until(lambda: _is(len(streams) == 2))
    await expect(other.locator(".line-live")).to_be_visible()


async def test_a_cut_line_says_since_when(page: Page, server: Centre, watch: Watch) -> None:
    watch.allowed.append("/api/v1/stream")
    watch.allowed.append("ERR_FAILED")
    await page.clock.install()
    await page.route("**/api/v1/stream*", lambda route: route.abort())
    await page.goto(server.url + "/feeds")
    await expect(page.get_by_role("heading", name="Nguồn dữ liệu")).to_be_visible()
    await page.clock.run_for(40_000)
    await expect(page.locator(".line")).to_contain_text(re.compile(r"Mất kết nối từ \d\d:\d\d"))


async def test_simulated_data_are_named_so(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/feeds")
    await expect(page.locator(".demo-banner")).to_contain_text("Dữ liệu mô phỏng")


async def _is(value: bool) -> bool:
    return value
