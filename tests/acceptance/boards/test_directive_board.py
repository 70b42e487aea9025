"""The directive board in the browser: late first, one step from its task, live, in the address, on a phone.

A notice of this run's own is issued, and the board is narrowed to it: nothing here counts what others made.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.ui import eyes

TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()
ASKS = (
    ("lập danh mục cầu tàu xuống cấp", -9),
    ("kiểm tra đèn hiệu luồng chính", 3),
    ("bàn giao số liệu thủy triều", 30),
)


class Notice(NamedTuple):
    """A notice with one directive that is late, one that is soon due and one that is not."""

    document: int
    meeting: int
    leader: str
    unit: int
    unit_name: str
    tasks: list[int]


async def write(client: httpx.AsyncClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = await client.request(
        method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex} | headers
    )
    assert answer.status_code < 300, answer.text
    return answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notice(server: Centre) -> AsyncIterator[Notice]:
    """Registered, confirmed and issued through the API, three weeks after it was signed."""
    word = secrets.token_hex(3)
    leader, name = f"Chủ tịch {word}", f"Cảng vụ {word}"
    asks = [f"Giao {name} {what} trước ngày {TODAY + timedelta(days=due):%d/%m/%Y}." for what, due in ASKS]
    async with await server.signed_in() as client:
        root = (await client.get("/api/v1/orgs")).json()["items"][0]["id"]
        unit = (await write(client, "POST", "/api/v1/orgs", {"name": name, "parent_id": root}))["id"]
        meeting = await write(
            client, "POST", "/api/v1/meetings", {"title": f"Họp cảng {word}", "owner_org": root}
        )
        facts = {"number": f"7/TB-{word}", "issued_on": (TODAY - timedelta(days=21)).isoformat()}
        body = {"text": "\n".join(asks), "meeting_id": meeting["id"], "owner_org": root} | facts
        made = await write(client, "POST", "/api/v1/directive-documents", body)
        at = f"/api/v1/directive-documents/{made['document']['id']}"
        found = (await client.get(at)).json()["candidates"]
        assert len(found) == len(asks)
        for one in found:
            acts = (
                {"act": "correct", "lead_orgs": [unit], "product": "Báo cáo", "fan_out": False},
                {"act": "accept"},
            )
            for do in acts:
                path, held = (
                    f"/api/v1/directive-candidates/{one['id']}/acts",
                    {"If-Match": f'"{one["version"]}"'},
                )
                [one] = (await write(client, "POST", path, {"do": do}, **held))["candidates"]  # noqa: PLW2901
        issued = await write(client, "POST", at + "/issue", {"given_by": leader})
        tasks = [task["id"] for each in issued["directives"] for task in each["tasks"]]
    yield Notice(made["document"]["id"], meeting["id"], leader, unit, name, tasks)


async def test_what_is_late_stands_first_and_is_one_step_from_its_task(
    page: Page, server: Centre, notice: Notice
) -> None:
    address = f"{server.url}/directives/board?document={notice.document}"
    await page.goto(address)
    rows = page.locator(".board-list .board-row")
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("trễ 9 ngày")
    await expect(rows.first).to_contain_text(notice.unit_name)
    late = page.locator(".board-head .board-figure", has_text="Quá hạn")
    await expect(late).to_contain_text("1")
    # Every figure says where it comes from, how it is counted and how old it is; a share of what it is one.
    await expect(page.locator(".board-head .board-source")).to_contain_text("tính theo hạn ban đầu")
    await expect(page.locator(".board-head .board-source time")).to_be_visible()
    await expect(page.locator(".board-rate")).to_contain_text("(0/1 nhiệm vụ đã hoàn thành hoặc đã quá hạn)")

    await page.locator(".board-head").get_by_role("link", name="Sắp đến hạn").click()
    await expect(page).to_have_url(re.compile("show=due_soon"))
    await expect(rows.first).to_contain_text("Kiểm tra đèn hiệu luồng chính")
    other = await page.context.new_page()
    await other.goto(page.url)  # the address is the whole state
    await expect(other.locator(".board-list .board-row")).to_have_count(1)
    await expect(other.locator(".board-list .board-row").first).to_contain_text("Kiểm tra đèn hiệu")
    await other.close()

    await page.goto(address)
    await expect(rows).to_have_count(1)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/tasks/{notice.tasks[0]}"))
    await expect(page.locator(".panel .task-clock").first).to_contain_text("trễ 9 ngày")


async def test_the_heat_map_reads_as_a_table_and_in_words(page: Page, server: Centre, notice: Notice) -> None:
    await page.goto(f"{server.url}/directives/board?document={notice.document}")
    heat = page.get_by_role("table", name="Đơn vị theo tháng giao")
    await expect(heat.get_by_role("rowheader", name=notice.unit_name)).to_be_visible()
    await expect(heat.get_by_role("columnheader")).to_have_count(14)
    month = f"{TODAY:%m/%Y}"
    cell = heat.get_by_role("link", name=f"{notice.unit_name}, tháng {month}: 1 trễ trên 3 việc")
    await page.get_by_text("Đọc bằng lời").click()
    await expect(page.locator(".heat-words li")).to_have_text(
        f"{notice.unit_name}: 1 trễ trên 3 việc ({month}: 1/3)"
    )
    await cell.click()
    await expect(page).to_have_url(re.compile(f"unit={notice.unit}&since={TODAY:%Y-%m}-01"))
    await expect(page.locator(".board-list .board-row")).to_have_count(1)


async def test_what_a_unit_reports_shows_on_the_open_board_by_itself(
    page: Page, server: Centre, notice: Notice
) -> None:
    await page.goto(f"{server.url}/directives/board?document={notice.document}&show=awaiting_verdict")
    await expect(page.locator(".board-list .empty")).to_be_visible()
    meeting = await page.context.new_page()
    await meeting.goto(f"{server.url}/directives/board/meetings/{notice.meeting}")
    await expect(meeting.locator("[role=status]", has_text="Đã xong 0 trên 3 việc")).to_be_visible()
    async with await server.signed_in() as client:
        task = (await client.get(f"/api/v1/tasks/{notice.tasks[2]}")).json()
        do = {"act": "report", "text": "Đã bàn giao", "product": "Biên bản số 3"}
        held = {"If-Match": f'"{task["version"]}"'}
        await write(client, "POST", f"/api/v1/tasks/{task['id']}/acts", {"do": do}, **held)
    rows = page.locator(".board-list .board-row")
    await expect(rows.first).to_contain_text("Bàn giao số liệu thủy triều")
    await expect(rows.first).to_contain_text("chờ ")
    await expect(meeting.locator(".board-row", has_text="Bàn giao số liệu")).to_contain_text("chờ ")
    await meeting.close()


async def test_the_brief_on_a_phone_begins_with_what_is_late(
    page: Page, server: Centre, notice: Notice
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{server.url}/brief?leader={notice.leader}")
    tile = page.locator(".board-figure", has_text="Việc quá hạn").first
    await expect(tile).to_contain_text("1")
    late = page.locator("#late .board-row")
    await expect(late).to_have_count(1)
    box = await late.bounding_box()
    assert box and box["y"] < 844, "the first late one is seen without scrolling"
    await expect(page.locator("#changes")).to_contain_text("Giao mới")
    await expect(page.get_by_role("link", name="Tải Word")).to_have_attribute(
        "href", re.compile("/api/v1/directive-brief\\?.*format=docx")
    )
    await late.locator(".board-row-main").click()
    await expect(page).to_have_url(re.compile(f"/tasks/{notice.tasks[0]}"))


@pytest.mark.parametrize(
    ("width", "height", "theme", "lang"), [(1440, 900, "dark", "vi"), (390, 844, "light", "en")]
)
async def test_every_page_fits_and_can_be_read(
    page: Page, server: Centre, notice: Notice, width: int, height: int, theme: str, lang: str
) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    for address in (
        f"/directives/board?document={notice.document}&all=1",
        f"/directives/board/meetings/{notice.meeting}?",
        f"/directives/owed?unit={notice.unit}",
        f"/brief?leader={notice.leader}",
    ):
        await page.goto(f"{server.url}{address}&theme={theme}&lang={lang}")
        await expect(page.locator(".board-row").first).to_be_visible()
        assert await eyes.overflowing(page) == [], address
        assert await eyes.nameless(page) == [], address
        assert await eyes.faint(page) == [], address
        assert await eyes.small_targets(page) == [], address
