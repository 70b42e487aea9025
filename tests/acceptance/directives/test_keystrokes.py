"""How many keys a person presses: at most three for each proposal that is right, over 20 pages."""

from __future__ import annotations

import uuid
from pathlib import Path

from playwright.async_api import Page, expect
from tests.acceptance.directives import notices
from tests.acceptance.directives.conftest import OFFICE, OpenAs, drop
from tests.acceptance.directives.test_walk_through import CARD, opened, settle_all

ORDERS, PAGES = 40, 20
FEW = 12
MOST = 3
MINUTES = 5
TYPIST_S = 1.0
"""What a key costs a trained person who looks before pressing it, beside reading."""


async def bring_in(page: Page, folder: Path, orders: int, pages: int) -> None:
    file = folder / f"tb-{uuid.uuid4().hex[:6]}.txt"
    file.write_text(notices.long(notices.today(), orders, pages) + f"\n{file.name}\n", encoding="utf-8")
    assert len(file.read_text(encoding="utf-8")) >= pages * notices.PAGE_LETTERS
    await drop(page, file)
    await opened(page, file.name)


async def test_at_most_three_keys_for_a_proposal_that_is_right(open_as: OpenAs, tmp_path: Path) -> None:
    page = await open_as(OFFICE, "/directives")
    await bring_in(page, tmp_path, ORDERS, PAGES)
    assert await page.locator(".card-open").count() == ORDERS
    keys = await settle_all(page)
    await expect(page.locator(".card-accepted")).to_have_count(ORDERS)
    assert keys <= MOST * ORDERS, f"{keys} keys for {ORDERS} proposals"
    assert keys * TYPIST_S < MINUTES * 60


async def test_one_key_once_the_gaps_of_the_document_are_named(open_as: OpenAs, tmp_path: Path) -> None:
    page = await open_as(OFFICE, "/directives")
    await bring_in(page, tmp_path, FEW, 6)
    await page.locator(".gaps summary").click()
    await page.locator(".gaps").get_by_label("Thời hạn").select_option(label="30 ngày làm việc")
    await page.locator("h1").click()
    await expect(page.locator(CARD)).to_contain_text("Thiếu")
    assert await settle_all(page) == FEW
    await expect(page.locator(".card-accepted")).to_have_count(FEW)
