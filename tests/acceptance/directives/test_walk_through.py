"""The way of a directive through real browsers: dropped in, confirmed, issued, done, shown to the leader."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect
from tests.acceptance.conftest import Watch
from tests.acceptance.directives import notices
from tests.acceptance.directives.conftest import LIGHTS, OFFICE, TIDES, OpenAs, drop
from tests.acceptance.ui import eyes
from tests.shared_data import founding_documents

CARD = ".card-candidate[aria-current]"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def opened(page: Page, file: str) -> None:
    """Go from the list of what came in to a document's proposals."""
    await page.locator(".upload", has_text=file).get_by_role("link").click()
    await expect(page.locator(CARD)).to_be_visible()


async def test_from_the_notice_to_the_accepted_result(open_as: OpenAs, watch: Watch, tmp_path: Path) -> None:
    watch.allowed += [
        "400",
        "409",
        "415",
        "422",
    ]  # a file that cannot be read, and one that is known, are refused
    old, new, broken = tmp_path / "tb-88.txt", tmp_path / "tb-231.txt", tmp_path / "hong.pdf"
    old.write_text(notices.earlier(), encoding="utf-8")
    new.write_text(notices.present(notices.today()), encoding="utf-8")
    broken.write_bytes(b"%PDF-1.7\nkhong co trang nao")
    office = await open_as(OFFICE, "/directives")

    # Dropped in: two are read, the broken one is refused with its reason, and the same file again is known.
    await drop(office, old, broken, new)
    await expect(office.locator(".uploads-head")).to_contain_text("3/3 tệp")
    await expect(office.locator(".upload", has_text="hong.pdf")).to_contain_text("document-")
    await expect(office.locator(".upload", has_text="tb-231.txt")).to_contain_text("đề xuất")
    await drop(office, new)
    await expect(office.locator(".upload", has_text="Văn bản này đã có")).to_have_count(1)

    # The earlier notice: the unit that is named has merged since, and the screen says into which, when.
    await opened(office, "tb-88.txt")
    await expect(office.locator(CARD)).to_contain_text(LIGHTS)
    await expect(office.locator(f"{CARD} .via")).to_contain_text("trước là Sở Báo vụ, sáp nhập từ 01/03/2025")
    await settle_all(office)
    await issue(office)
    await expect(office.locator(".issued li")).to_have_count(1)

    # The notice of today.
    await office.goto(office.url.split("/directives")[0] + "/directives")
    await office.locator("tbody tr", has_text="231/TB-VP").first.get_by_role("link").first.click()
    await expect(office.locator(CARD)).to_be_visible()
    press = office.locator(".card-candidate", has_text="báo chí")
    await press.click()
    await office.keyboard.press("x")
    await office.keyboard.press("2")
    await expect(press).to_have_class("card-candidate card-rejected")
    await settle_all(office)
    await issue(office)
    issued = office.locator(".issued li")
    await expect(issued.filter(has_text="rà soát toàn bộ đèn báo hiệu")).to_have_count(1)
    await expect(issued.filter(has_text="bến neo đậu")).to_contain_text("0/")
    assert await eyes.faint(office) == []

    # One directive to all communes: the matrix says which of them has done it.
    await issued.filter(has_text="bến neo đậu").get_by_role("link").first.click()
    await expect(office.get_by_role("table", name="Từng đơn vị đã làm chưa?")).to_be_visible()
    assert await office.locator("tbody tr").count() > 4
    # What repeats the earlier notice hangs together with it.
    await office.go_back()
    await issued.filter(has_text="tiếp tục thực hiện").get_by_role("link").first.click()
    await expect(office.locator(".directive-chain")).to_contain_text("88/TB-VP")

    await units_do_it(open_as, tmp_path)


