"""Signing in and out, the first administrator, and a password by one-time link."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, Page, expect
from tests.acceptance.conftest import Centre, Watch, free_port

PASSWORD = "hải đăng soi sáng biển đêm"
_LINK = re.compile(r"(http\S+/first-administrator\?token=[\w-]+)")


async def test_whoever_is_not_signed_in_signs_in_where_they_wanted_to_be(
    anonymous_page: Page, server: Centre, watch: Watch
) -> None:
    watch.allowed.append("401")  # the browser writes a refused sign-in into its console
    page = anonymous_page
    await page.goto(server.url + "/feeds?lang=en")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_label("User name").fill(server.administrator[0])
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".problem")).to_contain_text("login-failed")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await page.get_by_label("Password", exact=True).fill(server.administrator[1])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Data sources")).to_be_visible()
    assert page.url == server.url + "/feeds?lang=en"

    await page.get_by_role("button", name=re.compile("^Account")).click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_first_administrator_comes_in_by_the_printed_link_once(
    browser: Browser, built: None, watch: Watch
) -> None:
    watch.allowed += ["400", "410"]  # a short password is refused, and the second use of the link
    folder = Path(tempfile.mkdtemp(prefix="hd-first-", dir="/tmp"))
    folder.chmod(0o711)
    centre = Centre(folder / "data", free_port())
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="vi-VN")
    context.set_default_timeout(60_000)
    await watch.look_at(context)
    try:
        link = _printed_link(centre)
        page = await context.new_page()
        await page.goto(link)
        await page.get_by_label("Họ và tên").fill("Nguyễn Thị Hồng Ân")
        await page.get_by_label("Tên đăng nhập").fill("hong.an")
        await page.get_by_label("Mật khẩu", exact=True).fill("ngắn")
        await page.get_by_label("Nhập lại mật khẩu").fill("ngắm")
        await expect(page.get_by_text("Hai lần nhập mật khẩu khác nhau")).to_be_visible()
        await page.get_by_label("Nhập lại mật khẩu").fill("ngắn")
        await page.get_by_role("button", name="Tạo tài khoản").click()
        await expect(page.locator(".field-fault")).to_contain_text("ký tự")
        await page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        await page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Tạo tài khoản").click()
        await expect(page.get_by_role("navigation", name="Màn hình")).to_be_visible()
        assert "token" not in page.url

        await page.goto("about:blank")  # else the screen left behind asks without its cookie
        await context.clear_cookies()
        await page.goto(link)
        await page.get_by_label("Họ và tên").fill("Người đến sau")
        await page.get_by_label("Tên đăng nhập").fill("den.sau")
        await page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        await page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Tạo tài khoản").click()
        await expect(page.locator(".problem")).to_be_visible()
    finally:
        await context.close()
        centre.stop()
        shutil.rmtree(folder, ignore_errors=True)
    watch.check()


def _printed_link(centre: Centre) -> str:
    limit = time.monotonic() + 120
    while not (found := _LINK.search(centre.output())):
        assert centre.process.poll() is None and time.monotonic() < limit, centre.output()
        time.sleep(0.2)  # the process writes to a file; there is nothing to wait on
    return found[1]
