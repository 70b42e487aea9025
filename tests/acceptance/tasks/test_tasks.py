"""Tasks in the browser: giving, doing, judging, two people at once, many at once, a workbook's round trip."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tests.acceptance.conftest import Centre, Watch
from tests.acceptance.ui import eyes

from haidang.documents import sheet
from haidang.tasks.service.lists import FORM

PASSWORD = "con thuyền về bến lúc chiều"


class Unit(NamedTuple):
    """A department with one person who works in it."""

    org_id: int
    name: str
    client: httpx.AsyncClient
    cookie: str


async def write(client: httpx.AsyncClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = await client.request(
        method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex} | headers
    )
    assert answer.status_code < 300, answer.text
    return answer.json()


@pytest_asyncio.fixture(loop_scope="session")
async def unit(server: Centre) -> AsyncIterator[Unit]:
    """A fresh department under the root, with an officer who may give, do and judge within it."""
    word = secrets.token_hex(3)
    name = f"Sở Thử nghiệm {word}"
    async with await server.signed_in() as administrator:
        root = (await administrator.get("/api/v1/orgs")).json()["items"][0]["id"]
        org = await write(administrator, "POST", "/api/v1/orgs", {"name": name, "parent_id": root})
        body = {"username": f"nv.{word}", "display_name": f"Nguyễn Văn {word}", "org_id": org["id"]}
        made = await write(administrator, "POST", "/api/v1/accounts", body)
        grants = f"/api/v1/accounts/{made['account']['id']}/grants"
        await write(administrator, "POST", grants, {"role": "department_head", "org_id": org["id"]})
    token = parse_qs(urlsplit(made["one_time_password_link"]).query)["token"][0]
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post("/api/v1/set-password", json={"token": token, "password": PASSWORD})
        assert answer.status_code < 300, answer.text
        yield Unit(org["id"], name, client, client.cookies["haidang_session"])


@pytest_asyncio.fixture(loop_scope="session")
async def officer(browser: Browser, server: Centre, unit: Unit, watch: Watch) -> AsyncIterator[Page]:
    """A page with the department's officer signed in."""
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="vi-VN")
    context.set_default_timeout(60_000)
    await watch.look_at(context)
    cookie = {"name": "haidang_session", "value": unit.cookie, "url": server.url, "httpOnly": True}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    yield await context.new_page()
    await context.close()
    watch.check()


async def give(server: Centre, unit: Unit, title: str, **facts: Any) -> dict[str, Any]:
    due = {"precision": "day", "on": (datetime.now(UTC) + timedelta(days=30)).date().isoformat()}
    body = {"title": title, "owner_org": unit.org_id, "due": due} | facts
    async with await server.signed_in() as administrator:
        return await write(administrator, "POST", "/api/v1/tasks", body)  # type: ignore[no-any-return]


def clock(page: Page) -> Any:
    return page.locator(".panel .task-head .task-clock")


