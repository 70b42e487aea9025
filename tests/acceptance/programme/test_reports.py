"""Reports of a programme through a browser: a draft with what it lacks, its papers, issued under a number."""

from __future__ import annotations

import re

from playwright.async_api import Page, ViewportSize, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.programme.test_project_screens import most_paid_of_the_demonstration
from tests.acceptance.ui import eyes

PHONE: ViewportSize = {"width": 390, "height": 844}


async def test_a_report_is_looked_at_downloaded_and_issued(page: Page, server: Centre, built: None) -> None:
    async with await server.signed_in() as client:
        await most_paid_of_the_demonstration(client)
    await page.goto(f"{server.url}/programme/reports")
    draft = page.get_by_role("region", name="Bản nháp, số liệu tại thời điểm này")
    await expect(draft).to_contain_text("Các dòng cộng lại đúng bằng kế hoạch.")
    missing = draft.get_by_text(re.compile(r"Còn thiếu \d+ mục"))
    await missing.click()
    await expect(draft.locator("li").first).to_contain_text("hỏi ")
    assert await eyes.faint(page) == []
    for name, begins in (("PDF", b"%PDF"), ("Word", b"PK"), ("Excel", b"PK")):
        async with page.expect_download() as waiting:
            await draft.get_by_role("link", name=f"Tải {name}").click()
        path = await (await waiting.value).path()
        assert path.read_bytes().startswith(begins), name

    # Issued: the number stands in the list, with the paper as it was.
    await draft.get_by_text("Phát hành, lấy số").first.click()
    await draft.get_by_label("Nhận xét của đơn vị báo cáo: Kiến nghị").fill(
        "Đẩy nhanh nghiệm thu.\nBổ sung vốn."
    )
    await draft.get_by_role("button", name="Phát hành, lấy số").click()
    listed = page.get_by_role("table", name="Báo cáo đã phát hành").locator("tbody tr").first
    await expect(listed).to_contain_text(re.compile(r"\d+/BC"))
    await expect(listed).to_contain_text("Báo cáo tháng của chương trình")

    # The owner's report is of one project, for longer periods too; the address keeps the choice.
    await draft.get_by_label("Loại báo cáo").select_option("supervision")
    await expect(page).to_have_url(re.compile("kind=supervision"))
    await draft.get_by_label("Dự án", exact=True).select_option(index=1)
    await expect(draft.get_by_role("link", name="Tải PDF")).to_be_visible()
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []
    assert await eyes.nameless(page) == []
