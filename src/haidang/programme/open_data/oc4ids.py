"""A public project in the words of OC4IDS 0.9.5 (governance.md § 1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from haidang.programme.model.plans import PLAN_KINDS, Plan
from haidang.programme.model.records import Contract, ContractChange, Milestone, Package
from haidang.programme.open_data.facts import Facts, Paid, Prefixes
from haidang.programme.open_data.words import (
    DOCUMENTS,
    METHODS,
    MILESTONES,
    MODIFICATIONS,
    ROLES,
    SECTORS,
    day,
    instant,
    period,
    told,
    value,
)

VERSION = "0.9"


def package(
    projects: Iterable[dict[str, Any]], *, uri: str, publisher: str, published: datetime
) -> dict[str, Any]:
    """Return a package of projects; ``published`` is when anything of it last changed."""
    return {
        "uri": uri, "publishedDate": instant(published), "version": VERSION, "publisher": {"name": publisher},
        "projects": list(projects),
    }  # fmt: skip


def project(facts: Facts, prefixes: Prefixes, *, on: date) -> dict[str, Any]:
    """Return a project; its id is the prefix and its public number; milestones are judged on a day."""
    one = facts.project
    return told({
        "id": f"{prefixes.project}-{one.public_id}", "updated": instant(facts.updated), "title": one.name,
        "description": one.description, "status": facts.status,
        "identifiers": _identifiers(one.national_code, one.budget_code),
        "period": period(one.start_on, _finish(facts)),
        "sector": [SECTORS[one.sector]] if one.sector in SECTORS else [],
        "type": "construction" if one.project_kind == "construction" else None,
        "locations": _locations(facts), "budget": _budget(facts), "parties": _parties(facts),
        "publicAuthority": _org(facts, one.owner_org), "documents": _documents(facts),
        "contractingProcesses": [_process(facts, prefixes, *each, on=on) for each in processes(facts)],
        "metrics": _metrics(facts),
        "milestones": [_milestone(each, on) for each in facts.milestones if each.contract_id is None],
        "completion": _completion(facts), "x_haidang": _beside(facts),
    })  # fmt: skip


def processes(facts: Facts) -> list[tuple[Package | None, Contract | None]]:
    """Return each package with its contract, then the contracts that came without a package."""
    by_package = {contract.package_id: contract for contract in facts.contracts if contract.package_id}
    found: list[tuple[Package | None, Contract | None]] = [
        (each, by_package.get(each.id)) for each in facts.packages
    ]
    return found + [(None, each) for each in facts.contracts if each.package_id is None]


def process_id(facts: Facts, prefixes: Prefixes, package_: Package | None, contract: Contract | None) -> str:
    """Return the identifier of a contracting process."""
    number = f"G{package_.id}" if package_ is not None else f"H{contract.id if contract else 0}"
    return f"{prefixes.process}-{facts.project.public_id}-{number}"


def final_value(contract: Contract, changes: Sequence[ContractChange]) -> int:
    """Return a contract's value after all of its changes."""
    newest = [each for each in changes if each.contract_id == contract.id and each.new_dong is not None]
    last = max(newest, key=lambda each: (each.signed_on, each.id), default=None)
    return contract.value_dong if last is None or last.new_dong is None else last.new_dong


def _finish(facts: Facts) -> date | None:
    """Return the decided finish: of the last adjustment that set one, else as first decided."""
    return next(
        (each.finish_on for each in reversed(facts.totals) if each.finish_on), facts.project.finish_on
    )


def _identifiers(national: str, budget: str) -> list[dict[str, str]]:
    return [
        {"scheme": scheme, "id": number}
        for scheme, number in (("VN-MDA", national), ("VN-QHNS", budget))
        if number
    ]


def _locations(facts: Facts) -> list[dict[str, Any]]:
    one = facts.project
    areas = {"scheme": "VN-DVHC", "identifiers": list(one.area_codes)} if one.area_codes else None
    named = one.place or ", ".join(facts.areas[code] for code in one.area_codes if code in facts.areas)
    if not (named or areas or one.geometry):
        return []
    return [told({"id": "1", "description": named, "geometry": one.geometry, "gazetteer": areas})]


