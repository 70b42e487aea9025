"""The whole chain on the demonstration province, by three people in three browsers.

Water rises, an alert comes, somebody acknowledges it, it becomes an incident with a procedure, units are sent
and get their tasks, a warning is approved by a second person and sent as CAP, the incident is closed, and its
after-action report is opened in Word.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import docx
import httpx
from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre, until
from tests.acceptance.duty.conftest import HEAD, LEADER, PUMPS, OpenAs, client_of

ALARM = "Mực nước trên báo động III"


async def settle_step(page: Page, step: str, text: str) -> None:
    """Tick the open step by the keyboard: S, the words, Ctrl-Enter."""
    row = page.locator(f"[data-step={step}]")
    await expect(row).to_have_attribute("data-state", "open")
    await row.get_by_role("button", name="Xong").click()
    await row.get_by_label("Kết quả, minh chứng").fill(text)
    await page.keyboard.press("Control+Enter")
    await expect(row).to_have_attribute("data-state", "done")


async def test_from_rising_water_to_the_report_in_word(
    server: Centre, people: dict[str, str], open_as: OpenAs, water_rises: None, tmp_path: Path
) -> None:
    head = await open_as(HEAD, "/duty?map=svg")
    row = head.locator(".duty-row", has_text=ALARM)
    await expect(row).to_be_visible(timeout=120_000)
    await expect(row).to_have_attribute("data-state", "new")
    await expect(row.locator(".duty-blink")).to_have_count(1)

    # Five actions, by the keyboard alone: choose, acknowledge, open the incident, dispatch, send.
    await head.keyboard.press("j")
    await expect(head.locator(".duty-panel h2")).to_have_text(ALARM)
    await expect(head.locator(".duty-why-first")).to_contain_text("mở sự cố lũ")
    await head.keyboard.press("a")
    await expect(row).to_have_attribute("data-state", "acked")
    await head.keyboard.press("i")
    await expect(head.locator(".duty-panel .duty-head")).to_contain_text("Ngập lụt")
    await expect(head).to_have_url(re.compile("sel=incident:"))
    await head.keyboard.press("d")
    nearest = head.locator(".duty-dispatch li[data-cursor]")
    await expect(nearest.get_by_role("checkbox")).to_be_checked()
    unit = (await nearest.get_by_role("checkbox").evaluate("box => box.parentElement.innerText")).strip()
    await head.keyboard.press("Enter")
    await expect(head.locator(".duty-dispatch")).to_have_count(0)
    number = int(head.url.partition("sel=incident:")[2].partition("&")[0])

    async with client_of(server, people, HEAD) as api:
        incident = (await api.get(f"/api/v1/incidents/{number}")).json()
        assert incident["dispatched_at"] is not None
        [sent] = incident["resources"]
        assert sent["name"] in unit
        tasks = (await api.get("/api/v1/tasks?view=all&limit=50")).json()["items"]
        assert [task for task in tasks if task["source"] == {"kind": "incident", "id": str(number)}]

    # The procedure that applies: each step a task; the first one opens the others, and drafts the warning.
    if await head.get_by_role("button", name="Chạy quy trình").count():
        await head.get_by_role("button", name="Chạy quy trình").click()
    await settle_step(head, "verify", "Camera 026: nước tràn bờ, ngập đường ven sông")
    warn = head.locator("[data-step=warn-public]")
    await expect(warn).to_have_attribute("data-state", "open")
    draft = warn.locator("a[href^='/warnings/']")
    await expect(draft).to_be_visible()

    # Units have got their work: the pumps' own officer takes it.
    pumps = await open_as(PUMPS, "/tasks")
    await pumps.locator("tbody tr", has_text="Vận hành trạm bơm").first.click()
    await pumps.get_by_role("button", name="Nhận việc").click()
    await expect(pumps.locator(".task-head")).to_contain_text("Đã nhận")

    # The warning: written by the procedure, submitted by the head of the shift, approved by the leader, sent.
    await draft.click()
    await head.get_by_role("button", name="Trình duyệt").click()
    await expect(head.locator(".panel")).to_contain_text("Chờ duyệt")
    warning = int(head.url.partition("/warnings/")[2].partition("?")[0])
    leader = await open_as(LEADER, f"/warnings/{warning}")
    await leader.get_by_role("button", name="Duyệt", exact=True).click()
    await expect(leader.locator(".panel")).to_contain_text("Đã duyệt")
    await head.reload()
    await head.get_by_role("button", name="Phát bản tin").click()
    await expect(head.locator(".panel")).to_contain_text("Đang hiệu lực")
    async with client_of(server, people, HEAD) as api:
        sent_warning = (await api.get(f"/api/v1/warnings/{warning}")).json()
    # The water rises in a demonstration: the whole way is walked, and the public is not warned of it.
    assert (sent_warning["state"], sent_warning["status"]) == ("sent", "Exercise")
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as anybody:
        assert "Đồi Thông" not in (await anybody.get("/cap/feed.atom")).text

    # Contained, closed, reported.
    await head.goto(f"{server.url}/duty?map=svg&sel=incident:{number}")
    for act, label, words in (
        ("Đã xác minh", "Nội dung", "Trực ban xem camera 026"),
        ("Phân loại", "", ""),
        ("Đã khống chế", "Nội dung", "Nước rút dưới báo động II"),
        ("Đóng", "Kết quả xử lý", "Không có thiệt hại về người"),
    ):
        acts = head.locator(".duty-panel > .duty-acts")
        await acts.get_by_role("button", name=act, exact=True).click()
        if label:
            await head.locator("form.inset-form").get_by_label(label, exact=True).fill(words)
        await head.keyboard.press("Control+Enter")
        await expect(head.locator("form.inset-form")).to_have_count(0)
    await expect(head.locator(".duty-head")).to_contain_text("Đã đóng")
    async with head.expect_download() as download:
        await head.get_by_role("link", name="Báo cáo sau sự cố").click()
    path = tmp_path / "report.docx"
    await (await download.value).save_as(path)
    report = docx.Document(str(path))
    words = "\n".join(paragraph.text for paragraph in report.paragraphs) + "\n".join(
        cell.text for table in report.tables for line in table.rows for cell in line.cells
    )
    for expected in (
        incident["code"],
        "Xác minh mực nước",
        "Không có thiệt hại về người",
        sent["name"],
    ):
        assert expected in words
    assert BytesIO(path.read_bytes()).read(2) == b"PK"
    await expect(head.locator(".duty-left")).not_to_contain_text(incident["code"])
    await until(lambda: _closed(server, people, number))


async def _closed(server: Centre, people: dict[str, str], number: int) -> bool:
    async with client_of(server, people, HEAD) as api:
        found = (await api.get(f"/api/v1/incidents/{number}/log?limit=200")).json()["items"]
    return any(entry["kind"] == "close" for entry in found)
