"""Reports, letters and open-data pages of the programme over HTTP: papers without findings, no scripts."""

from __future__ import annotations

from typing import Any, Literal

from lxml import html
from tests.integration.web.conftest import Site

from haidang.documents.lint import lint

ROOT = "/api/v1/programme"
FORMS: tuple[Literal["docx", "pdf"], ...] = ("docx", "pdf")


async def register(site: Site) -> dict[str, Any]:
    """A programme with one public project, a contract and a milestone that is late."""

    async def made(path: str, body: dict[str, Any]) -> Any:
        return await site.write(site.administrator, "POST", ROOT + path, body)

    me = (await site.administrator.get("/api/v1/session")).json()["account"]
    program = await made(
        "/programs", {"code": "GIAY-1", "name": "Đề án", "period_from": 2020, "period_to": 2035,
                      "owner_org": me["org_id"]},
    )  # fmt: skip
    project = await made(
        "/projects", {"program_id": program["id"], "name": "Camera <giám sát>", "is_public": True,
                      "owner_org": me["org_id"]},
    )  # fmt: skip
    company = await made("/contractors", {"name": "Công ty Thử", "tax_code": "0100000099"})
    contract = await made(
        f"/projects/{project['id']}/records/contract",
        {"contractor_id": company["id"], "contract_no": "09/HĐ", "value_dong": 8_000_000,
         "signed_on": "2020-01-06", "effective_on": "2020-01-06", "expires_on": "2021-12-31"},
    )  # fmt: skip
    return {"program": program["id"], "project": project, "contract": contract["id"]}


async def test_papers_are_files_without_findings_and_pages_need_no_script(site: Site) -> None:
    known = await register(site)
    project = known["project"]
    report = await site.write(
        site.administrator,
        "POST",
        f"{ROOT}/projects/{project['id']}/supervision-report",
        {"period": "2025-H2"},
    )
    letter = await site.write(
        site.administrator, "POST", f"{ROOT}/projects/{project['id']}/contractor-letters",
        {"act": "warn", "contract_id": known["contract"], "subject": "Chậm", "text": "Quá hạn hợp đồng.",
         "signatory": {"name": "Nguyễn Văn An", "office": "Giám đốc"}},
    )  # fmt: skip
    wanted = {
        f"{ROOT}/programs/{known['program']}/reports/monthly?period=2025-12": "bao-cao-thang-2025-12",
        f"{ROOT}/programs/{known['program']}/reports/overview?period=2025": "bao-cao-giam-sat-tong-the-2025",
        f"{ROOT}/reports/{report['id']}?": "bao-cao-giam-sat-2025-H2",
        f"{ROOT}/contractor-letters/{letter['id']}?": f"cong-van-nha-thau-{letter['id']}",
    }
    for path, name in wanted.items():
        for form in FORMS:
            answer = await site.administrator.get(f"{path}&format={form}")
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
            assert lint(answer.content, form) == ()
    sheet = await site.administrator.get(f"{ROOT}/reports/{report['id']}?format=xlsx")
    assert sheet.content.startswith(b"PK") and sheet.headers["cache-control"] == "no-store"
    for path in ("/open-data", f"/open-data/projects/{project['public_id']}?lang=en"):
        page = await site.administrator.get(path)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        tree = html.fromstring(page.text)
        assert "Camera <giám sát>" in tree.text_content() and not list(tree.iter("script"))
    table = await site.administrator.get("/open-data/projects.csv")
    assert project["public_id"] in table.text
    style = await site.administrator.get("/open-data/page.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_nobody_writes_a_projected_project_through_the_broker(site: Site) -> None:
    body = {"id": "urn:ngsi-ld:Project:DA-2031-000009", "type": "Project", "name": {"value": "Chen vào"}}
    answer = await site.administrator.post("/ngsi-ld/v1/entities", json=body)
    assert answer.status_code == 403 and answer.json()["code"] == "entity-projected"
