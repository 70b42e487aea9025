"""A slow contractor's case in the browser: warned, heard, asked in writing; and conflicts of a plan sheet."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect
from tests.acceptance.conftest import Centre
from tests.acceptance.programme.test_plan_sheet import bring, program, write
from tests.acceptance.ui import eyes
from tests.unit.programme.sheets.workbooks import plan_sheet, written

PHONE: ViewportSize = {"width": 390, "height": 844}
TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()


class Late(NamedTuple):
    """A project of this test with a contract past its end."""

    project: int
    name: str
    contract: int
    number: str
    company: int


@pytest_asyncio.fixture(loop_scope="session")
async def late(server: Centre) -> Late:
    chosen, word = await program(server), uuid.uuid4().hex[:6]
    async with await server.signed_in() as client:
        name, number = f"Kè biển đoạn {word}", f"{word}/HĐ-XD"
        body = {"program_id": chosen, "name": name}
        project = (await write(client, "/api/v1/programme/projects", body))["id"]
        company = await write(
            client, "/api/v1/programme/contractors",
            {"name": f"Công ty Xây dựng {word}", "tax_code": f"{uuid.uuid4().int % 10**10:010}"},
        )  # fmt: skip
        contract = await write(
            client, f"/api/v1/programme/projects/{project}/records/contract",
            {"contractor_id": company["id"], "contract_no": number, "value_dong": 5_000_000_000,
             "signed_on": "2025-01-10", "effective_on": "2025-01-10",
             "expires_on": f"{TODAY - timedelta(days=40)}"},
        )  # fmt: skip
    return Late(project, name, contract["id"], number, company["id"])


async def test_a_contractor_is_warned_heard_and_then_asked_in_writing(
    page: Page, server: Centre, built: None, late: Late
) -> None:
    # From the evidence: the contract is past its end, one step from opening a case.
    await page.goto(f"{server.url}/programme/contractor/{late.company}")
    contracts = page.get_by_role("table", name="Các hợp đồng")
    await expect(contracts).to_contain_text("trễ 40 ngày")
    await contracts.get_by_role("link", name="Mở vụ việc").click()
    await expect(page).to_have_url(re.compile(r"/programme/cases/new\?.*contract="))

    form = page.get_by_role("form", name="Nhắc nhở nhà thầu (mở vụ việc)")
    await expect(form.get_by_label("Hợp đồng")).to_have_value(str(late.contract))
    await form.get_by_label("Nội dung", exact=True).first.fill(f"Chậm tiến độ hợp đồng {late.number}")
    await form.get_by_label("Số văn bản").fill("45/CV-BQL")
    await form.get_by_label("Người ký").fill("Giám đốc Ban QLDA")
    await form.get_by_label("Nội dung", exact=True).last.fill("Đề nghị nhà thầu báo cáo nguyên nhân chậm.")
    await form.get_by_role("button", name="Ghi: Nhắc nhở").click()
    await expect(page).to_have_url(re.compile(r"/programme/cases/\d+"))

    # The next step must wait for the right of reply, and says until when; nothing is skipped by the way.
    panel = page.locator("aside.panel")
    await expect(panel.locator(".case-step-now")).to_contain_text("Nhắc nhở")
    await expect(panel).to_contain_text(
        re.compile(r"Yêu cầu bằng văn bản: chưa làm được, nhà thầu còn quyền trả lời")
    )
    await expect(panel.get_by_role("button", name="Yêu cầu bằng văn bản").first).not_to_be_visible()
    assert await eyes.faint(page) == []
    assert await eyes.nameless(page) == []

    # The reply is recorded; now the demand is open.
    await panel.get_by_role("button", name="Ghi trả lời của nhà thầu").click()
    reply = panel.get_by_role("form", name="Ghi trả lời của nhà thầu")
    await reply.get_by_label("Số văn bản").fill("12/CT-XD")
    await reply.get_by_label("Người ký phía nhà thầu").fill("Giám đốc công ty")
    await reply.get_by_label("Nội dung").fill("Thiếu mặt bằng; đề nghị gia hạn.")
    await reply.get_by_role("button", name="Ghi: Ghi trả lời của nhà thầu").click()
    await expect(panel.locator(".case-paper-reply")).to_contain_text("12/CT-XD")
    await panel.get_by_role("button", name="Yêu cầu bằng văn bản").first.click()
    demand = panel.get_by_role("form", name="Yêu cầu bằng văn bản")
    await demand.get_by_label("Số văn bản").fill("50/CV-BQL")
    await demand.get_by_label("Người ký").fill("Giám đốc Ban QLDA")
    await demand.get_by_label("Nội dung").fill("Yêu cầu hoàn thành trước 31/12.")
    await demand.get_by_role("button", name="Ghi: Yêu cầu bằng văn bản").click()
    await expect(panel.locator(".case-step-now")).to_contain_text("50/CV-BQL")
    await expect(panel.locator(".case-paper")).to_have_count(3)
    await page.set_viewport_size(PHONE)
    assert await eyes.overflowing(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("table", name="Các vụ việc")).to_contain_text(late.name)


async def test_a_name_that_stands_for_several_projects_is_a_persons_choice(
    page: Page, server: Centre, built: None
) -> None:
    made, chosen = plan_sheet(7), await program(server)
    row, (name, *_) = next(iter(made.projects.items()))
    async with await server.signed_in() as client:
        known = [
            await write(
                client, "/api/v1/programme/projects",
                {"program_id": chosen, "name": name, "owner_name": f"Ban QLDA số {number}"},
            )
            for number in (1, 2)
        ]  # fmt: skip
    await page.goto(f"{server.url}/programme/imports?program={chosen}")
    await page.get_by_label("Kế hoạch có hiệu lực từ ngày").fill("2019-12-06")
    await bring(page, "trung-ten.xlsx", written(made.grid))
    await expect(page.locator(".totals-note", has_text="dòng xung đột")).to_contain_text("đã chọn lấy 0")
    await page.get_by_role("link", name="Xem các dòng xung đột").click()
    which = page.get_by_role("group", name=re.compile("Trong sổ có 2 dự án cùng tên"))
    await expect(which).to_contain_text("Ban QLDA số 1")
    await which.get_by_role("radio").nth(2).check()
    await expect(page.locator(".totals-note", has_text="dòng xung đột")).to_contain_text("đã chọn lấy 1")
    assert await eyes.faint(page) == []
    await page.get_by_label("Số nghị quyết, quyết định").fill("12/NQ-HĐND")
    await page.get_by_label("Ngày ký").fill("2019-12-06")
    await page.get_by_role("button", name="Duyệt và ghi vào sổ").click()
    await expect(page.locator(".settled", has_text="Đã ghi vào sổ")).to_be_visible()
    async with await server.signed_in() as client:
        plans = [
            (await client.get(f"/api/v1/programme/projects/{each['id']}/plans")).json()["items"]
            for each in known
        ]
    assert plans[0] == []
    assert len(plans[1]) > 0, f"row {row} went to the project that was chosen"
