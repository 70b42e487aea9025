"""Papers over HTTP: files with names and types of their own, never cached; a wrong form is refused."""

from __future__ import annotations

import uuid
from typing import Any, Literal

import pytest
from tests.integration.web.conftest import Site
from tests.unit.documents.pdf_reading import pages

from haidang.documents.lint import lint

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def incident(site: Site, **facts: Any) -> dict[str, Any]:
    body = {"kind": "flood", "title": "Ngập đường Trần Phú", "procedure": ""} | facts
    found: dict[str, Any] = await site.write(site.administrator, "POST", "/api/v1/incidents", body)
    return found


async def test_reports_lists_and_sheets_are_files(site: Site) -> None:
    drill = await incident(site, is_exercise=True)
    me = (await site.administrator.get("/api/v1/session")).json()["account"]
    await site.write(site.administrator, "POST", "/api/v1/shifts", {})
    other = await site.agency("truc")
    await site.write(
        site.administrator, "POST", f"/api/v1/accounts/{other.account_id}/grants",
        {"role": "duty_head", "org_id": me["org_id"]},
    )  # fmt: skip
    handover = await site.write(
        site.administrator, "POST", "/api/v1/shifts/handover", {"incoming": other.account_id}
    )
    wanted = {
        f"/api/v1/incidents/{drill['id']}/after-action": f"dien-tap-bao-cao-su-co-{drill['code']}",
        f"/api/v1/shifts/handover/{handover['id']}/sheet": f"ban-giao-ca-{handover['id']}",
        "/api/v1/tasks/export": "nhiem-vu",
    }
    forms: tuple[tuple[Literal["docx", "pdf"], str], ...] = (("docx", WORD), ("pdf", "application/pdf"))
    for path, name in wanted.items():
        for form, media in forms:
            answer = await site.administrator.get(path, params={"format": form})
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].partition(";")[0] == media
            assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
            assert answer.headers["cache-control"] == "no-store"
            assert lint(answer.content, form) == ()
    shown = pages((await site.administrator.get(next(iter(wanted)), params={"format": "pdf"})).content)
    assert all("DIỄN TẬP" in page for page in shown)
    await other.client.aclose()


async def test_the_report_as_json_and_a_lesson_as_a_task(site: Site) -> None:
    flood = await incident(site)
    at = f"/api/v1/incidents/{flood['id']}"
    await site.write(site.administrator, "POST", f"{at}/log", {"kind": "lesson", "text": "Thiếu máy bơm"})
    found = (await site.administrator.get(f"{at}/after-action")).json()
    [lesson] = found["lessons"]
    assert (found["code"], lesson["text"], lesson["task"]) == (flood["code"], "Thiếu máy bơm", None)
    assert found["head"]["sound"]
    body = {"owner_org": flood["owner"]["id"], "due": {"precision": "working_days", "count": 10}}
    ask = {"url": f"{at}/lessons/{lesson['no']}/task", "json": body}
    key = uuid.uuid4().hex
    first = await site.administrator.post(**ask, headers={"Idempotency-Key": key})
    again = await site.administrator.post(**ask, headers={"Idempotency-Key": key})
    assert first.status_code == 201, first.text
    assert again.json() == first.json(), "the same act twice is done once"
    twice = await site.administrator.post(**ask, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert (twice.status_code, twice.json()["code"]) == (409, "lesson-has-task")
    assert twice.json()["task_id"] == first.json()["task_id"]
    task = (await site.administrator.get(f"/api/v1/tasks/{first.json()['task_id']}")).json()
    assert task["title"] == "Thiếu máy bơm"


@pytest.mark.parametrize("form", ["doc", "exe", ""])
async def test_a_form_that_is_none_is_refused(site: Site, form: str) -> None:
    flood = await incident(site)
    answer = await site.administrator.get(
        f"/api/v1/incidents/{flood['id']}/after-action", params={"format": form}
    )
    assert answer.status_code == 400, answer.text
