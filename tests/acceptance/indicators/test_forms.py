"""A form of a unit through a browser: typed, as a workbook, handed in, approved; told from where."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from playwright.async_api import FilePayload, Page, ViewportSize, expect
from tests.acceptance.conftest import Centre, Watch, until
from tests.acceptance.ui import eyes
from tests.integration.indicators.test_workbooks import VALUE, filled

PHONE: ViewportSize = {"width": 390, "height": 844}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


_made: dict[str, list[dict[str, Any]]] = {}


async def forms(server: Centre) -> list[dict[str, Any]]:
    """Return two forms of yesterday that the house owes, opened by the server's own clock."""
    if server.url not in _made:
        async with await server.signed_in() as client:
            orgs = (await client.get("/api/v1/orgs")).json()["items"]
            root = next(each["id"] for each in orgs if each["parent_id"] is None)
            codes = [f"thu-nghiem-{uuid.uuid4().hex[:6]}" for _ in range(2)]
            for code in codes:
                await declare(client, root, code)
            _made[server.url] = [await opened(client, code) for code in codes]
    return _made[server.url]


async def declare(client: httpx.AsyncClient, org: int, code: str) -> None:
    """Make a form with three figures that a unit owes for each day from yesterday on."""
    yesterday = (datetime.now(UTC) + timedelta(hours=7) - timedelta(days=1)).date()
    due = {"working_days": 5, "at": "17:00"}
    names = {"vi": f"Biểu {code}", "en": f"Form {code}"}
    await write(client, "/forms", {"code": code, "period_kind": "day", "due": due} | names)
    for number in range(3):
        made = await write(
            client, "",
            {"code": f"{code.upper()}-{number}", "vi": f"Chỉ tiêu {number}", "en": f"Indicator {number}",
             "unit": "%", "decimals": 1, "direction": "up", "owner_org": org, "level": "unit",
             "period_kind": "day", "form_code": code, "source_kind": "submitted",
             "method": {"vi": "Đơn vị tự tổng hợp", "en": "Counted by the unit", "valid_from": "2021-01-01"}},
        )  # fmt: skip
        duty = {"org": org, "period": yesterday.isoformat()}
        await write(client, f"/{made['id']}/duties", {"duties": [duty]}, made["version"])


