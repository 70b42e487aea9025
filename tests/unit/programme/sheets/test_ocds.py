"""OCDS packages: what is read, what is refused by its pointer, and what it would change."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.base.problems import Problem
from haidang.programme.model import records
from haidang.programme.model.register import Project
from haidang.programme.open_data.facts import Prefixes
from haidang.programme.sheets.ocds.diff import Known, compared
from haidang.programme.sheets.ocds.reading import is_ocds, read

AT = datetime(2026, 3, 16, tzinfo=UTC)
PREFIXES = Prefixes("oc4ids-x", "ocds-x")
MARK = {"scheme": "VN-MST", "id": "0101234567", "legalName": "Công ty An Bình"}
COMPANY = {"id": "sup", "name": "An Bình", "identifier": MARK}


def money(amount: Any, currency: str = "VND") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def contract(**facts: Any) -> dict[str, Any]:
    return {
        "id": "12/2026/HĐ", "awardID": "a1", "title": "Thiết bị", "value": money(78_000_000_001),
        "dateSigned": "2026-02-03T00:00:00+07:00",
        "period": {"startDate": "2026-02-05T00:00:00+07:00", "endDate": "2026-12-31T23:59:59+07:00"},
    } | facts  # fmt: skip


def release(**facts: Any) -> dict[str, Any]:
    return {
        "ocid": "ocds-y-7", "id": "1", "date": "2026-02-10T00:00:00Z", "parties": [COMPANY],
        "planning": {"budget": {"project": "Trung tâm điều hành", "projectID": "DA-2026-000001"}},
        "tender": {
            "id": "t", "title": "Gói thầu số 3: Thiết bị", "procurementMethod": "open",
            "procurementMethodDetails": "Chào hàng cạnh tranh", "value": money(80_000_000_000),
            "tenderPeriod": {"startDate": "2026-01-05T00:00:00+07:00"},
        },
        "awards": [{"id": "a1", "suppliers": [{"id": "sup", "name": "An Bình"}]}],
        "contracts": [contract()],
    } | facts  # fmt: skip


def package(*releases: Any) -> bytes:
    return json.dumps({"version": "1.1", "releases": releases}).encode()


def project(number: int = 1, name: str = "Trung tâm điều hành") -> Project:
    return Project(
        id=number, public_id=f"DA-2026-{number:06}", program_id=1, name=name, owner_org=5, orgs=(5,),
        created_by="x", recorded_at=AT, changed_at=AT,
    )  # fmt: skip


def own(**facts: Any) -> dict[str, Any]:
    return {"version": 1, "project_id": 1, "created_by": "x", "recorded_at": AT, "changed_at": AT} | facts


def known(**facts: Any) -> Known:
    plain: dict[str, Any] = {
        "projects": (project(),), "mine": frozenset({1}), "packages": (), "contracts": (), "tax_codes": {},
        "prefixes": PREFIXES,
    }  # fmt: skip
    return Known(**(plain | facts))


def test_a_release_is_a_package_and_its_contracts() -> None:
    found = read(package(release()))
    [one] = found.releases
    assert found.refused == () and one.tender is not None
    assert (one.tender.method, one.tender.estimate_dong) == ("quotation", 80_000_000_000)
    [made] = one.contracts
    assert (made.tax_code, made.contractor, made.value_dong) == (
        "0101234567", "Công ty An Bình", 78_000_000_001,
    )  # fmt: skip
    assert (made.signed_on, made.expires_on) == (date(2026, 2, 3), date(2026, 12, 31))


def test_records_count_by_their_compiled_release_and_releases_by_the_latest() -> None:
    records_ = json.dumps({"records": [{"ocid": "x", "compiledRelease": release()}]}).encode()
    assert read(records_).releases[0].ocid == "ocds-y-7" and is_ocds(records_)
    later = release(date="2026-03-01T00:00:00Z", contracts=[])
    [one] = read(package(later, release())).releases
    assert one.contracts == ()


@pytest.mark.parametrize(
    ("facts", "pointer", "code"),
    [
        ({"contracts": [contract(value=money(5, "USD"))]}, "/contracts/0/value", "currency"),
        ({"contracts": [contract(value=money(1.5))]}, "/contracts/0/value", "remainder"),
        ({"contracts": [contract(value=money(-5))]}, "/contracts/0/value", "too-large"),
        ({"contracts": [contract(value=money(True))]}, "/contracts/0/value", "not-a-number"),
        ({"contracts": [contract(dateSigned="2026-02-31")]}, "/contracts/0/dateSigned", "not-a-day"),
        ({"contracts": [contract(period={})]}, "/contracts/0/period/endDate", "cell-missing"),
        ({"contracts": [contract(awardID="a9")]}, "/contracts/0/awardID", "supplier-unclear"),
        ({"parties": []}, "/parties", "tax-code"),
        ({"tender": {"title": "Gói 1", "value": money(5)}}, "/tender/procurementMethod", "method-unknown"),
        ({"contracts": "x"}, "/contracts", "not-a-list"),
        ({"planning": []}, "/planning", "not-an-object"),
        ({"ocid": ""}, "/ocid", "cell-missing"),
    ],
)
def test_what_cannot_be_taken_is_named_by_its_pointer(facts: Any, pointer: str, code: str) -> None:
    found = read(package(release(**facts)))
    assert (f"/releases/0{pointer}", code) in {(each.cell, each.code) for each in found.refused}
    assert {row.kind for row in compared(found, known()).rows} == {"refused"}


@pytest.mark.parametrize("content", [b"x", b"[]", b"{}", b'{"releases": 5}', b'{"releases": [NaN]}', b"\xff"])
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(Problem):
        read(content)


NAMES = st.sampled_from([*sorted(release()), "value", "id"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_stands_in_a_release_is_read_or_refused(facts: Any) -> None:
    found = read(package(facts))
    assert len(compared(found, known()).rows) >= 1


def test_what_is_new_is_added_and_read_again_unchanged() -> None:
    found = read(package(release()))
    first, second = compared(found, known()).rows
    assert (first.what, first.kind, second.kind, second.package_row) == ("package", "added", "added", 1)
    held = records.Package(**own(id=9, **{k: v for k, v in first.after.items() if k != "published_on"},
                                 published_on=date(2026, 1, 5)))  # fmt: skip
    signed = records.Contract(
        **own(id=4, contractor_id=8, contract_no="12/2026/HĐ", subject="Thiết bị", value_dong=78_000_000_001,
              signed_on=date(2026, 2, 3), effective_on=date(2026, 2, 5), expires_on=date(2026, 12, 31),
              package_id=9)
    )  # fmt: skip
    now = known(packages=(held,), contracts=(signed,), tax_codes={8: "0101234567"})
    assert [row.kind for row in compared(found, now).rows] == ["unchanged", "unchanged"]
    dearer = read(package(release(contracts=[contract(value=money(79_000_000_000), title="Khác")])))
    row = compared(dearer, now).rows[1]
    assert row.kind == "conflict" and [why.code for why in row.reasons] == ["fixed"]
    assert (row.before["value_dong"], row.after["value_dong"]) == (78_000_000_001, 79_000_000_000)


def test_the_project_must_be_one_and_ones_own() -> None:
    found = read(package(release()))
    assert compared(found, known(mine=frozenset())).rows[0].reasons[0].code == "not-yours"
    nobody = known(projects=(project(name="Khác", number=2),))
    assert compared(found, nobody).rows[0].reasons[0].code == "project-unknown"
    by_name = release(planning={"budget": {"project": "Trung tâm điều hành"}})
    twice = known(projects=(project(), project(2)), mine=frozenset({1, 2}))
    assert compared(read(package(by_name)), twice).rows[0].reasons[0].code == "project-unknown"
    assert compared(read(package(by_name)), known()).rows[0].kind == "added"


def test_what_is_not_imported_is_said() -> None:
    more = release(bids={"details": [{"id": "1"}]}, contracts=[contract(amendments=[{"id": "1"}])])
    noted = {each.cell for each in read(package(more)).notes}
    assert noted == {"/releases/0/bids", "/releases/0/contracts/0/amendments"}
