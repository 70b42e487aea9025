"""A contractor's page: its contracts in sight, what became of them, and a rate only where there is enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from haidang.base.database import Connection
from haidang.organisation.permissions import Principal
from haidang.organisation.service.access import missing
from haidang.programme.analysis import procurement, records
from haidang.programme.analysis.records import RATED_FROM, Done
from haidang.programme.model.cases import STATES
from haidang.programme.service import flag_words, flags
from haidang.programme.service.desk import Desk
from haidang.programme.service.records import Contractor
from haidang.programme.store import cases, figures, rows
from haidang.programme.store import parties as store
from haidang.programme.store.figures import Brief
from haidang.programme.store.stamp import stamp as stamped

CASES_MAX = 100
UNKNOWN = {
    "penalties": ("sổ chưa ghi nhận tiền phạt hợp đồng", "the register keeps no penalties"),
    "defects": ("sổ chưa ghi nhận khiếm khuyết", "the register keeps no defects"),
}
"""Evidence that nobody enters yet: missing, not zero."""


async def contractor(
    connection: Connection, desk: Desk, principal: Principal, contractor_id: int
) -> dict[str, Any]:
    """Return a company's record from its contracts of projects in sight; others count for nobody here."""
    company = await rows.get(connection, "contractor", Contractor, contractor_id)
    if company is None:
        raise missing("Không có nhà thầu này.", "There is no such contractor.")
    today = desk.today()
    found = await store.contracts(connection, contractor_id, today)
    asked = {each["project_id"] for each in found} | set(await store.bid_projects(connection, contractor_id))
    seen = await figures.briefs(connection, principal, ids=asked)
    mine = [each for each in found if each["project_id"] in seen]
    told = await cases.page(
        connection,
        principal,
        project=None,
        only_open=False,
        after=None,
        limit=CASES_MAX,
        contractor=contractor_id,
    )
    return {
        "contractor": {"id": company.id, "name": company.name, "tax_code": company.tax_code},
        "as_of": today,
        "contracts": [_contract(each, seen[each["project_id"]], today) for each in mine],
        "record": _record(mine, await store.done(connection, today), today),
        "evidence_missing": [{"kind": kind, "vi": vi, "en": en} for kind, (vi, en) in UNKNOWN.items()],
        "cases": [
            {
                "id": each.id,
                "project_id": each.project_id,
                "contract_id": each.contract_id,
                "state": each.state,
                "state_vi": STATES[each.state][0],
                "state_en": STATES[each.state][1],
                "subject": each.subject,
                "reply_until": each.reply_until,
                "plan_until": each.plan_until,
                "recorded_at": each.recorded_at,
            }
            for each in told
        ],
        "tender_flags": await _tender_flags(connection, desk, seen, contractor_id),
        "totals": {
            name: sum(each[name] for each in mine)
            for name in ("value_now_dong", "accepted_dong", "paid_dong")
        },
    }


def _contract(each: Mapping[str, Any], brief: Brief, today: date) -> dict[str, Any]:
    """Return a contract: its end as signed and as extended, against when it ended, or today."""
    over = each["ended_on"] is not None or each["expires_on"] < today
    names = (
        "id",
        "contract_no",
        "subject",
        "value_dong",
        "value_now_dong",
        "signed_on",
        "effective_on",
        "expires_on",
        "expires_now_on",
        "ended_on",
        "end_kind",
        "extensions",
        "accepted_dong",
        "paid_dong",
        "equipment",
        "equipment_late",
        "equipment_other",
    )
    due = _planned(each, today)
    return {name: each[name] for name in names} | {
        "project": brief.named(),
        "over": over,
        "slip_days": ((each["ended_on"] or today) - each["expires_on"]).days if over else None,
        "late": (each["ended_on"] or today) > each["expires_on"] if over else None,
        "planned_volume_dong": due,
        "penalties_dong": None,
        "defects": None,
    }


def _planned(each: Mapping[str, Any], today: date) -> int:
    """Return the volume that time asks for by today: the value, evenly from beginning to present end."""
    start, end = each["effective_on"], each["expires_now_on"]
    days = max(1, (end - start).days)
    gone = min(days, max(0, (min(today, each["ended_on"] or today) - start).days))
    value: int = each["value_now_dong"]
    due: int = value * gone // days
    return due


def _record(
    mine: Collection[Mapping[str, Any]], done: Collection[tuple[int, int, int]], today: date
) -> dict[str, Any]:
    """Return the shrunken rate with n and interval; under five contracts that are over, the list alone."""
    own = [
        Done(
            contract=str(each["id"]),
            contractor="",
            planned_on=each["expires_on"],
            actual_on=each["ended_on"],
            seen_on=today,
            extensions=each["extensions"],
        )
        for each in mine
        if each["ended_on"] is not None or each["expires_on"] < today
    ]
    mean, weight = records.prior({str(name): (late, count) for name, late, count in done})
    found = records.record_of("", own, mean, weight)
    rated = found is not None and found.late_rate is not None
    return {
        "contracts": len(mine),
        "over": len(own),
        "late": found.late if found else 0,
        "late_rate": found.late_rate if found else None,
        "late_low": found.late_low if found else None,
        "late_high": found.late_high if found else None,
        "median_slip_days": found.median_slip_days if found else None,
        "extensions": sum(each["extensions"] for each in mine),
        "equipment_late": sum(each["equipment_late"] for each in mine),
        "terminated": sum(each["end_kind"] == "terminated" for each in mine),
        "all_rate": round(mean, 4) if done else None,
        "prior_contracts": round(weight, 1),
        "rated_from": RATED_FROM,
        "reason_vi": None
        if rated
        else f"dưới {RATED_FROM} hợp đồng đã đến hạn: chỉ liệt kê, không tính tỷ lệ",
        "reason_en": None
        if rated
        else f"under {RATED_FROM} contracts that are over: the list alone, no rate",
    }


async def _tender_flags(
    connection: Connection, desk: Desk, seen: Mapping[int, Brief], contractor_id: int
) -> list[dict[str, Any]]:
    """Return the flags of tenders in sight that it won; fences are of each whole programme."""
    limits = desk.thresholds()
    stamp = await stamped(connection)
    found = []
    for program in sorted({each.program_id for each in seen.values()}):
        packages, raised = await flags.tender_flags(connection, stamp, program, limits)
        for flag in raised:
            package = packages.get(flag.subject) if flag.of == "package" else None
            own = flag.of == "bidder" and flag.subject == str(contractor_id)
            won = package is not None and package["project_id"] in seen and _won(package, contractor_id)
            if own or won:
                found.append(_told(flag, package, seen))
    return found


def _won(package: Mapping[str, Any], contractor_id: int) -> bool:
    return any(bid.winner and bid.bidder == contractor_id for bid in package["bids"])


def _told(
    flag: procurement.Flag, package: Mapping[str, Any] | None, seen: Mapping[int, Brief]
) -> dict[str, Any]:
    vi, en = flag_words.titles(flag.code)
    value = flags.whole(flag.value)
    found_vi, found_en = flag_words.found_words(flag.code, value, flag.limit)
    return {
        "code": flag.code, "vi": vi, "en": en, "threshold": flag.limit,
        "found": {"value": value, "vi": found_vi, "en": found_en},
        "package": package and {"id": package["id"], "name": package["name"]},
        "project": seen[package["project_id"]].named() if package else None,
    }  # fmt: skip
