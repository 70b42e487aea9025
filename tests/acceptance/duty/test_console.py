"""Console and wall in the browser: nothing moves, nothing scrolls, all of it by keys, without stream too."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect
from tests.acceptance.conftest import Centre, Watch
from tests.acceptance.ui import eyes

_SMALL_LETTERS = """
() => [...document.querySelectorAll('.wall *')]
  .filter((it) => !it.closest('.wall-map, .hidden-text, svg'))
  .filter((it) => [...it.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .filter((it) => parseFloat(getComputedStyle(it).fontSize) < 22.9)
  .map((it) => it.outerHTML.slice(0, 80))
"""


async def alert(server: Centre, title: str, **facts: Any) -> dict[str, Any]:
    """Somebody has called: an alert by hand."""
    async with await server.signed_in() as client:
        answer = await client.post(
            "/api/v1/alerts",
            json={"title": title, "priority": 2} | facts,
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
    assert answer.status_code < 300, answer.text
    return answer.json()  # type: ignore[no-any-return]


def rows(page: Page) -> Any:
    return page.locator(".duty-row[data-alert]")


async def order(page: Page) -> list[str]:
    return await rows(page).evaluate_all("all => all.map((row) => row.dataset.alert)")  # type: ignore[no-any-return]


async def test_rows_never_move_under_the_hand_and_what_is_new_waits(page: Page, server: Centre) -> None:
    word = secrets.token_hex(3)
    await alert(server, f"Cây đổ {word} một")
    await alert(server, f"Cây đổ {word} hai", priority=3)
    await page.goto(server.url + "/duty?map=svg")
    await expect(rows(page).filter(has_text=word)).to_have_count(2)
    await page.keyboard.press("j")
    await expect(page.locator(".duty-row[aria-current]")).to_have_count(1)
    before = await order(page)
    await alert(server, f"Nổ khí {word}", priority=1)
    fresh = page.locator(".duty-fresh button")
    await expect(fresh).to_contain_text("1 mới ↑")
    await expect(page.get_by_role("alert")).to_contain_text(f"Nổ khí {word}")
    assert await order(page) == before, "nothing has moved"
    await page.keyboard.press("n")
    await expect(rows(page).first).to_contain_text(f"Nổ khí {word}")
    blinking = page.locator(".duty-row .duty-blink")
    await expect(blinking).to_have_count(1)
    times = await blinking.evaluate("it => getComputedStyle(it).animationDuration")
    assert float(times.removesuffix("s")) >= 1, "once a second at most"
    await page.emulate_media(reduced_motion="reduce")
    assert await blinking.evaluate("it => getComputedStyle(it).animationName") == "none"
    await rows(page).first.click()
    await page.keyboard.press("a")
    await expect(blinking).to_have_count(0)
    await expect(rows(page).first).to_have_attribute("data-state", "acked")

    await page.keyboard.press("h")
    await page.get_by_label("Lý do", exact=True).fill("chờ đội kỹ thuật đến")
    # Ctrl-Enter sends wherever the focus is: on a button it is not that button's Enter.
    await page.locator("form.inset-form").get_by_role("button", name="Hủy", exact=True).focus()
    await page.keyboard.press("Control+Enter")
    await expect(rows(page).first).to_have_attribute("data-state", "shelved")
    await expect(rows(page).first).to_contain_text("gác đến")
    await page.keyboard.press("n")
    await expect(rows(page).filter(has_text=f"Nổ khí {word}")).to_have_count(0)
    await expect(page.locator(".duty-foot")).to_contain_text("đang gác")


async def test_the_address_is_the_state_and_two_windows_share_what_is_selected(
    context: BrowserContext, page: Page, server: Centre
) -> None:
    made = await alert(server, f"Sụt lún {secrets.token_hex(3)}", location=[107.0833, 21.0623])
    await page.goto(server.url + "/duty?map=svg&pane=work")
    second = await context.new_page()
    await second.goto(server.url + "/duty?map=svg&pane=map")
    await expect(second.locator(f"[data-layer=priorities] [data-id='alert:{made['id']}']")).to_be_visible()
    await page.locator(f"[data-alert='{made['id']}']").click()
    await expect(second.locator(".mark-ring")).to_be_visible()
    assert f"sel=alert:{made['id']}" in second.url
    third = await context.new_page()
    await third.goto(page.url)
    await expect(third.locator(".duty-panel h2")).to_have_text(made["title_vi"])
    await expect(third.locator(".duty-side")).to_have_count(0)


async def test_without_the_stream_it_asks_and_without_an_answer_it_says_since_when(
    context: BrowserContext, page: Page, server: Centre, watch: Watch
) -> None:
    watch.allowed += ["ERR_FAILED", "Failed to load resource"]
    await context.route("**/api/v1/stream*", lambda route: route.abort())
    await page.goto(server.url + "/duty?map=svg&side=off")
    await expect(page.locator(".duty-foot")).to_be_visible()
    title = f"Mất điện {secrets.token_hex(3)}"
    await alert(server, title)
    await expect(rows(page).filter(has_text=title)).to_be_visible(timeout=15_000)
    await expect(page.locator(".duty-map")).to_have_count(0)
    await expect(page.locator(".duty-lists")).to_contain_text("Lực lượng")
    await context.route("**/api/v1/boards/duty*", lambda route: route.abort())
    await expect(page.locator(".duty-offline")).to_contain_text("đang hiện số liệu lúc", timeout=15_000)
    await expect(rows(page).filter(has_text=title)).to_be_visible()


@pytest.mark.parametrize(
    ("width", "height", "theme"), [(1440, 900, "dark"), (1440, 900, "light"), (390, 844, "dark")]
)
async def test_everything_fits_is_named_and_can_be_read(
    page: Page, server: Centre, width: int, height: int, theme: str
) -> None:
    made = await alert(server, f"Ùn tắc {secrets.token_hex(3)}", action="Điều tiết tại chỗ")
    await page.set_viewport_size({"width": width, "height": height})
    for address in ("/duty?map=svg", f"/duty?map=svg&sel=alert:{made['id']}", "/duty?map=svg&view=shift"):
        await page.goto(f"{server.url}{address}&theme={theme}")
        there = ".duty-panel h2:visible, .duty-row:visible, .duty-shift .duty-acts:visible"
        await expect(page.locator(there).first).to_be_visible()
        assert await eyes.overflowing(page) == []
        assert await eyes.nameless(page) == []
        assert await eyes.faint(page) == []
        assert await eyes.small_targets(page) == []


async def test_the_wall_neither_scrolls_nor_shrinks_nor_names_anybody(page: Page, server: Centre) -> None:
    phone = "0987654321"
    await alert(server, f"Anh Nam {phone} báo cháy", priority=1)
    await page.set_viewport_size({"width": 1920, "height": 1080})
    for show in ("overview", "map", "incidents", "alerts", "tasks", "directives", "health"):
        await page.goto(f"{server.url}/wall?display=wall-6m&kiosk=1&show={show}")
        await expect(page.locator(".wall-panel, .wall-map").first).to_be_visible()
        if show != "overview":  # the tests before have made sectors of their own: that is said, not shrunk
            await expect(page.locator(".wall-warning")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
        assert phone not in await page.locator("body").inner_text()
        # 46 px of a picture of 3840 are 23 here; only the base map's own names are its ground.
        small = await page.evaluate(_SMALL_LETTERS)
        assert small == []
        assert await eyes.faint(page) == []
    await expect(page.locator(".wall-bar-tools")).to_have_count(0)
    await page.goto(f"{server.url}/wall?display=wall-6m&show=map")
    inset = await page.locator(".map-inset").bounding_box()
    whole = await page.locator(".wall-map").bounding_box()
    assert inset and whole and inset["height"] >= 0.12 * whole["height"]
    await page.goto(f"{server.url}/wall?display=no-such")
    await expect(page.get_by_text("Không có hồ sơ màn hình này")).to_be_visible()
