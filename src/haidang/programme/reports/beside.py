"""What stands beside projects in the words of a report: adjustments, tenders, contracts, findings."""

from __future__ import annotations

from typing import Any

from haidang.base.database import Connection
from haidang.programme.reports import store
from haidang.programme.reports.model import (
    Adjustment,
    Bottleneck,
    Contract,
    Finding,
    Milestone,
    Tender,
)
from haidang.programme.reports.words import day, million
from haidang.programme.service.bottlenecks import CAUSES
from haidang.tasks.model.due import last_day

METHODS = {
    "open": "Đấu thầu rộng rãi", "limited": "Đấu thầu hạn chế", "direct": "Chỉ định thầu",
    "quotation": "Chào hàng cạnh tranh", "self": "Tự thực hiện", "special": "Trường hợp đặc biệt",
}  # fmt: skip
FINDINGS = {
    "supervision": "Giám sát", "evaluation": "Đánh giá", "inspection": "Kiểm tra, thanh tra",
    "audit": "Kiểm toán",
}  # fmt: skip
CHANGES = {
    "duration": "Thời gian thực hiện hợp đồng", "value": "Giá trị hợp đồng", "scope": "Phạm vi hợp đồng",
    "equipment": "Thiết bị của hợp đồng",
}  # fmt: skip


async def beside(connection: Connection, asked: store.Asked) -> dict[str, Any]:
    """Return the lists of the figures by their fields."""
    found = {name: await store.listed(connection, name, asked) for name in store.LISTS}
    adjusted = [
        *map(_total, found["totals"]), *map(_plan, found["plans"]), *map(_change, found["changes"]),
    ]  # fmt: skip
    return {
        "milestones": tuple(Milestone(**each) for each in found["milestones"]),
        "adjustments": tuple(sorted(adjusted, key=lambda each: (each.on, each.project))),
        "tenders": tuple(
            Tender(**each | {"method": METHODS[each["method"]]}) for each in found["tenders"]
        ),
        "contracts": tuple(Contract(**each) for each in found["contracts"]),
        "findings": tuple(Finding(**each | {"kind": FINDINGS[each["kind"]]}) for each in found["findings"]),
        "bottlenecks": tuple(map(_bottleneck, found["bottlenecks"])),
    }  # fmt: skip


def _total(row: dict[str, Any]) -> Adjustment:
    later = row["finish_on"] is not None and row["finish_on"] != row["before_on"]
    before, after = million(row["before_dong"]), million(row["amount_dong"])
    return Adjustment(
        project=row["project"], what="Tổng mức đầu tư (triệu đồng)" + (", thời gian" if later else ""),
        before=f"{before}; {day(row['before_on'])}" if later else before,
        after=f"{after}; {day(row['finish_on'])}" if later else after, document=row["document"],
        on=row["on"], reason=row["reason"],
    )  # fmt: skip


def _plan(row: dict[str, Any]) -> Adjustment:
    return Adjustment(
        project=row["project"], what="Kế hoạch vốn năm (triệu đồng)", before=million(row["before_dong"]),
        after=million(row["amount_dong"]), document=row["document"], on=row["on"],
    )  # fmt: skip


def _change(row: dict[str, Any]) -> Adjustment:
    said = {
        "value": (million(row["old_dong"]), million(row["new_dong"])),
        "duration": (day(row["old_on"]), day(row["new_on"])),
    }.get(row["kind"], (row["old_text"], row["new_text"]))
    return Adjustment(
        project=row["project"], what=f"{CHANGES[row['kind']]} số {row['contract_no']}", before=said[0],
        after=said[1], document=row["document"], on=row["on"], reason=row["reason"],
    )  # fmt: skip


def _bottleneck(row: dict[str, Any]) -> Bottleneck:
    end = row.pop("due_end")
    row["cause"] = CAUSES[row["cause"]][0]
    row["overdue"] = bool(row["overdue"])
    return Bottleneck(**row, due=last_day(end) if end else None)
