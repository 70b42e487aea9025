"""Issuing and following through the API: all or nothing, chains, replacing, the matrix, the log."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from tests.integration.web.directives.conftest import API, DOCS, LATER, NOTICE, Town, code, of

from haidang.organisation.service.audit import verify_log


async def test_issue_wants_the_five_clears_and_all_or_nothing(town: Town) -> None:
    made = await town.notice()
    at = f"{DOCS}/{made['document']['id']}"
    assert code(await town.post("chuyen.vien", f"{at}/issue"), 409) == "directive-nothing-to-issue"
    whole = await town.ready(of(made, "Giao thông"))
    bare = await town.act(of(made, "Thông tin"), "accept")
    refused = await town.post("chuyen.vien", f"{at}/issue")
    assert code(refused, 422) == "directive-incomplete"
    [lacking] = refused.json()["candidates"]
    assert lacking["candidate_id"] == bare["id"] and set(lacking["missing"]) >= {"person", "time"}
    assert (await town.get("chuyen.vien", f"{API}/directives?document={made['document']['id']}"))[
        "items"
    ] == []
    open_one = of(made, "thường xuyên")
    answer = await town.post("chuyen.vien", f"{at}/issue", {"candidate_ids": [open_one["id"]]})
    assert code(answer, 409) == "candidate-act-refused"
    assert code(await town.post("chuyen.vien", f"{at}/issue", {"candidate_ids": [10**9]}), 404) == "not-found"
    future = {"candidate_ids": [whole["id"]], "given_on": LATER}
    assert code(await town.post("chuyen.vien", f"{at}/issue", future), 400) == "invalid-request"
    itself = {"candidate_ids": [whole["id"]], "monitor_org": town.orgs["works"]}
    assert code(await town.post("chuyen.vien", f"{at}/issue", itself), 400) == "invalid-request"
    key = uuid.uuid4().hex
    body = {"candidate_ids": [whole["id"]]}
    first = await town.post("chuyen.vien", f"{at}/issue", body, key=key)
    assert first.status_code == 201, first.text
    repeated = await town.post("chuyen.vien", f"{at}/issue", body, key=key)
    assert repeated.json() == first.json(), "the same request again gives nothing twice"
    assert code(await town.post("chuyen.vien", f"{at}/issue", body), 409) == "candidate-act-refused"
    [directive] = first.json()["directives"]
    assert directive["given_by"] == "Nguyễn Văn An" and directive["given_on"] == "2018-09-05"
    [task] = directive["tasks"]
    row = await town.get("xay.dung", f"{API}/tasks/{task['id']}")
    assert row["owner"]["name"] == "Sở Xây dựng" and row["source"] == {
        "kind": "directive",
        "id": str(directive["id"]),
    }
    assert row["by_document"] == made["document"]["number"]
    assert [each["name"] for each in row["coop"]] == ["Công an tỉnh"]
    assert code(await town.post("chuyen.vien", f"{at}/acts", {"do": {"act": "withdraw", "reason": "x"}},
                                version=2), 409) == "document-act-refused"  # fmt: skip


async def test_a_unit_beyond_the_askers_gets_nothing(town: Town) -> None:
    text = NOTICE.format(number="3/TB", word=uuid.uuid4().hex)
    made = (
        await town.post("nguoi.la", DOCS, {"text": text, "issued_on": "2018-09-05", "signatory": "B"})
    ).json()
    one = of(made, "Giao thông")
    for act in ({"act": "correct", "due": {"precision": "day", "on": LATER}, "product": "Báo cáo"},
                {"act": "accept"}):  # fmt: skip
        answer = await town.post(
            "nguoi.la", f"{API}/directive-candidates/{one['id']}/acts", {"do": act}, version=one["version"]
        )
        [one] = answer.json()["candidates"]
    refused = await town.post("nguoi.la", f"{DOCS}/{made['document']['id']}/issue")
    assert code(refused, 403) == "directive-unit-beyond"
    assert {each["vi"] for each in refused.json()["faults"]} == {"Sở Xây dựng", "Công an tỉnh"}


async def test_several_leads_fan_out_or_one_answers(town: Town) -> None:
    both = [town.orgs["works"], town.orgs["finance"]]
    made = await town.notice()
    one = await town.act(of(made, "Giao thông"), "correct", lead_orgs=both)
    assert "responsibility" in one["missing"]
    one = await town.ready(one, principal=town.orgs["finance"])
    at = f"{DOCS}/{made['document']['id']}/issue"
    [single] = (await town.post("chuyen.vien", at)).json()["directives"]
    assert [each["org"]["name"] for each in single["tasks"]] == ["Sở Tài chính"]
    assert {each["name"] for each in single["lead"]} == {"Sở Tài chính", "Sở Xây dựng"}
    task = await town.get("chuyen.vien", f"{API}/tasks/{single['tasks'][0]['id']}")
    assert {each["name"] for each in task["coop"]} == {"Sở Xây dựng", "Công an tỉnh"}
    many = await town.ready(of(made, "các sở"), lead_orgs=both, fan_out=True)
    answer = await town.post("chuyen.vien", at, {"candidate_ids": [many["id"]]})
    [campaign] = answer.json()["directives"]
    assert len(campaign["tasks"]) == 2 and campaign["of"] == 2 and campaign["done"] == 0
    # A unit sees the directive and its own task; of the other's it knows that there is one.
    theirs = await town.get("xay.dung", f"{API}/directives/{campaign['id']}")
    assert [each["org"]["name"] for each in theirs["tasks"]] == ["Sở Xây dựng"]
    assert theirs["tasks_hidden"] == 1 and theirs["of"] == 1 and theirs["acts"] == []
    matrix = await town.get("chuyen.vien", f"{API}/directives/{campaign['id']}/matrix")
    assert {(each["org"]["name"], each["timeliness"]) for each in matrix["rows"]} == {
        ("Sở Xây dựng", "in_time"), ("Sở Tài chính", "in_time")
    }  # fmt: skip
    assert matrix["counts"] == {"in_time": 2} and matrix["hidden"] == 0


async def test_a_task_that_only_says_so_opens_no_directive(town: Town) -> None:
    directive = await town.issued()
    body = {"title": "Giả", "owner_org": town.orgs["stranger"], "due": {"precision": "none"},
            "source_kind": "directive", "source_id": str(directive["id"])}  # fmt: skip
    await town.post("nguoi.la", f"{API}/tasks", body)
    assert (await town.people["nguoi.la"].get(f"{API}/directives/{directive['id']}")).status_code == 404
    seen = await town.get("chuyen.vien", f"{API}/directives/{directive['id']}")
    assert len(seen["tasks"]) == 1


async def test_the_wording_is_kept_by_the_database(town: Town) -> None:
    directive = await town.issued()
    numbers = {"v": directive["id"], "d": directive["document"]["id"], "c": directive["candidate_id"]}
    for statement in (
        "UPDATE directive SET text = 'khác' WHERE id = %(v)s",
        "UPDATE directive SET span_end = 9 WHERE id = %(v)s",
        "UPDATE directive SET text_hash = 'x' WHERE id = %(v)s", "DELETE FROM directive WHERE id = %(v)s",
        "UPDATE directive SET replaces_id = 1 WHERE id = %(v)s",
        "TRUNCATE directive CASCADE", "UPDATE directive_document SET text = 'khác' WHERE id = %(d)s",
        "DELETE FROM directive_document WHERE id = %(d)s", "TRUNCATE directive_document CASCADE",
        "UPDATE candidate_verdict SET act = 'reject' WHERE candidate_id = %(c)s",
        "TRUNCATE candidate_verdict", "DELETE FROM candidate_verdict WHERE candidate_id = %(c)s",
        "DELETE FROM extraction_candidate WHERE id = %(c)s",
        "UPDATE extraction_run SET items = 0 WHERE document_id = %(d)s", "TRUNCATE extraction_run CASCADE",
        "UPDATE directive_party SET org_id = 1 WHERE directive_id = %(v)s", "TRUNCATE directive_party",
        "DELETE FROM directive_task WHERE directive_id = %(v)s", "TRUNCATE directive_task",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with town.site.house.db.transaction() as connection:
                await connection.execute(statement, numbers)
    async with town.site.house.db.transaction() as connection:
        verdict = await verify_log(connection, "directives")
        cursor = await connection.execute("SELECT subject, body FROM chain WHERE log = 'directives'")
        entries = await cursor.fetchall()
    assert verdict.sound and verdict.entries == len(entries)
    assert f"directive:{directive['id']}" in {subject for subject, _ in entries}
    assert not any("đèn tín hiệu" in body for _, body in entries), "no wording stands in the log"


async def test_chains_replacing_links_and_review(town: Town) -> None:
    number = f"{uuid.uuid4().int % 10**6}-TB/TU"
    first = await town.issued(number)
    text = (
        f"THÔNG BÁO\nThực hiện Thông báo số {number} ngày 05/9/2018, giao Sở Giao thông vận tải tiếp tục lập "
        f"kế hoạch lắp đặt đèn tín hiệu {uuid.uuid4().hex}."
    )
    body = {"text": text, "number": "9/TB-UBND", "issued_on": "2019-01-10", "signatory": "Nguyễn Văn An"}
    made = (await town.post("chuyen.vien", DOCS, body)).json()
    shown = await town.get("chuyen.vien", f"{DOCS}/{made['document']['id']}")
    assert [each["document_id"] for each in shown["references"]] == [first["document"]["id"]]
    one = await town.ready(made["candidates"][0], due={"precision": "open", "text": "thường xuyên"})
    issued = await town.post("chuyen.vien", f"{DOCS}/{made['document']['id']}/issue")
    [second] = issued.json()["directives"]
    acts = f"{API}/directives/{second['id']}/acts"
    if second["follows"] is None:  # the engine did not name it: a person links it
        link = {"act": "follow", "directive_id": first["id"]}
        second = (await town.post("chuyen.vien", acts, {"do": link}, version=second["version"])).json()
    assert second["follows"]["id"] == first["id"] and second["first_given_on"] == "2018-09-05"
    assert second["age_days"] > 2000 and second["chain"] == [first["id"]]
    back = await town.get("chuyen.vien", f"{API}/directives/{first['id']}")
    assert [each["id"] for each in back["repeated_by"]] == [second["id"]]
    version = second["version"]
    theirs = f"{API}/directives/{first['id']}/acts"
    link = {"act": "follow", "directive_id": second["id"]}
    ring = await town.post("chuyen.vien", theirs, {"do": link}, version=1)
    assert code(ring, 409) == "directive-act-refused" and ring.json()["hindrance"] == "ring"
    no_end = await town.post(
        "chuyen.vien", theirs, {"do": {"act": "review", "text": "x", "review_on": LATER}}, version=1
    )
    assert no_end.json()["hindrance"] == "has_end"
    other = await town.issued()
    early = await town.post("chuyen.vien", f"{API}/directives/{other['id']}/acts", {"do": link}, version=1)
    assert early.json()["hindrance"] == "later"
    # Ongoing: the next look is forced, and moves the task's too.
    assert second["review_on"] and second["due"]["precision"] == "open" and "review" in second["acts"]
    look = {"do": {"act": "review", "text": "Đang làm tốt", "review_on": LATER}}
    for who, status in (("xay.dung", 403), ("nguoi.la", 404)):
        assert (await town.post(who, acts, look, version=version)).status_code == status
    looked = (await town.post("chuyen.vien", acts, look, version=version)).json()
    assert looked["review_on"] == LATER and looked["tasks"][0]["review_at"] is not None
    links = [
        {"kind": "project", "ref": "3", "title": "Camera giám sát"},
        {"kind": "document", "ref": str(first["document"]["id"])},
    ]
    for link in links:
        looked = (
            await town.post("chuyen.vien", acts, {"do": {"act": "link"} | link}, version=looked["version"])
        ).json()
    assert [(each["kind"], each["title"]) for each in looked["links"]] == [
        ("document", f"Thông báo {number}"), ("project", "Camera giám sát")
    ]  # fmt: skip
    unknown = {"act": "link", "kind": "document", "ref": "999999"}
    assert code(await town.post("chuyen.vien", acts, {"do": unknown}, version=looked["version"]), 404)
    gone = {"act": "unlink", "kind": "project", "ref": "3"}
    looked = (await town.post("chuyen.vien", acts, {"do": gone}, version=looked["version"])).json()
    assert [each["kind"] for each in looked["links"]] == ["document"]
    assert (
        code(await town.post("chuyen.vien", acts, {"do": gone}, version=looked["version"]), 404)
        == "not-found"
    )
    assert one["state"] == "accepted"


async def test_a_corrected_notice_replaces_a_directive(town: Town) -> None:
    old = await town.issued()
    made = await town.notice("77/TB-ĐC")
    one = await town.ready(of(made, "Giao thông"), product="Kế hoạch đã đính chính")
    acts = f"{API}/directives/{old['id']}/acts"
    act = {"do": {"act": "replace", "candidate_id": one["id"], "text": "Đính chính"}}
    answer = await town.post("chuyen.vien", acts, act, version=old["version"])
    assert answer.status_code == 200, answer.text
    new = answer.json()
    assert new["replaces"]["id"] == old["id"] and new["product"] == "Kế hoạch đã đính chính"
    back = await town.get("chuyen.vien", f"{API}/directives/{old['id']}")
    assert back["replaced_by"]["id"] == new["id"] and back["text"] == old["text"]
    assert [each["state"] for each in back["tasks"]] == ["cancelled"] and (back["done"], back["of"]) == (0, 0)
    assert {"replace", "review"}.isdisjoint(back["acts"])
    more = await town.ready(of(made, "thường xuyên"))
    again = {"do": {"act": "replace", "candidate_id": more["id"], "text": "x"}}
    refused = await town.post("chuyen.vien", acts, again, version=back["version"])
    assert code(refused, 409) == "directive-act-refused" and refused.json()["hindrance"] == "replaced"
    stale = await town.post("chuyen.vien", acts, again, version=1)
    assert code(stale, 409) == "version-conflict"


async def test_work_is_followed_to_its_evidence_in_list_and_matrix(town: Town) -> None:
    directive = await town.issued()
    task = directive["tasks"][0]
    path = f"{API}/tasks/{task['id']}/acts"
    row = await town.get("xay.dung", f"{API}/tasks/{task['id']}")
    report = {"do": {"act": "report", "text": "Đã lập kế hoạch", "product": "12/KH-SXD"}}
    row = (await town.post("xay.dung", path, report, version=row["version"])).json()
    accept = {"do": {"act": "accept_partly", "text": "Còn thiếu phụ lục", "rest": "Bổ sung phụ lục",
                     "due": {"precision": "day", "on": LATER}}}  # fmt: skip
    assert (await town.post("chuyen.vien", path, accept, version=row["version"])).status_code == 200
    matrix = await town.get("chuyen.vien", f"{API}/directives/{directive['id']}/matrix")
    assert [(each["rest"], each["state"], each["text"]) for each in matrix["rows"]] == [
        (False, "accepted", "Đã lập kế hoạch"), (True, "new", "")
    ]  # fmt: skip
    assert (matrix["done"], matrix["of"]) == (1, 2), "what is left of it counts as not done"
    late = f"{API}/directives?document={directive['document']['id']}"
    for wanted, number in (
        ("&timeliness=done_on_time", 1), ("&timeliness=overdue", 0), ("&band=>120", 0),
        (f"&unit={town.orgs['works']}", 1), (f"&unit={town.orgs['finance']}", 0),
        ("&leader=Nguyễn Văn An", 1), ("&q=den tin hieu", 1), ("&review=true", 0),
    ):  # fmt: skip
        assert len((await town.get("chuyen.vien", late + wanted))["items"]) == number, wanted
    assert code(await town.people["chuyen.vien"].get(late + "&timeliness=lat"), 400) == "invalid-request"
    assert code(await town.people["chuyen.vien"].get(late + "&band=7"), 400) == "invalid-request"
    # An overdue one shows in its band.
    old = await town.issued(due={"precision": "day", "on": "2020-01-05"})
    here = f"{API}/directives?document={old['document']['id']}"
    assert len((await town.get("chuyen.vien", here + "&band=>120&timeliness=overdue"))["items"]) == 1
