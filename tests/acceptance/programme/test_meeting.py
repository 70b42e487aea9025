"""A disbursement meeting in a browser: prepared, shown in the room, decided beside the slides, concluded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.programme.test_plan_sheet import PHONE, program, write
from tests.acceptance.ui import eyes
from tests.unit.documents.pdf_reading import pages

BILLION = 10**9
SITE = "Trung tâm dữ liệu thử nghiệm"
WORDS = "Bàn giao mặt bằng đoạn hai cho nhà thầu"
SECRET = "Ông Trần Văn Kín chưa nhận tiền"

# Every text of the room, with the size of its letters; what is only for voices is left out.
LETTERS = """() => {
  const screen = document.querySelector('.room-screen')
  const walker = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT)
  const sizes = []
  while (walker.nextNode()) {
    const { parentElement: holder, textContent } = walker.currentNode
    const size = parseFloat(getComputedStyle(holder).fontSize)
    if (textContent.trim() && !holder.closest('.hidden-text, svg')) sizes.push(size)
  }
  const unit = parseFloat(getComputedStyle(screen).fontSize)
  return { least: Math.min(...sizes), unit, width: screen.clientWidth }
}"""


def today() -> datetime:
    return datetime.now(UTC) + timedelta(hours=7)


async def programme(server: Centre) -> tuple[int, int]:
    """A programme whose one project has a plan, a payment and a bottleneck with a name in its words."""
    chosen, year = await program(server), today().year if today().month > 1 else today().year - 1
    root = f"/api/v1/programme/programs/{chosen}"
    async with await server.signed_in() as client:
        project = int(
            (await write(client, "/api/v1/programme/projects", {"program_id": chosen, "name": SITE}))["id"]
        )
        decided = await write(
            client, f"{root}/decisions",
            {"decisions": [{"kind": "plan", "doc_number": "1/NQ-HĐND", "signed_on": f"{year}-01-05"}]},
        )  # fmt: skip
        source = (await client.get("/api/v1/programme/fund-sources")).json()["items"][0]["id"]
        await write(
            client, f"{root}/plans",
            {"revisions": [{"project_id": project, "fund_source_id": source, "plan_kind": "annual",
                            "plan_year": year, "amount_dong": 100 * BILLION,
                            "decision_id": decided["items"][0]["id"], "valid_from": f"{year}-01-05"}]},
        )  # fmt: skip
        await write(
            client, f"/api/v1/programme/projects/{project}/payments",
            {"fund_source_id": source, "plan_year": year, "kind": "volume", "confirmed_dong": 40 * BILLION,
             "paid_on": f"{year}-01-20", "treasury_ref": f"KB-{project}"},
        )  # fmt: skip
        await write(
            client, f"/api/v1/programme/projects/{project}/bottlenecks",
            {"cause": "clearance", "description": SECRET,
             "due": {"precision": "day", "on": f"{today() + timedelta(days=9):%Y-%m-%d}"}},
        )  # fmt: skip
    return chosen, project


async def plan(page: Page, server: Centre, chosen: int) -> str:
    """Plan today's meeting on the screen and return its number."""
    await page.goto(f"{server.url}/programme/meetings?program={chosen}")
    form = page.get_by_role("form", name="Chuẩn bị cuộc họp")
    await form.get_by_label("Người chủ trì").fill("Chủ tịch UBND tỉnh")
    await form.get_by_role("button", name="Chuẩn bị cuộc họp").click()
    await expect(page).to_have_url(re.compile(r"/programme/meetings/\d+"))
    await expect(page.locator("h1")).to_contain_text("Họp giao ban giải ngân tháng")
    found = re.search(r"/meetings/(\d+)", page.url)
    assert found
    return found[1]


async def the_room(page: Page, server: Centre, meeting: str) -> int:
    """Turn every slide by keys on a wall of 3 × 2 panels at six metres: nothing is small, cut or secret."""
    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.goto(f"{server.url}/programme/meeting/{meeting}?kiosk=1&display=wall-6m")
    await expect(page.locator(".room-big")).to_have_text("40%")
    told = ""
    for number in range(1, 30):
        await expect(page.locator(".room-foot span").last).to_have_text(re.compile(rf"^{number}/\d+$"))
        await expect(page.locator(".room-warning")).to_have_count(0)
        size = await page.evaluate(LETTERS)
        # 6 m: capitals of 16 minutes of arc; the profile says 46 px on 3840.
        assert size["least"] >= size["unit"] >= 46 / 3840 * size["width"] - 0.5, size
        told += await page.locator(".room-screen").inner_text()
        at, of = (await page.locator(".room-foot span").last.inner_text()).split("/")
        if at == of:
            break
        await page.keyboard.press("ArrowRight" if number % 2 else "Space")
    assert SITE in told and "Giải phóng mặt bằng" in told.replace("giải", "Giải") and SECRET not in told
    assert "kế hoạch sau điều chỉnh và vốn kéo dài" in told.lower()
    await page.keyboard.press("Home")
    await expect(page.locator("h1")).to_contain_text("Giải ngân đến đâu")
    return number


