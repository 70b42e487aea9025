"""A contracting process of a public project in the words of OCDS 1.1: one compiled release each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from haidang.programme.model.records import Contract, Package
from haidang.programme.open_data import oc4ids
from haidang.programme.open_data.facts import Facts, Prefixes
from haidang.programme.open_data.words import METHODS, day, end_of, instant, period, told, value

VERSION = "1.1"
_MAIN = {
    "construction": "works",
    "equipment": "goods",
    "it": "goods",
    "planning": "services",
    "it_lease": "services",
}


def package(
    releases: Iterable[dict[str, Any]], *, uri: str, publisher: str, published: datetime
) -> dict[str, Any]:
    """Return a package of releases."""
    return {
        "uri": uri, "publishedDate": instant(published), "version": VERSION, "publisher": {"name": publisher},
        "extensions": [], "releases": list(releases),
    }  # fmt: skip


def releases(facts: Facts, prefixes: Prefixes, *, on: date) -> list[dict[str, Any]]:
    """Return a release for each contracting process of a project, as it is known now."""
    return [
        _release(facts, prefixes, package_, contract, on) for package_, contract in oc4ids.processes(facts)
    ]


def _release(
    facts: Facts, prefixes: Prefixes, package_: Package | None, contract: Contract | None, on: date
) -> dict[str, Any]:
    ocid = oc4ids.process_id(facts, prefixes, package_, contract)
    said = oc4ids._process(facts, prefixes, package_, contract, on=on)["summary"]
    owner = oc4ids._org(facts, facts.project.owner_org)
    project_id = f"{prefixes.project}-{facts.project.public_id}"
    tags = [
        *(["tender"] if package_ is not None else []),
        *(["award", "contract"] if contract is not None else []),
    ]
    return told({
        "ocid": ocid, "id": f"{ocid}-{facts.updated:%Y%m%d%H%M%S}", "date": instant(facts.updated),
        "language": "vi", "tag": tags, "initiationType": "tender",
        "parties": _parties(facts, package_, contract),
        "buyer": owner,
        "planning": {"budget": {"project": facts.project.name, "projectID": project_id}},
        "tender": _tender(facts, package_, ocid) if package_ is not None else None,
        "awards": [_award(facts, contract, ocid)] if contract is not None else [],
        "contracts": [_contract(contract, said, ocid)] if contract is not None else [],
    })  # fmt: skip


def _parties(facts: Facts, package_: Package | None, contract: Contract | None) -> list[dict[str, Any]]:
    owner = oc4ids._org(facts, facts.project.owner_org)
    roles = [
        "buyer",
        *(["procuringEntity"] if package_ is not None else []),
        *(["payer"] if contract is not None else []),
    ]
    found: list[dict[str, Any]] = [owner | {"roles": roles}]
    if contract is not None:
        name, tax_code = facts.companies[contract.contractor_id]
        mark = {"scheme": "VN-MST", "id": tax_code, "legalName": name}
        company = oc4ids._company(facts, contract.contractor_id)
        found.append(company | {"identifier": mark, "roles": ["tenderer", "supplier", "payee"]})
    return found


def _tender(facts: Facts, package_: Package, ocid: str) -> dict[str, Any]:
    method, details = METHODS[package_.method]
    until = {"endDate": instant(package_.closes_at)} if package_.closes_at else {}
    return told({
        "id": f"{ocid}-tender", "title": package_.name,
        "status": _status(package_), "value": value(package_.estimate_dong), "procurementMethod": method,
        "procurementMethodDetails": details,
        "mainProcurementCategory": _MAIN.get(facts.project.project_kind or ""),
        "tenderPeriod": period(package_.published_on, None) | until,
        "numberOfTenderers": facts.bidders.get(package_.id),
        "procuringEntity": oc4ids._org(facts, facts.project.owner_org),
    })  # fmt: skip


def _status(package_: Package) -> str:
    if package_.cancelled_reason:
        return "cancelled"
    return "complete" if package_.opened_on else "active"


def _award(facts: Facts, contract: Contract, ocid: str) -> dict[str, Any]:
    return {
        "id": f"{ocid}-award", "status": "active", "date": day(contract.signed_on),
        "value": value(contract.value_dong),
        "suppliers": [oc4ids._company(facts, contract.contractor_id)],
    }  # fmt: skip


def _contract(contract: Contract, said: dict[str, Any], ocid: str) -> dict[str, Any]:
    ended = {"completed": "terminated", "terminated": "terminated"}
    return told({
        "id": str(contract.id), "awardID": f"{ocid}-award", "title": contract.subject or contract.contract_no,
        "status": ended.get(contract.end_kind or "", "active"),
        "period": period(contract.effective_on, contract.expires_on), "value": value(contract.value_dong),
        "dateSigned": day(contract.signed_on),
        "amendments": [
            told({"id": each["id"], "date": each["date"], "description": each.get("description"),
                  "rationale": each.get("rationale")})
            for each in said.get("modifications", [])
        ],
        "implementation": {name: said[name] for name in ("transactions", "milestones") if name in said},
        "x_haidang": told({"endedOn": end_of(contract.ended_on) if contract.ended_on else None}),
    })  # fmt: skip