async def write(client: httpx.AsyncClient, path: str, body: Any, version: int | None = None) -> Any:
    headers = {"Idempotency-Key": uuid.uuid4().hex} | (
        {} if version is None else {"If-Match": f'"{version}"'}
    )
    answer = await client.post(f"/api/v1/indicators{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def opened(client: httpx.AsyncClient, code: str) -> dict[str, Any]:
    """Wait for the server to open a form: its job looks each minute."""
    asked = f"/api/v1/indicators/submissions?form={code}"

    async def is_there() -> bool:
        return bool((await client.get(asked)).json()["items"])

    await until(is_there, 150)
    number = (await client.get(asked)).json()["items"][0]["id"]
    return dict((await client.get(f"/api/v1/indicators/submissions/{number}")).json())


async def workbook(server: Centre, number: int, value: object) -> FilePayload:
    """Return the form's own workbook with its first figure filled in, as the unit sends it back."""
    async with await server.signed_in() as client:
        content = (await client.get(f"/api/v1/indicators/submissions/{number}/workbook")).content
    return {"name": "bieu-thang.xlsx", "mimeType": XLSX, "buffer": filled(content, {VALUE: value})}


async def test_a_form_is_filled_in_handed_in_and_approved(
    page: Page, server: Centre, watch: Watch, built: None
) -> None:
    watch.allowed.append("status of 4")  # handing in what is not complete is refused
    form = (await forms(server))[0]
    await page.goto(f"{server.url}/indicators/owed")
    await expect(page.get_by_role("table", name="Biểu theo kỳ").locator("tbody tr").first).to_be_visible()
    assert await eyes.faint(page) == []
    await page.goto(f"{server.url}/indicators/owed/{form['id']}")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(len(form["lines"]))

    # What is no number is said at once, and nothing is sent.
    boxes = page.locator(".figure-typed input.num")
    await boxes.first.fill("chín")
    await expect(page.locator(".figure-typed .field-fault")).to_have_text("không phải số")
    await boxes.first.fill("12,5")
    await rows.nth(1).locator("select").select_option("not_collected")
    await expect(boxes.nth(1)).to_be_disabled()
    await expect(page.get_by_role("button", name=re.compile("Còn thay đổi chưa lưu"))).to_be_disabled()
    await page.get_by_role("button", name="Lưu 2 thay đổi").click()
    await expect(page.get_by_text("Đã lưu 2 số liệu")).to_be_visible()
    await expect(boxes.first).to_have_value("12,5")

    # Handing in names what is lacking; nothing of what was entered is lost.
    await page.get_by_role("button", name="Nộp biểu").click()
    await expect(page.locator(".problem")).to_be_visible()
    await expect(boxes.first).to_have_value("12,5")
    await boxes.nth(2).fill("7")
    await page.get_by_role("button", name="Lưu 1 thay đổi").click()
    await expect(page.get_by_text("Đã lưu 1 số liệu")).to_be_visible()
    assert await eyes.nameless(page) == []
    await page.get_by_role("button", name="Nộp biểu").click()
    await expect(page.locator(".index-facts .chip").first).to_have_text("đã nộp, chờ duyệt")
    await page.get_by_role("button", name="Duyệt").click()
    await expect(page.locator(".index-facts .chip").first).to_have_text("đã duyệt")
    await expect(page.locator(".figure-typed")).to_have_count(0)
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []

    # From the register to the figure, and to where it comes from.
    await page.set_viewport_size({"width": 1280, "height": 800})
    line = form["lines"][0]
    figure = f"{line['place']['id']}:{form['period']}"
    await page.goto(f"{server.url}/indicators/register/{line['indicator']['id']}?figure={figure}")
    trail = page.get_by_role("region", name=re.compile("số liệu từ đâu"))
    await expect(trail.locator("tbody tr").last).to_contain_text("12,5")
    await expect(trail).to_contain_text("đã duyệt")
    assert await eyes.faint(page) == []


async def test_a_workbook_is_compared_before_it_is_written(page: Page, server: Centre, built: None) -> None:
    form = (await forms(server))[1]
    await page.goto(f"{server.url}/indicators/owed/{form['id']}")
    chooser = page.locator("input[type=file]")
    await chooser.set_input_files(await workbook(server, form["id"], "chín"))
    compared = page.get_by_role("region", name=re.compile("So bieu-thang.xlsx"))
    await expect(compared.locator("tbody tr", has_text="không nhận")).to_have_count(1)
    await expect(compared.get_by_role("button", name=re.compile("^Ghi"))).to_have_count(0)
    await compared.get_by_role("button", name="Bỏ tệp").click()

    await chooser.set_input_files(await workbook(server, form["id"], 31))
    await expect(compared.locator("tbody tr", has_text="thay đổi")).to_contain_text("31")
    await compared.get_by_role("button", name="Ghi 1 thay đổi").click()
    await expect(page.get_by_text("Đã lưu 1 số liệu")).to_be_visible()
    await expect(page.locator(".figure-typed input.num").first).to_have_value(re.compile("^31"))


async def test_discipline_counts_units_and_names_what_is_asleep(
    page: Page, server: Centre, built: None
) -> None:
    async with await server.signed_in() as client:

        async def is_late() -> bool:
            found = (await client.get(f"/api/v1/indicators/discipline?year={year}")).json()
            return bool(found["entries"])

        year = (datetime.now(UTC) + timedelta(hours=7)).year
        await until(is_late, 150)  # the demonstration has a unit that is late, once its story is told
    await page.goto(f"{server.url}/indicators/discipline")
    units = page.get_by_role("table", name="Đơn vị trong năm")
    await expect(units.locator("tbody tr").first).to_be_visible()
    entries = page.get_by_role("table", name="Sổ ghi các lần muộn")
    await expect(entries.locator("tbody tr").first).to_contain_text("Nhiệm vụ #")
    asleep = page.get_by_role("table", name="Chỉ tiêu đang ngủ")
    await asleep.locator("tbody tr a").first.click()
    await expect(page).to_have_url(re.compile(r"/indicators/register/\d+"))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.keyboard.press("Escape")
    search = page.get_by_label("Tìm theo tên, mã")
    await search.fill("benh")
    await expect(page).to_have_url(re.compile("q=benh"))
    assert await eyes.faint(page) == []
