"""The screen of data models: found without accents, opened by the keyboard, made strict, what was refused."""

from __future__ import annotations

import secrets

import httpx
from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre

TITLE = "Mức ồn"
TYPE = "NoiseLevelObserved"


async def post(client: httpx.AsyncClient, *entities: dict[str, object]) -> httpx.Response:
    return await client.post(
        "/ngsi-ld/v1/entityOperations/upsert",
        json=list(entities),
        headers={"Idempotency-Key": secrets.token_hex(8)},
    )


def noise(number: int, **attributes: object) -> dict[str, object]:
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [107.05, 20.95]}}
    return {"id": f"urn:x:noise:{number}", "type": TYPE, "location": place, **attributes}


async def test_a_model_is_found_read_made_strict_and_shows_what_did_not_fit(
    page: Page, server: Centre
) -> None:
    await page.goto(server.url + "/models")
    await expect(page.get_by_role("heading", name="Mô hình dữ liệu")).to_be_visible()
    await expect(page.get_by_role("heading", name="Giáo dục")).to_be_visible()
    await page.get_by_label("Tìm kiểu").fill("muc on")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_label("Tìm kiểu").blur()
    await page.keyboard.press("j")
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text(TYPE)
    await page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name=TITLE)
    await expect(panel.get_by_text("Smart Data Models")).to_be_visible()
    await expect(panel.locator("tr", has_text="sonometerClass")).to_contain_text("Cấp chính xác máy đo ồn")
    assert page.url.startswith(f"{server.url}/models/{TYPE}")

    async with await server.signed_in() as client:
        loose = await post(client, noise(1, sonometerClass={"type": "Property", "value": "9"}))
        assert loose.status_code == 201
        assert "sonometerClass" in loose.headers["ngsild-warning"]

        await panel.get_by_label("Từ chối").check()
        await panel.get_by_role("button", name="Đổi chế độ").click()
        await expect(panel.get_by_text("Đã đổi lúc")).to_be_visible()
        await expect(page.locator("tr[aria-selected=true]")).to_contain_text("Từ chối")

        strict = await post(client, noise(2), noise(3, sonometerClass={"type": "Property", "value": "9"}))
        assert strict.status_code == 207
        (failed,) = strict.json()["errors"]
        assert failed["entityId"] == "urn:x:noise:3"
        assert failed["error"]["faults"][0]["field"] == "sonometerClass"
        assert "danh mục" in failed["error"]["faults"][0]["vi"]
        assert strict.json()["success"] == ["urn:x:noise:2"]

    await page.goto(f"{server.url}/models/{TYPE}?tab=violations")
    card = page.locator(".model-violation", has_text="Cấp chính xác máy đo ồn")
    for _ in range(20):  # what was found is written every five seconds; the panel asks when it is opened
        if await card.count() and "bị từ chối" in await card.inner_text():
            break
        await page.wait_for_timeout(500)
        await page.reload()
        await expect(
            page.get_by_role("complementary", name=TITLE).get_by_text("Smart Data Models")
        ).to_be_visible()
    await expect(card).to_contain_text("urn:x:noise:3")
    await expect(card).to_contain_text("bị từ chối")
    panel = page.get_by_role("complementary", name=TITLE)
    await panel.get_by_label("Cảnh báo").check()
    await panel.get_by_role("button", name="Đổi chế độ").click()
    await expect(page.locator("tr[aria-selected=true]")).to_contain_text("Cảnh báo")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name=TITLE)).to_have_count(0)
