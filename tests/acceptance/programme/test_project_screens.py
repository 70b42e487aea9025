"""The page of a project: kept by keyboard, confirmed by finance, on both clocks, and the demonstration's."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, ViewportSize, expect
from tests.acceptance.conftest import Centre, Watch, until
from tests.acceptance.programme.test_plan_sheet import digits, program, write
from tests.acceptance.ui import eyes

PHONE: ViewportSize = {"width": 390, "height": 844}
BILLION = 10**9
DEMONSTRATED = 32
"""Projects of the demonstration's programme."""
NOW = datetime.now(UTC) + timedelta(hours=7)
YEAR, TODAY = NOW.year, NOW.date()
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
"""A picture of one point."""


class Built(NamedTuple):
    """A project of this test with a plan that was adjusted, a contract and a milestone."""

    id: int
    name: str
    where: str
    milestone: int
    source: int


async def most_paid_of_the_demonstration(client: httpx.AsyncClient) -> int:
    """Return the project of the demonstration that was paid most this year, once it is all there."""
    found: dict[str, Any] = {}

    async def is_there() -> bool:
        programs = (await client.get("/api/v1/programme/programs")).json()["items"]
        own = next((each for each in programs if each["simulated"]), None)
        if own is None or own["projects"] < DEMONSTRATED:
            return False
        answer = await client.get(f"/api/v1/programme/programs/{own['id']}/board", params={"year": YEAR})
        found["items"] = answer.json()["items"]
        return any(each["paid_dong"] for each in found["items"])

    await until(is_there, 180)
    return int(max(found["items"], key=lambda each: each["paid_dong"])["id"])


@pytest_asyncio.fixture(loop_scope="session")
async def made(server: Centre) -> Built:
    chosen, word = await program(server), uuid.uuid4().hex[:6]
    async with await server.signed_in() as client:
        # The demonstration tells its years first; nothing here depends on it but the time that it takes.
        await most_paid_of_the_demonstration(client)
        sources = (await client.get("/api/v1/programme/fund-sources")).json()["items"]
        source = next(each["id"] for each in sources if each["code"] == "provincial")
        name = f"Trạm quan trắc nước {word}"
        project = (await write(client, "/api/v1/programme/projects", {"program_id": chosen, "name": name}))[
            "id"
        ]
        where, here = f"/api/v1/programme/projects/{project}", f"/api/v1/programme/programs/{chosen}"
        days = (f"{YEAR}-01-05", f"{YEAR}-02-01")
        decided = await write(
            client, f"{here}/decisions",
            {"decisions": [{"kind": "plan", "doc_number": f"{at}/NQ-{word}", "signed_on": day}
                           for at, day in enumerate(days, 1)]},
        )  # fmt: skip
        for decision, day, amount in zip(decided["items"], days, (100, 80), strict=True):
            revision = {
                "project_id": project, "fund_source_id": source, "plan_kind": "annual", "plan_year": YEAR,
                "amount_dong": amount * BILLION, "decision_id": decision["id"], "valid_from": day,
            }  # fmt: skip
            await write(client, f"{here}/plans", {"revisions": [revision]})
        company = await write(
            client, "/api/v1/programme/contractors",
            {"name": f"Công ty Quan trắc {word}", "tax_code": f"{uuid.uuid4().int % 10**10:010}"},
        )  # fmt: skip
        await write(
            client, f"{where}/records/contract",
            {"contractor_id": company["id"], "contract_no": f"{word}/HĐ", "value_dong": 60 * BILLION,
             "signed_on": f"{YEAR}-01-10", "effective_on": f"{YEAR}-01-10",
             "expires_on": f"{YEAR + 1}-06-30"},
        )  # fmt: skip
        milestone = await write(
            client, f"{where}/records/milestone",
            {"kind": "delivery", "name": "Giao thiết bị", "baseline_on": f"{YEAR}-05-01"},
        )  # fmt: skip
    return Built(project, name, where, milestone["id"], source)


def page_of(server: Centre, made: Built, tab: str = "money", **more: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in ({"tab": tab} | more).items())
    return f"{server.url}/programme/projects/{made.id}?{asked}"


