"""A table of an index through a browser: looked at, kept, one unit explained, another not rated."""

from __future__ import annotations

import re

from playwright.async_api import FilePayload, Page, ViewportSize, expect
from tests.acceptance.conftest import Centre, Watch
from tests.acceptance.ui import eyes
from tests.shared_data import shared

PHONE: ViewportSize = {"width": 390, "height": 844}
# PCI is the sum of weight x score, by 10. All weights come to 100, labour's is 20: all sevens and an eight of
# labour are (80·7 + 20·8) / 10 = 72, and one point less of it is two points of the total.
HEAD = "province,entry,land,transparency,time,informal,bias,proactivity,support,labor,legal,pci_published"
SEVENS = ",".join(["7.00"] * 8)
TABLE = f"""{HEAD}
Quang Ninh,{SEVENS},8.00,7.00,72.00
Dong Thap,{SEVENS},7.00,7.00,70.00
Bac Ninh,{SEVENS},6.00,7.00,68.50
Da Nang,{SEVENS},,7.00,69.00
"""


def csv(text: str, name: str = "pci.csv") -> FilePayload:
    """Return a file as a person chooses it."""
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


async def test_a_table_is_looked_at_kept_and_explained(
    page: Page, server: Centre, watch: Watch, built: None
) -> None:
    watch.allowed.append("status of 4")  # keeping a table without its year is refused
    await page.goto(f"{server.url}/city")
    await expect(page.locator("main h1, main .map").first).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("k")
    await expect(page).to_have_url(re.compile(r"/indicators"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Chỉ tiêu")
    await page.get_by_role("link", name="Chỉ số xếp hạng").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Chỉ số xếp hạng")
    chooser = page.locator("input[type=file]")

    # A value beyond its scale is named by row and column, and nothing is kept.
    await chooser.set_input_files(csv(TABLE.replace("8.00,7.00,72", "18.00,7.00,72")))
    await expect(page.locator(".index-faults")).to_contain_text("Dòng 2, cột labor")
    await expect(page.get_by_role("button", name="Lưu, các dòng lỗi không xếp hạng")).to_be_visible()

    # Without a year it is not kept; with one it is. Bắc Ninh's published total is wrong, and said to be.
    await chooser.set_input_files(csv(TABLE))
    await expect(page.locator(".index-summary").first).to_contain_text("1 trên 3 đơn vị lệch điểm công bố")
    await page.get_by_role("button", name="Lưu bảng này").click()
    await expect(page.locator(".field-fault")).to_be_visible()
    await page.get_by_label("Năm của bảng").fill("2019")
    await chooser.set_input_files(csv(TABLE))
    await page.get_by_role("button", name="Lưu bảng này").click()
    await expect(page).to_have_url(re.compile(r"/indicators/indices/\d+"))
    ranks = page.get_by_role("table", name="Xếp hạng")
    await expect(ranks.locator("tbody tr")).to_have_count(4)
    await expect(ranks.locator("tbody tr").nth(2)).to_contain_text("−0,50")
    await expect(ranks.locator("tbody tr").nth(3)).to_contain_text("thiếu labor")
    assert await eyes.faint(page) == []

    # Why the second is second: two points of the gap by labour, and that one raise leads to the first place.
    await ranks.locator("tbody tr").nth(1).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Đồng Tháp")
    await expect(page.locator(".index-standing")).to_contain_text("hạng 2 trên 3")
    await expect(page.locator(".index-standing")).to_contain_text("(Quảng Ninh) 2,00 điểm")
    profile = page.get_by_role("table", name="Điểm từng thành phần")
    await expect(profile.locator("tbody tr").first).to_contain_text("Đào tạo lao động")
    await expect(profile.locator("tbody tr").first).to_contain_text("+2,00")
    raised = page.get_by_role("table", name="Nếu cải thiện thì lên hạng nào").locator("tbody tr").first
    await expect(raised).to_contain_text("lên 1 hạng")
    assert await eyes.nameless(page) == []
    address = page.url
    await page.keyboard.press("Escape")
    await expect(ranks).to_be_visible()

    # The address is the state; the one that is not rated has no total, on a phone too.
    await page.goto(address)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Đồng Tháp")
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []
    await page.keyboard.press("Escape")
    await page.locator("tbody tr", has_text="Đà Nẵng").click()
    await expect(page.locator(".index-standing")).to_contain_text("không cộng dồn phần đang có")
    assert await eyes.overflowing(page) == []


async def test_the_published_sample_matches(page: Page, server: Centre, built: None) -> None:
    sample = shared("indices/pci_2019_partial.csv")
    await page.goto(f"{server.url}/indicators/indices")
    await page.locator("input[type=file]").set_input_files(csv(sample.read_text("utf-8"), sample.name))
    await expect(page.locator(".index-summary").first).to_contain_text("Cả 22 đơn vị khớp điểm công bố")


async def test_methods_say_what_they_lack(page: Page, server: Centre, built: None) -> None:
    await page.goto(f"{server.url}/indicators/methods")
    table = page.get_by_role("table", name="Phương pháp")
    await expect(table.locator("tbody tr", has_text="PCI-2013")).to_contain_text("tính được")
    empty = table.locator("tbody tr", has_text="mẫu trống").first
    await empty.click()
    await expect(page.locator(".panel h2")).to_be_visible()
    await page.goto(f"{server.url}/indicators/methods?method=PCI-2013&lang=en")
    await expect(page.locator(".index-tree > li")).to_have_count(10)
    assert await eyes.faint(page) == []
