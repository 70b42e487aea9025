"""The operations screen: flow, subscriptions, dead letters, contexts, storage; much of it by keyboard."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.ui import eyes
from tests.integration.city.receiver import Receiver


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: Centre) -> AsyncIterator[httpx.AsyncClient]:
    client = await server.signed_in()
    async with client:
        yield client


def subscription(server: Centre, name: str, kind: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "Subscription",
        "id": f"urn:x:{uuid.uuid4().hex}",
        "subscriptionName": name,
        "entities": [{"type": kind}],
        "notification": {"endpoint": {"uri": f"http://127.0.0.1:{server.receiver_port}/notify"}},
    } | members


async def subscribed(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """Make a subscription and return it as the operators' list has it."""
    made = await client.post("/ngsi-ld/v1/subscriptions", json=body)
    assert made.status_code == 201, made.text
    items = (await client.get("/api/v1/subscriptions?limit=200")).json()["items"]
    found: dict[str, Any] = next(one for one in items if one["id"] == body["id"])
    return found


async def test_the_way_of_the_data_is_told_and_goes_on_by_itself(page: Page, server: Centre) -> None:
    await page.goto(f"{server.url}/operations")
    chain = page.get_by_role("list", name="Đường đi của dữ liệu")
    await expect(chain.get_by_role("listitem")).to_have_count(4)
    writer = chain.get_by_role("listitem").first
    await expect(writer.locator(".verdict")).to_have_attribute("data-verdict", "well")
    await expect(writer).to_contain_text("thực thể/giây")
    head = chain.get_by_role("listitem").nth(1).locator("dd").first
    before = await head.inner_text()
    await expect(head).not_to_have_text(
        before, timeout=30_000
    )  # the province speaks, and nobody touched the page
    await expect(page.get_by_role("table", name="Các bước xử lý")).to_contain_text("Khớp đăng ký")


async def test_what_was_given_up_is_red_looked_into_and_sent_again_by_keyboard(
    page: Page, server: Centre, client: httpx.AsyncClient
) -> None:
    kind = f"Tram{uuid.uuid4().hex[:8]}"
    mine = await subscribed(client, subscription(server, "Trạm thử gửi", kind))
    for number in range(2):
        entity = {"id": f"urn:x:{kind}:{number}", "type": kind, "muc": {"type": "Property", "value": number}}
        assert (await client.post("/ngsi-ld/v1/entities", json=entity)).status_code == 201

    await page.goto(f"{server.url}/operations/letters")
    endpoint = page.get_by_role("table", name="Nơi nhận có thông báo chờ hoặc không gửi được").locator(
        "tbody tr"
    )
    await expect(endpoint).to_contain_text(f"127.0.0.1:{server.receiver_port}")
    letters = page.get_by_role("table", name="Danh sách thông báo không gửi được").locator("tbody tr")
    await expect(letters).to_have_count(2, timeout=60_000)  # two tries each, with growing pauses between
    await expect(endpoint.locator(".verdict")).to_have_attribute("data-verdict", "act")
    assert await eyes.loud_pixels(page) > 0

    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    panel = page.get_by_role("complementary")
    await expect(panel.get_by_label("Nội dung", exact=True).last).to_contain_text(f"urn:x:{kind}:1")
    await expect(panel).to_contain_text("ConnectError")
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)

    receiver = Receiver()
    receiver.port = server.receiver_port
    await receiver.start()
    try:
        await page.get_by_label("Chọn tất cả đang hiện").check()
        await page.get_by_role("button", name="Gửi lại 2 thông báo đã chọn").press("Enter")
        question = page.get_by_role("group", name="Gửi lại 2 thông báo đã chọn?")
        await expect(question.get_by_role("button", name="Gửi lại", exact=True)).to_be_focused()
        await page.keyboard.press("Escape")  # asked about, and nothing was done
        await expect(letters).to_have_count(2)
        await page.get_by_role("button", name="Gửi lại 2 thông báo đã chọn").press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="Đã cho gửi lại 2")).to_be_visible()
        bodies = await receiver.came(2)
        assert {body["data"][0]["id"] for body in bodies} == {f"urn:x:{kind}:{n}" for n in range(2)}
        # The page looks every five seconds: its next look may be the whole of that away, and then it asks.
        await expect(page.locator("main")).to_contain_text("Không có thông báo nào kẹt", timeout=10_000)
    finally:
        await receiver.stop()
    await page.goto(f"{server.url}/operations")
    sending = page.get_by_role("list", name="Đường đi của dữ liệu").get_by_role("listitem").last
    await expect(sending.locator(".verdict")).to_have_attribute("data-verdict", "well")
    await page.evaluate("document.fonts.ready")
    assert await eyes.loud_pixels(page) == 0
    assert (await client.delete(f"/ngsi-ld/v1/subscriptions/{mine['id']}")).status_code == 204