def _budget(facts: Facts) -> dict[str, Any]:
    if not facts.totals and not facts.plans:
        return {}
    decided = {decision.id: decision.signed_on for decision in facts.decisions}
    first = facts.totals[0] if facts.totals else None
    return told({
        "amount": value(facts.totals[-1].amount_dong) if facts.totals else None,
        "approvalDate": day(decided[first.decision_id]) if first and first.decision_id in decided else None,
        "budgetBreakdowns": [
            {"id": kind, "description": words[0], "budgetBreakdown": entries}
            for kind, words in PLAN_KINDS.items()
            if (entries := [_entry(facts, plan, decided) for plan in facts.plans if plan.plan_kind == kind])
        ],
    })  # fmt: skip


def _entry(facts: Facts, plan: Plan, decided: dict[int, date]) -> dict[str, Any]:
    source = facts.sources[plan.fund_source_id]
    years = period(date(plan.plan_year, 1, 1), date(plan.plan_year_to, 12, 31))
    return told({
        "id": f"{plan.plan_kind}-{plan.plan_year}-{source.code}", "description": source.name,
        "amount": value(plan.amount_dong), "period": years, "sourceParty": _source(source.code, source.name),
        "approvalDate": day(decided[plan.decision_id]) if plan.decision_id in decided else None,
    })  # fmt: skip


def _org(facts: Facts, org_id: int) -> dict[str, str]:
    return {"id": f"VN-ORG-{org_id}", "name": facts.orgs[org_id]}


def _company(facts: Facts, contractor_id: int) -> dict[str, str]:
    name, tax_code = facts.companies[contractor_id]
    return {"id": f"VN-MST-{tax_code}", "name": name}


def _source(code: str, name: str) -> dict[str, str]:
    return {"id": f"VN-NV-{code}", "name": name}


def _parties(facts: Facts) -> list[dict[str, Any]]:
    """Return whoever is mentioned anywhere, each once with all of its roles: references must resolve."""
    found: dict[str, dict[str, Any]] = {}

    def add(party: dict[str, str], role: str, **more: Any) -> None:
        entry = found.setdefault(party["id"], party | {"roles": []} | more)
        if role not in entry["roles"]:
            entry["roles"].append(role)

    add(_org(facts, facts.project.owner_org), "publicAuthority")
    for each in facts.parties:
        add(_org(facts, each.org_id), ROLES[each.role])
    for plan in facts.plans:
        source = facts.sources[plan.fund_source_id]
        add(_source(source.code, source.name), "funder")
    for contract in facts.contracts:
        name, tax_code = facts.companies[contract.contractor_id]
        mark = {"scheme": "VN-MST", "id": tax_code, "legalName": name}
        add(_company(facts, contract.contractor_id), "supplier", identifier=mark)
        if any(paid.contract_id == contract.id for paid in facts.payments):
            add(_company(facts, contract.contractor_id), "payee")
            add(_org(facts, facts.project.owner_org), "payer")
    if facts.packages:
        add(_org(facts, facts.project.owner_org), "procuringEntity")
    return list(found.values())


def _documents(facts: Facts) -> list[dict[str, Any]]:
    return [
        told({
            "id": str(each.id), "documentType": DOCUMENTS.get(each.kind),
            "title": " ".join(part for part in (each.doc_number, each.subject) if part),
            "datePublished": day(each.signed_on), "author": each.issuer,
        })
        for each in facts.decisions
    ]  # fmt: skip


def _process(
    facts: Facts, prefixes: Prefixes, package_: Package | None, contract: Contract | None, *, on: date
) -> dict[str, Any]:
    summary: dict[str, Any] = {"ocid": process_id(facts, prefixes, package_, contract)}
    owner = _org(facts, facts.project.owner_org)
    if package_ is not None:
        method, details = METHODS[package_.method]
        summary |= {
            "title": package_.name,
            "tender": told({
                "procurementMethod": method, "procurementMethodDetails": details,
                "datePublished": day(package_.published_on) if package_.published_on else None,
                "costEstimate": value(package_.estimate_dong), "procuringEntity": owner,
                "numberOfTenderers": facts.bidders.get(package_.id),
            }),
        }  # fmt: skip
    summary["status"] = _process_status(package_, contract, on)
    if contract is not None:
        changes = [each for each in facts.changes if each.contract_id == contract.id]
        summary |= {
            "title": summary.get("title") or contract.subject or contract.contract_no,
            "externalReference": contract.contract_no,
            "suppliers": [_company(facts, contract.contractor_id)],
            "contractValue": value(contract.value_dong),
            "contractPeriod": period(contract.effective_on, contract.expires_on),
            "finalValue": value(final_value(contract, facts.changes)) if contract.ended_on else None,
            "modifications": [_modification(each, contract) for each in changes],
            "transactions": [
                _transaction(facts, paid, contract)
                for paid in facts.payments
                if paid.contract_id == contract.id
            ],
            "milestones": [
                _milestone(each, on) for each in facts.milestones if each.contract_id == contract.id
            ],
        }  # fmt: skip
    return {"id": summary["ocid"], "summary": told(summary)}