def table(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("table", name=name)


async def records(server: Centre, made: Built, kind: str) -> list[dict[str, Any]]:
    async with await server.signed_in() as client:
        found: list[dict[str, Any]] = (await client.get(f"{made.where}/records/{kind}")).json()["items"]
    return found


async def test_money_is_expected_by_keyboard_confirmed_and_shown_against_its_plan(
    page: Page, server: Centre, built: None, made: Built
) -> None:
    await page.goto(page_of(server, made))
    await expect(page.locator("h1")).to_have_text(made.name)
    head = page.locator(".head-figures")
    # Initial and current plan side by side, each with its day.
    await expect(head).to_contain_text("100 tỷ đồng")
    await expect(head).to_contain_text(f"05/01/{YEAR}")
    await expect(head).to_contain_text("80 tỷ đồng")
    await expect(head).to_contain_text(f"01/02/{YEAR}")

    # One source and one running contract are filled in already; the amount is typed as people say it.
    waiting = page.get_by_role("region", name="Thanh toán chủ đầu tư dự kiến")
    await waiting.get_by_role("button", name="Dự kiến thanh toán").click()
    form = page.get_by_role("form", name="Dự kiến thanh toán")
    await expect(form.get_by_label("Nguồn vốn *")).to_be_focused()
    await expect(form.get_by_label("Nguồn vốn *")).to_have_value(str(made.source))
    amount = form.get_by_label("Dự kiến thanh toán *")
    await amount.fill("mười tỷ")
    await page.keyboard.press("Control+Enter")
    await expect(form.locator(".field-fault")).to_contain_text("không đọc được số tiền")
    await amount.fill("20,5 tỷ")
    await expect(form).to_contain_text(f"= {digits(20_500_000_000)}")
    await page.keyboard.press("Control+Enter")
    await expect(form).to_have_count(0)
    row = waiting.get_by_role("row", name=re.compile(digits(20_500_000_000)))
    await expect(row).to_be_visible()
    await expect(head).to_contain_text("0% của kế hoạch sau điều chỉnh (80 tỷ đồng)")

    # Finance confirms what the Treasury paid: it leaves one table and stands in the other.
    await row.get_by_role("button", name=re.compile("Xác nhận")).click()
    form = page.get_by_role("form", name=re.compile("Xác nhận"))
    await form.get_by_label("Số Kho bạc đã thanh toán *").fill("20 tỷ")
    await form.get_by_label("Số chứng từ Kho bạc *").fill("KB-01")
    await page.keyboard.press("Control+Enter")
    confirmed = table(page, "Thanh toán Kho bạc đã xác nhận")
    await expect(confirmed).to_contain_text(digits(20 * BILLION))
    await expect(confirmed).to_contain_text("KB-01")
    await expect(confirmed).to_contain_text("dự kiến 20,5 tỷ đồng")
    await expect(waiting).to_contain_text("Không có khoản dự kiến nào đang chờ")
    await expect(head).to_contain_text("25% của kế hoạch sau điều chỉnh (80 tỷ đồng)")

    # The owner's promise for the month, and what came of it, in columns of their own.
    await page.get_by_role("button", name="Thêm: Cam kết tháng").click()
    form = page.get_by_role("form", name=re.compile("Cam kết giải ngân"))
    await form.get_by_label("Kỳ (tháng) *").select_option(str(TODAY.month))
    await form.get_by_label("Cam kết giải ngân trong tháng *").fill("40 tỷ")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(form).to_have_count(0, timeout=30_000)
    months = table(page, f"Theo tháng, năm kế hoạch {YEAR}")
    month = months.locator("tbody tr", has_text=f"{TODAY:%m/%Y}")
    await expect(month).to_contain_text("50% cam kết")
    assert await eyes.faint(page) == []
    assert await eyes.nameless(page) == []

    # The log says it in words, with who did it.
    await page.keyboard.press("7")
    await expect(page).to_have_url(re.compile("tab=log"))
    log = table(page, "Nhật ký")
    await expect(log.locator("tbody tr").first).to_contain_text("thêm cam kết giải ngân")
    await expect(log).to_contain_text("xác nhận thanh toán")
    await expect(log).to_contain_text("Quản trị")


async def test_the_plan_of_a_past_day_comes_back_with_its_frame(
    page: Page, server: Centre, built: None, made: Built
) -> None:
    await page.goto(page_of(server, made, valid=f"{YEAR}-01-20"))
    section = page.locator(".of-the-past")
    await expect(section).to_contain_text(f"có hiệu lực ngày 20/01/{YEAR}")
    await expect(section.locator("tbody tr").first).to_contain_text("như đầu năm")
    await section.get_by_role("button", name="Trở lại hôm nay").click()
    await expect(section).to_have_count(0)
    plans = table(page, "Kế hoạch theo loại và nguồn")
    await expect(plans.locator("tbody tr").first).to_contain_text("−20 tỷ đồng")
    # Before anything was recorded the register knew of no plan.
    await page.get_by_label("Theo hiểu biết của sổ vào ngày").fill(f"{TODAY - timedelta(days=1)}")
    await expect(page.locator(".of-the-past")).to_contain_text("Chưa có kế hoạch")


async def test_both_versions_of_a_milestone_stand_side_by_side_and_typed_text_is_kept(
    page: Page, server: Centre, built: None, watch: Watch, made: Built
) -> None:
    watch.allowed.append("409")
    await page.goto(page_of(server, made, "progress"))
    milestones = table(page, "Mốc tiến độ")
    await milestones.get_by_role("button", name=re.compile("Sửa")).click()
    await expect(page).to_have_url(re.compile(f"form=milestone:{made.milestone}"))
    form = page.get_by_role("form", name="Sửa: Mốc tiến độ")
    # The baseline is said and not asked for.
    await expect(form.locator(".facts")).to_contain_text(f"01/05/{YEAR}")
    await form.get_by_label("Tên mốc *").fill("Giao toàn bộ thiết bị")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await milestones.get_by_role("button", name=re.compile("Sửa")).click()
    await expect(form.get_by_label("Tên mốc *")).to_have_value("Giao toàn bộ thiết bị")

    # Somebody else is quicker.
    async with await server.signed_in() as client:
        answer = await client.patch(
            f"/api/v1/programme/records/milestone/{made.milestone}",
            json={"forecast_on": f"{YEAR}-09-30"},
            headers={"Idempotency-Key": uuid.uuid4().hex, "If-Match": '"1"'},
        )
        assert answer.status_code == 200, answer.text
    await page.keyboard.press("Control+Enter")
    conflict = page.get_by_role("group", name="Người khác vừa sửa")
    await expect(conflict).to_contain_text("Giao toàn bộ thiết bị")
    await expect(conflict).to_contain_text(f"30/09/{YEAR}")
    await conflict.get_by_role("button", name="Lưu bản của tôi").click()
    await expect(form).to_have_count(0)
    [kept] = await records(server, made, "milestone")
    assert (kept["name"], kept["forecast_on"]) == ("Giao toàn bộ thiết bị", f"{YEAR}-09-30")
    await expect(milestones).to_contain_text("Giao toàn bộ thiết bị")
    await expect(milestones).to_contain_text("trễ 152 ngày")
    await expect(page.get_by_role("img", name="Mốc tiến độ")).to_be_visible()


async def test_progress_comes_with_its_photo_and_a_missing_measure_says_why(
    page: Page, server: Centre, built: None, made: Built
) -> None:
    await page.goto(page_of(server, made, "progress"))
    site = page.get_by_role("region", name="Tiến độ hiện trường")
    await site.get_by_role("button", name=re.compile("Thêm")).first.click()
    form = page.get_by_role("form", name=re.compile("Tiến độ hiện trường"))
    await form.get_by_label("Khối lượng hoàn thành (%) *").fill("32,5")
    await form.get_by_label("Đánh giá hiện trường").fill("Đã dựng 12/40 trạm")
    await form.locator("input[type=file]").set_input_files(
        [{"name": "tram-12.png", "mimeType": "image/png", "buffer": PIXEL}]
    )
    await expect(form.get_by_role("checkbox", name="tram-12.png")).to_be_checked()
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(site).to_contain_text("32,5% khối lượng hoàn thành")
    photo = site.get_by_role("img", name=re.compile("tram-12.png"))
    await expect(photo).to_be_visible()
    await photo.scroll_into_view_if_needed()
    await expect(photo).to_have_js_property("naturalWidth", 1)

    # Without a total investment there is no earned value, and each measure says so.
    earned = table(page, "Giá trị thu được (EVM)")
    await expect(earned.get_by_role("row", name=re.compile("^SPI "))).to_contain_text(
        "chưa có tổng mức đầu tư"
    )


async def test_packages_bids_and_a_bottleneck_are_kept_from_described_fields(
    page: Page, server: Centre, built: None, made: Built
) -> None:
    await page.goto(page_of(server, made, "contracts"))
    await page.get_by_role("button", name="Thêm: Gói thầu").click()
    form = page.get_by_role("form", name="Thêm: Gói thầu")
    await form.get_by_label("Tên gói thầu *").fill("Gói 01: cung cấp trạm")
    await form.get_by_label("Hình thức lựa chọn nhà thầu *").select_option("open")
    await page.keyboard.press("Control+Enter")
    await expect(form.locator(".field-fault")).to_have_text("cần điền")
    await form.get_by_label("Giá gói thầu *").fill("62 tỷ")
    await page.keyboard.press("Control+Enter")
    tender = page.get_by_role("article", name="Gói 01: cung cấp trạm")
    await expect(tender).to_contain_text("Đấu thầu rộng rãi")

    # A company that nobody knows yet is made known within the form.
    await page.get_by_role("button", name="Thêm: Hồ sơ dự thầu").click()
    form = page.get_by_role("form", name="Thêm: Hồ sơ dự thầu")
    word = uuid.uuid4().hex[:6]
    await form.get_by_label("Gói thầu *").select_option(label="Gói 01: cung cấp trạm")
    await form.get_by_role("button", name="Công ty chưa có trong sổ").click()
    await form.get_by_label("Tên công ty").fill(f"Công ty Sông Bạc {word}")
    await form.get_by_label("Mã số thuế", exact=True).fill(f"{uuid.uuid4().int % 10**10:010}")
    await form.get_by_role("button", name="Đưa công ty vào sổ").click()
    await expect(form.get_by_label("Nhà thầu dự thầu *")).not_to_have_value("")
    await form.get_by_label("Giá dự thầu *").fill("60 tỷ")
    await form.get_by_label("Trúng thầu").check()
    await page.keyboard.press("Control+Enter")
    await expect(tender).to_contain_text(f"Công ty Sông Bạc {word}")
    await expect(tender).to_contain_text("96,8% giá gói thầu")
    await expect(tender).to_contain_text("trúng thầu")

    # A bottleneck is a task with its own unit and day, one press away.
    await page.keyboard.press("5")
    await page.get_by_role("button", name="Thêm: Báo vướng mắc").click()
    form = page.get_by_role("form", name="Báo vướng mắc")
    await form.get_by_label("Nguyên nhân *").select_option("clearance")
    await form.get_by_label("Vướng mắc *").fill("Chưa có mặt bằng trạm 7")
    await form.get_by_label("Ngày", exact=True).fill(f"{TODAY + timedelta(days=20)}")
    await form.get_by_role("button", name="Báo vướng mắc").click()
    row = table(page, "Vướng mắc").get_by_role("row", name=re.compile("trạm 7"))
    await expect(row).to_contain_text("Giải phóng mặt bằng")
    await row.get_by_role("link").click()
    await expect(page).to_have_url(re.compile(r"/tasks/\d+"))
    await expect(page.locator(".panel")).to_contain_text("Gỡ vướng mắc")


async def test_what_is_said_of_a_project_is_changed_in_its_place(
    page: Page, server: Centre, built: None, watch: Watch, made: Built
) -> None:
    watch.allowed.append("400")
    await page.goto(page_of(server, made, "papers"))
    await page.get_by_role("button", name="Sửa thông tin dự án").click()
    form = page.get_by_role("form", name="Sửa thông tin dự án")
    await form.get_by_label("Giai đoạn").select_option("transitional")
    await form.get_by_label("Địa điểm").fill("Ven sông Bạc")
    await page.keyboard.press("Control+Enter")
    await expect(form).to_have_count(0)
    await expect(page.locator(".project-head")).to_contain_text("Chuyển tiếp")
    await expect(page.locator(".project-head")).to_contain_text("Ven sông Bạc")
    # Any other kind of record has its form by the server's description of it.
    await page.get_by_label("Thêm hồ sơ").select_option("security_dossier")
    form = page.get_by_role("form", name=re.compile("Hồ sơ cấp độ an toàn"))
    await form.get_by_label("Hệ thống thông tin *").fill("Hệ thống quan trắc")
    await form.get_by_label("Cấp độ *").select_option("3")
    await form.get_by_label("Trạng thái *").select_option("approved")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(form.locator(".field-fault")).to_contain_text("cần số quyết định và ngày")
    await form.get_by_label("Trạng thái *").select_option("drafting")
    await form.get_by_role("button", name="Thêm", exact=True).click()
    await expect(table(page, "Hồ sơ cấp độ an toàn")).to_contain_text("Đang lập")


TABS = {
    "money": "Tạm ứng và thu hồi theo hợp đồng",
    "progress": "Giá trị thu được (EVM)",
    "curve": "Đường S năm kế hoạch",
    "contracts": "Nghiệm thu khối lượng",
    "bottlenecks": "Vướng mắc",
    "papers": "Tệp của dự án",
    "log": "Nhật ký",
}


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_part_of_a_demonstration_project_is_legible_and_fits(
    page: Page, server: Centre, built: None, theme: str
) -> None:
    async with await server.signed_in() as client:
        project = await most_paid_of_the_demonstration(client)
    await page.goto(f"{server.url}/programme/projects/{project}?theme={theme}")
    for tab, heading in TABS.items():
        await page.set_viewport_size({"width": 1280, "height": 720})
        await page.goto(f"{server.url}/programme/projects/{project}?theme={theme}&tab={tab}")
        await expect(page.get_by_role("region", name=re.compile(f"^{re.escape(heading)}"))).to_be_visible()
        await expect(page.locator(".simulated").first).to_be_visible()
        assert await eyes.faint(page) == [], tab
        assert await eyes.nameless(page) == [], tab
        await page.set_viewport_size(PHONE)
        assert await eyes.overflowing(page) == [], tab
        assert await eyes.small_targets(page) == [], tab


async def test_the_curve_and_its_table_say_what_the_server_says(
    page: Page, server: Centre, built: None
) -> None:
    async with await server.signed_in() as client:
        project = await most_paid_of_the_demonstration(client)
        answer = await client.get(f"/api/v1/programme/projects/{project}/curve", params={"year": YEAR})
        curve = answer.json()
    await page.goto(f"{server.url}/programme/projects/{project}?tab=curve&year={YEAR}")
    await expect(page.get_by_role("img", name=f"Đường S năm kế hoạch {YEAR}")).to_be_visible()
    twin = table(page, "Số liệu của đường S")
    await expect(twin.locator("tbody tr")).to_have_count(13)
    for period in curve["periods"]:
        row = twin.locator("tbody tr", has_text=period["label"])
        for column, name in ((1, "committed_dong"), (2, "estimate_dong"), (3, "paid_dong")):
            cell = row.locator("td").nth(column)
            if period[name] is None:
                await expect(cell).to_have_text("—")
            else:
                exact = cell.locator("[title]")
                await expect(exact).to_have_attribute("title", re.compile(rf"^{digits(period[name])}\D"))
    # The goal in words: what each period that is left must bring.
    paid = max(each["paid_dong"] or 0 for each in curve["periods"])
    if paid < 0.95 * curve["plan"]["current_dong"]:
        await expect(page.locator("main")).to_contain_text("Để đạt mục tiêu còn phải giải ngân")
