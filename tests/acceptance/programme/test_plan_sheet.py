"""A plan sheet's way through a browser: dropped in, compared, approved, on the board and a project's page."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from playwright.async_api import Page, ViewportSize, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.ui import eyes
from tests.shared_data import shared
from tests.unit.programme.sheets.workbooks import plan_sheet, written

PHONE: ViewportSize = {"width": 390, "height": 844}


def digits(dong: int) -> str:
    """Return a sum as the screens write it."""
    return f"{dong:,}".replace(",", ".")


async def write(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    answer = await client.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code < 300, answer.text
    return answer.json()


async def program(server: Centre) -> int:
    """Begin a programme of this test alone."""
    async with await server.signed_in() as client:
        orgs = (await client.get("/api/v1/orgs")).json()["items"]
        root = next(each["id"] for each in orgs if each["parent_id"] is None)
        word = uuid.uuid4().hex[:6]
        body = {"code": f"KT-{word}", "name": f"Đầu tư công thử nghiệm {word}", "period_from": 2016,
                "period_to": 2030, "owner_org": root}  # fmt: skip
        return int((await write(client, "/api/v1/programme/programs", body))["id"])


async def bring(page: Page, name: str, content: bytes) -> None:
    """Let a workbook fall onto the page, as dragging it there does."""
    carried = await page.evaluate_handle(
        """({ name, bytes }) => {
          const carried = new DataTransfer()
          carried.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], name))
          return carried
        }""",
        {"name": name, "bytes": base64.b64encode(content).decode()},
    )
    await page.dispatch_event(".sheet-intake-drop", "drop", {"dataTransfer": carried})


async def hinder(server: Centre, project: int) -> None:
    """Give a project a contract that is over, with its extension, and a milestone that is late."""
    async with await server.signed_in() as client:
        word = f"{uuid.uuid4().int % 10**10:010}"
        company = await write(
            client, "/api/v1/programme/contractors", {"name": f"Công ty {word}", "tax_code": word}
        )
        records = f"/api/v1/programme/projects/{project}/records"
        contract = await write(
            client, f"{records}/contract",
            {"contractor_id": company["id"], "contract_no": "15/HĐ-XD", "value_dong": 12_500_000_000,
             "signed_on": "2019-03-01", "effective_on": "2019-03-01", "expires_on": "2020-03-01"},
        )  # fmt: skip
        await write(
            client, f"{records}/contract_change",
            {"contract_id": contract["id"], "kind": "duration", "old_on": "2020-03-01",
             "new_on": "2020-09-01",
             "reason": "Chậm bàn giao mặt bằng", "document": "PL01", "signed_on": "2020-02-10"},
        )  # fmt: skip
        for name, base, met in (
            ("Khởi công", "2019-03-15", "2019-04-02"),
            ("Nghiệm thu", "2020-08-01", None),
        ):
            kind = "start" if met else "acceptance"
            await write(
                client, f"{records}/milestone",
                {"kind": kind, "name": name, "baseline_on": base, "actual_on": met},
            )  # fmt: skip


async def test_a_plan_sheet_comes_in_and_stands_on_the_board(page: Page, server: Centre, built: None) -> None:
    made = plan_sheet(3)
    chosen = await program(server)
    await page.goto(f"{server.url}/city")
    await expect(page.locator("main h1, main .map").first).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("p")
    await expect(page).to_have_url(re.compile(r"/programme"))

    # Dropped in without the day from which it holds: asked for, nothing lost. Then read and compared.
    await page.goto(f"{server.url}/programme/imports?program={chosen}")
    await bring(page, "ke-hoach-2020.xlsx", written(made.grid))
    await expect(page.locator(".field-fault")).to_contain_text("Chọn ngày hiệu lực")
    await page.get_by_label("Kế hoạch có hiệu lực từ ngày").fill("2019-12-06")
    await bring(page, "ke-hoach-2020.xlsx", written(made.grid))
    report = page.get_by_role("region", name="Báo cáo đọc và đối chiếu")
    await expect(report).to_contain_text(digits(made.total_dong))
    await expect(report).to_contain_text("mọi nhóm cộng đúng")
    added = page.locator(".segment", has_text="Thêm")
    await added.click()
    await expect(page).to_have_url(re.compile("kind=added"))
    await expect(
        page.locator("tbody tr", has_text=next(iter(made.projects.values()))[0]).first
    ).to_be_visible()
    assert await eyes.faint(page) == []

    # Approved by its decision.
    await page.get_by_label("Số nghị quyết, quyết định").fill("12/NQ-HĐND")
    await page.get_by_label("Ngày ký").fill("2019-12-06")
    await page.get_by_role("button", name="Duyệt và ghi vào sổ").click()
    await expect(page.locator(".settled", has_text="Đã ghi vào sổ")).to_contain_text(
        f"{len(made.projects)} dự án"
    )
    await page.get_by_role("link", name="Xem bảng dự án").click()

    # The board opens at the only year that has a plan; its rows come to the total of the sheet.
    await expect(page).to_have_url(re.compile("year=2020"))
    totals = page.get_by_role("region", name="Tổng hợp và đối chiếu")
    await expect(totals.locator(".total-line")).to_contain_text(digits(made.total_dong))
    await expect(totals).to_contain_text("Các dòng cộng lại đúng bằng tổng")
    board = page.get_by_role("table", name="Bảng dự án")
    await expect(board.locator("tbody tr")).to_have_count(len(made.projects))
    await expect(board.locator("tbody tr").first).to_contain_text("12/NQ-HĐND")

    # What is past due stands first, whatever its name, and says by how much.
    last = board.locator("tbody tr").last.get_by_role("link").first
    name = await last.inner_text()
    number = int((await last.get_attribute("href") or "").split("/")[-1].split("?")[0])
    await hinder(server, number)
    await page.reload()
    first = board.locator("tbody tr").first
    await expect(first).to_contain_text(name)
    await expect(first).to_contain_text(re.compile(r"1 hợp đồng quá hạn, lâu nhất \d\.\d{3} ngày"))
    await page.locator(".segment", has_text="Mốc trễ").click()
    await expect(board.locator("tbody tr")).to_have_count(1)
    assert await eyes.faint(page) == []
    assert await eyes.nameless(page) == []

    # Its page: plan with its decision, the contract as signed and now, milestones in words.
    await first.get_by_role("link").first.click()
    await expect(page.locator("h1")).to_have_text(name)
    await expect(page.get_by_role("table", name="Kế hoạch theo loại và nguồn")).to_contain_text("12/NQ-HĐND")
    await page.get_by_role("link", name="Gói thầu và hợp đồng").click()
    contracts = page.get_by_role("table", name="Hợp đồng và thay đổi")
    await expect(contracts).to_contain_text("khi ký 01/03/2020")
    await expect(contracts).to_contain_text("PL01")
    await page.get_by_role("link", name="Tiến độ", exact=True).click()
    milestones = page.get_by_role("table", name="Mốc tiến độ")
    await expect(milestones.locator("tr", has_text="Khởi công")).to_contain_text("trễ 18 ngày")
    assert await eyes.faint(page) == []
    await page.set_viewport_size(PHONE)
    await page.get_by_role("link", name="Bảng dự án").last.click()
    await expect(board.locator("tbody tr").first).to_be_visible()
    assert await eyes.overflowing(page) == []


async def test_a_cell_that_is_no_number_is_refused_and_the_sheet_is_not_taken(
    page: Page, server: Centre, built: None
) -> None:
    made = plan_sheet(5)
    row = next(iter(made.projects))
    made.grid.cells[row, 6] = "chưa rõ"
    chosen = await program(server)
    await page.goto(f"{server.url}/programme/imports?program={chosen}")
    await page.get_by_label("Kế hoạch có hiệu lực từ ngày").fill("2019-12-06")
    await bring(page, "hong.xlsx", written(made.grid))
    await expect(page.get_by_role("table", name="Ô bị từ chối")).to_contain_text(f"F{row}")
    await page.locator(".segment", has_text="Từ chối").click()
    await expect(page.locator("tbody tr", has_text=f"F{row}").last).to_contain_text("chưa rõ")
    await page.get_by_role("button", name="Không nhận").click()
    await page.get_by_label("Lý do không nhận").fill("Ô F sai, đề nghị gửi lại")
    await page.get_by_role("button", name="Không nhận").click()
    await expect(page.locator(".settled", has_text="không nhận bảng này")).to_contain_text("gửi lại")
    await page.goto(f"{server.url}/programme?program={chosen}")
    await expect(page.locator(".empty")).to_contain_text("Chương trình chưa có dự án")


async def test_the_real_sheet_of_a_province_reads_reconciled(page: Page, server: Centre, built: None) -> None:
    content = shared("investment/cantho_public_investment_2020.xlsx").read_bytes()
    chosen = await program(server)
    await page.goto(f"{server.url}/programme/imports?program={chosen}")
    await page.get_by_label("Kế hoạch có hiệu lực từ ngày").fill("2019-12-06")
    await bring(page, "can-tho-2020.xlsx", content)
    report = page.get_by_role("region", name="Báo cáo đọc và đối chiếu")
    await expect(report).to_contain_text("6.305.610.000.000")
    await expect(report).to_contain_text("mọi nhóm cộng đúng")
    await expect(page.locator(".segment", has_text="Thêm")).to_contain_text("252")
    await page.get_by_label("Số nghị quyết, quyết định").fill("12/NQ-HĐND")
    await page.get_by_label("Ngày ký").fill("2019-12-06")
    await page.get_by_role("button", name="Duyệt và ghi vào sổ").click()
    await page.get_by_role("link", name="Xem bảng dự án").click()
    await expect(page.locator(".total-line")).to_contain_text("6.305.610.000.000")
    totals = page.get_by_role("region", name="Tổng hợp và đối chiếu")
    await expect(totals).to_contain_text("149 dự án")
    await expect(totals).to_contain_text("Các dòng cộng lại đúng bằng tổng")


async def nine_projects_with_a_past(server: Centre, chosen: int, year: int) -> None:
    """Nine projects that were paid 80 of 100 billion in each of two years, and 20 in January of this one."""
    billion = 10**9
    async with await server.signed_in() as client:
        sources = (await client.get("/api/v1/programme/fund-sources")).json()["items"]
        source = next(each["id"] for each in sources if each["code"] == "provincial")
        here = f"/api/v1/programme/programs/{chosen}"
        decided = await write(
            client, f"{here}/decisions",
            {"decisions": [{"kind": "plan", "doc_number": f"{at}/NQ-HĐND", "signed_on": f"{at}-01-05"}
                           for at in (year - 2, year - 1, year)]},
        )  # fmt: skip
        decisions = [each["id"] for each in decided["items"]]
        for number in range(9):
            body = {"program_id": chosen, "name": f"Kè chống sạt lở đoạn {number + 1}"}
            project = (await write(client, "/api/v1/programme/projects", body))["id"]
            await write(
                client, f"{here}/plans",
                {"revisions": [{"project_id": project, "fund_source_id": source, "plan_kind": "annual",
                                "plan_year": at, "amount_dong": 100 * billion, "decision_id": decision,
                                "valid_from": f"{at}-01-05"}
                               for at, decision in zip((year - 2, year - 1, year), decisions, strict=True)]},
            )  # fmt: skip
            for at, month, amount in (
                *((past, *paid) for past in (year - 2, year - 1) for paid in ((1, 20), (7, 20), (12, 40))),
                (year, 1, 20),
            ):
                await write(
                    client, f"/api/v1/programme/projects/{project}/payments",
                    {"fund_source_id": source, "plan_year": at, "kind": "volume",
                     "confirmed_dong": amount * billion, "paid_on": f"{at}-{month:02}-20",
                     "treasury_ref": f"KB-{project}-{at}-{month}", "exception": "Chuyển từ sổ cũ"},
                )  # fmt: skip


async def test_the_years_end_is_foreseen_with_its_range_and_the_methods_past_error(
    page: Page, server: Centre, built: None
) -> None:
    now = datetime.now(UTC) + timedelta(hours=7)
    year = now.year if now.month > 1 else now.year - 1
    chosen = await program(server)
    await nine_projects_with_a_past(server, chosen, year)
    await page.goto(f"{server.url}/programme?program={chosen}&year={year}")
    board = page.get_by_role("table", name="Bảng dự án")
    first = board.locator("tbody tr").first
    await expect(first).to_contain_text("20% kế hoạch năm")
    await expect(first).to_contain_text(re.compile(r"\d+% \(\d+% – \d+%\)"))
    await expect(first).to_contain_text("mục tiêu 95%")
    await expect(page.locator("main")).to_contain_text("Sai số bình quân của phương pháp")
    await expect(page.locator(".total-line")).to_contain_text(digits(900 * 10**9))
    await page.get_by_label("Tìm theo tên, mã, chủ đầu tư").fill("sat lo doan 3")
    await expect(board.locator("tbody tr")).to_have_count(1)
    await expect(page).to_have_url(re.compile("q=sat"))
    assert await eyes.faint(page) == []