async def test_from_giving_to_acceptance_by_two_people(
    page: Page, server: Centre, unit: Unit, officer: Page, tmp_path: Path, watch: Watch
) -> None:
    watch.allowed.append("400")  # a result without its product is refused, in its place
    await page.goto(server.url + "/tasks")
    await expect(page.locator(".page .empty, .page tbody").first).to_be_visible()
    await page.keyboard.press("n")
    await page.get_by_label("Tên nhiệm vụ", exact=True).fill("Chuyển dữ liệu về trung tâm dữ liệu")
    await page.get_by_label("Đơn vị chủ trì", exact=True).select_option(label=unit.name)
    await page.get_by_label("Loại hạn").select_option(label="Số ngày làm việc")
    await page.get_by_label("Số ngày làm việc", exact=True).fill("15")
    await page.get_by_label("Sản phẩm phải nộp").fill("Biên bản bàn giao")
    await page.locator("form").get_by_role("button", name="Giao nhiệm vụ").click()
    await expect(clock(page)).to_contain_text("còn 15 ngày làm việc")
    number = page.url.rpartition("/")[2].split("?")[0]
    assert number.isdigit()

    await officer.goto(server.url + "/tasks")
    await expect(officer.locator("tbody tr")).to_have_count(1)
    await officer.keyboard.press("j")
    await expect(officer.locator("tr[aria-selected=true]")).to_contain_text("Chuyển dữ liệu")
    await officer.keyboard.press("Enter")
    await officer.get_by_role("button", name="Nhận việc").click()
    await expect(officer.locator(".task-head")).to_contain_text("Đã nhận")
    await officer.get_by_role("button", name="Cập nhật tiến độ").click()
    await officer.get_by_label("Đã làm được gì").fill("Đã chuyển một nửa")
    await officer.get_by_label("Tiến độ (%)").fill("50")
    await officer.locator("form").get_by_role("button", name="Cập nhật tiến độ").click()
    await expect(officer.locator(".facts")).to_contain_text("50% · Đã chuyển một nửa")

    await officer.get_by_role("button", name="Đề nghị gia hạn").click()
    await officer.get_by_label("Lý do xin gia hạn").fill("Chờ thiết bị")
    await officer.get_by_label("Loại hạn").select_option(label="Số ngày làm việc")
    await officer.get_by_label("Số ngày làm việc", exact=True).fill("25")
    await officer.locator("form").get_by_role("button", name="Đề nghị gia hạn").click()
    await officer.get_by_role("link", name="Hạn 1").click()
    await expect(officer.locator(".panel")).to_contain_text("Chờ quyết định")

    await page.reload()
    await page.get_by_role("button", name="Quyết định gia hạn").click()
    await page.locator("form").get_by_role("button", name="Quyết định gia hạn").click()
    await expect(clock(page)).to_contain_text("còn 25 ngày làm việc")

    await officer.reload()
    await officer.get_by_role("button", name="Báo cáo kết quả").click()
    await officer.get_by_label("Kết quả", exact=True).fill("Đã chuyển 12 hệ thống")
    await officer.locator("form").get_by_role("button", name="Báo cáo kết quả").click()
    await expect(officer.locator(".field-fault")).to_contain_text("Biên bản bàn giao")
    await officer.get_by_role("link", name="Minh chứng").click()
    file = tmp_path / "biên bản.pdf"
    file.write_bytes(b"%PDF-1.7\nbien ban ban giao")
    await officer.get_by_label("Đính kèm tệp").set_input_files(file)
    await expect(officer.locator(".task-list")).to_contain_text("biên bản.pdf")
    await officer.locator("form").get_by_role("button", name="Báo cáo kết quả").click()
    reported = officer.get_by_text("Người khác vừa thay đổi")
    assert await reported.count() == 0
    await expect(officer.locator(".task-head")).to_contain_text("Chờ công nhận")
    await expect(officer.get_by_role("button", name="Công nhận", exact=True)).to_have_count(0)

    await page.reload()
    await page.get_by_role("button", name="Công nhận", exact=True).click()
    await page.locator("form").get_by_role("button", name="Công nhận", exact=True).click()
    await expect(page.locator(".task-head")).to_contain_text("Đã công nhận")
    await expect(clock(page)).to_contain_text("xong đúng hạn")
    await page.get_by_role("link", name="Nhật ký").click()
    await expect(page.locator(".task-log > li")).to_have_count(8)
    async with await server.signed_in() as administrator:
        kept = (await administrator.get(f"/api/v1/tasks/{number}")).json()["evidence"][0]
        answer = await administrator.get(f"/api/v1/tasks/{number}/evidence/{kept['id']}")
    assert answer.content == file.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_two_people_at_once_one_is_told_and_keeps_what_was_typed(
    page: Page, server: Centre, unit: Unit, officer: Page, watch: Watch
) -> None:
    watch.allowed.append("409")
    task = await give(server, unit, "Hai người cùng sửa")
    await officer.goto(f"{server.url}/tasks/{task['id']}")
    await officer.get_by_role("button", name="Cập nhật tiến độ").click()
    await officer.get_by_label("Đã làm được gì").fill("Nội dung tôi đang gõ")
    await page.goto(f"{server.url}/tasks/{task['id']}")
    await page.get_by_role("button", name="Nhận việc").click()
    await expect(page.locator(".task-head")).to_contain_text("Đã nhận")
    await officer.locator("form").get_by_role("button", name="Cập nhật tiến độ").click()
    await expect(officer.locator(".panel")).to_contain_text("Người khác vừa thay đổi nhiệm vụ này")
    await expect(officer.get_by_label("Đã làm được gì")).to_have_value("Nội dung tôi đang gõ")
    await officer.get_by_role("button", name="Xem bản mới").click()
    await expect(officer.locator(".task-head")).to_contain_text("Đã nhận")
    await expect(officer.get_by_label("Đã làm được gì")).to_have_value("Nội dung tôi đang gõ")
    await officer.locator("form").get_by_role("button", name="Cập nhật tiến độ").click()
    await expect(officer.locator(".facts")).to_contain_text("Nội dung tôi đang gõ")


async def test_many_at_once_and_the_filters_in_the_address(server: Centre, unit: Unit, officer: Page) -> None:
    for title in ("Việc thứ nhất", "Việc thứ hai", "Rà soát camera"):
        await give(server, unit, title)
    await officer.goto(server.url + "/tasks")
    await expect(officer.locator("tbody tr")).to_have_count(3)
    for _ in range(2):
        await officer.keyboard.press("j")
        await officer.keyboard.press("x")
    await expect(officer.locator(".task-bulk")).to_contain_text("Đã chọn 2 nhiệm vụ")
    await officer.locator(".task-bulk").get_by_role("button", name="Nhận việc").click()
    await expect(officer.locator("tbody tr", has_text="Đã nhận")).to_have_count(2)
    await officer.get_by_label("Trạng thái", exact=True).select_option(label="Mới giao")
    await expect(officer.locator("tbody tr")).to_have_count(1)
    assert "state=new" in officer.url
    await officer.get_by_label("Trạng thái", exact=True).select_option(label="Mọi trạng thái")
    await officer.get_by_label("Tìm trong tên nhiệm vụ").fill("ra soat")
    await expect(officer.locator("tbody tr")).to_have_count(1)
    await officer.reload()
    await expect(officer.locator("tbody tr")).to_contain_text("Rà soát camera")


