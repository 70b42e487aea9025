"""The papers' tab in a browser: a report is issued with a number and comes as a file."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect
from tests.acceptance.conftest import Centre
from tests.unit.documents.pdf_reading import pages


async def test_a_report_is_issued_and_downloaded(page: Page, server: Centre, tmp_path: Path) -> None:
    await page.goto(f"{server.url}/directives/papers")
    await page.get_by_role("button", name="Ban hành báo cáo tuần này").click()
    told = page.get_by_text("Đã ban hành báo cáo số")
    await told.wait_for()
    number = (await told.inner_text()).rpartition(" ")[2]
    row = page.get_by_role("row").filter(has_text=number)
    await expect(row).to_contain_text("Tuần")
    async with page.expect_download() as coming:
        await row.get_by_role("link", name="PDF").click()
    file = tmp_path / "report.pdf"
    await (await coming.value).save_as(file)
    text = pages(file.read_bytes())[0].replace("\n", "")
    assert "BÁO CÁO" in text and number.partition("/")[0] in text and "TÌNH HÌNH CHUNG" in text
