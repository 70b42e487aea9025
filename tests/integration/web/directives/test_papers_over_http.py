"""Counts and papers over HTTP: files with names and types of their own, numbers that are given once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from tests.integration.web.directives.conftest import API, Town, code
from tests.unit.documents.pdf_reading import pages

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"docx": (WORD, b"PK"), "pdf": ("application/pdf", b"%PDF"), "xlsx": (SHEET, b"PK")}


async def test_an_office_counts_what_it_has_issued(town: Town) -> None:
    before = (await town.get("chuyen.vien", f"{API}/directive-counts"))["total"]["given"]
    directive = await town.issued()
    everything = await town.get("chuyen.vien", f"{API}/directive-counts?by=unit&reading=current")
    given = sum(line["counts"]["given"] for line in everything["lines"])
    assert everything["total"]["given"] == given == before + directive["of"]
    assert everything["total"]["reconciles"] and everything["total"]["on_time_rate"] is None
    one = await town.get("chuyen.vien", f"{API}/directive-counts?document={directive['document']['id']}")
    assert one["total"]["given"] == directive["of"]
    for query in (
        "by=colour",
        "reading=tomorrow",
        "since=1800-01-01",
        "since=2026-02-02&until=2026-02-01",
        "unit=0",
    ):
        answer = await town.people["chuyen.vien"].get(f"{API}/directive-counts?{query}")
        assert answer.status_code in {400, 422}, query


@pytest.mark.parametrize("kind", ["weekly", "monthly"])
async def test_reports_are_files(town: Town, kind: str) -> None:
    await town.issued()
    client = town.people["chuyen.vien"]
    for form, (media, start) in FORMS.items():
        answer = await client.get(f"{API}/directive-reports/{kind}", params={"format": form})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == media and answer.content.startswith(start)
        assert answer.headers["content-disposition"].endswith(f'.{form}"')
        assert answer.headers["cache-control"] == "no-store"
    found = await town.get("chuyen.vien", f"{API}/directive-reports/{kind}")
    assert found["reconciles"] and found["issued"] is None and found["figures"]["new"] > 0
    assert (await client.get(f"{API}/directive-reports/yearly")).status_code in {400, 404, 422}


async def test_issuing_twice_with_one_key_gives_one_number(town: Town) -> None:
    await town.issued()
    body, key = {"kind": "weekly"}, uuid.uuid4().hex
    first, again = [
        await town.post("chuyen.vien", f"{API}/directive-reports", body, key=key) for _ in range(2)
    ]
    assert first.status_code == 201 and first.json() == again.json()
    row = first.json()
    items = (await town.get("chuyen.vien", f"{API}/directive-reports"))["items"]
    assert [each["number"] for each in items].count(row["number"]) == 1
    path = f"{API}/directive-reports/issued/{row['id']}"
    kept = await town.get("chuyen.vien", path)
    assert kept["issued"]["sha256"] == row["sha256"] and kept["reconciles"]
    client = town.people["chuyen.vien"]
    files = [(await client.get(path, params={"format": "pdf"})).content for _ in range(2)]
    assert files[0] == files[1], "an issued report is produced again as it was"
    number = row["number"].partition("/")
    assert any(
        f"{number[0]}/{number[2]}" in page.replace("\n", "").replace(" ", "") for page in pages(files[0])[:1]
    )


async def test_the_morning_is_one_page(town: Town) -> None:
    await town.issued()
    answer = await town.people["chuyen.vien"].get(
        f"{API}/directive-brief", params={"leader": "", "format": "pdf"}
    )
    assert answer.status_code == 200, answer.text
    assert len(pages(answer.content)) == 1
    found = await town.get("chuyen.vien", f"{API}/directive-brief?leader=&format=json")
    board = await town.get("chuyen.vien", f"{API}/boards/brief?leader=")
    assert found["total"] == board["total"], "paper and screen say the same"


async def test_letters_are_refused_where_nothing_is_owed(town: Town) -> None:
    await town.issued()
    path = f"{API}/directive-letters"
    org = town.orgs["works"]
    assert code(await town.post("chuyen.vien", path, {"org": org}), 409) == "directive-letter-nothing"
    assert (await town.get("chuyen.vien", f"{path}/due"))["items"] == []
    faulty: list[Any] = [
        {"org": org, "task_ids": []},
        {"org": 0},
        {"org": org, "task_ids": [2**40]},
        {"unit": org},
    ]
    for body in faulty:
        assert (await town.post("chuyen.vien", path, body)).status_code in {400, 403, 422}, body
    assert (await town.get("chuyen.vien", path))["items"] == []


async def test_published_figures_are_checked_and_not_repaired(town: Town) -> None:
    parts = [{"name": "trong hạn", "number": 2065}, {"name": "quá hạn", "number": 348}]
    says = {"says": "sum", "whole": {"name": "chưa hoàn thành", "number": 2414}, "parts": parts}
    answer = await town.post(
        "chuyen.vien", f"{API}/directive-counts/check", {"source": "HP", "statements": [says]}
    )
    [finding] = answer.json()["findings"]
    assert (finding["code"], finding["difference"]) == ("missing", 1)
