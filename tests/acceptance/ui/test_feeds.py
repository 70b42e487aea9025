"""The sources' screen: states, refused rows and what becomes of them, the keyboard, live updates."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.ui.conftest import FEED, GOOD, NO_NUMBER, RainFeed

TITLE = "Trạm mưa thử nghiệm"


async def test_a_refused_row_shows_its_field_reason_and_original_text(
    page: Page, server: Centre, rain: RainFeed
) -> None:
    await page.goto(f"{server.url}/feeds/{FEED}?tab=refused")
    row = page.locator(".refused", has_text="mười hai")
    await expect(row.locator("pre")).to_contain_text("R3;Trạm Vân Đồn;107.42;21.07;mười hai")
    await expect(row.locator(".refused-field")).to_have_text("Lượng mưa")
    await expect(row.locator(".refused-faults")).to_contain_text("số")
    await expect(page.locator(".refused", has_text="R4")).to_contain_text("tọa độ")
    # The good rows of the same file went in.
    await page.goto(f"{server.url}/feeds/{FEED}")
    await expect(page.locator(".figure", has_text="Thực thể")).to_contain_text("2")


async def test_a_looked_at_row_keeps_who_and_why(page: Page, server: Centre, rain: RainFeed) -> None:
    await page.goto(f"{server.url}/feeds/{FEED}?tab=refused")
    row = page.locator(".refused", has_text="R4")
    await row.get_by_role("button", name="Đã xem xét").click()
    await expect(row.get_by_label("Ghi chú xử lý")).to_be_focused()
    await row.get_by_label("Ghi chú xử lý").fill("Trạm chưa lắp, sẽ bổ sung toạ độ")
    await row.get_by_role("button", name="Ghi nhận đã xem xét").click()
    await expect(row).to_contain_text("Đã xem xét:")
    await expect(row).to_contain_text("Trạm chưa lắp, sẽ bổ sung toạ độ")
    await page.reload()
    await expect(page.locator(".refused", has_text="R3")).to_be_visible()
    await expect(page.locator(".refused", has_text="R4")).to_have_count(0)
    await page.get_by_label("Chỉ dòng chưa xem xét").uncheck()
    await expect(page.locator(".refused", has_text="R4")).to_contain_text("sẽ bổ sung toạ độ")
    assert "rows=all" in page.url


async def test_the_filter_and_the_search_are_in_the_address(
    page: Page, server: Centre, rain: RainFeed
) -> None:
    await page.goto(server.url + "/feeds")
    await page.get_by_role("link", name="Có dòng bị từ chối").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert "f=refused" in page.url
    await page.get_by_label("Tìm theo tên nguồn").fill("tram mua")
    await expect(page.locator("tbody tr")).to_contain_text(TITLE)
    await page.get_by_label("Tìm theo tên nguồn").fill("tram gio")
    await expect(page.get_by_text("Không có nguồn nào khớp bộ lọc")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Tìm theo tên nguồn")).to_have_value("tram gio")


async def test_the_keyboard_alone_opens_and_closes_a_source(
    page: Page, server: Centre, rain: RainFeed
) -> None:
    await page.goto(server.url + "/feeds?q=tram+mua")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.keyboard.press("j")
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text(TITLE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary", name=TITLE)).to_be_visible()
    assert page.url.startswith(f"{server.url}/feeds/{FEED}")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name=TITLE)).to_have_count(0)
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text(TITLE)


async def test_a_new_run_shows_by_itself(page: Page, server: Centre, rain: RainFeed) -> None:
    await page.goto(f"{server.url}/feeds/{FEED}?tab=runs")
    runs = page.locator(".run-line")
    await expect(runs.first).to_be_visible()
    await expect(page.locator(".line-live")).to_be_visible()
    before = await runs.count()
    await asyncio.to_thread(rain.run, GOOD + NO_NUMBER + "R5;;107.1;20.9;1\n")
    await expect(runs).to_have_count(before + 1)
    await expect(runs.first).to_contain_text("Đọc 4")
    await expect(runs.first).to_contain_text("Từ chối 2")


async def test_pausing_and_going_on(page: Page, server: Centre, rain: RainFeed) -> None:
    await page.goto(f"{server.url}/feeds/{FEED}")
    panel = page.get_by_role("complementary", name=TITLE)
    await panel.get_by_role("button", name="Tạm dừng").click()
    await expect(panel.locator(".feed-state-paused").first).to_be_visible()
    await panel.get_by_role("button", name="Chạy tiếp").click()
    await expect(panel.locator(".feed-state-paused")).to_have_count(0)