async def test_a_workbook_goes_out_and_back_with_a_conflict_shown(
    server: Centre, unit: Unit, officer: Page, tmp_path: Path
) -> None:
    first = await give(server, unit, "Điền bằng Excel")
    second = await give(server, unit, "Đổi trong lúc điền")
    await officer.goto(server.url + "/tasks")
    async with officer.expect_download() as waiting:
        await officer.get_by_role("link", name="Xuất Excel").click()
    path = await (await waiting.value).path()
    rows = sheet.read(FORM, await asyncio.to_thread(path.read_bytes))
    assert {row.key for row in rows} == {str(first["id"]), str(second["id"])}
    filled = [sheet.Row(row.key, row.version, {"percent": 30, "text": f"Từ tệp {row.key}"}) for row in rows]
    back = tmp_path / "dien.xlsx"
    back.write_bytes(sheet.written(FORM, filled, made_at=datetime.now(UTC)))
    meanwhile = {"do": {"act": "progress", "text": "Từ hệ thống", "percent": 80}}
    await write(unit.client, "POST", f"/api/v1/tasks/{second['id']}/acts", meanwhile, **{"If-Match": '"1"'})

    await officer.get_by_role("button", name="Nhập Excel").click()
    await officer.get_by_label("Chọn tệp .xlsx").set_input_files(back)
    await expect(officer.locator(".sheet-conflict")).to_contain_text("Từ hệ thống")
    await expect(officer.locator(".sheet-conflict")).to_contain_text(f"Từ tệp {second['id']}")
    await expect(officer.locator(".sheet-conflict input")).not_to_be_checked()
    await officer.get_by_role("button", name="Ghi 1 dòng").click()
    await expect(officer.get_by_text("Đã ghi 1 dòng")).to_be_visible()
    for task, text in ((first, f"Từ tệp {first['id']}"), (second, "Từ hệ thống")):
        kept = (await unit.client.get(f"/api/v1/tasks/{task['id']}")).json()["progress"]["text"]
        assert kept == text


async def test_what_i_was_told_and_how_i_want_to_be_told(
    server: Centre, unit: Unit, officer: Page, watch: Watch
) -> None:
    watch.allowed.append("400")  # a channel without its address
    task = await give(server, unit, "Có thông báo")
    await officer.goto(server.url + "/tasks/reminders")
    await expect(officer.locator(".panel")).to_contain_text("Được giao nhiệm vụ: Có thông báo")
    await officer.get_by_label("Thư điện tử").check()
    await officer.get_by_role("button", name="Lưu").click()
    await expect(officer.locator(".field-fault")).to_contain_text("cần địa chỉ")
    await officer.get_by_label("Địa chỉ thư").fill("nv@so.example.vn")
    await officer.get_by_role("button", name="Lưu").click()
    await expect(officer.get_by_text("Đã lưu cách nhận nhắc việc")).to_be_visible()
    await officer.get_by_role("button", name="Đánh dấu đã đọc").click()
    await expect(officer.get_by_role("button", name="Đánh dấu đã đọc")).to_have_count(0)
    await officer.get_by_role("link", name="Được giao nhiệm vụ: Có thông báo").click()
    await expect(officer.locator(".panel h2")).to_have_text("Có thông báo")
    assert officer.url.startswith(f"{server.url}/tasks/{task['id']}")


async def test_it_reads_by_voice_on_a_phone_and_in_english(server: Centre, unit: Unit, officer: Page) -> None:
    task = await give(server, unit, "Nhiệm vụ có tên rất dài để xem bảng có tràn ra ngoài màn hình hay không")
    for address in ("/tasks", f"/tasks/{task['id']}", "/tasks/import", "/tasks/reminders?lang=en"):
        await officer.set_viewport_size({"width": 1280, "height": 720})
        await officer.goto(server.url + address)
        await expect(officer.locator(".page, .panel").first).to_be_visible()
        assert await eyes.nameless(officer) == []
        for width in (1280, 390):
            await officer.set_viewport_size({"width": width, "height": 720})
            assert await eyes.overflowing(officer) == [], (address, width)
        assert await eyes.small_targets(officer) == []
    await officer.goto(server.url + "/tasks?lang=en&theme=light")
    await expect(officer.get_by_role("heading", name="Tasks")).to_be_visible()
    await expect(officer.locator("tbody")).to_contain_text("working days left")
