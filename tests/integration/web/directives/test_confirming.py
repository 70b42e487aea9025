"""Confirming through the API: whom names mean, every act on a proposal, and what refuses it."""

from __future__ import annotations

import asyncio

from tests.integration.web.directives.conftest import API, DOCS, LATER, Town, code, of


async def test_names_of_another_day_mean_units_of_today(town: Town) -> None:
    made = await town.notice()
    [party] = of(made, "Giao thông")["lead"]
    assert [(each["name"], each["via"]["kind"], each["via"]["from_name"]) for each in party["orgs"]] == [
        ("Sở Xây dựng", "merged", "Sở Giao thông vận tải")
    ]
    assert not party["choice_needed"] and party["orgs"][0]["via"]["on_date"] == "2025-03-01"
    [split] = of(made, "Thông tin")["lead"]
    assert split["choice_needed"] and {each["name"] for each in split["orgs"]} == {
        "Sở Khoa học và Công nghệ", "Công an tỉnh"
    }  # fmt: skip
    assert "person" in of(made, "Thông tin")["missing"]
    everybody = of(made, "các sở")
    assert everybody["fan_out"] and "Sở Xây dựng" in [each["name"] for each in everybody["lead"][0]["orgs"]]
    assert "Sở Giao thông vận tải" not in [each["name"] for each in everybody["lead"][0]["orgs"]]
    districts = of(made, "quận, huyện")
    assert districts["lead"][0]["choice_needed"] and "01/07/2025" in districts["lead"][0]["hint"]["vi"]


async def test_a_group_of_the_site_holds_from_its_day(town: Town) -> None:
    groups = f"{API}/directive-groups"
    body = {"name": "Tổ công tác liên ngành", "members": [town.orgs["works"], town.orgs["finance"]],
            "valid_from": "2026-01-01", "decision": "QĐ 12/QĐ-UBND"}  # fmt: skip
    assert (await town.post("chuyen.vien", groups, body)).status_code == 201
    assert code(await town.post("chuyen.vien", groups, body), 409) == "directive-group-known"
    assert code(await town.post("nguoi.la", groups, body | {"valid_from": "2026-02-01"}), 403) == "forbidden"
    gone = body | {"members": [town.orgs["transport"]], "valid_from": "2026-03-01"}
    assert code(await town.post("chuyen.vien", groups, gone), 400) == "invalid-request"
    shown = await town.get("xay.dung", groups)
    assert {"departments", "communes", "districts"} <= {each["group"] for each in shown["items"]}
    [districts] = [each for each in shown["items"] if each["group"] == "districts"]
    assert districts["members"] == [] and districts["valid_to"] == "2025-07-01"


