"""The five founding documents, from the text to work that is done: what issue 5 asks for, through the API."""

from __future__ import annotations

import uuid
from typing import Any

from tests.integration.web.directives.conftest import API, DOCS, LATER, Town
from tests.shared_data import founding_documents


async def test_the_founding_documents_become_work_that_is_done(town: Town) -> None:
    given: list[dict[str, Any]] = []
    for path in founding_documents():
        made = await town.people["chuyen.vien"].post(
            f"{DOCS}?name={path.name}", content=path.read_bytes(),
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )  # fmt: skip
        assert made.status_code == 201, made.text
        given += await confirmed_and_issued(town, made.json())
    assert len(given) >= 5 and all(each["tasks"] or each["tasks_hidden"] for each in given)
    mine = [each for each in given if any(x["org"]["name"] == "Sở Xây dựng" for x in each["tasks"])]
    task = next(x for x in mine[0]["tasks"] if x["org"]["name"] == "Sở Xây dựng")
    await done_after_one_return(town, task["id"])
    matrix = await town.get("chuyen.vien", f"{API}/directives/{mine[0]['id']}/matrix")
    [row] = [each for each in matrix["rows"] if each["task_id"] == task["id"]]
    assert (row["state"], row["timeliness"], row["evidence"]) == ("accepted", "done_on_time", 1)


async def confirmed_and_issued(town: Town, made: dict[str, Any]) -> list[dict[str, Any]]:
    """Set what each proposal lacks, as the office would, and issue them all."""
    document = made["document"]
    assert document["state"] == "read" and made["candidates"], document["file"]
    text = (await town.get("chuyen.vien", f"{DOCS}/{document['id']}"))["text"]
    for each in made["candidates"]:
        assert text[each["start"] : each["end"]] == each["text"]
        facts: dict[str, Any] = {}
        if "person" in each["missing"]:
            facts["lead_orgs"] = [town.orgs["works"]]
        if "responsibility" in each["missing"]:
            facts["fan_out"] = True
        if "time" in each["missing"]:
            facts["due"] = {"precision": "day", "on": LATER}
        if "product" in each["missing"]:
            facts["product"] = "Báo cáo kết quả"
        whole = await town.act(each, "correct", **facts) if facts else each
        assert whole["missing"] == [], whole["text"]
        await town.act(whole, "accept")
    body = {"given_by": "Chủ tịch UBND tỉnh"}
    issued = await town.post("chuyen.vien", f"{DOCS}/{document['id']}/issue", body)
    assert issued.status_code == 201, issued.text
    return list(issued.json()["directives"])


async def done_after_one_return(town: Town, task_id: int) -> None:
    """The lead asks for more time, reports with evidence, is returned, reports again and is accepted."""
    path = f"{API}/tasks/{task_id}"

    async def act(who: str, **do: Any) -> dict[str, Any]:
        version = (await town.get(who, path))["version"]
        answer = await town.post(who, f"{path}/acts", {"do": do}, version=version)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    more = {"precision": "day", "on": "2035-01-15"}
    await act("xay.dung", act="receive")
    if (await town.get("xay.dung", path))["due"]["end"]:
        await act("xay.dung", act="ask_extension", text="Cần khảo sát thêm", due=more, document="12/SXD")
        await act("chuyen.vien", act="decide_extension", granted=True)
    content = "Biên bản khảo sát".encode()
    attached = await town.people["xay.dung"].post(
        f"{path}/evidence?name=bien-ban.txt", content=content,
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )  # fmt: skip
    assert attached.status_code == 201, attached.text
    await act("xay.dung", act="report", text="Đã làm", product="15/BC-SXD")
    back = await act("chuyen.vien", act="return", text="Thiếu số liệu")
    assert back["state"] == "returned"
    await act("xay.dung", act="report", text="Đã bổ sung", product="16/BC-SXD")
    assert (await act("chuyen.vien", act="accept"))["state"] == "accepted"
