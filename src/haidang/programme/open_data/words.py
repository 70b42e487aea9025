"""Our words in those of Open Contracting's code lists; what has no word there is left out, never bent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from haidang.base.clock import LOCAL

CURRENCY = "VND"
METHODS: dict[str, tuple[str, str]] = {
    "open": ("open", "Đấu thầu rộng rãi"),
    "limited": ("selective", "Đấu thầu hạn chế"),
    "direct": ("direct", "Chỉ định thầu"),
    "quotation": ("open", "Chào hàng cạnh tranh"),
    "self": ("direct", "Tự thực hiện"),
    "special": ("limited", "Lựa chọn nhà thầu trong trường hợp đặc biệt"),
}
"""Method of procurement: the code and what Vietnamese law calls it."""
MILESTONES: dict[str, str] = {
    "clearance": "preProcurement", "design": "preProcurement", "procurement": "preProcurement",
    "contract": "approval", "delivery": "delivery", "installation": "delivery", "acceptance": "assessment",
    "handover": "delivery", "settlement": "financing",
}  # fmt: skip
SECTORS: dict[str, str] = {
    "traffic": "transport", "transport": "transport", "health": "health", "education": "education",
    "environment": "waterAndWaste", "energy": "energy", "culture": "cultureSportsAndRecreation",
    "tourism": "cultureSportsAndRecreation", "information": "communications", "data": "communications",
}  # fmt: skip
DOCUMENTS: dict[str, str] = {"investment": "budgetApproval", "adjustment": "budgetAmendmentApproval"}
ROLES: dict[str, str] = {
    "owner": "publicAuthority", "pmu": "administrativeEntity", "funder": "funder", "supervisor": "reviewBody",
}  # fmt: skip
MODIFICATIONS: dict[str, str] = {
    "duration": "duration", "value": "value", "scope": "scope", "equipment": "scope",
}  # fmt: skip


def value(dong: int) -> dict[str, Any]:
    """Return an amount."""
    return {"amount": dong, "currency": CURRENCY}


def instant(at: datetime) -> str:
    """Return an instant as date-time."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day(on: date) -> str:
    """Return a day of Vietnam as the date-time at which it begins there."""
    return datetime.combine(on, time(), LOCAL).isoformat()


def end_of(on: date) -> str:
    """Return the last second of a day of Vietnam."""
    return (datetime.combine(on + timedelta(days=1), time(), LOCAL) - timedelta(seconds=1)).isoformat()


def period(start: date | None, end: date | None) -> dict[str, str]:
    """Return a period, as far as it is known."""
    found = {}
    if start is not None:
        found["startDate"] = day(start)
    if end is not None:
        found["endDate"] = end_of(end)
    return found


def told(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without what is empty: the standards leave out what is not known."""
    return {name: each for name, each in document.items() if each not in (None, "", [], {}, ())}
