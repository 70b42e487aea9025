"""The screen of alert rules: read in words, tried on history, put on trial, overridden for one entity."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.ui import eyes

GAUGE = "urn:ngsi-ld:FloodMonitoring:rules-screen"
TITLE = "Mực nước trên báo động III"


async def observe(server: Centre, *levels: tuple[timedelta, float]) -> None:
    now = datetime.now(UTC)
    async with await server.signed_in() as client:
        for ago, level in levels:
            at = (now - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
            body = {
                "id": GAUGE,
                "type": "FloodMonitoring",
                "name": {"type": "Property", "value": "Trạm thử"},
            } | {
                name: {"type": "Property", "value": value, "observedAt": at}
                for name, value in (("currentLevel", level), ("dangerLevel", 3.6))
            }
            answer = await client.post(
                "/ngsi-ld/v1/entityOperations/upsert",
                json=[body],
                headers={"Idempotency-Key": secrets.token_hex(8)},
            )
            assert answer.status_code in (201, 204), answer.text


async def test_a_rule_is_read_tried_on_history_put_on_trial_and_overridden(
    page: Page, server: Centre
) -> None:
    await observe(server, (timedelta(hours=30), 1.0), (timedelta(hours=29), 4.1), (timedelta(hours=28), 1.0))
    await page.goto(server.url + "/rules")
    await expect(page.get_by_role("heading", name="Quy tắc cảnh báo")).to_be_visible()
    await page.get_by_label("Tìm quy tắc").fill("bao dong iii")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_label("Tìm quy tắc").blur()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name=TITLE)
    await expect(panel.get_by_text("Việc cần làm")).to_be_visible()
    await expect(panel.locator("dd", has_text="FloodMonitoring")).to_contain_text("dangerLevel")
    assert await eyes.overflowing(page) == []
    assert await eyes.nameless(page) == []
    assert await eyes.faint(page) == []

    await panel.get_by_label("Trong", exact=True).select_option("7")
    await panel.get_by_role("button", name="Chạy thử", exact=True).click()
    await expect(panel.locator(".rule-found")).to_contain_text("Lẽ ra báo động")
    await expect(panel.locator(".rule-found")).to_contain_text("Trạm thử")

    await panel.get_by_role("radio", name="Chạy thử").check()
    await panel.locator(".rule-mode").get_by_label("Lý do").fill("Đang chỉnh ngưỡng")
    await panel.get_by_role("button", name="Đổi chế độ").click()
    await expect(panel.get_by_text("Đang chỉnh ngưỡng")).to_be_visible()
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text("Chạy thử")

    await panel.get_by_role("link", name="Ngoại lệ").click()
    await panel.get_by_label("Mã đối tượng").fill(GAUGE)
    await panel.get_by_label("Giá trị khác").fill("above 4.5")
    await panel.locator(".rule-new").get_by_label("Lý do").fill("Đê cao hơn")
    await panel.get_by_role("button", name="Thêm ngoại lệ").click()
    await expect(panel.get_by_text("Không hiểu dòng “above 4.5”")).to_be_visible()
    await panel.get_by_label("Giá trị khác").fill("above: 4.5")
    await panel.get_by_role("button", name="Thêm ngoại lệ").click()
    await expect(panel.locator(".rule-times li")).to_contain_text("above: 4.5")
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text("1")
    await panel.get_by_role("button", name="Bỏ ngoại lệ").click()
    await expect(panel.get_by_text("Chưa có ngoại lệ nào")).to_be_visible()

    # For the tests that come after on the same centre.
    await panel.get_by_role("radio", name="Bật").check()
    await panel.locator(".rule-mode").get_by_label("Lý do").fill("Đã chỉnh xong")
    await panel.get_by_role("button", name="Đổi chế độ").click()
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text("Bật")


async def test_the_measures_of_alerts_and_planned_maintenance_have_their_places(
    page: Page, server: Centre
) -> None:
    await observe(server, (timedelta(hours=30), 1.0))
    await page.goto(server.url + "/rules?view=quality")
    await expect(page.get_by_role("heading", name="Mười quy tắc nhiều cảnh báo nhất")).to_be_visible()
    await expect(page.get_by_role("table", name="Tỷ lệ theo mức ưu tiên").locator("tbody tr")).to_have_count(
        4
    )
    assert await eyes.overflowing(page) == []
    await page.get_by_role("link", name="Bảo trì").click()
    await page.get_by_label("Mã đối tượng").fill(GAUGE)
    until = datetime.now(UTC) + timedelta(hours=12)
    await page.get_by_label("Đến").fill(until.strftime("%Y-%m-%dT%H:%M"))
    await page.get_by_label("Lý do").fill("Thay cảm biến")
    await page.get_by_role("button", name="Lập lịch bảo trì").click()
    await expect(page.locator(".rule-times li")).to_contain_text("Thay cảm biến")
    await page.get_by_role("button", name="Kết thúc sớm").click()
    await expect(page.get_by_text("Không có bảo trì nào")).to_be_visible()
