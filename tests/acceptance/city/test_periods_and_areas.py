"""A period chosen from the row of time, and the figures under an area."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import expect
from tests.acceptance.city.test_city_screen import now, open_city, put, row, station


async def test_a_period_is_chosen_and_shown_in_words(page: Any, server: Any) -> None:
    await open_city(page, server)
    await page.get_by_role("button", name="Chọn khoảng thời gian").click()
    form = page.get_by_role("form", name="Chọn khoảng thời gian")
    first, last = form.get_by_label("Từ"), form.get_by_label("Đến")
    local = datetime.now(UTC) + timedelta(hours=7)
    early, late = (
        (local - timedelta(hours=3)).replace(minute=0),
        (local - timedelta(hours=1)).replace(minute=30),
    )
    await first.fill(late.strftime("%Y-%m-%dT%H:%M"))
    await last.fill(early.strftime("%Y-%m-%dT%H:%M"))
    await form.get_by_role("button", name="Xem khoảng này").click()
    await expect(form).to_contain_text("Thời điểm đầu phải trước thời điểm cuối")
    await first.fill(early.strftime("%Y-%m-%dT%H:%M"))
    await last.fill(late.strftime("%Y-%m-%dT%H:%M"))
    await last.press("Enter")
    await expect(form).to_have_count(0)
    strip = page.locator(".clock-strip")
    await expect(strip).to_contain_text(f"{early:%H}:00")
    await expect(strip).to_contain_text(f"{late:%H}:30")
    start, end = (moment - timedelta(hours=7) for moment in (early, late))
    assert f"t={start:%Y-%m-%dT%H}:00Z/{end:%Y-%m-%dT%H}:30Z" in page.url
    await page.get_by_role("button", name="Chọn khoảng thời gian").click()
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await page.get_by_role("button", name="Trở lại trực tiếp", exact=True).click()
    await expect(strip).to_have_count(0)


async def test_under_an_area_the_total_is_that_of_the_area_and_stays_so(page: Any, server: Any) -> None:
    async with await server.signed_in() as client:
        board = (await client.get("/api/v1/boards/city?area=HD001")).json()
    await open_city(page, server, "area=HD001")
    summary = page.locator(".city-summary")
    expected = re.compile(rf"^{len(board['rows'])} / {len(board['rows'])} thiết bị")
    await expect(summary).to_have_text(expected)
    other = await page.context.new_page()
    await open_city(other, server)
    elsewhere = station("Trạm ở địa bàn khác", now(), 9.5)
    await put(server, elsewhere)
    await other.get_by_role("searchbox").fill("tram o dia ban khac")
    await row(other, elsewhere).wait_for()  # the same stream has told both windows
    await expect(summary).to_have_text(expected)
    async with await server.signed_in() as client:
        assert (await client.delete(f"/ngsi-ld/v1/entities/{elsewhere['id']}")).status_code == 204
