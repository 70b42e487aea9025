"""The programme's figures in the browser: the board with its map, and every page of figures beside it.

The demonstration programme is read; what is written (a task for a risk, one for a flag) harms nobody else's
tests.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect
from tests.acceptance.conftest import Centre, until
from tests.acceptance.ui import eyes

PHONE: ViewportSize = {"width": 390, "height": 844}
TABS = {
    "risks": "Rủi ro chậm",
    "flags": "Cờ đỏ",
    "pace": "Tốc độ giải ngân",
    "forecast": "Dự báo",
    "rates": "Tỷ lệ giải ngân",
    "moves": "Điều chuyển",
    "cases": "Xử lý nhà thầu chậm",
}


@pytest_asyncio.fixture(loop_scope="session")
async def demo(server: Centre) -> dict[str, Any]:
    """The demonstration programme: its number and the plan year that is alive."""
    async with await server.signed_in() as client:
        found: list[dict[str, Any]] = []

        async def told() -> bool:
            """The demonstration tells its programme once the server stands."""
            programs = (await client.get("/api/v1/programme/programs")).json()["items"]
            found[:] = [each for each in programs if each["simulated"] and each["projects"] >= 32]
            return bool(found)

        await until(told, 120)
        program = found[0]
        where = f"/api/v1/programme/programs/{program['id']}/board"
        this_year = (datetime.now(UTC) + timedelta(hours=7)).year
        board = (await client.get(where, params={"year": this_year})).json()
        year = board["years"][0]
        if year != this_year:
            board = (await client.get(where, params={"year": year})).json()
    return {"id": program["id"], "year": year, "board": board}


def at(server: Centre, demo: dict[str, Any], path: str = "", **query: str) -> str:
    """Return the address of a page about the demonstration programme."""
    told = {"program": str(demo["id"]), "year": str(demo["year"])} | query
    return f"{server.url}/programme{path}?" + "&".join(f"{name}={value}" for name, value in told.items())


async def test_the_board_says_of_what_each_share_is_and_stays_in_the_address(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo))
    board = page.get_by_role("table", name="Bảng dự án")
    await expect(board.locator("tbody tr")).to_have_count(len(demo["board"]["items"]))
    await expect(page.locator(".headline")).to_contain_text("Tổng mức đầu tư")
    totals = page.get_by_role("region", name="Tổng hợp và đối chiếu")
    await expect(totals).to_contain_text("Các dòng cộng lại đúng bằng tổng")

    # Another denominator: every share names it, in the headline too.
    await page.get_by_label("Tỷ lệ tính trên").select_option("council_initial")
    await expect(page).to_have_url(re.compile("of=council_initial"))
    await expect(page.locator(".headline")).to_contain_text(re.compile(r"\d% kế hoạch đầu năm"))
    await expect(board).to_contain_text(re.compile(r"\d% kế hoạch đầu năm"))

    # One fund source: rows and total are of it alone, and still reconcile.
    await page.get_by_text("Lọc theo nguồn vốn, giai đoạn, nhóm, lĩnh vực").click()
    source = page.get_by_label("Nguồn vốn")
    await source.select_option(index=1)
    await expect(page).to_have_url(re.compile("source="))
    await expect(totals).to_contain_text("Các dòng cộng lại đúng bằng tổng")
    await page.get_by_role("button", name="Bỏ lọc").click()
    await expect(page).not_to_have_url(re.compile("source="))

    # An owner chosen in one window stands in another.
    owner = demo["board"]["items"][0]["owner"]["name"]
    await page.get_by_label("Chủ đầu tư").first.select_option(owner)
    rows = board.locator("tbody tr")
    await expect(rows.first).to_contain_text(owner)
    count = await rows.count()
    await page.reload()
    await expect(rows).to_have_count(count)
    assert await eyes.nameless(page) == []

    # By keys alone: down, down, up, open.
    await page.locator("h1").click()
    for key in ("j", "k", "Enter"):
        await page.keyboard.press(key)
    await expect(page).to_have_url(re.compile(r"/programme/projects/\d+"))


async def test_the_map_shows_the_projects_and_both_archipelagos(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo, map="svg"))
    await expect(page.get_by_role("table", name="Bảng dự án")).to_be_visible()
    await page.keyboard.press("m")
    await expect(page).to_have_url(re.compile("side=map"))
    shown = page.get_by_role("region", name="Vị trí dự án")
    await expect(shown.locator("[data-layer=priorities] g, [data-layer=entities] *").first).to_be_visible()
    inset = shown.locator("[data-inset=vietnam]")
    await expect(inset).to_contain_text("Hoàng Sa")
    await expect(inset).to_contain_text("Trường Sa")
    await expect(shown.locator("[data-layer=vn-islands]")).to_have_count(1)
    placed = sum(each["centre"] is not None for each in demo["board"]["items"])
    if placed < len(demo["board"]["items"]):
        await expect(shown).to_contain_text("chưa có vị trí trên bản đồ")
    assert await eyes.faint(page) == []
    await page.keyboard.press("m")
    await expect(shown).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("tab", TABS)
async def test_every_page_of_figures_reads_well(
    page: Page, server: Centre, built: None, demo: dict[str, Any], tab: str, theme: str
) -> None:
    await page.goto(at(server, demo, f"/{tab}", theme=theme))
    await expect(page.locator("h1")).to_have_text(TABS[tab])
    shown = page.locator("main table, main .empty").first
    await expect(shown).to_be_visible()
    assert await eyes.faint(page) == []
    assert await eyes.nameless(page) == []
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []
    await page.goto(at(server, demo, f"/{tab}", lang="en"))
    await expect(shown).to_be_visible()


async def test_a_risk_is_one_click_from_a_task_of_its_own(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo, "/risks"))
    table = page.get_by_role("table", name="Dự án có rủi ro chậm")
    bare = table.locator("tbody tr", has=page.get_by_role("button", name="Giao việc")).first
    name = await bare.get_by_role("link").first.inner_text()
    await bare.get_by_role("button", name="Giao việc").click()
    panel = page.get_by_role("complementary", name="Chi tiết rủi ro")
    await expect(panel.locator("h2")).to_have_text(name)
    await expect(panel).to_contain_text("Dự báo giữa (P50)")
    form = panel.get_by_role("form", name="Giao nhiệm vụ gỡ vướng mắc")
    await expect(form.get_by_label("Nội dung cần gỡ")).to_have_value(re.compile("không đạt mục tiêu"))
    await form.get_by_role("button", name="Giao việc").click()
    await expect(page.locator(".toast")).to_contain_text("Đã giao nhiệm vụ")
    row = table.locator("tbody tr", has_text=name)
    link = row.get_by_role("link", name=re.compile("Xem nhiệm vụ"))
    await expect(link).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await link.click()
    await expect(page).to_have_url(re.compile(r"/tasks/\d+"))


async def test_a_flag_says_what_it_saw_and_is_given_once(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo, "/flags"))
    await expect(page.locator("main")).to_contain_text("Cờ là câu hỏi cần trả lời, không phải kết luận")
    kinds = page.get_by_role("navigation", name="Loại cờ")
    late = kinds.get_by_role("link", name=re.compile("Mốc tiến độ trượt"))
    await late.click()
    await expect(page).to_have_url(re.compile("code=milestone_slip"))
    table = page.get_by_role("table", name="Các cờ đang dựng")
    first = table.locator("tbody tr").first
    await expect(first).to_contain_text(re.compile(r"mốc trượt \d+ ngày, ngưỡng 30 ngày"))
    bare = table.locator("tbody tr", has=page.get_by_role("button", name="Giao việc")).first
    name = await bare.get_by_role("link").first.inner_text()
    await bare.get_by_role("button", name="Giao việc").click()
    given = table.locator("tbody tr", has_text=name).first
    await expect(given.get_by_role("link", name=re.compile("Xem nhiệm vụ"))).to_be_visible()


async def test_the_pace_and_the_rates_answer_by_address(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo, "/pace"))
    table = page.get_by_role("table", name="Tốc độ cần có")
    total = table.locator("tbody tr").first
    at_95 = await total.inner_text()
    await page.get_by_label("Mục tiêu đến 31/01").select_option("1")
    await expect(page).to_have_url(re.compile("goal=1"))
    await expect(total).not_to_have_text(at_95)
    await page.get_by_role("link", name="Chủ đầu tư", exact=True).click()
    await expect(page).to_have_url(re.compile("by=owner"))
    await table.locator("tbody tr").nth(1).get_by_role("link").first.click()
    await expect(page).to_have_url(re.compile(r"/programme/owner/\d+"))

    await page.goto(at(server, demo, "/rates"))
    rates = page.get_by_role("table", name="Tỷ lệ theo từng mẫu số")
    await expect(rates.locator("thead")).to_contain_text("Kế hoạch sau điều chỉnh")
    await expect(rates.locator("thead")).not_to_contain_text("và vốn kéo dài")
    await page.get_by_role("link", name="Kể cả vốn kéo dài").click()
    await expect(rates.locator("thead")).to_contain_text("Kế hoạch sau điều chỉnh và vốn kéo dài")
    await page.get_by_role("link", name="Tháng", exact=True).click()
    await expect(page.get_by_role("img", name="Tỷ lệ lũy kế theo tháng")).to_be_visible()
    assert await eyes.faint(page) == []


async def test_the_forecast_says_how_far_it_erred(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    await page.goto(at(server, demo, "/forecast"))
    chosen = page.locator(".method-chosen")
    await expect(chosen).to_contain_text("Đang dùng")
    await expect(chosen).to_contain_text(re.compile(r"lệch bình quân \d+,?\d* điểm % kế hoạch"))
    past = page.get_by_role("table", name="Sai số của từng cách dự báo theo kỳ")
    await expect(past.locator("tbody tr")).to_have_count(4)
    await expect(past).to_contain_text(re.compile(r"\d+,\d điểm"))
    projects = page.get_by_role("table", name="Dự báo từng dự án theo từng cách")
    await expect(projects.locator("tbody tr").first).to_contain_text(re.compile(r"\d+% \(\d+% – \d+%\)"))


async def test_an_owner_and_a_contractor_are_shown_by_evidence(
    page: Page, server: Centre, built: None, demo: dict[str, Any]
) -> None:
    owner = demo["board"]["items"][0]["owner"]
    await page.goto(at(server, demo, f"/owner/{owner['id']}"))
    await expect(page.locator("h1")).to_have_text(owner["name"])
    for title in ("Dự án của chủ đầu tư", "Cam kết và giải ngân theo tháng", "Vướng mắc đang mở", "Cờ đỏ"):
        await expect(page.get_by_role("region", name=title)).to_be_visible()
    assert await eyes.faint(page) == []
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []

    async with await server.signed_in() as client:
        companies = (await client.get("/api/v1/programme/contractors")).json()["items"]
        answers = [
            (await client.get(f"/api/v1/programme/contractors/{each['id']}")).json() for each in companies
        ]
    few = next(
        each for each in answers if each["record"]["late_rate"] is None and each["record"]["contracts"]
    )
    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.goto(f"{server.url}/programme/contractor/{few['contractor']['id']}?theme=dark")
    await expect(page.locator("h1")).to_have_text(few["contractor"]["name"])
    await expect(page.get_by_role("region", name="Tỷ lệ hợp đồng trễ")).to_contain_text("chỉ liệt kê")
    await expect(page.get_by_role("table", name="Các hợp đồng").locator("tbody tr")).to_have_count(
        len(few["contracts"])
    )
    assert await eyes.faint(page) == []
    for rated in (each for each in answers if each["record"]["late_rate"] is not None):
        await page.goto(f"{server.url}/programme/contractor/{rated['contractor']['id']}")
        rate = page.get_by_role("region", name="Tỷ lệ hợp đồng trễ")
        await expect(rate).to_contain_text("90 % khả năng")
        await expect(rate).to_contain_text(f"Từ {rated['record']['over']} hợp đồng đã đến hạn")
        break
