"""Documents through the API: what is taken, what is refused, and who sees it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from email.message import EmailMessage

import httpx
from tests.integration.web.directives.conftest import API, DOCS, NOTICE, Town, code, of

from haidang.documents.press import printed
from haidang.documents.report import Paragraph, Report


async def test_a_document_is_registered_once_with_what_was_read(town: Town) -> None:
    made = await town.notice("1412-TB/TU")
    document, candidates = made["document"], made["candidates"]
    assert document["state"] == "read" and document["kind_vi"] == "Thông báo"
    assert document["candidates"] == {"open": len(candidates), "accepted": 0, "rejected": 0}
    text = (await town.get("chuyen.vien", f"{DOCS}/{document['id']}"))["text"]
    assert candidates and all(text[each["start"] : each["end"]] == each["text"] for each in candidates)
    again = await town.post("chuyen.vien", DOCS, {"text": text})
    assert code(again, 409) == "document-known" and again.json()["document_id"] == document["id"]
    # Another unit may have the same paper; it knows nothing of this one.
    theirs = await town.post("nguoi.la", DOCS, {"text": text})
    assert theirs.status_code == 201 and theirs.json()["document"]["owner"]["name"] == "Tổng công ty Trắng"
    listed = await town.get("nguoi.la", DOCS)
    assert [each["id"] for each in listed["items"]] == [theirs.json()["document"]["id"]]
    listed = await town.get("chuyen.vien", f"{DOCS}?q=1412-tb&state=read&kind=thông báo")
    assert document["id"] in {each["id"] for each in listed["items"]}


async def test_what_cannot_be_registered_is_refused(town: Town) -> None:
    for body in (
        {"text": "  \n"}, {"text": "a\u0000b"}, {}, {"reference_only": {}}, {"text": "x", "kind": "thơ"},
        {"text": "x", "readers": [town.orgs["works"]]}, {"text": "x", "owner": 1},
    ):  # fmt: skip
        assert code(await town.post("chuyen.vien", DOCS, body), 400) == "invalid-request", body
    assert code(await town.post("chuyen.vien", DOCS, {"text": "a" * 600_001}), 413) == "document-too-long"
    assert code(await town.post("chuyen.vien", DOCS, {"text": "x", "meeting_id": 10**9}), 404) == "not-found"
    assert code(await town.post("xay.dung", DOCS, {"text": "x"}), 403) == "forbidden"
    over = {"text": "x", "owner_org": town.orgs["office"]}
    assert code(await town.post("nguoi.la", DOCS, over), 403) == "forbidden"


async def test_a_file_is_read_kept_and_given_back(town: Town) -> None:
    content = NOTICE.format(number="9/TB", word=uuid.uuid4().hex).encode()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    path = f"{DOCS}?name=ket-luan.txt&issued_on=2018-09-05"
    made = await town.people["chuyen.vien"].post(path, content=content, headers=headers)
    assert made.status_code == 201, made.text
    document = made.json()["document"]
    assert document["file"]["name"] == "ket-luan.txt" and document["issued_on"] == "2018-09-05"
    file = await town.people["chuyen.vien"].get(f"{DOCS}/{document['id']}/file")
    assert file.content == content and "attachment" in file.headers["content-disposition"]
    secret = await town.people["chuyen.vien"].post(
        f"{DOCS}?name=mat.txt&secrecy=secret", content=content, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    assert code(secret, 409) == "document-secret"
    known = await town.people["chuyen.vien"].post(
        path, content=content, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    assert code(known, 409) == "document-known"


async def test_every_kind_of_file_is_read_and_what_could_do_harm_is_not(town: Town) -> None:
    order = "Giao Sở Xây dựng báo cáo tiến độ trước ngày 20/10/2030."
    report = Report(
        title="Thông báo", subtitle="Kết luận", agency="UBND tỉnh", place="Bắc Ninh", day=date(2026, 3, 1),
        made_at=datetime(2026, 3, 1, tzinfo=UTC), blocks=(Paragraph(text=order),),
    )  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "vp@example.org", "Chuyển thông báo"
    mail.set_content(order)
    files = {
        "a.docx": await printed(report, "docx"),
        "a.pdf": await printed(report, "pdf"),
        "a.html": f"<html><body><p>{order}</p><script>alert(1)</script></body></html>".encode(),
        "a.eml": mail.as_bytes(),
        "a.txt": order.encode(),
    }
    for name, content in files.items():
        made = await send(town, name, content)
        assert made.status_code == 201, (name, made.text)
        [one] = made.json()["candidates"]
        assert one["lead"][0]["orgs"][0]["name"] == "Sở Xây dựng" and one["due"]["on"] == "2030-10-20", name
        file = await town.people["chuyen.vien"].get(f"{DOCS}/{made.json()['document']['id']}/file")
        assert file.content == content, name
    harm = {"b.docx": b"PK\x03\x04 nothing", "b.exe": bytes(range(256)), "b.pdf": b"%PDF-1.7 nothing"}
    for name, content in harm.items():
        assert (await send(town, name, content)).status_code == 422, name


async def send(town: Town, name: str, content: bytes) -> httpx.Response:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    return await town.people["chuyen.vien"].post(f"{DOCS}?name={name}", content=content, headers=headers)


async def test_secret_documents_are_a_reference_only(town: Town) -> None:
    assert (
        code(await town.post("chuyen.vien", DOCS, {"text": "x", "secrecy": "secret"}), 409)
        == "document-secret"
    )
    both = {"text": "x", "reference_only": {"number": "1", "secrecy": "secret"}}
    assert code(await town.post("chuyen.vien", DOCS, both), 409) == "document-secret"
    reference = {"number": "05-TM/TU", "issued_on": "2026-01-05", "secrecy": "secret", "issuer": "Tỉnh ủy"}
    made = await town.post("chuyen.vien", DOCS, {"reference_only": reference})
    assert made.status_code == 201, made.text
    document = made.json()["document"]
    assert document["reference_only"] and made.json()["candidates"] == []
    at = f"{DOCS}/{document['id']}"
    for path, body in (("/candidates", {"start": 0, "end": 3}), ("/issue", {}), ("/read", {})):
        assert code(await town.post("chuyen.vien", at + path, body), 409) == "document-secret"
    assert (await town.people["chuyen.vien"].get(at + "/file")).status_code == 404
    # Not even for a reader of the whole office who does not register.
    assert (await town.people["xem"].get(at)).status_code == 404
    # The mark holds wherever it is said, and not twice in two ways.
    beside = {"reference_only": {"number": "06-TM/TU"}, "secrecy": "secret"}
    made = await town.post("chuyen.vien", DOCS, beside)
    assert made.json()["document"]["secrecy"] == "secret", made.text
    twice = {"reference_only": {"number": "07-TM/TU", "secrecy": "normal"}, "secrecy": "secret"}
    assert code(await town.post("chuyen.vien", DOCS, twice), 400) == "invalid-request"
    # What has a text cannot be made secret: it is stored already.
    row = (await town.notice())["document"]
    answer = await town.patch("chuyen.vien", f"{DOCS}/{row['id']}", {"secrecy": "secret"}, row["version"])
    assert code(answer, 409) == "document-secret"


async def test_a_repeat_of_a_registration_gets_its_answer(town: Town) -> None:
    """A client that lost the answer must not hear that somebody else was quicker."""
    key, body = uuid.uuid4().hex, {"text": f"Giao Sở Xây dựng báo cáo {uuid.uuid4().hex}."}
    first, again = [await town.post("chuyen.vien", DOCS, body, key=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert first.json() == again.json()
    key, content = uuid.uuid4().hex, f"Giao Sở Xây dựng {uuid.uuid4().hex}.".encode()
    for name, status in (("a.txt", 201), ("a.txt", 201), ("b.txt", 422)):
        answer = await town.people["chuyen.vien"].post(
            f"{DOCS}?name={name}", content=content, headers={"Idempotency-Key": key}
        )
        assert answer.status_code == status, answer.text


async def test_restricted_is_for_the_named_units_only(town: Town) -> None:
    made = await town.notice(secrecy="restricted", readers=[town.orgs["finance"]])
    at = f"{DOCS}/{made['document']['id']}"
    assert (await town.people["tai.chinh"].get(at)).status_code == 200
    for who in ("xem", "xay.dung", "nguoi.la"):
        assert (await town.people[who].get(at)).status_code == 404, who
        assert made["document"]["number"] not in (await town.people[who].get(DOCS)).text
    one = await town.ready(of(made, "Giao thông"), cooperating_orgs=[])
    refused = await town.post("chuyen.vien", f"{at}/issue", {"candidate_ids": [one["id"]]})
    assert code(refused, 422) == "directive-unit-not-named"
    row = made["document"]
    body = {"readers": [town.orgs["finance"], town.orgs["works"]]}
    named = await town.patch("chuyen.vien", at, body, row["version"])
    assert named.status_code == 200 and len(named.json()["readers"]) == 2, named.text
    issued = await town.post("chuyen.vien", f"{at}/issue", {"candidate_ids": [one["id"]]})
    assert issued.status_code == 201, issued.text
    number = issued.json()["directives"][0]["id"]
    assert (await town.people["xay.dung"].get(f"{API}/directives/{number}")).status_code == 200
    assert await told(town, "directive", number) == {
        town.orgs["office"], town.orgs["finance"], town.orgs["works"]
    }, "only who may see it hears of it"  # fmt: skip
    assert (await town.people["xem"].get(f"{API}/directives/{number}")).status_code == 404
    task = await town.get("xem", f"{API}/tasks/{issued.json()['tasks'][0]}")
    assert task["title"].startswith("Nhiệm vụ theo văn bản hạn chế")
    words = one["action"].lower()
    for path in (f"tasks/{task['id']}", "tasks", "boards/brief", "boards/tasks"):
        assert words not in (await town.people["xem"].get(f"{API}/{path}")).text.lower(), path


async def test_a_document_is_seen_by_a_unit_once_it_names_it(town: Town) -> None:
    made = await town.notice()
    at = f"{DOCS}/{made['document']['id']}"
    assert (await town.people["xay.dung"].get(at)).status_code == 404
    one = await town.ready(of(made, "Giao thông"))
    issued = await town.post("chuyen.vien", f"{at}/issue", {"candidate_ids": [one["id"]]})
    number = issued.json()["directives"][0]["id"]
    seen = await town.get("xay.dung", at)
    assert seen["text"] and seen["candidates"] == [] and seen["runs"] == [] and seen["acts"] == []
    assert [each["id"] for each in seen["directives"]] == [number]
    for who in ("tai.chinh", "nguoi.la"):
        assert (await town.people[who].get(at)).status_code == 404
        assert (await town.people[who].get(f"{API}/directives/{number}")).status_code == 404
        assert (await town.people[who].get(f"{API}/directives/{number}/matrix")).status_code == 404
        mine = await town.get(who, f"{API}/directives?document={made['document']['id']}")
        assert mine["items"] == []
    # A task that is transferred takes the sight of its directive along.
    task = issued.json()["directives"][0]["tasks"][0]
    act = {
        "act": "transfer",
        "owner_org": town.orgs["finance"],
        "text": "Đúng thẩm quyền",
        "document": "9/CV",
    }
    moved = await town.post(
        "chuyen.vien", f"{API}/tasks/{task['id']}/acts", {"do": act}, version=task["version"]
    )
    assert moved.status_code == 200, moved.text
    assert (await town.people["tai.chinh"].get(at)).status_code == 200


async def test_metadata_changes_and_withdrawal(town: Town) -> None:
    made = await town.notice()
    row, at = made["document"], f"{DOCS}/{made['document']['id']}"
    assert code(await town.patch("chuyen.vien", at, {"number": "7/TB"}, None), 428) == "version-missing"
    changed = await town.patch("chuyen.vien", at, {"number": "7/TB", "issued_on": None}, row["version"])
    assert (changed.json()["number"], changed.json()["issued_on_certain"]) == ("7/TB", False)
    stale = await town.patch("chuyen.vien", at, {"number": "8/TB"}, row["version"])
    assert code(stale, 409) == "version-conflict"
    assert code(await town.patch("xem", at, {"number": "8/TB"}, 2), 403) == "forbidden"
    act = {"do": {"act": "withdraw", "reason": "Nhầm bản dự thảo"}}
    gone = await town.post("chuyen.vien", f"{at}/acts", act, version=2)
    assert gone.status_code == 200 and gone.json()["state"] == "withdrawn" and gone.json()["acts"] == []
    for path, body in (("/read", {}), ("/issue", {}), ("/candidates", {"start": 0, "end": 9})):
        assert code(await town.post("chuyen.vien", at + path, body), 409) == "document-act-refused"
    text = gone.json()["text"]
    assert (await town.post("chuyen.vien", DOCS, {"text": text})).status_code == 201, (
        "it can be registered anew"
    )


async def test_meetings_are_shared_by_their_documents(town: Town) -> None:
    body = {"title": "Họp Ban Chỉ đạo", "held_on": "2026-03-01", "chair": "Chủ tịch UBND tỉnh"}
    made = await town.post("chuyen.vien", f"{API}/meetings", body)
    assert made.status_code == 201, made.text
    meeting = made.json()
    at = f"{API}/meetings/{meeting['id']}"
    for who in ("xay.dung", "nguoi.la"):
        assert (await town.people[who].get(at)).status_code == 404
    assert code(await town.post("xay.dung", f"{API}/meetings", body), 403) == "forbidden"
    assert code(await town.patch("xem", at, {"title": "Khác"}, 1), 403) == "forbidden"
    assert code(await town.patch("chuyen.vien", at, {"title": "Khác"}, None), 428) == "version-missing"
    changed = await town.patch("chuyen.vien", at, {"invitation_no": "683/GM-UBND"}, 1)
    assert changed.json()["invitation_no"] == "683/GM-UBND" and changed.json()["version"] == 2
    assert code(await town.patch("chuyen.vien", at, {"title": "Khác"}, 1), 409) == "version-conflict"
    assert code(await town.patch("chuyen.vien", at, {"readers": [town.orgs["works"]]}, 2), 400)
    notice = await town.notice(meeting_id=meeting["id"])
    one = await town.ready(of(notice, "Giao thông"))
    await town.post("chuyen.vien", f"{DOCS}/{notice['document']['id']}/issue", {"candidate_ids": [one["id"]]})
    seen = await town.get("xay.dung", at)
    assert [each["id"] for each in seen["document_rows"]] == [notice["document"]["id"]] and seen["acts"] == []
    listed = await town.get("chuyen.vien", f"{API}/meetings?q=hop ban chi dao")
    assert [each["id"] for each in listed["items"]] == [meeting["id"]]
    mine = await town.get("chuyen.vien", f"{API}/directives?meeting={meeting['id']}")
    assert len(mine["items"]) == 1


async def test_a_text_that_turns_out_to_be_secret_is_taken_away(town: Town) -> None:
    word = f"Hồng{uuid.uuid4().hex}"
    content = (
        f"Giao Sở Xây dựng đào hầm {word}, phối hợp với Công an tỉnh. Giao Sở Tài chính cấp tiền.".encode()
    )
    made = await town.people["chuyen.vien"].post(
        f"{DOCS}?name=ham.txt", content=content, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    document, one = made.json()["document"], made.json()["candidates"][0]
    at = f"{DOCS}/{document['id']}"
    await town.act(one, "correct", action=f"đào {word}")
    files = town.site.settings.data_dir / "directives"
    assert any(path.read_bytes() == content for path in files.rglob("*") if path.is_file())
    act = {"do": {"act": "make_secret", "reason": "Độ mật: Tối mật"}}
    assert (await town.post("xay.dung", f"{at}/acts", act, version=1)).status_code in {403, 404}
    done = await town.post("chuyen.vien", f"{at}/acts", act, version=1)
    assert done.status_code == 200, done.text
    row = done.json()
    assert (
        row["secrecy"] == "secret" and row["text"] is None and row["candidates"] == [] and row["file"] is None
    )
    assert code(await town.post("chuyen.vien", f"{at}/acts", act, version=2), 409) == "document-act-refused"
    assert not any(path.read_bytes() == content for path in files.rglob("*") if path.is_file())
    # Nowhere in the database is a word of it, neither in rows nor in the answers kept for repeated requests.
    async with town.site.house.db.transaction() as connection:
        for table in ("directive_document", "extraction_candidate", "candidate_verdict", "extraction_run",
                      "document_reference", "idempotency", "chain", "event_inbox", "change"):  # fmt: skip
            cursor = await connection.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", (f"%{word}%",)
            )
            assert await cursor.fetchall() == [(0,)], table
    issued = await town.issued()
    late = f"{DOCS}/{issued['document']['id']}"
    version = (await town.get("chuyen.vien", late))["version"]
    assert code(await town.post("chuyen.vien", f"{late}/acts", act, version=version), 409)


async def test_whoever_is_limited_to_a_sector_or_an_area_sees_no_more(town: Town) -> None:
    await town.person("giao.thong", "office", "viewer", "root", sector="transport")
    await town.person("dia.ban", "office", "viewer", "root", area_code="24")
    roads = await town.issued(field="transport")
    money = await town.issued(field="finance")
    seen = {each["id"] for each in (await town.get("giao.thong", f"{API}/directives?limit=200"))["items"]}
    assert roads["id"] in seen and money["id"] not in seen
    assert (await town.people["giao.thong"].get(f"{API}/directives/{money['id']}")).status_code == 404
    listed = await town.get("giao.thong", f"{DOCS}?limit=200")
    assert [each["id"] for each in listed["items"]] == [roads["document"]["id"]]
    assert (await town.get("dia.ban", f"{API}/directives"))["items"] == []
    assert (await town.get("dia.ban", DOCS))["items"] == []


async def told(town: Town, thing: str, number: int) -> set[int]:
    """Return the units that the house's log tells of a thing, be it handed to the writer or not yet."""
    async with town.site.house.db.transaction() as connection:
        cursor = await connection.execute(
            "SELECT body FROM event_inbox WHERE topic = 'directives' AND ref = %(ref)s "
            "UNION ALL SELECT j->'body' FROM change WHERE kind = 9 AND j->>'topic' = 'directives' "
            "AND j->>'ref' = %(ref)s",
            {"ref": f"{thing}:{number}"},
        )
        return {org for (body,) in await cursor.fetchall() for org in body["orgs"]}
