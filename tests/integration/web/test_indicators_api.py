"""Indicators over HTTP: a form from the register to the lock by a workbook, repeats made harmless, limits
kept."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from tests.integration.indicators.test_workbooks import VALUE, filled
from tests.integration.web.conftest import Agency, Site

from haidang.indicators.service.desk import desk_of
from haidang.indicators.service.discipline import tick

API = "/api/v1/indicators"
METHOD = {"vi": "Đếm", "en": "Counted", "valid_from": "2021-01-01"}


def key(version: int | None = None) -> dict[str, str]:
    seen = {} if version is None else {"If-Match": f'"{version}"'}
    return {"Idempotency-Key": uuid.uuid4().hex} | seen


async def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


async def owing(site: Site, word: str) -> tuple[Agency, dict[str, Any]]:
    """An agency with a form of two figures that is asked for now; return it with what it owes."""
    agency = await site.agency(word)
    client, code = agency.client, word.upper()
    form = {"code": f"bieu-{word}", "vi": "Biểu", "en": "Form", "period_kind": "month",
            "due": {"working_days": 60}, "collector_org": agency.org_id}  # fmt: skip
    await ok(await client.post(API + "/forms", json=form, headers=key()), 201)
    for number in (1, 2):
        new = {"code": f"{code}-{number}", "vi": f"Chỉ tiêu {number}", "en": "I", "unit": "%", "decimals": 1,
               "low": "0", "high": "100", "direction": "up", "level": "unit", "owner_org": agency.org_id,
               "period_kind": "month", "source_kind": "submitted", "form_code": f"bieu-{word}",
               "method": METHOD}  # fmt: skip
        made = await ok(await client.post(API, json=new, headers=key()), 201)
        duties = {"duties": [{"org": agency.org_id, "period": "2021-01"}]}
        await ok(await client.post(f"{API}/{made['id']}/duties", json=duties, headers=key()), 201)
    await tick(site.house.db, desk_of(site.house.settings, site.house.clock))
    [row] = (await ok(await client.get(f"{API}/submissions?form=bieu-{word}")))["items"]
    return agency, row


async def test_a_form_goes_by_workbook_from_the_register_to_the_lock(site: Site) -> None:
    agency, row = await owing(site, "bieu")
    client, at = agency.client, f"{API}/submissions/{row['id']}"
    exported = await client.get(at + "/workbook")
    assert exported.headers["content-type"].endswith("sheet")
    found = await ok(
        await client.post(
            API + "/workbooks/compare", content=filled(exported.content, {VALUE: 50}, {VALUE: 7.5})
        )
    )
    assert found["counts"]["changed"] == 2
    rows = [
        {"key": each["key"], "revision": each["revision"], "value": each["after"]} for each in found["rows"]
    ]
    sent, body = key(), {"sha256": found["sha256"], "rows": rows, "submit_version": found["version"]}
    done = await ok(await client.post(at + "/workbook", json=body, headers=sent))
    assert (done["changed"], done["submission"]["state"]) == (2, "submitted")
    assert await ok(await client.post(at + "/workbook", json=body, headers=sent)) == done, "the same answer"
    twice = await client.post(at + "/workbook", json=body, headers=key())
    assert twice.status_code in {400, 409}, "the same rows are of an older revision"
    version = done["submission"]["version"]
    assert (
        await client.post(at + "/acts", json={"do": {"act": "approve"}}, headers=key())
    ).status_code == 428
    for act in ("approve", "lock"):
        moved = await ok(await client.post(at + "/acts", json={"do": {"act": act}}, headers=key(version)))
        version = moved["version"]
    entries = {"entries": [{"indicator": int(rows[0]["key"].partition(":")[0]), "revision": 1, "value": "9",
                            "place": int(rows[0]["key"].partition(":")[2])}]}  # fmt: skip
    late = await client.post(at + "/values", json=entries, headers=key())
    assert late.json()["code"] == "indicator-act-refused"
    number = entries["entries"][0]["indicator"]
    year = row["period"][:4]
    series = await ok(await client.get(f"{API}/{number}/values?first={year}-01&last={year}-12"))
    [value] = series["series"][0]["values"]
    assert (value["value"], value["state"], value["source"]) == ("50", "locked", "submitted")
    assert len(series["periods"]) == 12


HUGE = 99_999_999_999_999


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/{HUGE}", 404), (f"/submissions/{HUGE}", 404), (f"/{HUGE}/values?first=2026-01&last=2026-02", 404),
        ("/discipline?year=99999", 400), ("/discipline?year=2026&org=99999999", 200),
        ("/submissions?stage=nothing", 400), ("/submissions?cursor=x", 400), ("?limit=0", 400),
        ("?q=%25_%5C", 200), ("/forms", 200),
        ("/views?first=2026-01-01&last=2020-01-01", 400), ("/places?cursor=-1", 400),
    ],
)  # fmt: skip
async def test_what_is_out_of_bounds_is_refused_and_never_a_fault_of_ours(
    site: Site, path: str, status: int
) -> None:
    agency = await site.agency(f"ngoai{uuid.uuid4().hex[:6]}")
    answer = await agency.client.get(API + path)
    assert answer.status_code == status, answer.text


async def test_wrong_periods_and_numbers_are_named(site: Site) -> None:
    agency, row = await owing(site, "sai")
    client = agency.client
    one = (await ok(await client.get(f"{API}/submissions/{row['id']}")))["lines"][0]
    number = one["indicator"]["id"]
    for query in (
        "first=2026-01&last=2025-01", "first=2026&last=2027", "first=x&last=y", "first=1980-01&last=2149-12",
        "first=2026-01&last=2026-02&known_at=2026-01-01T00:00:00",
    ):  # fmt: skip
        answer = await client.get(f"{API}/{number}/values?{query}")
        assert answer.json()["code"] == "invalid-request", query
    for body in (
        {"period": "2026-13", "value": "1"}, {"period": "2026-Q1", "value": "1"},
        {"period": "2026-01", "value": "NaN"}, {"period": "2026-01", "value": "1e999999"},
    ):  # fmt: skip
        goal = {"place": one["place"]["id"], "targets": [body]}
        answer = await client.post(f"{API}/{number}/targets", json=goal, headers=key())
        assert answer.status_code == 400, answer.text
    for value in ("NaN", "Infinity", "1e400000", "-0.05", "100.01"):
        entry = {"indicator": number, "place": one["place"]["id"], "value": value}
        answer = await client.post(
            f"{API}/submissions/{row['id']}/values", json={"entries": [entry]}, headers=key()
        )
        assert answer.status_code == 400, answer.text
