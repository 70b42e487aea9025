"""A project in the words of OC4IDS and OCDS, and the checks that hold them to their structure."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from haidang.programme.model.money import Disbursed
from haidang.programme.model.plans import Plan
from haidang.programme.model.records import (
    Contract,
    ContractChange,
    HandoverRecord,
    Milestone,
    Package,
    Party,
    Progress,
    Settlement,
)
from haidang.programme.model.register import Decision, FundSource, Project, Total
from haidang.programme.open_data import checks, oc4ids, ocds
from haidang.programme.open_data.facts import Facts, Paid, Prefixes

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
ON = date(2026, 8, 10)
BILLION = 1_000_000_000
PREFIXES = Prefixes("oc4ids-vnqn", "ocds-vnqn")
ROW: dict[str, Any] = {"project_id": 7, "created_by": "account:1", "recorded_at": AT, "changed_at": AT}


def facts() -> Facts:
    project = Project(
        id=7,
        public_id="DA-2020-000007",
        national_code="7891011",
        program_id=1,
        name="Camera giám sát giai đoạn II",
        sector="traffic",
        project_group="B",
        project_kind="equipment",
        project_phase="transitional",
        owner_org=3,
        orgs=(3,),
        start_on=date(2020, 1, 1),
        finish_on=date(2021, 12, 31),
        area_code="24",
        area_codes=("24",),
        place="",
        geometry={"type": "Point", "coordinates": [106.1, 21.2]},
        is_public=True,
        created_by="account:1",
        recorded_at=AT,
        changed_at=AT,
    )
    total: dict[str, Any] = {"project_id": 7, "recorded_at": AT, "created_by": "account:1"}
    return Facts(
        project=project,
        status="implementation",
        orgs={3: "Công an tỉnh", 4: "Sở Tài chính"},
        companies={5: ("Công ty Sao Mai", "0101234567")},
        areas={"24": "Tỉnh Bắc Ninh"},
        decisions=(
            Decision(
                id=1,
                program_id=1,
                project_id=7,
                kind="investment",
                doc_number="12/QĐ-UBND",
                signed_on=date(2020, 1, 5),
                issuer="UBND tỉnh",
                created_by="account:1",
                recorded_at=AT,
            ),
        ),
        totals=(
            Total(id=1, amount_dong=90 * BILLION, decision_id=1, valid_from=date(2020, 1, 5), **total),
            Total(
                id=2,
                amount_dong=99 * BILLION,
                decision_id=2,
                valid_from=date(2021, 6, 1),
                finish_on=date(2022, 6, 30),
                reason="thay đổi thiết bị",
                **total,
            ),
        ),
        sources={
            1: FundSource(
                id=1, code="provincial", name="Ngân sách tỉnh", name_en="", capital_class="investment"
            )
        },
        plans=(
            Plan(
                id=1,
                program_id=1,
                project_id=7,
                fund_source_id=1,
                plan_kind="annual",
                plan_year=2020,
                plan_year_to=2020,
                amount_dong=40 * BILLION,
                decision_id=1,
                valid_from=date(2020, 1, 5),
                recorded_at=AT,
                created_by="account:1",
            ),
        ),
        disbursed=Disbursed(advance_dong=10 * BILLION, volume_dong=20 * BILLION, recovery_dong=4 * BILLION),
        payments=(
            Paid(1, 9, "advance", 10 * BILLION, date(2020, 3, 2)),
            Paid(2, 9, "recovery", 4 * BILLION, date(2020, 6, 2)),
            Paid(3, None, "volume", BILLION, date(2020, 7, 2)),
        ),
        packages=(
            Package(
                id=8,
                name="Gói thầu số 3",
                method="quotation",
                estimate_dong=80 * BILLION,
                published_on=date(2020, 1, 10),
                opened_on=date(2020, 2, 1),
                **ROW,
            ),
            Package(id=18, name="Gói thầu số 4", method="open", estimate_dong=BILLION, **ROW),
        ),
        bidders={8: 3},
        contracts=(
            Contract(
                id=9,
                contractor_id=5,
                contract_no="03/HĐ",
                package_id=8,
                value_dong=78 * BILLION,
                signed_on=date(2020, 2, 20),
                effective_on=date(2020, 2, 20),
                expires_on=date(2021, 2, 20),
                **ROW,
            ),
        ),
        changes=(
            ContractChange(
                id=1,
                contract_id=9,
                kind="value",
                old_dong=78 * BILLION,
                new_dong=79 * BILLION,
                reason="thêm",
                document="PL 01",
                signed_on=date(2020, 9, 1),
                **ROW,
            ),
            ContractChange(
                id=2,
                contract_id=9,
                kind="equipment",
                old_text="IP 2 MP",
                new_text="IP 4 MP",
                reason="hết hàng",
                document="PL 02",
                signed_on=date(2020, 10, 1),
                **ROW,
            ),
        ),
        milestones=(
            Milestone(
                id=1,
                kind="start",
                name="Khởi công",
                baseline_on=date(2020, 3, 1),
                actual_on=date(2020, 3, 9),
                **ROW,
            ),
            Milestone(
                id=2,
                contract_id=9,
                kind="installation",
                name="Lắp đặt",
                baseline_on=date(2020, 12, 1),
                forecast_on=date(2021, 3, 1),
                **ROW,
            ),
        ),
        progress=(Progress(id=1, plan_year=2020, period=13, physical_pct=Decimal("61.50"), **ROW),),
        parties=(Party(id=1, org_id=4, role="funder", valid_from=date(2020, 1, 1), **ROW),),
        updated=AT,
    )


def projects(known: Facts) -> dict[str, Any]:
    said = oc4ids.project(known, PREFIXES, on=ON)
    return oc4ids.package(
        [said], uri="https://a.gov.vn/open-data/oc4ids", publisher="UBND tỉnh", published=AT
    )


def releases(known: Facts) -> dict[str, Any]:
    said = ocds.releases(known, PREFIXES, on=ON)
    return ocds.package(said, uri="https://a.gov.vn/open-data/ocds", publisher="UBND tỉnh", published=AT)


def test_a_project_is_said_and_sound() -> None:
    package = projects(facts())
    assert checks.oc4ids(package) == []
    (project,) = package["projects"]
    assert project["id"] == "oc4ids-vnqn-DA-2020-000007"
    assert project["budget"]["amount"] == {"amount": 99 * BILLION, "currency": "VND"}
    assert project["budget"]["approvalDate"] == "2020-01-05T00:00:00+07:00"
    (annual,) = project["budget"]["budgetBreakdowns"]
    assert annual["budgetBreakdown"][0]["amount"]["amount"] == 40 * BILLION
    assert project["period"]["endDate"].startswith("2022-06-30")
    assert project["locations"][0]["description"] == "Tỉnh Bắc Ninh"
    assert project["x_haidang"]["adjustments"][0]["rationale"] == "thay đổi thiết bị"
    assert project["x_haidang"]["disbursed"]["amount"] == 26 * BILLION
    assert "type" not in project
    roles = {party["id"]: party["roles"] for party in project["parties"]}
    assert roles["VN-ORG-3"] == ["publicAuthority", "payer", "procuringEntity"]
    assert roles["VN-MST-0101234567"] == ["supplier", "payee"]
    process, second = project["contractingProcesses"]
    summary = process["summary"]
    assert summary["tender"]["procurementMethodDetails"] == "Chào hàng cạnh tranh"
    assert (summary["tender"]["numberOfTenderers"], summary["status"]) == (3, "active")
    assert second["summary"]["status"] == "pre-award"
    assert [each["type"] for each in summary["modifications"]] == ["value", "scope"]
    assert summary["modifications"][1]["description"] == "IP 2 MP → IP 4 MP"
    paid, back = summary["transactions"]
    assert (paid["payer"]["id"], back["payer"]["id"]) == ("VN-ORG-3", "VN-MST-0101234567")
    assert [each["status"] for each in summary["milestones"]] == ["notMet"]
    assert project["milestones"][0]["dateMet"] == "2020-03-09T00:00:00+07:00"
    assert project["metrics"][0]["observations"][0]["period"]["startDate"].startswith("2021-01-01")


def test_contracting_processes_are_said_and_sound() -> None:
    package = releases(facts())
    assert checks.ocds(package) == []
    first, second = package["releases"]
    assert first["tag"] == ["tender", "award", "contract"]
    assert second["tag"] == ["tender"]
    assert first["contracts"][0]["awardID"] == first["awards"][0]["id"]
    assert first["contracts"][0]["implementation"]["transactions"][0]["value"]["amount"] == 10 * BILLION
    said = oc4ids.project(facts(), PREFIXES, on=ON)
    assert [each["summary"]["ocid"] for each in said["contractingProcesses"]] == [
        first["ocid"],
        second["ocid"],
    ]


def test_what_is_over_has_its_final_value_and_scope() -> None:
    known = facts()
    over = msgspec.structs.replace(
        known,
        contracts=tuple(
            msgspec.structs.replace(each, ended_on=date(2021, 5, 1), end_kind="completed")
            for each in known.contracts
        ),
        handovers=(
            HandoverRecord(id=1, handed_over_on=date(2021, 6, 1), minutes="BB 1", scope="286 camera", **ROW),
        ),
        settlements=(
            Settlement(
                id=1,
                document="QT 1",
                submitted_on=date(2021, 9, 1),
                submitted_dong=79 * BILLION,
                approved_on=date(2021, 12, 1),
                approved_dong=78 * BILLION,
                **ROW,
            ),
        ),
    )
    package = projects(over)
    assert checks.oc4ids(package) == []
    (project,) = package["projects"]
    assert project["completion"]["finalValue"]["amount"] == 78 * BILLION
    assert project["completion"]["finalScope"] == "286 camera"
    summary = project["contractingProcesses"][0]["summary"]
    assert (summary["status"], summary["finalValue"]["amount"]) == ("closed", 79 * BILLION)
    assert checks.ocds(releases(over)) == []


def test_little_is_known_and_nothing_is_invented() -> None:
    known = facts()
    bare = Facts(
        project=msgspec.structs.replace(
            known.project,
            sector=None,
            geometry=None,
            area_codes=(),
            area_code=None,
            start_on=None,
            finish_on=None,
            national_code="",
        ),
        status=None,
        orgs=known.orgs,
        companies={},
        areas={},
        sources={},
        disbursed=Disbursed(),
        updated=AT,
    )
    package = projects(bare)
    assert checks.oc4ids(package) == []
    (project,) = package["projects"]
    assert project.keys() == {"id", "updated", "title", "parties", "publicAuthority", "x_haidang"}
    assert ocds.releases(bare, PREFIXES, on=ON) == []


def _at(path: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], None]:
    def apply(package: dict[str, Any]) -> None:
        here: Any = package
        for part in path.split("/") if path else []:
            here = here[int(part)] if part.isdigit() else here[part]
        change(here)

    return apply


BREAKS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (_at("", lambda d: d.pop("publisher")), "publisher is needed"),
    (_at("", lambda d: d.update(uri="somewhere")), "uri is no address"),
    (_at("", lambda d: d.update(projects=[])), "no list of at least one"),
    (_at("", lambda d: d["projects"].append(d["projects"][0])), "two of them are"),
    (_at("projects/0", lambda d: d.pop("id")), "id is needed"),
    (_at("projects/0", lambda d: d.update(status="planned")), "code list"),
    (_at("projects/0", lambda d: d.update(updated="2026-03-01")), "date-time"),
    (_at("projects/0", lambda d: d["parties"].pop(0)), "is no party"),
    (_at("projects/0", lambda d: d["parties"].append(d["parties"][0])), "two of them are"),
    (_at("projects/0/budget/amount", lambda d: d.update(amount=1.5)), "no whole amount"),
    (_at("projects/0/budget/amount", lambda d: d.update(currency="đ")), "code list"),
    (_at("projects/0/contractingProcesses/0", lambda d: d.pop("id")), "id is needed"),
    (
        _at("projects/0/contractingProcesses/0/summary/tender", lambda d: d.update(procurementMethod="x")),
        "code list",
    ),
    (_at("projects/0/milestones/0", lambda d: d.pop("dateMet")), "goes with the status met"),
    (_at("projects/0", lambda d: d.update(description="")), "is empty"),
]


@pytest.mark.parametrize(
    ("break_", "said"), BREAKS, ids=[said + str(n) for n, (_, said) in enumerate(BREAKS)]
)
def test_what_does_not_hold_is_found(break_: Callable[[dict[str, Any]], Any], said: str) -> None:
    package = copy.deepcopy(projects(facts()))
    break_(package)
    found = checks.oc4ids(package)
    assert found
    assert any(said in each for each in found), found


def test_a_contract_without_its_award_is_found() -> None:
    package = copy.deepcopy(releases(facts()))
    package["releases"][0]["awards"] = [{"id": "another", "status": "active"}]
    assert any("names no award" in each for each in checks.ocds(package))