async def test_a_subscription_is_paused_and_goes_on_under_its_owner(
    page: Page, server: Centre, client: httpx.AsyncClient
) -> None:
    # Cameras of the province come and go while this runs; a receiver that nobody started must not be asked.
    asked = {"watchedAttributes": ["status"], "q": 'name=="camera không có thật"'}
    mine = await subscribed(client, subscription(server, "Camera về phòng trực", "Camera", **asked))
    await page.goto(f"{server.url}/operations/subscriptions?q=phong+truc")
    row = page.get_by_role("table").locator("tbody tr", has_text="Camera về phòng trực")
    await expect(row).to_contain_text("Camera: Trạng thái")
    await expect(row).to_contain_text("Quản trị")
    await row.get_by_role("link").click()
    panel = page.get_by_role("complementary")
    for said, state in (("Tạm dừng", "Tạm dừng"), ("Cho chạy tiếp", "Đang chạy")):
        await panel.get_by_role("button", name=said).click()
        await panel.get_by_role("group").get_by_role("button", name=said).click()
        await expect(panel.locator(".verdict").first).to_have_text(re.compile(state))
    items = (await client.get("/api/v1/subscriptions?limit=200")).json()["items"]
    assert next(one for one in items if one["no"] == mine["no"])["owner"] == mine["owner"]
    await client.delete(f"/ngsi-ld/v1/subscriptions/{mine['id']}")


async def test_a_context_is_added_read_and_deleted(page: Page, server: Centre) -> None:
    await page.goto(f"{server.url}/operations/contexts")
    rows = page.get_by_role("table", name="Danh sách ngữ cảnh JSON-LD").locator("tbody tr")
    await expect(rows.first).to_contain_text("Lõi NGSI-LD")
    before = await rows.count()
    await page.get_by_role("button", name="Thêm ngữ cảnh").click()
    field = page.get_by_label("Nội dung JSON")
    await field.fill('{"@context": ')
    await page.get_by_role("button", name="Thêm ngữ cảnh").click()
    await expect(page.locator(".field-fault")).to_contain_text("JSON")
    await field.fill('{"@context": {"mucNuocThuNghiem": "urn:vi-du:mucNuoc"}}')
    await page.get_by_role("button", name="Thêm ngữ cảnh").click()
    await expect(rows).to_have_count(before + 1)
    await rows.filter(has_text="Lưu tại đây").first.get_by_role("link").click()
    panel = page.get_by_role("complementary")
    await expect(panel.locator(".terms")).to_contain_text("mucNuocThuNghiem")
    await panel.get_by_role("button", name="Xóa").click()
    await panel.get_by_role("group", name="Xóa ngữ cảnh này?").get_by_role("button", name="Xóa").click()
    await expect(rows).to_have_count(before)


async def test_storage_names_what_is_absent_and_never_calls_it_zero(page: Page, server: Centre) -> None:
    await page.goto(f"{server.url}/operations/storage")
    tiers = page.get_by_role("table", name="Dung lượng theo tầng lưu trữ").locator("tbody tr")
    await expect(tiers.first).to_be_visible()
    for row in await tiers.all():
        if await row.locator("[data-verdict=absent]").count():
            assert "chưa có" in await row.inner_text()
            assert not re.search(r"\b0\b", await row.inner_text())


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_part_can_be_read_in_both_themes_and_languages(
    page: Page, server: Centre, theme: str, lang: str
) -> None:
    title = {"vi": "Vận hành dữ liệu", "en": "Data operations"}[lang]
    for part in ("flow", "subscriptions", "letters", "contexts", "storage"):
        await page.goto(f"{server.url}/operations/{part}?theme={theme}&lang={lang}")
        await expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        await expect(page.locator("main")).to_contain_text({"vi": "Tự cập nhật", "en": "Renewed every"}[lang])
        await expect(page.locator(".loading")).to_have_count(0)
        assert await eyes.faint(page) == [], part
    await page.evaluate("document.querySelector('h1').style.color = 'rgb(128 128 128 / 40%)'")
    assert len(await eyes.faint(page)) == 1, "the eye itself sees"


async def test_the_json_of_an_entity_and_the_command_that_fetches_it(
    page: Page, server: Centre, client: httpx.AsyncClient
) -> None:
    rows = (await client.get("/api/v1/boards/city?type=AirQualityObserved")).json()["rows"]
    id_ = rows[0][0]
    made = await client.post(
        "/api/v1/keys",
        json={"name": "đọc thử", "org_id": 1, "permissions": ["entity.read"]},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert made.status_code == 201, made.text
    await page.goto(f"{server.url}/city?map=svg&sel={id_}")
    await page.get_by_text("Dữ liệu gốc (JSON)").click()
    answer = page.get_by_label("Trả lời", exact=True)
    command = page.get_by_label("Lệnh lấy dữ liệu", exact=True)
    told = {
        "Chuẩn hóa": '"type": "Property"',
        "Ngắn gọn": '"observedAt"',
        "Chỉ giá trị": '"pm25": ',
        "GeoJSON": '"type": "Feature"',
        "Theo thời gian": '"values"',
    }
    for name, part in told.items():
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(answer).to_contain_text(part)
        text = await command.inner_text()
        assert "hd_" not in text
        found = await _run(text, made.json()["secret"])
        assert id_ in found, found
    await expect(page).to_have_url(re.compile("json=temporal"))


async def _run(command: str, key: str) -> str:
    """Paste the command into a shell, with the key where it says that it is."""
    shell = await asyncio.create_subprocess_shell(
        command,
        stdout=asyncio.subprocess.PIPE,
        env={"HAIDANG_KEY": key, "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    output, _ = await shell.communicate()
    return output.decode()