def _process_status(package_: Package | None, contract: Contract | None, on: date) -> str | None:
    if contract is not None:
        return "closed" if contract.ended_on is not None and contract.ended_on <= on else "active"
    if package_ is not None and package_.cancelled_reason:
        return "closed"
    return "pre-award"


def _modification(change: ContractChange, contract: Contract) -> dict[str, Any]:
    known = change.old_dong is not None and change.new_dong is not None
    return told({
        "id": str(change.id), "date": day(change.signed_on), "type": MODIFICATIONS[change.kind],
        "description": " → ".join(filter(None, (change.old_text, change.new_text))) or change.document,
        "rationale": change.reason,
        "oldContractValue": value(change.old_dong) if known and change.old_dong is not None else None,
        "newContractValue": value(change.new_dong) if known and change.new_dong is not None else None,
        "oldContractPeriod": period(contract.effective_on, change.old_on) if change.old_on else None,
        "newContractPeriod": period(contract.effective_on, change.new_on) if change.new_on else None,
    })  # fmt: skip


def _transaction(facts: Facts, paid: Paid, contract: Contract) -> dict[str, Any]:
    owner, company = _org(facts, facts.project.owner_org), _company(facts, contract.contractor_id)
    back = paid.kind == "recovery"
    return {
        "id": str(paid.id), "date": day(paid.paid_on), "value": value(paid.amount_dong),
        "payer": company if back else owner, "payee": owner if back else company,
    }  # fmt: skip


def _milestone(each: Milestone, on: date) -> dict[str, Any]:
    if each.actual_on is not None:
        status = "met"
    else:
        status = "notMet" if (each.forecast_on or each.baseline_on) < on else "scheduled"
    return told({
        "id": str(each.id), "title": each.name, "type": MILESTONES.get(each.kind),
        "dueDate": day(each.forecast_on or each.baseline_on), "status": status,
        "dateMet": day(each.actual_on) if each.actual_on else None,
    })  # fmt: skip


def _metrics(facts: Facts) -> list[dict[str, Any]]:
    if not facts.progress:
        return []
    return [{
        "id": "physical", "title": "Tiến độ hiện trường",
        "observations": [
            told({
                "id": str(each.id), "period": _month(each.plan_year, each.period),
                "measure": str(each.physical_pct), "unit": {"name": "%"}, "notes": each.text,
            })
            for each in facts.progress
        ],
    }]  # fmt: skip


def _month(year: int, number: int) -> dict[str, str]:
    year, number = (year, number) if number <= 12 else (year + 1, number - 12)
    ends = date(year + number // 12, number % 12 + 1, 1)
    return period(date(year, number, 1), date.fromordinal(ends.toordinal() - 1))


def _completion(facts: Facts) -> dict[str, Any]:
    handed = max((each.handed_over_on for each in facts.handovers), default=None)
    settled = max(
        (each for each in facts.settlements if each.approved_on), key=lambda each: each.id, default=None
    )
    if handed is None and settled is None:
        return {}
    return told({
        "endDate": day(handed) if handed else None,
        "finalValue": value(settled.approved_dong) if settled and settled.approved_dong is not None else None,
        "finalScope": "; ".join(each.scope for each in facts.handovers if each.scope),
    })  # fmt: skip


def _beside(facts: Facts) -> dict[str, Any]:
    """Return what the standard has no word for; adjustments with what they changed."""
    return told({
        "programId": facts.project.program_id, "simulated": facts.project.simulated or None,
        "projectGroup": facts.project.project_group, "projectPhase": facts.project.project_phase,
        "disbursed": value(facts.disbursed.total_dong),
        "outstandingAdvance": value(facts.disbursed.outstanding_advance_dong),
        "adjustments": [
            told({
                "id": str(later.id), "date": day(later.valid_from), "rationale": later.reason,
                "oldAmount": value(earlier.amount_dong), "newAmount": value(later.amount_dong),
                "newEndDate": day(later.finish_on) if later.finish_on else None,
            })
            for earlier, later in zip(facts.totals, facts.totals[1:], strict=False)
        ],
    })  # fmt: skip
