"""People, what they are granted, keys for machines, and the log of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, Page, expect
from tests.acceptance.conftest import Centre, Watch

PASSWORD = "con thuyền về bến lúc chiều"


async def test_a_new_colleague_comes_in_by_link_and_sees_only_what_is_granted(
    page: Page, server: Centre, browser: Browser, watch: Watch
) -> None:
    watch.allowed.append("401")  # a locked person is told so
    await page.goto(server.url + "/people")
    await page.get_by_role("button", name="Thêm tài khoản").click()
    await page.get_by_label("Họ và tên").fill("Trần Văn Bình")
    await page.get_by_label("Tên đăng nhập", exact=True).fill("tran.van.binh")
    await page.get_by_role("button", name="Tạo tài khoản").click()
    link = await page.get_by_label("Liên kết dùng một lần để đặt mật khẩu").input_value()
    assert urlsplit(link).path == "/set-password"

    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="vi-VN")
    context.set_default_timeout(60_000)
    await watch.look_at(context)
    his = await context.new_page()
    await his.goto(link)
    await his.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    await his.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    await his.get_by_role("button", name="Đặt mật khẩu").click()
    await expect(his.get_by_text("Bạn không có quyền xem màn hình này")).to_be_visible()
    await expect(his.locator(".rail-place", has_text="Nguồn")).to_have_count(0)

    await page.get_by_role("link", name="Cấp quyền").click()
    await page.get_by_role("button", name="Cấp quyền").click()
    await page.get_by_label("Vai trò").select_option(label="Người xem")
    await page.get_by_role("button", name="Cấp quyền").click()
    await expect(page.locator(".grant")).to_contain_text("Người xem")
    await his.goto(server.url + "/feeds")
    await expect(his.get_by_role("heading", name="Nguồn dữ liệu")).to_be_visible()
    await expect(his.locator(".rail-place", has_text="Người")).to_have_count(0)

    await page.get_by_role("button", name="Khóa tài khoản").click()
    await expect(page.locator(".panel .state")).to_contain_text("Đã khóa")
    await his.goto(server.url + "/feeds")
    await expect(his.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    await context.close()


async def test_a_grant_can_be_limited_and_withdrawn(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/people/accounts/new")
    await page.get_by_label("Họ và tên").fill("Lê Hoàng Dũng")
    await page.get_by_label("Tên đăng nhập", exact=True).fill("le.hoang.dung")
    await page.get_by_role("button", name="Tạo tài khoản").click()
    await page.get_by_role("link", name="Cấp quyền").click()
    await page.get_by_role("button", name="Cấp quyền").click()
    await page.get_by_label("Vai trò").select_option(label="Trực ban")
    await page.get_by_label("Trong lĩnh vực").select_option(label="Giao thông")
    await page.get_by_role("button", name="Cấp quyền").click()
    await expect(page.locator(".grant")).to_contain_text("Giao thông")
    await page.get_by_role("button", name="Thu hồi Trực ban").click()
    await expect(page.locator(".grant")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("Chưa được cấp quyền nào")).to_be_visible()


async def test_a_key_is_shown_once_works_and_can_be_revoked(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/people/keys")
    await page.get_by_role("button", name="Tạo khóa").click()
    await page.get_by_label("Tên khóa").fill("Trạm đo thử nghiệm")
    await page.locator("form").get_by_role("button", name="Tạo khóa").click()
    secret = await page.get_by_label("Khóa bí mật").input_value()
    url = server.url + "/ngsi-ld/v1/entities?type=Camera&limit=1"
    headers = {"X-Api-Key": secret}
    async with httpx.AsyncClient() as client:
        assert (await client.get(url, headers=headers)).status_code == 200
        await page.reload()
        await expect(page.locator("tbody")).to_contain_text("Trạm đo thử nghiệm")
        assert secret not in await page.content()
        await page.get_by_role("button", name="Thu hồi khóa Trạm đo thử nghiệm").click()
        await page.get_by_role("button", name="Thu hồi ngay").click()
        await expect(page.locator("tbody")).to_contain_text("Đã thu hồi")
        assert (await client.get(url, headers=headers)).status_code == 401


async def test_a_role_of_ones_own_stands_in_the_matrix(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/people/roles")
    await expect(page.locator(".matrix")).to_contain_text("Quản trị hệ thống")
    await page.get_by_role("button", name="Thêm vai trò").click()
    await page.get_by_label("Mã vai trò").fill("to_giao_thong")
    await page.get_by_label("Tên tiếng Việt").fill("Tổ giao thông")
    await page.get_by_label("Tên tiếng Anh").fill("Traffic team")
    await page.get_by_label("Xem nguồn dữ liệu").check()
    await page.get_by_role("button", name="Lưu").click()
    head = page.locator(".matrix-role", has_text="Tổ giao thông")
    await expect(head).to_be_visible()
    await head.get_by_role("button", name="Sửa Tổ giao thông").click()
    await page.get_by_label("Tên tiếng Việt").fill("Tổ điều hành giao thông")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.locator(".matrix-role", has_text="Tổ điều hành giao thông")).to_be_visible()


async def test_the_log_says_who_did_what(page: Page, server: Centre) -> None:
    await page.goto(server.url + "/people/audit")
    await page.get_by_label("Việc", exact=True).fill("account.create")
    rows = page.locator("tbody tr")
    await expect(rows.first).to_contain_text("account.create")
    assert "action=account.create" in page.url


async def test_who_saves_second_sees_both_versions_side_by_side(
    page: Page, server: Centre, watch: Watch
) -> None:
    watch.allowed.append("409")  # the browser writes the refused save into its console
    client = await server.signed_in()
    async with client:
        role = {"name": "to_hai_ban", "vi": "Tổ hai bản", "en": "Two versions", "permissions": ["feed.read"]}
        made = await client.post("/api/v1/roles", json=role, headers={"Idempotency-Key": "hai-ban-1"})
        assert made.status_code == 201, made.text
        await page.goto(server.url + "/people/roles")
        head = page.locator(".matrix-role", has_text="Tổ hai bản")
        await head.get_by_role("button", name="Sửa Tổ hai bản").click()
        await page.get_by_label("Tên tiếng Anh").fill("Mine")
        theirs = await client.patch(
            "/api/v1/roles/to_hai_ban",
            json={"vi": "Tổ của người khác"},
            headers={"Idempotency-Key": "hai-ban-2", "If-Match": f'"{made.json()["version"]}"'},
        )
        assert theirs.status_code == 200, theirs.text
        await page.get_by_role("button", name="Lưu", exact=True).click()
        both = page.get_by_role("group", name="Người khác vừa sửa")
        await expect(both.locator("tr", has_text="Tên tiếng Việt")).to_contain_text("Tổ hai bản")
        await expect(both.locator("tr", has_text="Tên tiếng Việt")).to_contain_text("Tổ của người khác")
        await expect(both.locator("tr", has_text="Tên tiếng Anh")).to_contain_text("Mine")
        await expect(both.locator("tr", has_text="Tên tiếng Anh")).to_contain_text("Two versions")
        await both.get_by_role("button", name="Lưu bản của tôi").click()
        await expect(both).to_have_count(0)
        [saved] = [
            one for one in (await client.get("/api/v1/roles")).json()["items"] if one["name"] == "to_hai_ban"
        ]
        assert (saved["vi"], saved["en"]) == ("Tổ hai bản", "Mine")