async def test_acts_on_candidates_and_what_refuses_them(town: Town) -> None:
    made = await town.notice()
    one = of(made, "Giao thông")
    path = f"{API}/directive-candidates/{one['id']}/acts"
    assert code(await town.post("chuyen.vien", path, {"do": {"act": "accept"}}), 428) == "version-missing"
    late = await town.post("chuyen.vien", path, {"do": {"act": "accept"}}, version=9)
    assert code(late, 409) == "version-conflict" and late.json()["current"] == 1
    again = await town.post("chuyen.vien", path, {"do": {"act": "reopen"}}, version=1)
    assert code(again, 409) == "candidate-act-refused" and again.json()["state"] == "open"
    for wrong in (
        {"text_span": [0, 10**7]}, {"text_span": [5, 5]}, {"lead_orgs": [10**8]}, {"assignee": 10**8},
        {"lead_orgs": [town.orgs["transport"]]}, {"due": {"precision": "day"}}, {"bogus": 1},
    ):  # fmt: skip
        answer = await town.post("chuyen.vien", path, {"do": {"act": "correct"} | wrong}, version=1)
        assert code(answer, 400) == "invalid-request", wrong
    assert code(await town.post("chuyen.vien", path, {"do": {"act": "reject", "reason": ""}}, version=1), 400)
    one = await town.act(one, "correct", action="lập kế hoạch", product="Kế hoạch")
    assert one["edited_fields"] == ["action", "product"] and one["state"] == "open"
    one = await town.act(one, "accept")
    assert one["state"] == "accepted" and one["missing"] == ["time"]
    one = await town.act(one, "reopen")
    one = await town.act(one, "reject", reason="Nhắc lại việc cũ")
    assert one["state"] == "rejected" and one["acts"] == ["reopen"]
    refused = await town.post("chuyen.vien", path, {"do": {"act": "accept"}}, version=one["version"])
    assert code(refused, 409) == "candidate-act-refused"
    said = await town.get("chuyen.vien", f"{API}/directive-candidates/{one['id']}/verdicts")
    assert [each["act"] for each in said["items"]] == ["correct", "accept", "reopen", "reject"]
    assert said["items"][0]["by"] == "Chuyen.Vien" and said["items"][3]["body"] == {
        "reason": "Nhắc lại việc cũ"
    }
    document = await town.get("chuyen.vien", f"{DOCS}/{made['document']['id']}")
    assert document["state"] == "confirming"
    for who, status in (("xay.dung", 403), ("xem", 403), ("nguoi.la", 404)):
        answer = await town.post(who, path, {"do": {"act": "reopen"}}, version=one["version"])
        assert answer.status_code == status, who


async def test_split_merge_and_add_by_hand(town: Town) -> None:
    made = await town.notice()
    at = f"{DOCS}/{made['document']['id']}"
    text = (await town.get("chuyen.vien", at))["text"]
    start, end = text.index("Giao Sở Tài chính"), text.index("bộ máy.") + len("bộ máy.")
    parts = [each for each in made["candidates"] if start <= each["start"] < end]
    if len(parts) > 1:
        merged = await town.post(
            "chuyen.vien", f"{at}/candidates/merge", {"ids": [each["id"] for each in parts]}
        )
        assert merged.status_code == 201, merged.text
        whole = merged.json()
    else:
        whole = parts[0]
    cut = text.index("giao Sở Nội vụ")
    path = f"{API}/directive-candidates/{whole['id']}/acts"
    for wrong in ([whole["start"]], [10**6], [cut, whole["end"] - 1]):
        answer = await town.post(
            "chuyen.vien", path, {"do": {"act": "split", "at": wrong}}, version=whole["version"]
        )
        assert code(answer, 400) == "invalid-request", wrong
    answer = await town.post(
        "chuyen.vien", path, {"do": {"act": "split", "at": [cut]}}, version=whole["version"]
    )
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["candidates"]
    assert first["text"].startswith("Giao Sở Tài chính") and second["text"].startswith("giao Sở Nội vụ")
    assert [each["name"] for each in second["lead"][0]["orgs"]] == ["Sở Nội vụ"]
    shown = await town.get("chuyen.vien", at)
    assert whole["id"] not in {each["id"] for each in shown["candidates"]}
    merged = await town.post("chuyen.vien", f"{at}/candidates/merge", {"ids": [first["id"], second["id"]]})
    assert merged.json()["text"] == text[first["start"] : second["end"]]
    again = await town.post("chuyen.vien", f"{at}/candidates/merge", {"ids": [first["id"], second["id"]]})
    assert code(again, 409) == "candidate-act-refused"
    other = await town.notice()
    mixed = [merged.json()["id"], other["candidates"][0]["id"]]
    assert code(await town.post("chuyen.vien", f"{at}/candidates/merge", {"ids": mixed}), 404) == "not-found"
    begun = text.index("Cuộc họp kết")
    span = {"start": begun, "end": len(text)}
    added = await town.post("chuyen.vien", f"{at}/candidates", span)
    assert added.status_code == 201 and added.json()["origin"] == "hand", added.text
    assert added.json()["text"] == "Cuộc họp kết thúc lúc 11 giờ."
    assert code(await town.post("chuyen.vien", f"{at}/candidates", span), 409) == "candidate-known"
    for wrong in ({"start": 5, "end": 5}, {"start": -1, "end": 5}, {"start": 0, "end": 10**7}):
        assert code(await town.post("chuyen.vien", f"{at}/candidates", wrong), 400) == "invalid-request"
    read = await town.post("chuyen.vien", f"{at}/read")
    assert read.status_code == 200 and len(read.json()["runs"]) == 2, read.text
    ids = {each["id"] for each in read.json()["candidates"]}
    assert {added.json()["id"], merged.json()["id"]} <= ids, "what people made stays"


