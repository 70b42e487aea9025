"""What a person may say to a proposal, two people at once, references to secret documents, and a phone."""

from __future__ import annotations

import uuid
from pathlib import Path

from playwright.async_api import Page, expect
from tests.acceptance.conftest import Watch
from tests.acceptance.directives import notices
from tests.acceptance.directives.conftest import LIGHTS, OFFICE, TIDES, OpenAs, drop
from tests.acceptance.directives.test_walk_through import CARD, opened
from tests.acceptance.ui import eyes

PHONE = {"width": 390, "height": 844}


async def brought_in(page: Page, folder: Path) -> None:
    """Bring a notice in that nobody has seen and open it."""
    word = uuid.uuid4().hex[:6]
    file = folder / f"tb-{word}.txt"
    file.write_text(notices.present(notices.today(), f"{int(word, 16)}/TB-VP"), encoding="utf-8")
    await drop(page, file)
    await opened(page, file.name)


async def choose(page: Page, words: str) -> None:
    await page.locator(".card-candidate", has_text=words).locator(".card-head").click()
    await expect(page.locator(CARD)).to_contain_text(words)


async def test_correct_split_merge_add_reject_and_look_again(open_as: OpenAs, tmp_path: Path) -> None:
    page = await open_as(OFFICE, "/directives")
    await brought_in(page, tmp_path)
    cards = page.locator(".card-candidate")
    before = await cards.count()

    await choose(page, "bản đồ mực nước")
    await page.keyboard.press("e")
    form = page.get_by_role("form", name="Sửa")
    other = form.get_by_role("combobox", name="Phối hợp")
    await other.fill("so den bien")  # accents need not be typed
    await expect(form.locator("[role=option]").first).to_be_visible()
    await other.press("Enter")
    await form.get_by_label("Kết quả phải có").fill("Bản đồ")
    await form.get_by_role("button", name="10 ngày làm việc").click()
    await form.get_by_role("button", name="Lưu và xác nhận").click()
    settled = page.locator(".card-accepted", has_text="bản đồ mực nước")
    await expect(settled).to_have_count(1)
    await settled.locator(".card-head").click()
    await expect(settled).to_contain_text(f"Phối hợp{LIGHTS}")
    await expect(settled).to_contain_text("đã sửa")
    await page.keyboard.press("r")
    await expect(page.locator(CARD)).to_contain_text("Đúng")

    await page.keyboard.press("s")
    await page.locator(".cut").first.click()
    await page.get_by_role("button", name="Tách thành 2 ý").click()
    await expect(cards).to_have_count(before + 1)
    await choose(page, "bản đồ mực nước")
    await page.keyboard.press("m")
    await expect(cards).to_have_count(before)

    # Nothing is selected: the sentences that nobody proposed are offered, and found without accents.
    await page.keyboard.press("n")
    await page.get_by_label("Tìm câu").fill("co gang")
    await page.get_by_role("button", name="Thời gian qua").click()
    await expect(cards).to_have_count(before + 1)
    await page.keyboard.press("x")
    await page.keyboard.press("1")
    await expect(page.locator(".card-rejected")).to_have_count(1)

    # Selected with the mouse, it is offered at once.
    words = page.locator(".paper").get_by_text("Một số đèn báo hiệu đã được thay", exact=False).last
    await words.evaluate(
        """(element) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf('Một số đèn')
            if (at < 0) continue
            getSelection().setBaseAndExtent(node, at, node, at + 'Một số đèn báo hiệu đã được thay.'.length)
          }
        }"""
    )
    await page.get_by_role("button", name="Thêm đoạn đã chọn").click()
    await expect(page.locator(CARD)).to_contain_text("Một số đèn báo hiệu đã được thay.")
    await expect(page.locator(f"{CARD} .card-text")).to_have_text("Một số đèn báo hiệu đã được thay.")


async def test_two_people_at_once_see_both_versions(open_as: OpenAs, tmp_path: Path, watch: Watch) -> None:
    watch.allowed.append("409")
    mine = await open_as(OFFICE, "/directives")
    await brought_in(mine, tmp_path)
    await choose(mine, "bến neo đậu")
    await mine.keyboard.press("e")
    await mine.get_by_role("form", name="Sửa").get_by_label("Kết quả phải có").fill("Biên bản của tôi")
    theirs = await open_as(OFFICE, mine.url.split("127.0.0.1")[1].partition("/")[2].join(["/", ""]))
    await choose(theirs, "bến neo đậu")
    await theirs.keyboard.press("e")
    await theirs.get_by_role("form", name="Sửa").get_by_label("Kết quả phải có").fill("Biên bản của họ")
    await theirs.get_by_role("button", name="Lưu", exact=True).click()
    await expect(theirs.locator(CARD)).to_contain_text("Biên bản của họ")

    await mine.get_by_role("button", name="Lưu", exact=True).click()
    conflict = mine.get_by_role("group", name="Người khác vừa sửa")
    await expect(conflict).to_contain_text("Biên bản của tôi")
    await expect(conflict).to_contain_text("Biên bản của họ")
    await conflict.get_by_role("button", name="Lưu bản của tôi").click()
    await expect(mine.locator(".card-accepted", has_text="bến neo đậu")).to_have_count(1)
    await choose(mine, "bến neo đậu")
    await expect(mine.locator(CARD)).to_contain_text("Biên bản của tôi")


async def test_a_secret_document_is_a_reference_and_says_so(open_as: OpenAs) -> None:
    page = await open_as(OFFICE, "/directives")
    number = f"{uuid.uuid4().int % 100_000}/TB-M"
    await page.get_by_role("button", name="Ghi văn bản mật, chỉ trích yếu").click()
    await page.get_by_label("Số, ký hiệu", exact=True).fill(number)
    await page.get_by_label("Trích yếu", exact=True).fill("Về công tác bảo đảm an toàn")
    await page.get_by_role("button", name="Ghi vào sổ").click()
    line = page.locator("tbody tr", has_text=number)
    await expect(line).to_contain_text("Mật")
    await line.get_by_role("link").first.click()
    await expect(page.locator(".confirm-left")).to_contain_text("Nội dung nằm ở bản giấy")
    await expect(page.locator(".card-candidate")).to_have_count(0)
    stranger = await open_as(TIDES, "/directives")
    await expect(stranger.locator("main h1")).to_be_visible()
    await expect(stranger.locator("tbody tr", has_text=number)).to_have_count(0)
    await expect(stranger.get_by_role("button", name="Chọn tệp")).to_have_count(0)


async def test_on_a_phone_in_both_languages_nothing_overflows_and_everything_has_a_name(
    open_as: OpenAs, tmp_path: Path
) -> None:
    page = await open_as(OFFICE, "/directives", viewport=PHONE)
    assert await eyes.overflowing(page) == []
    await brought_in(page, tmp_path)
    address = page.url
    for language, theme in (("vi", "dark"), ("en", "light")):
        for pane in ("candidates", "paper"):
            sign = "&" if "?" in address else "?"
            await page.goto(f"{address}{sign}lang={language}&theme={theme}&pane={pane}")
            await expect(page.locator(CARD if pane == "candidates" else ".found-current")).to_be_visible()
            assert await eyes.overflowing(page) == []
            assert await eyes.nameless(page) == []
            assert await eyes.small_targets(page) == []
            assert await eyes.faint(page) == []
    await page.goto(f"{address.split('/documents')[0]}/list?lang=en")
    await expect(page.locator("main h1")).to_have_text("Directives")
    assert await eyes.overflowing(page) == []
