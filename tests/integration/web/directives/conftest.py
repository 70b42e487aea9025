"""A site with an office that issues, departments of two times, and an agency that has no part in it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest_asyncio
from tests.integration.web.conftest import Site, token_of

from haidang.organisation import system
from haidang.organisation.model import OrgSuccession
from haidang.organisation.service.orgs import add_succession

API = "/api/v1"
DOCS = f"{API}/directive-documents"
MERGED = date(2025, 3, 1)
LATER = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
NOTICE = """ỦY BAN NHÂN DÂN TỈNH
Số: {number}
Ngày 05 tháng 9 năm 2018

THÔNG BÁO
Kết luận của Chủ tịch UBND tỉnh tại cuộc họp {word}

1. Giao Sở Giao thông vận tải chủ trì, phối hợp với Công an tỉnh lập kế hoạch lắp đặt đèn tín hiệu.
2. Giao Sở Thông tin và Truyền thông hoàn thiện Đề án đô thị thông minh.
3. Yêu cầu các sở, ngành rà soát dữ liệu dùng chung và gửi báo cáo.
4. Giao Sở Xây dựng thường xuyên kiểm tra các công trình, báo cáo kết quả hằng quý.
5. Giao Sở Tài chính bố trí kinh phí theo kế hoạch được duyệt; giao Sở Nội vụ hoàn thiện bộ máy.
6. UBND các quận, huyện phê duyệt đề án.
Cuộc họp kết thúc lúc 11 giờ.
"""


class Town:
    """A site with an office that issues, departments, an agency that has nothing to do with it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.orgs: dict[str, int] = {}
        self.people: dict[str, httpx.AsyncClient] = {}
        self.accounts: dict[str, int] = {}

    async def org(self, word: str, name: str, **facts: Any) -> None:
        body = {"name": name, "parent_id": self.orgs["root"]} | facts
        made = await self.site.write(self.site.administrator, "POST", f"{API}/orgs", body)
        self.orgs[word] = made["id"]

    async def person(self, name: str, org: str, role: str, over: str | None = None, **limits: str) -> None:
        admin = self.site.administrator
        body = {"username": name, "display_name": name.title(), "org_id": self.orgs[org]}
        made = await self.site.write(admin, "POST", f"{API}/accounts", body)
        number = self.accounts[name] = made["account"]["id"]
        grant = {"role": role, "org_id": self.orgs[over or org]} | limits
        await self.site.write(admin, "POST", f"{API}/accounts/{number}/grants", grant)
        client = self.site.client()
        body = {"token": token_of(made["one_time_password_link"]), "password": "một mật khẩu dài"}
        assert (await client.post(f"{API}/set-password", json=body)).status_code < 300
        self.people[name] = client

    async def post(
        self, who: str, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.people[who].post(path, json=body if body is not None else {}, headers=headers)

    async def acted(
        self, who: str, candidate: dict[str, Any], act: dict[str, Any], version: int | None = None
    ) -> httpx.Response:
        """Ask for an act on a proposal against the version that was seen, be it refused."""
        path = f"{API}/directive-candidates/{candidate['id']}/acts"
        return await self.post(who, path, {"do": act}, version=version or candidate["version"])

    async def patch(self, who: str, path: str, body: Any, version: int | None) -> httpx.Response:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.people[who].patch(path, json=body, headers=headers)

    async def get(self, who: str, path: str) -> Any:
        answer = await self.people[who].get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def notice(self, number: str = "", **facts: Any) -> dict[str, Any]:
        """Register a notice of its own words, and return what registering answers."""
        word = uuid.uuid4().hex
        number = number or f"{word[:6]}/TB-UBND"
        body = {
            "text": NOTICE.format(number=number, word=word), "number": number, "issued_on": "2018-09-05",
            "signatory": "Nguyễn Văn An", "kind": "thông báo",
        } | facts  # fmt: skip
        answer = await self.post("chuyen.vien", DOCS, body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def act(
        self, candidate: dict[str, Any], act: str, *, who: str = "chuyen.vien", **facts: Any
    ) -> Any:
        answer = await self.post(
            who, f"{API}/directive-candidates/{candidate['id']}/acts", {"do": {"act": act} | facts},
            version=candidate["version"],
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return answer.json()["candidates"][0]

    async def ready(self, candidate: dict[str, Any], **facts: Any) -> dict[str, Any]:
        """Correct a candidate so that nothing is missing, and accept it."""
        whole = {"due": {"precision": "day", "on": LATER}, "product": "Báo cáo"} | facts
        return await self.act(await self.act(candidate, "correct", **whole), "accept")  # type: ignore[no-any-return]

    async def issued(self, number: str = "", which: str = "Giao thông", **facts: Any) -> dict[str, Any]:
        """Register a notice, confirm one of its items and issue it; return the directive."""
        made = await self.notice(number)
        one = await self.ready(of(made, which), **facts)
        answer = await self.post(
            "chuyen.vien", f"{DOCS}/{made['document']['id']}/issue", {"candidate_ids": [one["id"]]}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["directives"][0])


def of(made: dict[str, Any], words: str) -> dict[str, Any]:
    """Return the proposal whose passage has some words."""
    [found] = [each for each in made["candidates"] if words in each["text"]]
    return dict(found)


def code(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["code"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(site: Site) -> AsyncIterator[Town]:
    town = Town(site)
    found = (await site.administrator.get(f"{API}/orgs")).json()["items"]
    town.orgs["root"] = found[0]["id"]
    await town.org("office", "Văn phòng UBND tỉnh", kind="office")
    await town.org("works", "Sở Xây dựng", short_name="SXD")
    await town.org("police", "Công an tỉnh", kind="police")
    await town.org("science", "Sở Khoa học và Công nghệ")
    await town.org("finance", "Sở Tài chính")
    await town.org("home", "Sở Nội vụ")
    await town.org("transport", "Sở Giao thông vận tải", valid_to=MERGED.isoformat())
    await town.org("information", "Sở Thông tin và Truyền thông", valid_to=MERGED.isoformat())
    await town.org("stranger", "Tổng công ty Trắng", kind="utility")
    await town.org("inner", "Phòng Kỹ thuật", parent_id=town.orgs["works"])
    async with site.house.db.transaction() as connection:
        for old, new, kind in (
            ("transport", "works", "merged"), ("information", "science", "split"),
            ("information", "police", "split"),
        ):  # fmt: skip
            each = OrgSuccession(
                old_id=town.orgs[old], new_id=town.orgs[new], on_date=MERGED, kind=kind,  # type: ignore[arg-type]
                legal_basis="Nghị quyết 15/NQ-HĐND",
            )  # fmt: skip
            await add_succession(connection, system("test"), each)
    await town.person("chuyen.vien", "office", "desk_officer", "root")
    await town.person("hai", "office", "desk_officer", "root")
    await town.person("xay.dung", "works", "department_head")
    await town.person("tai.chinh", "finance", "department_head")
    await town.person("nguoi.la", "stranger", "desk_officer")
    await town.person("xem", "office", "viewer")
    yield town
    for client in town.people.values():
        await client.aclose()
