"""The city screen as a person uses it: list, map, panel, filters, search, time. Real server, real browser."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def station(
    name: str, at: datetime, pm25: float, *, lon: float = 107.05, lat: float = 20.95
) -> dict[str, Any]:
    """An air station; its type expects a value every hour."""
    slug = re.sub(r"\W+", "-", name.lower())
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:test:{slug}",
        "type": "AirQualityObserved",
        "name": {"type": "Property", "value": name},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}},
        "pm25": {"type": "Property", "value": pm25, "unitCode": "GQ", "observedAt": iso(at)},
    }


async def put(server: Any, *entities: dict[str, Any]) -> None:
    async with await server.signed_in() as client:
        answer = await client.post("/ngsi-ld/v1/entityOperations/upsert", json=list(entities))
        assert answer.status_code in {201, 204}, answer.text


async def open_city(page: Any, server: Any, query: str = "") -> None:
    await page.goto(f"{server.url}/city?map=svg&{query}")
    await page.wait_for_selector(".city-summary", state="attached", timeout=60_000)


def row(page: Any, entity: dict[str, Any]) -> Any:
    return page.locator(f'.city-row[data-id="{entity["id"]}"]')


async def test_kinds_are_counted_and_one_is_chosen_by_the_address(page: Any, server: Any) -> None:
    await put(server, station("Trạm lọc loại", now(), 12.5))
    await open_city(page, server)
    kind = page.locator('.city-type[data-type="AirQualityObserved"]')
    count = int((await kind.locator(".city-type-count").inner_text()).replace(".", ""))
    assert count >= 1
    await kind.click()
    await page.wait_for_url("**f=type:AirQualityObserved*")
    assert await kind.get_attribute("aria-pressed") == "true"
    summary = page.locator(".city-summary")
    await summary.get_by_text(re.compile(rf"^{count} / ")).wait_for()
    first = page.locator(".city-row").first
    assert (await first.get_attribute("data-id") or "").startswith("urn:ngsi-ld:AirQualityObserved:")


async def test_the_address_is_the_state(page: Any, server: Any) -> None:
    it = station("Trạm địa chỉ", now(), 33.0)
    await put(server, it)
    await open_city(page, server)
    await page.locator(".city-search input").fill("tram dia chi")
    await row(page, it).locator("a").click()
    await page.locator(".city-panel h2").get_by_text("Trạm địa chỉ").wait_for()
    address = page.url
    second = await page.context.new_page()
    await second.goto(address)
    await second.locator(".city-panel h2").get_by_text("Trạm địa chỉ").wait_for()
    assert await second.locator(".city-search input").input_value() == "tram dia chi"
    names = ".city-row-name"
    assert await second.locator(names).all_inner_texts() == await page.locator(names).all_inner_texts()
    await second.close()


async def test_search_needs_no_accents(page: Any, server: Any) -> None:
    it = station("Trạm Hòa Bình Đông", now(), 8.0)
    await put(server, it)
    await open_city(page, server)
    await page.locator(".city-list").wait_for()
    await page.keyboard.press("/")
    await page.keyboard.type("hoa binh dong")
    await row(page, it).wait_for()
    assert await page.locator(".city-row").count() == 1
    assert "q=hoa" in page.url


async def test_the_keyboard_walks_opens_and_closes(page: Any, server: Any) -> None:
    await put(server, station("Trạm phím 1", now(), 1.0), station("Trạm phím 2", now(), 2.0))
    await open_city(page, server, "q=tram phim")
    await page.locator(".city-row").nth(1).wait_for()
    await page.keyboard.press("j")
    await page.locator(".city-row.is-cursor").get_by_text("Trạm phím 1").wait_for()
    await page.keyboard.press("j")
    await page.locator(".city-row.is-cursor").get_by_text("Trạm phím 2").wait_for()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    panel = page.locator(".city-panel")
    await panel.locator("h2").get_by_text("Trạm phím 1").wait_for()
    assert "sel=" in page.url
    await page.keyboard.press("Escape")
    await panel.wait_for(state="detached")
    assert "sel=" not in page.url


async def test_a_value_shows_number_unit_age_and_owner(page: Any, server: Any) -> None:
    it = station("Trạm giá trị", now() - 2 * SECOND, 41.25)
    await put(server, it)
    await open_city(page, server, f"sel={it['id']}")
    value = page.locator('tr[data-attribute="pm25"]')
    await value.get_by_text("µg/m³").wait_for()
    text = await value.inner_text()
    assert "41,3" in text or "41,2" in text
    assert re.search(r"vừa xong|giây trước", text)
    facts = page.locator(".city-panel .facts")
    assert "Đơn vị quản lý" in await facts.inner_text()


@pytest.mark.parametrize(
    ("age", "words"), [(HOUR + 14 * 60 * SECOND, "cũ 1 giờ 14 phút"), (5 * HOUR, "cũ 5 giờ")]
)
async def test_an_old_value_says_so_in_list_and_panel(
    page: Any, server: Any, age: timedelta, words: str
) -> None:
    it = station(f"Trạm cũ {age.total_seconds():.0f}", now() - age, 20.0)
    await put(server, it)
    await open_city(page, server, f"q={it['id'].rsplit(':', 1)[1]}&sel={it['id']}")
    await page.locator('tr[data-attribute="pm25"]').get_by_text(words).wait_for()
    await row(page, it).get_by_text(words).wait_for()
    hatched = row(page, it).locator("time")
    assert "repeating-linear-gradient" in await hatched.evaluate("it => getComputedStyle(it).backgroundImage")
    await page.locator(".city-summary").get_by_text("giá trị đã cũ").wait_for()


async def test_changes_arrive_without_a_reload(page: Any, server: Any) -> None:
    it = station("Trạm trực tiếp", now() - 60 * SECOND, 10.0)
    await put(server, it)
    await open_city(page, server, f"q=truc tiep&sel={it['id']}")
    await row(page, it).get_by_text("10").wait_for()
    await put(server, station("Trạm trực tiếp", now(), 77.0))
    await row(page, it).get_by_text("77").wait_for()
    await page.locator('tr[data-attribute="pm25"]').get_by_text("77").wait_for()
    new = station("Trạm trực tiếp mới", now(), 5.0)
    await put(server, new)
    await row(page, new).wait_for()


async def test_nothing_is_missed_between_the_snapshot_and_the_opening_of_the_stream(
    page: Any, server: Any
) -> None:
    it = station("Trạm giữa chừng", now() - 60 * SECOND, 10.0)
    await put(server, it)
    opened = asyncio.Event()

    async def slowly(route: Any) -> None:
        await opened.wait()
        await route.continue_()

    await page.route("**/api/v1/stream*", slowly)
    await open_city(page, server, f"q=giua chung&sel={it['id']}")
    await row(page, it).get_by_text("10").wait_for()
    await put(server, station("Trạm giữa chừng", now(), 77.0))
    opened.set()
    await row(page, it).get_by_text("77").wait_for()


async def test_a_paused_screen_is_framed_and_shows_nothing_newer(page: Any, server: Any) -> None:
    before = now() - 3 * SECOND
    it = station("Trạm sau này", now(), 10.0)
    await put(server, it)
    await open_city(page, server, f"q=sau nay&t={iso(before)}")
    await page.locator(".clock-strip").get_by_text("ĐANG XEM LẠI").wait_for()
    width = await page.locator(".clock-frame").evaluate("it => getComputedStyle(it).borderTopWidth")
    assert width == "6px"
    await page.get_by_text("Không có thiết bị nào", exact=True).wait_for()
    await page.keyboard.press("Space")
    await page.locator(".clock-strip").wait_for(state="detached")
    assert "t=" not in page.url.split("?")[1].split("&")
    await row(page, it).wait_for()


async def test_the_clock_steps_by_a_minute(page: Any, server: Any) -> None:
    moment = now().replace(second=0) - 10 * 60 * SECOND
    await open_city(page, server, f"t={iso(moment)}")
    await page.keyboard.press(",")
    back = moment - 60 * SECOND
    await page.wait_for_url(f"**t={back:%Y-%m-%dT%H:%M}Z*")
    await page.keyboard.press(".")
    await page.wait_for_url(f"**t={moment:%Y-%m-%dT%H:%M}Z*")


async def test_a_replay_shows_the_past_come_and_go(page: Any, server: Any) -> None:
    start = now() - 2 * SECOND  # the log knows moments by the second
    it = station("Trạm phát lại", now() - SECOND, 11.0)
    await put(server, it)
    await put(server, station("Trạm phát lại", now(), 99.0))
    end = now() + 3 * SECOND
    await open_city(page, server, f"q=phat lai&t={iso(start)}/{iso(end)}&speed=1")
    await page.locator('.clock-strip[data-mode="replay"]').wait_for()
    await row(page, it).get_by_text("99").wait_for(timeout=60_000)


async def test_history_is_a_chart_and_a_table_with_its_gap(page: Any, server: Any) -> None:
    end = now() - 60 * SECOND
    for hours in (10, 9, 8, 2, 1, 0):
        await put(server, station("Trạm lịch sử", end - hours * HOUR, 10.0 + hours))
    await open_city(page, server, f"sel={station('Trạm lịch sử', end, 0)['id']}")
    history = page.locator(".city-history")
    await history.locator("canvas").wait_for()
    await history.locator("summary").click()
    rows = history.locator("tbody tr")
    assert await rows.count() == 6
    assert "10" in await rows.first.inner_text()
    label = await history.locator(".city-chart").get_attribute("aria-label")
    assert label
    assert "PM2.5" in label


async def test_a_station_that_fell_silent_shows_its_last_history(page: Any, server: Any) -> None:
    last = now() - timedelta(days=200)
    for hours in (2, 1, 0):
        await put(server, station("Trạm im lặng", last - hours * HOUR, 20.0 + hours))
    await open_city(page, server, f"sel={station('Trạm im lặng', last, 0)['id']}")
    await page.locator('tr[data-attribute="pm25"]').get_by_text("cũ 200 ngày", exact=True).wait_for()
    history = page.locator(".city-history")
    await history.get_by_text("đến giá trị cuối").wait_for()
    await history.locator("summary").click()
    assert await history.locator("tbody tr").count() == 3


async def test_simulated_things_are_marked_everywhere(page: Any, server: Any) -> None:
    # A type that only the demonstration has: other tests' rows may fill the first screenful of the rest.
    await open_city(page, server, "f=type:FloodMonitoring")
    await page.locator(".city-row").first.wait_for()
    assert await page.get_by_text("Dữ liệu mô phỏng").count() >= 1
    marked = page.locator(".city-row").filter(has_text="◇").first
    await marked.locator("a").click()
    await page.locator(".city-panel .simulated").get_by_text("Dữ liệu mô phỏng").wait_for()


async def test_a_phone_shows_map_or_list(page: Any, server: Any) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_city(page, server)
    assert not await page.locator(".city-side").is_visible()
    await page.get_by_role("button", name="Danh sách", exact=True).click()
    await page.locator(".city-row").first.wait_for()
    assert not await page.locator(".city-map").is_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


async def test_english_and_vietnamese_say_the_same(page: Any, server: Any) -> None:
    await open_city(page, server, "lang=en&theme=light")
    await page.get_by_role("heading", name="How is the city, and where?").wait_for()
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert await page.evaluate("document.documentElement.dataset.theme") == "light"
    await open_city(page, server)
    await page.get_by_role("heading", name="Thành phố đang thế nào, ở đâu?").wait_for()


async def test_five_thousand_moving_points_leave_the_keyboard_quick(page: Any, server: Any) -> None:
    def points(turn: int) -> list[dict[str, Any]]:
        at = now()
        return [
            station(
                f"Phương tiện {i:04d}",
                at,
                float(turn),
                lon=106.9 + (i % 100) * 0.003 + turn * 0.0005,
                lat=20.8 + (i // 100) * 0.004,
            )
            for i in range(5000)
        ]

    async def upsert(turn: int) -> None:
        everything = points(turn)
        for first in range(0, 5000, 500):
            await put(server, *everything[first : first + 500])

    await upsert(0)
    try:
        await page.goto(f"{server.url}/city?q=phuong tien")
        await page.wait_for_selector('.map[data-engine="gl"]', timeout=60_000)
        await page.locator(".city-summary").get_by_text(re.compile(r"^5\.000 / ")).wait_for()
        moving = asyncio.create_task(upsert(1))
        for _ in range(10):
            await page.keyboard.press("j")
        await page.locator(".city-row.is-cursor").get_by_text("Phương tiện 0009").wait_for(timeout=10_000)
        await moving
        await page.locator(".city-row.is-cursor .city-row-value").get_by_text("1").wait_for()
    finally:
        async with await server.signed_in() as client:
            ids = [it["id"] for it in points(0)]
            for first in range(0, 5000, 1000):
                await client.post("/ngsi-ld/v1/entityOperations/delete", json=ids[first : first + 1000])


LOUD = """async ({url, accent}) => {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const data = context.getImageData(0, 0, image.width, image.height).data
    const hue = (r, g, b) => {
        const max = Math.max(r, g, b), d = max - Math.min(r, g, b)
        const h = max === r ? ((g - b) / d) % 6 : max === g ? (b - r) / d + 2 : (r - g) / d + 4
        return (h * 60 + 360) % 360
    }
    const own = hue(...accent)
    let loud = 0
    for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i], data[i + 1], data[i + 2]]
        if ((Math.max(r, g, b) - Math.min(r, g, b)) / 255 <= 0.25) continue
        const apart = Math.abs(((hue(r, g, b) - own + 540) % 360) - 180)
        if (apart > 12) loud += 1
    }
    return loud
}"""


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_a_quiet_city_has_no_strong_colour(page: Any, server: Any, theme: str) -> None:
    await open_city(page, server, f"theme={theme}")
    await page.locator(".city-row").first.wait_for()
    await page.locator(".mark-cluster, .mark-entity").first.wait_for()
    picture = base64.b64encode(await page.screenshot()).decode()
    accent = [0x8F, 0xB4, 0xD6] if theme == "dark" else [0x1F, 0x5F, 0x99]
    loud = await page.evaluate(LOUD, {"url": f"data:image/png;base64,{picture}", "accent": accent})
    assert loud == 0