async def units_do_it(open_as: OpenAs, tmp_path: Path) -> None:
    """The lead asks for more time, reports with evidence, is sent back, reports again, and is accepted."""
    lights = await open_as(LIGHTS, "/directives/list")
    await lights.locator("tbody tr", has_text="rà soát toàn bộ đèn").get_by_role("link").first.click()
    await expect(lights.locator(".wording")).to_contain_text(
        "Sở Đèn biển chủ trì, phối hợp với Sở Thủy triều"
    )
    await expect(lights.get_by_role("button", name="Công nhận", exact=True)).to_have_count(0)
    await lights.get_by_role("button", name="Nhận việc").click()
    await expect(lights.locator(".task-line")).to_contain_text("Đã nhận")
    await lights.get_by_role("button", name="Đề nghị gia hạn").click()
    form = lights.locator("form")
    await form.get_by_label("Lý do xin gia hạn").fill("Chờ biển lặng")
    await form.get_by_label("Loại hạn").select_option(label="Số ngày làm việc")
    await form.get_by_label("Số ngày làm việc", exact=True).fill("60")
    await form.get_by_label("Số văn bản").fill("15/SĐB")
    await form.get_by_role("button", name="Đề nghị gia hạn").click()
    await expect(form).to_have_count(0)

    office = await open_as(OFFICE, lights.url.split("127.0.0.1")[1].partition("/")[2].join(["/", ""]))
    await office.get_by_role("button", name="Quyết định gia hạn").click()
    await expect(office.locator(".task-asked")).to_contain_text("Chờ biển lặng · 15/SĐB")
    await office.locator("form").get_by_role("button", name="Quyết định gia hạn").click()
    await expect(office.locator("form")).to_have_count(0)

    await lights.reload()
    await report(lights, "Đã rà soát một nửa")
    file = tmp_path / "bien-ban.pdf"
    file.write_bytes(b"%PDF-1.7\nbien ban ra soat")
    await lights.get_by_label("Đính kèm minh chứng").set_input_files(file)
    await expect(lights.locator(".task-files")).to_contain_text("bien-ban.pdf")

    await office.reload()
    await office.get_by_role("button", name="Trả lại").click()
    await office.get_by_label("Lý do trả lại, cần bổ sung gì").fill("Còn thiếu cụm đảo phía nam")
    await office.locator("form").get_by_role("button", name="Trả lại").click()
    await expect(office.locator(".task-line")).to_contain_text("Bị trả lại")

    await lights.reload()
    await expect(lights.locator(".task-reports")).to_contain_text("Còn thiếu cụm đảo phía nam")
    await report(lights, "Đã rà soát toàn bộ")

    await office.reload()
    await office.get_by_role("button", name="Công nhận", exact=True).click()
    await office.locator("form").get_by_role("button", name="Công nhận", exact=True).click()
    await expect(office.locator(".task-line")).to_contain_text("Đã công nhận")
    await expect(office.locator(".task-line")).to_contain_text("xong đúng hạn")

    # Another unit sees its own and nothing of this one's work.
    tides = await open_as(TIDES, "/directives/list")
    await expect(tides.locator("tbody tr", has_text="bản đồ mực nước")).to_have_count(1)

    await office.goto(office.url.split("/directives")[0] + "/directives/board")
    await expect(office.locator(".directives")).to_contain_text(LIGHTS)
    await office.goto(office.url.split("/directives")[0] + "/brief")
    await expect(office.locator("main h1")).to_be_visible()


async def report(page: Page, words: str) -> None:
    """Report a result from the directive's own page."""
    await page.get_by_role("button", name="Báo cáo kết quả").click()
    form = page.locator("form")
    await form.get_by_label("Kết quả", exact=True).fill(words)
    await form.get_by_label("Số, ngày văn bản hoặc liên kết").fill("20/BC-SĐB")
    await form.get_by_role("button", name="Báo cáo kết quả").click()
    await expect(page.locator(".task-line")).to_contain_text("Chờ công nhận")


async def settle_all(page: Page, unit: str = LIGHTS) -> int:
    """Confirm what waits by the keyboard alone, fill in what is lacking, and return the number of keys."""
    keys = 0

    async def press(key: str) -> None:
        nonlocal keys
        keys += 1
        await page.keyboard.press(key)
        await page.evaluate(DRAWN)

    for _ in range(400):
        if not await page.locator(".card-open:not([aria-busy])").count():
            break
        if not await page.locator(".card-candidate.card-open[aria-current]").count():
            await page.locator(".card-open").first.click()
        await press("Enter")
        form = page.locator(".card-form")
        if not await form.count():
            continue
        if await form.locator(".units input").count():
            await form.locator(".units input").fill(unit)
            await expect(form.locator("[role=option]").first).to_be_visible()
            await press("Enter")
        several = form.locator("select:has(option[value=fan])")  # of several leads: each answers for itself
        if await several.count():
            await several.select_option("fan")
        if await form.locator(".due-choice").count():
            await press("2")
        await press("Enter")
        await expect(form).to_have_count(0)
    await expect(page.locator(".card-open")).to_have_count(0)
    return keys


async def issue(page: Page) -> None:
    """Issue what is confirmed."""
    await page.keyboard.press("i")
    form = page.get_by_role("form", name="Giao nhiệm vụ")
    await form.get_by_label("Người chỉ đạo").fill("Phó Chủ tịch Lê Văn Hải")
    await form.get_by_role("button", name="Giao ").click()
    await expect(page.locator(".issued")).to_be_visible()


async def test_the_founding_documents_become_tasks(open_as: OpenAs) -> None:
    """The five notices that the product was made for: in at once, confirmed one by one, issued."""
    files = founding_documents()
    page = await open_as(OFFICE, "/directives")
    await drop(page, *files)
    await expect(page.locator(".uploads-head")).to_contain_text(
        f"{len(files)}/{len(files)} tệp", timeout=60_000
    )
    await expect(page.locator(".upload-done")).to_have_count(len(files))
    assert await eyes.overflowing(page) == []
    addresses = [await link.get_attribute("href") for link in await page.locator(".upload-done a").all()]
    origin = page.url.split("/directives")[0]
    for address in addresses:
        await page.goto(f"{origin}{address}")
        await expect(page.locator(CARD)).to_be_visible()
        before = await page.locator(".card-open").count()
        await settle_all(page)
        await issue(page)
        await expect(page.locator(".issued li")).to_have_count(before)
