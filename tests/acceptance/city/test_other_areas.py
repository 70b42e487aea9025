"""Areas outside the site's own province, and moments before a thing was there. Real server, real browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

QUANG_NINH, BAI_CHAY = "22", "06673"
STATION = "urn:ngsi-ld:AirQualityObserved:elsewhere:bai-chay"


async def place(server: Any) -> None:
    """Let a device of a commune of Quảng Ninh, which is not the demonstration's province, send a value."""
    wanted = {
        "name": "Bãi Cháy",
        "org_id": 1,
        "area_code": BAI_CHAY,
        "sector": "environment",
        "permissions": ["entity.read", "entity.write"],
    }
    entity = {
        "id": STATION,
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": "Trạm Bãi Cháy"},
        "pm25": {"type": "Property", "value": 21.5, "unitCode": "GQ"},
    }
    async with await server.signed_in() as client:
        headers = {"Idempotency-Key": "key-of-bai-chay", "Origin": server.url}
        made = await client.post("/api/v1/keys", json=wanted, headers=headers)
        assert made.status_code == 201, made.text
        bearer = {"Authorization": f"Bearer {made.json()['secret']}"}
        client.cookies.clear()
        sent = await client.post("/ngsi-ld/v1/entityOperations/upsert", json=[entity], headers=bearer)
        assert sent.status_code == 201, sent.text


async def test_an_area_elsewhere_and_a_time_before(page: Any, server: Any, watch: Any) -> None:
    await place(server)
    for code, name in ((QUANG_NINH, "Quảng Ninh"), (BAI_CHAY, "Bãi Cháy")):
        await page.goto(f"{server.url}/city?map=svg&area={code}")
        await page.locator(f'.city-row[data-id="{STATION}"]').wait_for()
        assert await page.locator(".city-row").count() == 1
        chosen = page.locator(".city-narrow select").first.locator("option:checked")
        assert await chosen.inner_text() == name
    watch.allowed.append("404")  # the browser tells of every one
    before = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ")
    await page.goto(f"{server.url}/city?map=svg&sel={STATION}&t={before}")
    await page.get_by_text("Thiết bị này không có ở thời điểm đang xem").wait_for()