async def test_two_people_at_once_one_wins(town: Town) -> None:
    one = of(await town.notice(), "Giao thông")
    path = f"{API}/directive-candidates/{one['id']}/acts"
    acts = ({"act": "accept"}, {"act": "reject", "reason": "không phải chỉ đạo"})
    answers = await asyncio.gather(
        *(
            town.post(who, path, {"do": act}, version=1)
            for who, act in zip(("chuyen.vien", "hai"), acts, strict=True)
        )
    )
    assert sorted(each.status_code for each in answers) == [200, 409]


async def test_accept_complete_fills_only_what_is_missing(town: Town) -> None:
    made = await town.notice()
    at = f"{DOCS}/{made['document']['id']}/accept-complete"
    assert code(await town.post("chuyen.vien", at, {"due": {"precision": "day"}}), 400) == "invalid-request"
    none = await town.post("chuyen.vien", at)
    taken = set(none.json()["accepted"])
    body = {"due": {"precision": "day", "on": LATER}, "product": "Báo cáo kết quả"}
    done = (await town.post("chuyen.vien", at, body)).json()
    accepted = {each["id"] for each in done["candidates"] if each["state"] == "accepted"}
    assert accepted == taken | set(done["accepted"]) and of(made, "Giao thông")["id"] in accepted
    # Whom a person must choose for stays open.
    left = [each for each in done["candidates"] if each["state"] == "open"]
    assert of(made, "quận, huyện")["id"] in {each["id"] for each in left}
    assert all({"person", "responsibility"} & set(each["missing"]) for each in left)
    issued = await town.post("chuyen.vien", f"{DOCS}/{made['document']['id']}/issue")
    assert len(issued.json()["directives"]) == len(accepted), issued.text


async def test_quality_comes_from_what_people_said(town: Town) -> None:
    before = (await town.get("chuyen.vien", f"{API}/directive-quality"))["all"]
    made = await town.notice()
    await town.ready(of(made, "Giao thông"))
    await town.act(of(made, "thường xuyên"), "reject", reason="không phải")
    text = (await town.get("chuyen.vien", f"{DOCS}/{made['document']['id']}"))["text"]
    begun = text.index("Cuộc họp kết")
    span = {"start": begun, "end": begun + 20}
    added = await town.post("chuyen.vien", f"{DOCS}/{made['document']['id']}/candidates", span)
    await town.ready(added.json(), lead_orgs=[town.orgs["works"]])
    after = await town.get("chuyen.vien", f"{API}/directive-quality")
    for word, more in (("found", 1), ("exact", 1), ("wrong", 1), ("missed", 1)):
        assert after["all"][word] == before[word] + more, word
    assert after["all"]["precision"]["in"] == after["all"]["found"] + after["all"]["wrong"]
    assert after["months"] and {"rule", "month", "precision"} <= set(after["rules"][0])
    nothing = await town.get("nguoi.la", f"{API}/directive-quality")
    assert nothing["all"]["missed"] == 0
    assert code(await town.people["xem"].get(f"{API}/directive-quality"), 403) == "forbidden"
    long = f"{API}/directive-quality?from=2001-01-01&to=2026-01-01"
    assert code(await town.people["chuyen.vien"].get(long), 400) == "invalid-request"