async def decide(page: Page, due: datetime) -> None:
    """Write a decision beside the slide of bottlenecks, as the secretary does."""
    form = page.get_by_role("form", name="Ghi quyết định")
    await expect(form.get_by_label("Nội dung quyết định")).to_be_focused()
    await page.keyboard.type(WORDS)
    await form.get_by_label("Dự án").select_option(label=f"• {SITE}")
    await form.get_by_role("button", name="Ghi vào dự thảo").click()
    listed = page.locator(".room-decisions li")
    await expect(listed).to_contain_text("thiếu thời hạn, thiếu kết quả", timeout=30_000)
    await listed.get_by_role("button", name="Sửa quyết định").click()
    edit = page.get_by_role("form", name="Sửa quyết định")
    await edit.get_by_label("Ngày", exact=True).fill(f"{due:%Y-%m-%d}")
    await edit.get_by_label("Kết quả phải có").fill("Biên bản bàn giao")
    await edit.get_by_role("button", name="Lưu sửa đổi").click()
    await expect(listed).not_to_contain_text("thiếu")


async def facts(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_meeting_from_its_pack_to_directives_and_the_next_one(
    page: Page, server: Centre, built: None, tmp_path: Path
) -> None:
    chosen, project = await programme(server)
    meeting = await plan(page, server, chosen)
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="PDF").click()
    await (await coming.value).save_as(tmp_path / "pack.pdf")
    paper = " ".join(pages((tmp_path / "pack.pdf").read_bytes())).replace("\n", " ")
    assert "BÁO CÁO" in paper and "40.000.000.000" in paper and "chưa phát hành" in paper
    await page.get_by_role("button", name="Phát hành tài liệu").click()
    await expect(page.locator("section", has_text="Mã băm SHA-256")).to_contain_text(
        re.compile(r"[0-9a-f]{64}")
    )
    assert await eyes.faint(page) == []
    assert await eyes.nameless(page) == []

    slides = await the_room(page, server, meeting)
    assert slides >= 6
    await page.keyboard.press("Escape")  # out of the kiosk, then N for the secretary
    await expect(page.locator(".room-tools")).to_be_visible()
    title = page.locator("h1")
    while "Vướng mắc" not in await title.inner_text():
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("n")
    await decide(page, today() + timedelta(days=20))
    assert await eyes.faint(page) == []
    await page.locator(".room-pane h2").last.click()
    await page.keyboard.press("End")
    await expect(page.locator(".room-slide")).to_contain_text(SITE)
    assert WORDS not in await page.locator(".room-slide").inner_text()

    await page.goto(f"{server.url}/programme/meetings/{meeting}")
    await page.get_by_role("button", name="Kết luận và ban hành nhiệm vụ").click()
    notice = page.get_by_role("region", name="Thông báo kết luận")
    await expect(notice).to_be_visible(timeout=30_000)
    decided = page.get_by_role("table", name="Quyết định của cuộc họp")
    await decided.get_by_role("link", name="Ý kiến chỉ đạo").click()
    await expect(page.locator("main")).to_contain_text(WORDS[:1].lower() + WORDS[1:])
    await page.set_viewport_size(PHONE)
    await page.goto(f"{server.url}/programme/meetings/{meeting}")
    await expect(notice).to_be_visible(timeout=30_000)
    assert await eyes.overflowing(page) == []

    # The directive has its task and its project; the next meeting counts it.
    async with await server.signed_in() as client:
        found = await facts(client, f"/api/v1/programme/meetings/{meeting}")
        directive = await facts(client, f"/api/v1/directives/{found['decisions'][0]['directive_id']}")
        assert str(project) in str(directive["links"]) and len(directive["tasks"]) == 1
        day = f"{today() + timedelta(days=1):%Y-%m-%d}"
        body = {"held_on": day, "cutoff": f"{today():%Y-%m-%d}"}
        later = await write(client, f"/api/v1/programme/programs/{chosen}/meetings", body)
        pack = (await facts(client, f"/api/v1/programme/meetings/{later['id']}/pack"))["pack"]
    assert (pack["followups"]["given"], pack["followups"]["in_time"]) == (1, 1)
    assert pack["previous"]["sha256"] == found["sha256"]
