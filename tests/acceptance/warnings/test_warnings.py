"""Warnings in the browser: one writes, another approves, everybody reads; refusing, cancelling, keys."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tests.acceptance.conftest import Centre, Watch, until
from tests.acceptance.ui import eyes

from haidang.alerts.cap.xml.reading import read

PASSWORD = "con thuyền về bến lúc chiều"
POLYGON = "21.30, 106.10\n21.30, 106.30\n21.40, 106.30"


class Person(NamedTuple):
    """Somebody of the duty room with a page of their own."""

    page: Page
    client: httpx.AsyncClient


async def write(client: httpx.AsyncClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    answer = await client.request(
        method, path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex} | headers
    )
    assert answer.status_code < 300, answer.text
    return answer.json()


async def account(server: Centre, role: str) -> httpx.AsyncClient:
    """Make an account of the root with a role, and return a client that is signed in with it."""
    word = secrets.token_hex(3)
    async with await server.signed_in() as administrator:
        root = (await administrator.get("/api/v1/orgs")).json()["items"][0]["id"]
        body = {"username": f"{role[:9]}.{word}", "display_name": f"Người {role} {word}", "org_id": root}
        made = await write(administrator, "POST", "/api/v1/accounts", body)
        grants = f"/api/v1/accounts/{made['account']['id']}/grants"
        await write(administrator, "POST", grants, {"role": role, "org_id": root})
    token = parse_qs(urlsplit(made["one_time_password_link"]).query)["token"][0]
    client = httpx.AsyncClient(base_url=server.url, timeout=30)
    answer = await client.post("/api/v1/set-password", json={"token": token, "password": PASSWORD})
    assert answer.status_code < 300, answer.text
    return client


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    browser: Browser, server: Centre, watch: Watch, built: None
) -> AsyncIterator[tuple[Person, Person]]:
    """A duty operator who writes, and the head of the shift who approves."""
    found = []
    for role in ("duty_operator", "duty_head"):
        client = await account(server, role)
        context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="vi-VN")
        context.set_default_timeout(60_000)
        await watch.look_at(context)
        session = client.cookies["haidang_session"]
        cookie = {"name": "haidang_session", "value": session, "url": server.url, "httpOnly": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        found.append(Person(await context.new_page(), client))
    yield found[0], found[1]
    for person in found:
        await person.page.context.close()
        await person.client.aclose()
    watch.check()


def button(page: Page, name: str) -> Any:
    return page.locator(".panel").get_by_role("button", name=name, exact=True)


async def test_from_a_draft_to_everybody_and_its_end_by_two_people(
    people: tuple[Person, Person], server: Centre, watch: Watch
) -> None:
    watch.allowed.append("403")  # the writer tries to approve beside the screen
    operator, head = people[0].page, people[1].page
    await operator.goto(server.url + "/")
    await expect(operator.locator("nav").first).to_be_visible()
    await operator.keyboard.press("g")
    await operator.keyboard.press("b")
    await expect(operator.get_by_role("heading", name="Bản tin cảnh báo")).to_be_visible()
    await operator.keyboard.press("n")
    await operator.get_by_label("Loại sự kiện").fill("Lũ trên sông")
    await operator.get_by_label("Tiêu đề").fill("Lũ trên sông Thương")
    await operator.get_by_label("Điều gì đang xảy ra").fill("Nước đã trên báo động III và còn lên.")
    await operator.get_by_label("Tìm xã, phường, tỉnh").fill("bac ninh")
    await operator.get_by_role("button", name="Tỉnh Bắc Ninh").click()
    await operator.get_by_label("Đa giác").fill("21.30, 106.10\nkhông phải số")
    await expect(operator.locator(".field-fault")).to_have_text("Dòng 2 không phải “vĩ độ, kinh độ”.")
    await operator.get_by_label("Đa giác").fill(POLYGON)
    await expect(operator.get_by_role("img", name="Đa giác")).to_be_visible()
    await operator.get_by_label("Cấp độ rủi ro thiên tai").select_option(label="Cấp 2")
    await button(operator, "Lưu dự thảo").click()

    # What still stands against it is named; nothing was lost.
    faults = operator.locator(".warning-faults")
    await expect(faults).to_contain_text("Còn 1 điểm phải sửa")
    await expect(faults).to_contain_text("cấp độ rủi ro thiên tai")
    await button(operator, "Sửa nội dung").click()
    await operator.get_by_label("Cấp độ rủi ro thiên tai").select_option(label="Cấp 3")
    await button(operator, "Lưu dự thảo").click()
    await expect(operator.locator(".panel")).to_contain_text("Đúng mọi quy tắc CAP")
    await expect(operator.locator(".warning-preview")).to_contain_text("Tỉnh Bắc Ninh")
    await button(operator, "Trình duyệt").click()
    await expect(operator.locator(".warning-head")).to_contain_text("Chờ duyệt")
    await expect(button(operator, "Duyệt")).to_have_count(0)
    number = operator.url.rpartition("/")[2].split("?")[0]
    act = {"do": {"act": "approve"}}
    headers = {"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"3"'}
    answer = await people[0].client.post(f"/api/v1/warnings/{number}/acts", json=act, headers=headers)
    assert answer.status_code == 403, answer.text

    await head.goto(f"{server.url}/warnings")
    await expect(head.locator("tbody tr").first).to_be_visible()
    await head.keyboard.press("j")
    await expect(head.locator("tr[aria-selected=true]")).to_contain_text("Lũ trên sông Thương")
    await head.keyboard.press("Enter")
    await button(head, "Từ chối").click()
    await head.get_by_label("Lý do từ chối").fill("Nêu rõ nơi sơ tán")
    await head.locator("form").get_by_role("button", name="Từ chối").click()
    await expect(head.locator(".facts")).to_contain_text("Nêu rõ nơi sơ tán")

    await expect(operator.locator(".facts")).to_contain_text("Nêu rõ nơi sơ tán")  # as it happens
    await button(operator, "Rút về dự thảo").click()
    await button(operator, "Sửa nội dung").click()
    await operator.get_by_label("Người dân cần làm gì").fill("Đến trường THCS xã.")
    await button(operator, "Lưu dự thảo").click()
    await button(operator, "Trình duyệt").click()
    await expect(operator.locator(".warning-head")).to_contain_text("Chờ duyệt")

    await button(head, "Duyệt").click()
    await expect(head.locator(".warning-head")).to_contain_text("Đã duyệt, chưa phát")
    await operator.reload()
    await button(operator, "Phát bản tin").click()
    await expect(operator.locator(".warning-head")).to_contain_text("Đang hiệu lực")
    found = (await people[0].client.get(f"/api/v1/warnings/{number}")).json()
    async with httpx.AsyncClient() as anybody:
        first = await anybody.get(found["url"])
        assert first.headers["content-type"] == "application/cap+xml; charset=utf-8"
        message = read(first.content).message
        assert message.infos[0].instruction == "Đến trường THCS xã."
        assert message.infos[0].areas[0].polygons[0][0] == message.infos[0].areas[0].polygons[0][-1]
        atom = await anybody.get(f"{server.url}/cap/feed.atom")
        assert found["url"] in atom.text
        again = await anybody.get(
            f"{server.url}/cap/feed.atom", headers={"If-None-Match": atom.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")

    await head.reload()
    await button(head, "Hủy bản tin").click()
    await head.get_by_label("Lý do hủy").fill("Nước đã rút")
    await head.locator("form").get_by_role("button", name="Hủy bản tin").click()
    await expect(head.locator(".panel h2")).to_contain_text("HỦY: Lũ trên sông Thương")
    await button(head, "Trình duyệt").click()
    await expect(button(head, "Duyệt")).to_have_count(0)  # its writer is now the other
    await head.get_by_role("link", name="Nhật ký").click()
    await expect(head.locator(".warning-log > li")).to_have_count(2)


async def test_an_exercise_is_marked_and_two_at_once_are_told(
    people: tuple[Person, Person], server: Centre, watch: Watch, tmp_path: Path
) -> None:
    watch.allowed += ["409", "400", "ERR_FAILED"]
    operator, head = people[0], people[1]
    incident = await write(
        head.client, "POST", "/api/v1/incidents",
        {"kind": "flood", "severity": 2, "title": "Diễn tập vỡ đê", "is_exercise": True},
    )  # fmt: skip
    page = operator.page
    await page.goto(f"{server.url}/warnings/new?incident={incident['id']}")
    await page.get_by_label("Mẫu", exact=True).select_option(label="Lũ trên sông")
    await page.get_by_label("Tên sông").fill("Thương")
    await page.get_by_label("Mực nước, cấp báo động").fill("6,5 m, trên báo động III")
    await page.get_by_label("Nơi sơ tán đến").fill("trường THCS xã")
    await expect(page.locator(".warning-template")).to_contain_text("Lũ trên sông Thương, nước đang lên")
    await page.get_by_label("Mô tả khu vực bằng lời").fill("Ven đê")
    await page.get_by_label("Đa giác").fill(POLYGON)
    await button(page, "Lưu dự thảo").click()
    await expect(page.locator(".warning-head")).to_contain_text("DIỄN TẬP")
    address = page.url.split("?")[0]
    # Without the live stream a screen is older than what it shows, and acting on that is told.
    await head.page.route("**/api/v1/stream*", lambda route: route.abort())
    await head.page.goto(address)
    await expect(button(head.page, "Trình duyệt")).to_be_visible()
    await button(page, "Trình duyệt").click()
    await expect(page.locator(".warning-head")).to_contain_text("Chờ duyệt")
    await button(head.page, "Trình duyệt").click()  # what it sees is no longer so
    await expect(head.page.locator(".panel")).to_contain_text("Người khác vừa thay đổi bản tin này")
    await button(head.page, "Xem bản mới").click()
    await button(head.page, "Duyệt").click()
    await expect(head.page.locator(".warning-head")).to_contain_text("Đã duyệt")
    await page.reload()
    await button(page, "Phát bản tin").click()
    await expect(page.locator(".warning-head")).to_contain_text("Đang hiệu lực")
    number = address.rpartition("/")[2]
    found = (await operator.client.get(f"/api/v1/warnings/{number}")).json()
    assert (found["status"], found["url"], found["incident_id"]) == ("Exercise", None, incident["id"])
    hidden = await operator.client.get(f"/cap/{found['identifier']}.xml")
    assert hidden.status_code == 404
    log = f"/api/v1/incidents/{incident['id']}/log"
    async with httpx.AsyncClient(base_url=server.url, cookies=operator.client.cookies) as client:

        async def told() -> bool:
            return f"Phát bản tin cảnh báo {found['identifier']}" in (await client.get(log)).text

        await until(told)

    theirs = tmp_path / "cua-nguoi-khac.xml"
    theirs.write_text("<!DOCTYPE a [<!ENTITY x 'y'>]><alert>&x;</alert>", encoding="utf-8")
    async with await server.signed_in() as administrator:
        cookies = [{"name": "haidang_session", "value": server.cookie, "url": server.url, "httpOnly": True}]
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        await page.goto(server.url + "/warnings?view=received")
        await page.get_by_label("Nhận tệp CAP").set_input_files(theirs)
        await expect(page.locator(".page")).to_contain_text("Chứa khai báo DTD hoặc thực thể")
        document = (await administrator.get(f"/api/v1/warnings/{number}/xml")).text
    theirs.write_text(
        document.replace("haidang@localhost", "kttv@example.vn").replace("hd-", "x-"), encoding="utf-8"
    )
    await page.get_by_label("Nhận tệp CAP").set_input_files(theirs)
    await expect(page.locator("tbody")).to_contain_text("trạng thái Exercise")


async def test_it_reads_by_voice_on_a_phone_and_in_english(
    people: tuple[Person, Person], server: Centre
) -> None:
    page = people[0].page
    made = await write(
        people[0].client, "POST", "/api/v1/warnings",
        {"texts": [{"event": "Lũ", "headline": "Tiêu đề rất dài của bản tin để xem có tràn hay không"}]},
    )  # fmt: skip
    for address in (
        "/warnings",
        f"/warnings/{made['id']}",
        "/warnings/new",
        "/warnings?view=received&lang=en",
    ):
        await page.set_viewport_size({"width": 1280, "height": 720})
        await page.goto(server.url + address)
        await expect(page.locator(".page, .panel").first).to_be_visible()
        assert await eyes.nameless(page) == []
        for width in (1280, 390):
            await page.set_viewport_size({"width": width, "height": 720})
            assert await eyes.overflowing(page) == [], (address, width)
        assert await eyes.small_targets(page) == []
    await page.goto(f"{server.url}/warnings/{made['id']}?lang=en&theme=light")
    await expect(page.locator(".warning-faults")).to_contain_text("to mend before it can be submitted")
